"""Reading order of a page: where two columns stand side by side, the left one comes first."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from statistics import median

from scr_themes.reading.page_rows import Row, segments_of
from scr_themes.reading.page_text import Word

_GUTTER = 6.0  # points that no word may enter
_STEP = 3  # points: lines whose starts differ less begin at one place
_FEWEST_ROWS = 5  # rows of text that make a column
_FEWEST_WORDS = 4  # in its middling line
_NARROWEST = 0.2  # of the text's width
_FULL = 0.6  # of the column's width: how long its middling line is


def in_columns(rows: Sequence[Row]) -> list[list[Row]]:
    """Cut rows into columns of text, in reading order.

    Parameters
    ----------
    rows : sequence of row
        The rows of a page or of a part of it, from the top down.

    Returns
    -------
    list of list of row
        One list for each stretch to be read from the top down. Rows across the page part what
        stands above them from what stands below. Tables are left whole: a column of prose has
        lines that fill it.
    """
    rows = [row for row in rows if row]
    band = _column_band(rows)
    if band is None:
        return [rows] if rows else []
    start, end, gutter = band
    left = [[word for word in row if word.x0 < gutter] for row in rows[start:end]]
    right = [[word for word in row if word.x0 >= gutter] for row in rows[start:end]]
    return [
        *in_columns(rows[:start]),
        *in_columns(left),
        *in_columns(right),
        *in_columns(rows[end:]),
    ]


def _column_band(rows: Sequence[Row]) -> tuple[int, int, float] | None:
    """Find the tallest run of rows that one gutter parts into two columns of prose."""
    if len(rows) < _FEWEST_ROWS:
        return None
    segmented = [segments_of(row) for row in rows]
    best: tuple[int, int, float] | None = None
    gutters = _gutters(segmented)
    for x in gutters:
        for start, end in _clear_runs(rows, x):
            longer = best is None or end - start > best[1] - best[0]
            if longer and _two_columns(segmented[start:end], x, gutters):
                best = (start, end, x)
    return best


def _gutters(segmented: Sequence[list[list[Word]]]) -> list[float]:
    """Return where a right-hand column may begin, from left to right: where many lines do."""
    starts = [segment[0].x0 for segments in segmented for segment in segments]
    ends = [segment[-1].x1 for segments in segmented for segment in segments]
    nearest = min(starts) + _NARROWEST * (max(ends) - min(starts))
    counts = Counter(round(x / _STEP) * _STEP for x in starts if x > nearest)
    frequent = [x for x, count in counts.most_common(8) if count >= _FEWEST_ROWS]
    return [x - _STEP / 2 - _GUTTER / 2 for x in sorted(frequent)]


def _clear_runs(rows: Sequence[Row], x: float) -> list[tuple[int, int]]:
    """Return the runs of rows in which no word stands across ``x``."""
    runs: list[tuple[int, int]] = []
    start = 0
    for i, row in enumerate(rows):
        if _crosses(row, x):
            if i > start:
                runs.append((start, i))
            start = i + 1
    if len(rows) > start:
        runs.append((start, len(rows)))
    return runs


def _crosses(row: Row, x: float) -> bool:
    """Whether the row runs on across ``x``: a word there, or only a space between two words."""
    before = max((word.x1 for word in row if word.x0 < x), default=float("-inf"))
    after = min((word.x0 for word in row if word.x0 >= x), default=float("inf"))
    return before > x - _GUTTER / 2 or after < x + _GUTTER / 2 or after - before < _GUTTER


def _two_columns(segmented: Sequence[list[list[Word]]], x: float, gutters: Sequence[float]) -> bool:
    """Whether the text on either side of ``x`` is a column of prose, and not the cells of a table.

    A side may hold more than one column: it is enough that the part next to ``x``, up to some
    other gutter, is one.
    """
    segments = [segment for row in segmented for segment in row]
    breadth = max(s[-1].x1 for s in segments) - min(s[0].x0 for s in segments)
    lefts = [-math.inf, *(gutter for gutter in gutters if gutter < x)]
    rights = [math.inf, *(gutter for gutter in gutters if gutter > x)]
    return any(_is_prose(segmented, left, x, breadth) for left in lefts) and any(
        _is_prose(segmented, x, right, breadth) for right in rights
    )


def _is_prose(
    segmented: Sequence[list[list[Word]]], left: float, right: float, breadth: float
) -> bool:
    """Whether the lines between two places fill a column, as those of running text do."""
    lines = [[s for s in segments if left <= s[0].x0 < right] for segments in segmented]
    lines = [line for line in lines if line]
    if len(lines) < _FEWEST_ROWS:
        return False
    width = max(line[-1][-1].x1 for line in lines) - min(line[0][0].x0 for line in lines)
    filled = median(line[-1][-1].x1 - line[0][0].x0 for line in lines)
    n_words = median(sum(len(segment) for segment in line) for line in lines)
    return width >= _NARROWEST * breadth and filled >= _FULL * width and n_words >= _FEWEST_WORDS
