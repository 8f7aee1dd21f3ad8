"""XLSX with labelled passages: a worksheet that people filled in, or a table of their own."""

from __future__ import annotations

import difflib
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from scr_themes.codebook import Codebook
from scr_themes.errors import LabelsError, ReadingError
from scr_themes.extras import required
from scr_themes.reading.codings.mapping import NO_THEME, folded
from scr_themes.reading.rows import Row

TO_CODE, CODEBOOK = "to code", "codebook"  # the sheets of a worksheet of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Worksheet:
    """The rows of a sheet, and what names may stand in them.

    Attributes
    ----------
    name : str
        The sheet's.
    rows : tuple of Row
        One for each row with anything in it; ``line`` is its number. Cells are text.
    themes, roles : mapping of str to str
        Ids and titles, folded, to ids.
    strict : bool
        Whether any other name is a mistake: the file has a codebook of its own.
    """

    name: str
    rows: tuple[Row, ...]
    themes: Mapping[str, str]
    roles: Mapping[str, str]
    strict: bool

    def theme_ids(self, cell: str, where: str) -> frozenset[str]:
        """Return the themes that a cell names, by id or title.

        Parameters
        ----------
        cell : str
            Names parted by semicolons, lines or, failing these, commas; "none" or "-" for none.
        where : str
            The place of it, for errors.

        Raises
        ------
        LabelsError
            If a name is not in the file's codebook, or stands beside "none".
        """
        names = _parted(cell, ";\n")
        if len(names) == 1 and folded(names[0]) not in self.themes:
            names = _parted(cell, ",")
        none = [name for name in names if name.casefold() in NO_THEME]
        if none and len(names) > 1:
            raise LabelsError(
                where, f"{none[0]!r} stands beside a theme", "give themes, or none for no theme"
            )
        return frozenset(
            _found(name, self.themes, where, strict=self.strict)
            for name in names
            if name not in none
        )

    def role_id(self, cell: str, where: str) -> str:
        """Return the role that a cell names, by id or title; empty for none."""
        name = cell.strip()
        return _found(name, self.roles, where, strict=self.strict) if name else ""


def read_worksheet(path: Path, data: bytes) -> Worksheet:
    """Read the sheet with the labelled passages.

    Parameters
    ----------
    path : Path
        The file, for errors.
    data : bytes
        What it holds.

    Returns
    -------
    Worksheet
        The sheet "to code", or the first with a column "themes".

    Raises
    ------
    ReadingError
        If it is no workbook.
    LabelsError
        If no sheet has a column "themes", two columns have the same name, or there is one of
        coders.
    MissingExtraError
        If openpyxl is not installed.
    """
    sheets = dict(_sheets(path, data))
    labelled = [name for name, sheet in sheets.items() if "themes" in sheet.columns]
    if not labelled:
        raise LabelsError(path, "no sheet has a column 'themes'", "name the column with the themes")
    name = TO_CODE if TO_CODE in labelled else labelled[0]
    if "coder" in sheets[name].columns:
        raise LabelsError(
            path, "holds tags of named coders, not labelled passages",
            "compare them with `scr-themes agree`, which writes a worksheet to settle them in",
        )  # fmt: skip
    entries = sheets.get(CODEBOOK, _Sheet([], []))
    strict = {"kind", "id", "title"} <= set(entries.columns)
    if strict:
        named = [
            tuple(row.cells.get(c, "") for c in ("kind", "id", "title")) for row in entries.rows
        ]
    else:
        book = Codebook.load()
        named = [("theme", theme.id, theme.title) for theme in book.themes]
        named += [("role", role.id, role.title) for role in book.roles]
    return Worksheet(
        name=name,
        rows=tuple(sheets[name].rows),
        themes=_names(named, "theme"),
        roles=_names(named, "role"),
        strict=strict,
    )


@contextmanager
def opened_workbook(path: Path, data: bytes) -> Iterator[Any]:
    """Open a workbook to read its cells in the block, formulas as what they last came to.

    Parameters
    ----------
    path : Path
        The file, for errors.
    data : bytes
        What it holds.

    Raises
    ------
    ReadingError
        If it is no workbook, or something in the block shows that it is damaged.
    MissingExtraError
        If openpyxl is not installed.
    """
    openpyxl = required("openpyxl", package="openpyxl", extra="xlsx")
    try:
        found = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        with closing(found) as book:
            yield book
    except Exception as error:  # whatever the parsers of zip and XML raise
        raise ReadingError(
            path, "is no workbook, or a damaged one", "open it in Excel and save it as .xlsx"
        ) from error


class _Sheet(NamedTuple):
    columns: list[str]  # in small letters
    rows: list[Row]


def _sheets(path: Path, data: bytes) -> Iterator[tuple[str, _Sheet]]:
    with opened_workbook(path, data) as book:
        values = {
            sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)]
            for sheet in book.worksheets
        }
    for name, rows in values.items():
        yield name, _sheet(f"{path}, sheet {name!r}", rows)


def _sheet(where: str, values: list[list[Any]]) -> _Sheet:
    """Part the header from the rows under it."""
    cells = [[_text(value) for value in row] for row in values]
    filled = [(number, row) for number, row in enumerate(cells, start=1) if any(row)]
    if not filled:
        return _Sheet([], [])
    header = [name.casefold() for name in filled[0][1]]
    twice = next((name for name in header if name and header.count(name) > 1), None)
    if twice is not None and "themes" in header:
        raise LabelsError(where, f"two columns are called {twice!r}", "rename one of them")
    rows = [
        Row(number, {name: cell for name, cell in zip(header, row, strict=False) if name})
        for number, row in filled[1:]
    ]
    return _Sheet(header, rows)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # Excel has no whole numbers
    return str(value).strip()


def _names(entries: Iterable[tuple[str, ...]], wanted: str) -> dict[str, str]:
    return {
        folded(name): own_id
        for kind, own_id, title in entries
        if kind == wanted and own_id
        for name in (title, own_id)
        if name
    }


def _parted(cell: str, marks: str) -> list[str]:
    for mark in marks:
        cell = cell.replace(mark, marks[0])
    return [name.strip() for name in cell.split(marks[0]) if name.strip()]


def _found(name: str, known: Mapping[str, str], where: str, *, strict: bool) -> str:
    own_id = known.get(folded(name))
    if own_id is not None or not strict:
        return own_id or name
    near = difflib.get_close_matches(folded(name), known, n=1, cutoff=0.0)
    hint = f"the closest is {known[near[0]]!r}; " if near else ""
    raise LabelsError(
        where, f"{name!r} is not in the codebook", f"{hint}mend it, or add it to sheet {CODEBOOK!r}"
    )
