"""Which files hold labelled passages, which hold codings that name their coders, which neither."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from scr_themes.reading.decoding import decode
from scr_themes.reading.loading import load_bytes
from scr_themes.reading.worksheet import TO_CODE, opened_workbook

_CODINGS = frozenset({".qdpx", ".json", ".sqlite", ".db"})
_SHEETS = frozenset({".xlsx", ".xlsm"})
_ROWS = frozenset({".jsonl", ".ndjson", ".csv", ".tsv"})


def is_labelled(path: Path) -> bool:
    """Tell whether a file is for :func:`~scr_themes.reading.labelled.read_labelled`.

    Parameters
    ----------
    path : Path
        A file of coders' work.

    Returns
    -------
    bool
        False where it is for :func:`scr_themes.read_codings`: it names coders, gives themes with
        probability and evidence, or is of a kind that only holds codings.

    Raises
    ------
    ReadingError
        If it cannot be read.
    MissingExtraError
        If it is a workbook and openpyxl is not installed.
    """
    suffix = path.suffix.lower()
    if suffix in _CODINGS or suffix == ".parquet":
        return False
    data = load_bytes(path)
    if suffix in _SHEETS:
        return _is_worksheet(path, data)
    first = _first_row(decode(path, data)[0])
    return "themes" in first and not _names_coders(first)


def is_codings(path: Path) -> bool:
    """Tell a file of tags or codings from a review, or a table of its passages.

    Parameters
    ----------
    path : Path
        A file to take passages from.

    Returns
    -------
    bool
        Whether it is for :func:`scr_themes.read_codings`, and not for :func:`scr_themes.read`.

    Raises
    ------
    ReadingError
        If it cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return b"coder" in load_bytes(path)[-100_000:]  # the columns stand at the end
    if suffix in _ROWS:
        return _names_coders(_first_row(decode(path, load_bytes(path))[0]))
    return suffix in _CODINGS or suffix in _SHEETS


def _names_coders(first: dict[str, Any]) -> bool:
    themes = first.get("themes")
    detailed = isinstance(themes, list) and any(isinstance(entry, dict) for entry in themes)
    return "coder" in first or detailed


def _first_row(text: str) -> dict[str, Any]:
    """Return the object on the first line, or the names in it; in small letters."""
    line = text.lstrip().partition("\n")[0].strip()
    if line.startswith("{"):
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            return {"themes": None}  # whose reader says what is wrong with it
        given = found if isinstance(found, dict) else {}
    else:
        rows: list[list[str]] = [
            next(csv.reader(io.StringIO(line), delimiter=mark), []) for mark in ",;\t"
        ]
        header: list[str] = max(rows, key=len)
        given = dict.fromkeys(header)
    return {str(name).strip().casefold(): value for name, value in given.items()}


def _is_worksheet(path: Path, data: bytes) -> bool:
    with opened_workbook(path, data) as book:
        if TO_CODE in book.sheetnames:
            return True
        first = next(book.worksheets[0].iter_rows(max_row=1, values_only=True), ())
    names = {str(name).strip().casefold() for name in first if name is not None}
    return "themes" in names and "coder" not in names
