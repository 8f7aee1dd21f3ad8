"""Table rows on a PDF page, told from cells that line up without rules."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from scr_themes.reading.page_rows import Row, segments_of
from scr_themes.reading.page_tables import TableRow, table_row
from scr_themes.reading.page_text import Word

Gap = tuple[float, float]

_ALIGNED = 2.5  # points by which cells of one column may differ
_GUTTER = 0.8  # of the font size: the least space between two columns of an unruled table


def aligned_rows(rows: Sequence[Row], page: int) -> list[TableRow | Row]:
    """Find the rows of tables without rules, by columns of white space through several rows.

    Parameters
    ----------
    rows : sequence of row
        The rows of words of one column of the page, from the top down.
    page : int
        The page, from 1.

    Returns
    -------
    list of TableRow or row
        In reading order: rows of words that are no table stay as they were.
    """
    found: list[TableRow | Row] = []
    i = 0
    while i < len(rows):
        end, gutters = _aligned_run(rows, i)
        if gutters:
            found += _cut_run(rows[i:end], gutters, page)
            i = end
        else:
            found.append(rows[i])
            i += 1
    return found


def _gaps(row: Row) -> list[Gap]:
    segments = segments_of(row)
    return [
        (a[-1].x1, b[0].x0)
        for a, b in pairwise(segments)
        if b[0].x0 - a[-1].x1 >= _GUTTER * a[-1].size
    ]


def _aligned_run(rows: Sequence[Row], start: int) -> tuple[int, list[Gap]]:
    """Return the end of the table that starts at a row, and its gutters; none if it is no table."""
    gutters = _gaps(rows[start])
    if not gutters:
        return start, []
    n_gapped, end, starts = 1, start + 1, [_starts(rows[start])]
    for i in range(start + 1, len(rows)):
        row = rows[i]
        if row[0].y - rows[i - 1][0].y > 3.5 * row[0].size:
            break
        narrowed = _narrow(gutters, row)
        if not narrowed:
            break
        if _gaps(row):
            n_gapped += 1
            end = i + 1
            starts.append(_starts(row))
        elif row[0].x0 >= narrowed[0][1] - _ALIGNED:
            end = i + 1  # the rest of a wrapped cell
        elif i - end >= 2:
            break
        gutters = narrowed
    gutters = _settled(gutters, rows[start:end])
    columns_agree = sum(len(_shared(starts[0], other)) >= 2 for other in starts[1:])
    enough = n_gapped >= 3 or (n_gapped == 2 and columns_agree == 1)
    table = enough and n_gapped >= 0.4 * (end - start) and columns_agree
    if not gutters or not table or _justified(rows[start:end]):
        return start, []
    return end, gutters


def _justified(rows: Sequence[Row]) -> bool:
    """Whether the gaps are those of running text stretched to a straight right margin."""
    right = max(row[-1].x1 for row in rows)
    flush = [row for row in rows if right - row[-1].x1 <= 1.5]
    in_prose = [row for row in flush if row[-1].text[:1].isalpha()]
    return len(in_prose) >= max(3, 0.6 * len(rows))


def _settled(gutters: list[Gap], rows: Sequence[Row]) -> list[Gap]:
    for row in rows:
        gutters = _narrow(gutters, row)
    return gutters


def _starts(row: Row) -> list[float]:
    return [segment[0].x0 for segment in segments_of(row)]


def _shared(a: Sequence[float], b: Sequence[float]) -> list[float]:
    return [x for x in a if any(abs(x - other) <= _ALIGNED for other in b)]


def _narrow(gutters: Sequence[Gap], row: Row) -> list[Gap]:
    """Return what is left of the gutters beside the words of a row."""
    left: list[Gap] = []
    for a, b in gutters:
        before = max((w.x1 for w in row if w.x0 < (a + b) / 2), default=a)
        after = min((w.x0 for w in row if w.x0 >= (a + b) / 2), default=b)
        low, high = max(a, before), min(b, after)
        if high - low >= _GUTTER * row[0].size:
            left.append((low, high))
    return left


def _cut_run(rows: Sequence[Row], gutters: list[Gap], page: int) -> list[TableRow | Row]:
    """Cut the rows of a table into cells, and join the lines of wrapped cells."""
    sides = [(low + high) / 2 for low, high in gutters]
    steps = [b[0].y - a[0].y for a, b in pairwise(rows)]
    spaced = bool(steps) and max(steps) > 1.25 * min(steps)
    groups: list[list[Row]] = []
    for i, row in enumerate(rows):
        starts_row = row[0].x0 < sides[0]
        if spaced:
            starts_row = steps[i - 1] > 1.15 * min(steps) if i else True
        if not groups or starts_row:
            groups.append([])
        groups[-1].append(row)
    made: list[TableRow | Row] = []
    for group in groups:
        cells: list[list[Word]] = [[] for _ in range(len(sides) + 1)]
        for word in (word for row in group for word in row):
            cells[sum(word.x0 >= side for side in sides)].append(word)
        columns = tuple(round(side) for side in sides)
        row_made = table_row(cells, page, group[0][0].y, columns)
        if row_made is not None:
            made.append(row_made)
    return made
