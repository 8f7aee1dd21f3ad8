"""XLSX workbooks: their sheets' rows, from a file that nobody has to trust."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError

from scr_themes.errors import ReadingError
from scr_themes.extras import required
from scr_themes.reading.loading import load_bytes
from scr_themes.workbook import unescaped

MOST = 2 * 1024**3  # bytes that a workbook may unpack to; of tags, some four thousand reviews
_MOST_AT_ONCE = 512 * 1024**2  # of its strings and styles, which are read into memory whole
_DAMAGE = (
    *(KeyError, ValueError, TypeError, IndexError, AttributeError, RuntimeError, OSError),
    *(EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error, ParseError),
)


class SheetRow(NamedTuple):
    """A row: its number in the sheet, and its cells."""

    number: int
    cells: tuple[Any, ...]


def sheets_of(path: Path) -> Mapping[str, list[SheetRow]]:
    """Read a workbook.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    mapping of str to list of SheetRow
        The rows of every sheet by the sheet's name, without blank ones. Formulas are what they
        last came to.

    Raises
    ------
    ReadingError
        If it is no workbook, is damaged, or unpacks to more than any workbook of tags would.
    MissingExtraError
        If openpyxl is not installed.
    """
    load_workbook = required("openpyxl", package="openpyxl", extra="xlsx").load_workbook
    data = load_bytes(path)
    _refuse_bombs(path, data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl leaves out: pictures, validation
            with closing(load_workbook(io.BytesIO(data), read_only=True, data_only=True)) as book:
                return {sheet.title: list(_rows(sheet)) for sheet in book.worksheets}
    except _DAMAGE as error:
        raise ReadingError(
            path, "is a damaged XLSX workbook", "open it in a spreadsheet and save it again"
        ) from error


def _refuse_bombs(path: Path, data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = {part.filename: part.file_size for part in archive.infolist()}
    except (*_DAMAGE,) as error:
        raise ReadingError(
            path, "is no XLSX workbook", "save it as .xlsx, without a password"
        ) from error
    at_once = sum(size for name, size in sizes.items() if "/worksheets/" not in name)
    if sum(sizes.values()) > MOST or at_once > _MOST_AT_ONCE:
        raise ReadingError(
            path, "unpacks to more than a workbook of tags would", "check where it is from"
        )


def _rows(sheet: Any) -> Iterator[SheetRow]:
    sheet.reset_dimensions()  # which some programs write wrongly
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if any(cell is not None for cell in cells):
            yield SheetRow(number, tuple(map(_value, cells)))


def _value(cell: Any) -> Any:
    return unescaped(cell) if isinstance(cell, str) else cell
