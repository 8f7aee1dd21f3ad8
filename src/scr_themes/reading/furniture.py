"""Running headers, footers and page numbers: what a page repeats and a passage must not hold."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from scr_themes.reading.page_rows import Row, text_of

Side = Literal["top", "bottom"]

_ZONE = 0.18  # share of the page's height, at each end, where furniture stands
_MOST_ROWS = 6  # rows of furniture at one end
_DRIFT = 10.0  # points by which a repeated row may move between pages
_PAGE_NUMBER = re.compile(
    r"(?:page\s*)?[-–—|\[(]?\s*(?P<number>\d{1,4}|[ivxl]{1,6})\s*(?:(?:of|/)\s*\d{1,4})?\s*[-–—|\])]?"
    r"(?:\s*page)?",
    re.IGNORECASE,
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}


@dataclass(frozen=True, slots=True)
class _Edge:
    """A row near the top or bottom of a page."""

    page: int
    side: Side
    key: str
    y: float
    size: float
    outermost: bool
    row: Row


def without_furniture(pages: Sequence[list[Row]], heights: Sequence[float]) -> list[list[Row]]:
    """Leave out running headers, footers and page numbers.

    Parameters
    ----------
    pages : sequence of list of row
        The rows of each page, from the top down.
    heights : sequence of float
        The pages' heights in points.

    Returns
    -------
    list of list of row
        The same pages without rows that repeat, digits aside, at the same height near the top or
        bottom of at least three pages near each other (two, in a document of two to four),
        without page numbers that count with the pages, and without an outermost row that stands
        exactly where most pages have such a repeated row (a header that changes by chapter).
    """
    edges = [edge for page, rows in enumerate(pages) for edge in _edges(page, rows, heights[page])]
    furniture = _repeated(edges, len(pages)) | _page_numbers(edges, len(pages))
    furniture |= _in_slot(edges, furniture, len(pages))
    top = {id(edge.row) for edge in edges if edge.side == "top"} & furniture
    bottom = {id(edge.row) for edge in edges if edge.side == "bottom"} & furniture
    return [_bared(rows, top, bottom) for rows in pages]


def _bared(rows: list[Row], top: set[int], bottom: set[int]) -> list[Row]:
    """Take furniture off a page's ends; a row that has body text outside it is none."""
    start, end = 0, len(rows)
    while start < end and id(rows[start]) in top:
        start += 1
    while end > start and id(rows[end - 1]) in bottom:
        end -= 1
    return rows[start:end]


def _edges(page: int, rows: list[Row], height: float) -> list[_Edge]:
    zone = _ZONE * height
    top = [row for row in rows[:_MOST_ROWS] if row[0].y < zone]
    bottom = [row for row in rows[::-1][:_MOST_ROWS] if row[0].y > height - zone]
    sides: list[tuple[Side, list[Row]]] = [("top", top), ("bottom", bottom)]
    return [
        _Edge(page, side, _key(row), _from_edge(side, row, height), row[0].size, i == 0, row)
        for side, edge_rows in sides
        for i, row in enumerate(edge_rows)
    ]


def _from_edge(side: Side, row: Row, height: float) -> float:
    """Return the distance from the page's edge, which holds where page sizes are mixed."""
    return row[0].y if side == "top" else height - row[0].y


def _key(row: Row) -> str:
    text = re.sub(r"\d+", "#", text_of(row).lower())
    return " ".join(re.sub(r"\b[ivxl]+$", "#", text).split())


def _repeated(edges: list[_Edge], n_pages: int) -> set[int]:
    """Return the ids of rows whose text stands at one height on enough pages."""
    groups: defaultdict[tuple[Side, str], list[_Edge]] = defaultdict(list)
    for edge in edges:
        if edge.key.strip("# .-–—|"):
            groups[edge.side, edge.key].append(edge)
    enough = 3 if n_pages > 4 else 2
    found: set[int] = set()
    for group in groups.values():
        middle = median(edge.y for edge in group)
        near = [edge for edge in group if abs(edge.y - middle) <= _DRIFT]
        if _runs_on(sorted({edge.page for edge in near}), enough):
            found |= {id(edge.row) for edge in near}
    return found


def _runs_on(pages: Sequence[int], enough: int) -> bool:
    """Whether enough of the pages lie close together, as a header's do and a heading's do not."""
    runs = zip(pages, pages[enough - 1 :], strict=False)
    return any(last - first < 2 * enough for first, last in runs)


def _page_numbers(edges: list[_Edge], n_pages: int) -> set[int]:
    """Return the ids of rows that hold only a number which counts with the pages."""
    candidates: list[tuple[int, _Edge]] = []
    for edge in edges:
        found = _PAGE_NUMBER.fullmatch(text_of(edge.row).strip())
        value = _value(found["number"]) if found else None
        if value is not None:
            candidates.append((value - edge.page, edge))
    offsets = Counter(offset for offset, _ in candidates)
    return {
        id(edge.row)
        for offset, edge in candidates
        if offsets[offset] > 1 or (n_pages == 1 and offset == 1 and edge.outermost)
    }


def _value(numeral: str) -> int | None:
    if numeral.isdigit():
        return int(numeral)
    values = [_ROMAN[letter] for letter in numeral.lower()]
    following = [*values[1:], 0]
    total = sum(-a if a < b else a for a, b in zip(values, following, strict=True))
    return total if 0 < total < 60 else None


def _in_slot(edges: list[_Edge], furniture: set[int], n_pages: int) -> set[int]:
    """Return the ids of outermost rows that stand where most pages have furniture."""
    known = [edge for edge in edges if id(edge.row) in furniture and edge.outermost]
    slots: Counter[tuple[Side, int, float]] = Counter()
    for edge in known:
        slots[edge.side, round(edge.y), edge.size] += 1
    usual = {slot for slot, count in slots.items() if count >= max(3, n_pages / 2)}
    return {
        id(edge.row)
        for edge in edges
        if edge.outermost and (edge.side, round(edge.y), edge.size) in usual
    }
