"""Lines and table rows, column by column, into blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scr_themes.reading.blocks import Block, BlockKind
from scr_themes.reading.hyphens import Joiner
from scr_themes.reading.lines import Line
from scr_themes.reading.page_tables import TableRow
from scr_themes.reading.paragraphs import (
    Style,
    continues,
    continues_over_break,
    ends_sentence,
    is_heading,
)

Element = Line | TableRow


@dataclass(slots=True)
class Column:
    """What is read from the top down without a break, and the notes at its foot."""

    page: int
    elements: list[Element]
    alone: bool = True
    notes: list[list[Line]] = field(default_factory=list)


class Builder:
    """Collects lines into blocks, column by column."""

    def __init__(self, style: Style, joiner: Joiner) -> None:
        self._style = style
        self._joiner = joiner
        self._blocks: list[Block] = []
        self._open: list[Line] = []
        self._row: TableRow | None = None
        self._notes: list[list[Line]] = []

    def add(self, column: Column) -> None:
        """Add the elements of a column; its notes wait until the block they interrupt ends."""
        rights = _local_rights(column.elements, self._style)
        for i, element in enumerate(column.elements):
            if isinstance(element, TableRow):
                self._flush()
                self._add_row(element)
                continue
            self._flush_row()
            joined = bool(self._open) and (
                continues(self._open, element, self._style, rights[i])
                if i
                else self._over_break(element, column.elements[1:2], rights[0])
            )
            if not joined:
                self._flush()
            self._open.append(element)
        self._notes += column.notes

    def _over_break(self, line: Line, below: Sequence[Element], right: float) -> bool:
        following = below[0] if below else None
        more = isinstance(following, Line) and continues([line], following, self._style, right)
        return continues_over_break(self._open, line, self._style, single=not more)

    def finish(self) -> list[Block]:
        """Return all blocks."""
        self._flush_row()
        self._flush()
        return self._blocks

    def _add_row(self, row: TableRow) -> None:
        before = self._row
        if before is not None and _goes_on(before, row):
            for k, cell in zip(row.filled, row.cells, strict=False):
                if k in before.filled:
                    before.cells[before.filled.index(k)] += cell
                else:
                    before.filled = (*before.filled, k)
                    before.cells.append(cell)
            before.page = row.page
            return
        self._flush_row()
        self._row = row

    def _flush_row(self) -> None:
        if self._row is None:
            return
        cells = [self._joiner.join(_marked(cell)) for cell in self._row.cells]
        page = self._row.cells[0][0].page
        self._blocks.append(Block(text=" | ".join(cells), kind="row", page=page))
        self._row = None

    def _flush(self) -> None:
        if self._open:
            self._blocks.append(self._block(self._open))
            self._open = []
        for note in self._notes:
            text = self._joiner.join([line.text for line in note])
            self._blocks.append(Block(text=text, page=note[0].page))
        self._notes = []

    def _block(self, lines: list[Line]) -> Block:
        first = lines[0]
        text = self._joiner.join([line.text for line in lines])
        if is_heading(lines, self._style):
            return Block(text=text, kind="heading", page=first.page, paragraph=first.number)
        if first.mark is not None and first.number is None:
            return Block(text=text, kind="bullet", page=first.page)
        lettered = first.number is not None and not first.number[:1].isdigit()
        kind: BlockKind = "bullet" if lettered else "paragraph"
        return Block(text=text, kind=kind, page=first.page, paragraph=first.number)


def _goes_on(before: TableRow, row: TableRow) -> bool:
    """Whether a row at the top of a page is the rest of the last row of the page before."""
    if row.page != before.page + 1 or row.columns != before.columns:
        return False
    if row.filled[0] != 0:
        return True
    for k, cell in zip(row.filled, row.cells, strict=False):
        if k not in before.filled:
            continue
        above = before.cells[before.filled.index(k)][-1].text
        if not ends_sentence(above) and cell[0].text[:1].islower():
            return True
    return False


def _marked(cell: Sequence[Line]) -> list[str]:
    """Return the lines of a cell, with their numbers: a cell's list stays one text."""
    return [
        f"{line.mark} {line.text}" if line.mark and line.mark != "•" else line.text for line in cell
    ]


def _local_rights(elements: Sequence[Element], style: Style) -> list[float]:
    """Return, for each element, where the longest line of its stretch without a gap ends."""
    rights = [0.0] * len(elements)
    start = 0
    for i, element in enumerate(elements):
        if i == start:
            continue
        before = elements[i - 1]
        apart = not isinstance(element, Line) or not isinstance(before, Line)
        if not apart:
            assert isinstance(element, Line)
            assert isinstance(before, Line)
            size = max(element.size, before.size)
            apart = element.y - before.y > 1.3 * style.pitch(size)
        if apart:
            _fill(rights, elements, start, i)
            start = i
    _fill(rights, elements, start, len(elements))
    return rights


def _fill(rights: list[float], elements: Sequence[Element], start: int, end: int) -> None:
    longest = max(
        (element.x1 for element in elements[start:end] if isinstance(element, Line)), default=0.0
    )
    rights[start:end] = [longest] * (end - start)
