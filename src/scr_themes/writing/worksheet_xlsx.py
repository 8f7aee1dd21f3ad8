"""The workbook of a worksheet: passages to code, the codebook, and how it is done."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scr_themes.codebook import Codebook, Role, Theme
from scr_themes.extras import required
from scr_themes.reading.worksheet import CODEBOOK, TO_CODE

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_LONGEST = 32_767  # UTF-16 units that Excel takes in a cell
_WIDTH = 26  # of a column, in characters, but for these
_WIDTHS = {"document": 24, "page": 7, "paragraph": 11, "text": 80, "model": 30}
_WIDTHS |= {"themes": 34, "role": 18, "comment": 34, "id": 6}
_LINE, _TALLEST = 15.0, 409.0  # points: a line of text, and the tallest row that Excel has
_TO_FILL_IN = ("themes", "role", "comment")
_INSTRUCTIONS = (
    "How to fill in the sheet 'to code'",
    "",
    "themes: what the passage reports, by the ids or titles of the sheet 'codebook', joined by ; "
    "where there are several. Write none (or -) if it reports no theme.",
    "A row whose themes are blank counts as not settled: it is left out, not taken for 'none'.",
    "role: what the passage does, from the list. Give it to every row that you settle, or to none.",
    "comment: whatever you like; it is not read.",
    "",
    "Judge the passage by the definitions in the codebook, not by who gave what.",
    "For a theme that the codebook lacks, add a row with kind, id and title to the sheet "
    "'codebook', and use its id.",
    "Only the coloured cells are meant to be changed; the others are locked, without a password.",
    "",
    "The file, filled in, is labelled data:",
    "    scr-themes train THIS.xlsx -o my-model",
    "    scr-themes evaluate THIS.xlsx",
    "    scr-themes agree THIS.xlsx OTHER",
)


def save_workbook(
    columns: Sequence[str], table: Sequence[Mapping[str, Any]], codebook: Codebook, path: Path
) -> None:
    """Write the workbook.

    Parameters
    ----------
    columns : sequence of str
        Those of the sheet "to code", in order.
    table : sequence of mapping
        Its rows, by column.
    codebook : Codebook
        The themes and roles to choose from.
    path : Path
        The file.

    Raises
    ------
    MissingExtraError
        If XlsxWriter is not installed.
    OSError
        If the file cannot be written.
    """
    xlsxwriter = required("xlsxwriter", package="XlsxWriter", extra="xlsx")
    whole = io.BytesIO()  # XlsxWriter has errors of its own for files that cannot be written
    with xlsxwriter.Workbook(whole, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True})
        plain = book.add_format({"valign": "top", "align": "left", "text_wrap": True})
        open_cell = {"valign": "top", "text_wrap": True, "locked": False, "border": 1}
        to_fill_in = book.add_format(open_cell | {"bg_color": "#FFF6D6", "border_color": "#D9CFA8"})
        sheet = book.add_worksheet(TO_CODE)
        forms = dict.fromkeys(_TO_FILL_IN, to_fill_in) | {"id": book.add_format({"valign": "top"})}
        for j, name in enumerate(columns):
            sheet.set_column(j, j, _width(name), plain)
            sheet.write_string(0, j, name, head)
        sheet.set_row(0, 2 * _LINE)
        for i, row in enumerate(table, start=1):
            sheet.set_row(i, _height(row))
            for j, name in enumerate(columns):
                _write(sheet, i, j, row.get(name), forms.get(name, plain))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(table), 1), len(columns) - 1)
        sheet.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.print_area(0, 0, max(len(table), 1), columns.index("comment"))
        _add_checks(sheet, columns, len(table), codebook)
        _add_codebook(book.add_worksheet(CODEBOOK), codebook, head, plain)
        _add_instructions(book.add_worksheet("instructions"), head, plain)
    path.write_bytes(whole.getvalue())


def _width(column: str) -> int:
    """Return how wide a column is; one of what coders gave has their name in its own."""
    return _WIDTHS.get(column, 16 if column.endswith(": role") else _WIDTH)


def _height(row: Mapping[str, Any]) -> float:
    """Return how tall a row must be: LibreOffice does not see to it when it opens the file."""
    lines = (
        # A line that is broken between words holds a little less than its width.
        math.ceil(len(str(value)) / (0.9 * _width(name)))
        for name, value in row.items()
        if value and name != "id"
    )
    return min(_LINE * max(lines, default=1), _TALLEST)


def _add_checks(sheet: Any, columns: Sequence[str], n: int, codebook: Codebook) -> None:
    """Let roles be chosen from a list, and say what goes into the cells."""
    themes, role = columns.index("themes"), columns.index("role")
    last = max(n, 1)
    sheet.data_validation(1, themes, last, themes, {
        "validate": "any", "input_title": "themes",
        "input_message": "Ids or titles from the sheet 'codebook', joined by ; or none. "
        "Blank: not settled yet.",
    })  # fmt: skip
    if codebook.roles:
        first = len(codebook.themes) + 2  # below the header and the themes
        cells = f"='{CODEBOOK}'!$B${first}:$B${first + len(codebook.roles) - 1}"
        sheet.data_validation(1, role, last, role, {
            "validate": "list", "source": cells, "error_title": "No such role",
            "error_message": "Choose one of the list, or leave it blank.",
        })  # fmt: skip


def _add_codebook(sheet: Any, codebook: Codebook, head: Any, plain: Any) -> None:
    widths = {"kind": 8, "id": 26, "title": 34, "core": 6, "definition": 60, "counts": 60}
    widths["does not count"] = 60
    for j, (name, width) in enumerate(widths.items()):
        sheet.set_column(j, j, width, plain)
        sheet.write_string(0, j, name, head)
    entries: list[tuple[str, Theme | Role]] = [("theme", theme) for theme in codebook.themes]
    entries += [("role", role) for role in codebook.roles]
    for i, (kind, entry) in enumerate(entries, start=1):
        theme = entry if isinstance(entry, Theme) else None
        counts, excludes = (theme.counts, theme.excludes) if theme else (entry.examples, ())
        values = [kind, entry.id, entry.title, "core" if theme and theme.core else ""]
        values += [entry.definition, "\n".join(counts), "\n".join(excludes)]
        for j, value in enumerate(values):
            _write(sheet, i, j, value, plain)
    sheet.freeze_panes(1, 3)


def _add_instructions(sheet: Any, head: Any, plain: Any) -> None:
    sheet.set_column(0, 0, 110, plain)
    for i, line in enumerate(_INSTRUCTIONS):
        sheet.write_string(i, 0, line, plain if i else head)


def _write(sheet: Any, i: int, j: int, value: Any, form: Any) -> None:
    """Write a cell; text as text, whatever it begins with."""
    if isinstance(value, int):
        sheet.write_number(i, j, value, form)
        return
    text = "" if value is None else str(value).encode("utf-8", "replace").decode()
    text = _CONTROL.sub("", text)
    if len(text.encode("utf-16-le")) // 2 > _LONGEST:
        text = f"{text[: _LONGEST // 2]}…"
    if text:
        sheet.write_string(i, j, text, form)
    else:
        sheet.write_blank(i, j, None, form)
