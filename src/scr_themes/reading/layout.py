"""Pages of words into blocks: the order of work, and what crosses from page to page."""

from __future__ import annotations

from collections.abc import Sequence

from scr_themes.reading.aligned_tables import aligned_rows
from scr_themes.reading.blocks import Block
from scr_themes.reading.building import Builder, Column, Element
from scr_themes.reading.columns import in_columns
from scr_themes.reading.contents import without_contents
from scr_themes.reading.footnotes import split_footnotes
from scr_themes.reading.furniture import without_furniture
from scr_themes.reading.hyphens import Joiner
from scr_themes.reading.lines import Line, line_of
from scr_themes.reading.page_rows import Row, rows_of
from scr_themes.reading.page_tables import TableRow, ruled_rows
from scr_themes.reading.page_text import PageText
from scr_themes.reading.paragraphs import style_of

_WIDEST = 0.98  # of the lines: a few may run into the margin


def lay_out(pages: Sequence[PageText]) -> list[Block]:
    """Turn the pages of one document into blocks in reading order.

    Parameters
    ----------
    pages : sequence of PageText
        All pages of the document: what repeats, and what is usual, is told from all of them.

    Returns
    -------
    list of Block
        Headings, paragraphs, bullets and table rows, joined across lines, columns and pages,
        without furniture and contents lists; footnotes follow the block they interrupt.
    """
    rows = without_furniture([rows_of(page.words) for page in pages], [p.height for p in pages])
    rows = without_contents(rows)
    columns = [
        column
        for page, page_rows in zip(pages, rows, strict=True)
        for column in _columns(page, page_rows)
    ]
    _widen(columns)
    style = style_of(_lines_only(column.elements) for column in columns)
    for column in columns:
        column.elements, column.notes = split_footnotes(column.elements, style)
    joiner = Joiner(_texts(columns))
    builder = Builder(style, joiner)
    for column in columns:
        builder.add(column)
    return builder.finish()


def _columns(page: PageText, rows: list[Row]) -> list[Column]:
    """Cut a page at its tables, then into columns, then into lines."""
    table_rows, taken = ruled_rows(rows, page.rules, page.number)
    free = [[word for word in row if id(word) not in taken] for row in rows]
    free = [row for row in free if row]
    columns: list[Column] = []
    start = 0
    for table_row in sorted(table_rows, key=lambda row: row.y):
        end = start
        while end < len(free) and free[end][0].y < table_row.y + 1:
            end += 1
        columns += _text_columns(free[start:end], page.number)
        columns.append(Column(page.number, [table_row]))
        start = end
    columns += _text_columns(free[start:], page.number)
    return columns


def _text_columns(rows: list[Row], page: int) -> list[Column]:
    columns = []
    stretches = in_columns(rows)
    for column in stretches:
        right = max(word.x1 for row in column for word in row)
        elements: list[Element] = []
        for item in aligned_rows(column, page):
            made = item if isinstance(item, TableRow) else line_of(item, page, right)
            if made is not None:
                elements.append(made)
        columns.append(Column(page, elements, alone=len(stretches) == 1))
    return columns


def _widen(columns: Sequence[Column]) -> None:
    """Give text that has the page to itself one right margin, the document's.

    A page may hold nothing but short lines, which then fill nothing.
    """
    alone = [line for column in columns if column.alone for line in _lines_only(column.elements)]
    ends = sorted(line.x1 for line in alone)
    right = ends[int(_WIDEST * (len(ends) - 1))] if ends else 0.0
    for line in alone:
        line.right = right


def _lines_only(elements: Sequence[Element]) -> list[Line]:
    return [element for element in elements if isinstance(element, Line)]


def _texts(columns: Sequence[Column]) -> list[str]:
    """Return the text of every line, in order, for the document's vocabulary."""
    texts: list[str] = []
    for column in columns:
        for element in column.elements:
            cells = [[element]] if isinstance(element, Line) else element.cells
            texts += [line.text for cell in cells for line in cell]
        texts += [line.text for note in column.notes for line in note]
    return texts
