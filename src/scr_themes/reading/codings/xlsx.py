"""XLSX: workbooks as :mod:`scr_themes.writing.xlsx` writes them, and tables that people make."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from scr_themes.codings import Codings
from scr_themes.errors import ReadingError
from scr_themes.reading.codings.by_hand import Line, columns_of, from_table
from scr_themes.reading.codings.own_workbook import is_own, read_own
from scr_themes.reading.codings.workbooks import SheetRow, sheets_of
from scr_themes.reading.worksheet import TO_CODE

_HEADER_WITHIN = 20  # rows: people put titles and notes above a table


def read(path: Path, coder: str | None) -> Codings:
    """Read the codings of a workbook; see :func:`scr_themes.read_codings`."""
    sheets = sheets_of(path)
    if is_own(sheets):
        return read_own(path, sheets, coder)
    lines = [line for name, rows in sheets.items() for line in _lines(path, name, rows)]
    tables = sum(1 for rows in sheets.values() if _header(rows) is not None)
    if not tables:
        raise ReadingError(
            path,
            "no sheet has the columns 'text' and 'themes' (or 'theme', 'code')",
            "give a table with a header, a row a passage or a row a code",
        )
    return from_table(path, lines, coder) if lines else Codings(documents=())


def _header(rows: list[SheetRow]) -> int | None:
    """Return which row is the header of a table with words and codes."""
    for at, row in enumerate(rows[:_HEADER_WITHIN]):
        if columns_of(_names(row)).keys() >= {"text", "themes"}:
            return at
    return None


def _names(row: SheetRow) -> list[str]:
    return ["" if cell is None else str(cell).strip() for cell in row.cells]


def _lines(path: Path, sheet: str, rows: list[SheetRow]) -> list[Line]:
    at = _header(rows)
    if at is None:
        return []
    names = _names(rows[at])
    twice = [name for name, n in Counter(filter(None, names)).items() if n > 1]
    if twice:
        raise ReadingError(
            f"{path}, sheet {sheet!r}", f"two columns are called {twice[0]!r}", "rename one of them"
        )
    lines = [
        Line(
            f"{path}, sheet {sheet!r}, row {row.number}",
            {name: cell for name, cell in zip(names, row.cells, strict=False) if name},
        )
        for row in rows[at + 1 :]
    ]
    if sheet != TO_CODE:
        return lines
    # In our worksheet a blank means that nobody has settled the passage.
    themes = columns_of(names)["themes"]
    return [line for line in lines if line.cells.get(themes) is not None]
