"""Sheets of a workbook that grow row by row, and hold texts of any length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from scr_themes.workbook import COLUMNS, LONG_TEXTS, PART, fits, shown, to_cell

ROWS = 1_048_576  # of a sheet, the header among them


class Book:
    """A workbook of XlsxWriter, and what its sheets share.

    Parameters
    ----------
    workbook : xlsxwriter.Workbook
        Open, in constant memory: rows are written from top to bottom.
    """

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        top = {"valign": "top"}
        self.header = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, **top})
        self.wrapped = workbook.add_format({"text_wrap": True, **top})
        self.chance = workbook.add_format({"num_format": "0.00", **top})
        self.share = workbook.add_format({"num_format": "0%", **top})
        self._long: Sheet | None = None
        self._numbers = count(1)

    def cell(self, text: str) -> str:
        """Return what goes into a cell for a text; a long one goes to a sheet of its own."""
        text = to_cell(text)
        if fits(text):
            return text
        if self._long is None:
            self._long = Sheet(self, LONG_TEXTS)
        number = next(self._numbers)
        for part, start in enumerate(range(0, len(text), PART), start=1):
            self._long.add([number, part, to_cell(text[start : start + PART])])
        return shown(text, number)

    def close(self) -> None:
        """Write the file.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415  an extra

        if self._long is not None:
            self._long.finish()
        try:
            self.workbook.close()
        except FileCreateError as error:
            cause = error.args[0] if error.args else error
            raise (cause if isinstance(cause, OSError) else OSError(str(error))) from None

    def give_up(self) -> None:
        """Let go of the temporary files, which XlsxWriter does with a file well written only."""
        for sheet in self.workbook.worksheets():
            sheet.row_data_fh.close()


class Sheet:
    """A sheet with a header; it goes on in another where it is full.

    Parameters
    ----------
    book : Book
        What it is in.
    name : str
        What it is called.
    columns : mapping of str to int, optional
        Its columns and their widths; by default those of ``workbook.COLUMNS``.
    formats : mapping of str to format, optional
        Formats of columns; the others wrap.
    """

    def __init__(
        self,
        book: Book,
        name: str,
        columns: Mapping[str, int] | None = None,
        formats: Mapping[str, Any] | None = None,
    ) -> None:
        self._book = book
        self._name = name
        self._columns = COLUMNS[name] if columns is None else columns
        self._formats = formats or {}
        self._n_sheets = 0
        self._open()

    def _open(self) -> None:
        self._n_sheets += 1
        name = self._name if self._n_sheets == 1 else f"{self._name} {self._n_sheets}"
        self.sheet = self._book.workbook.add_worksheet(name)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(0)
        self.sheet.freeze_panes(1, 0)
        for at, (column, width) in enumerate(self._columns.items()):
            chosen = self._formats.get(column, self._book.wrapped)
            self.sheet.set_column(at, at, width, chosen)
            self.sheet.write_string(0, at, column, self._book.header)
        self._row = 1

    def add(self, values: Iterable[str | float | None]) -> None:
        """Write a row, a value a column; None leaves a cell blank."""
        if self._row == ROWS:
            self.finish()
            self._open()
        for at, value in enumerate(values):
            if isinstance(value, str):
                if value:
                    # The parts of long texts are as cells hold them already.
                    text = value if self._name == LONG_TEXTS else self._book.cell(value)
                    self.sheet.write_string(self._row, at, text)
            elif value is not None:
                self.sheet.write_number(self._row, at, _Exact(value))
        self._row += 1

    def finish(self) -> None:
        """Put filters over the columns."""
        self.sheet.autofilter(0, 0, max(self._row - 1, 1), len(self._columns) - 1)


class _Exact(float):
    """A number written with all its digits; XlsxWriter gives 16, and some need 17."""

    def __format__(self, spec: str) -> str:
        return repr(int(self) if self.is_integer() else float(self))
