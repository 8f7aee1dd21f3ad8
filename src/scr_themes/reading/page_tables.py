"""Table rows on a PDF page, told from ruling lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from scr_themes.reading.lines import Line, line_of
from scr_themes.reading.page_rows import Row, rows_of
from scr_themes.reading.page_text import Word
from scr_themes.reading.rulings import Rule

_TOUCH = 3.0  # points by which the ends of two rules may miss each other


@dataclass(slots=True)
class TableRow:
    """One row of a table: the lines of each of its cells, empty ones left out.

    ``columns`` are the places of the cells' left sides: rows of one table share them.
    """

    cells: list[list[Line]]
    page: int
    y: float
    columns: tuple[int, ...]
    filled: tuple[int, ...]


@dataclass(slots=True)
class _Grid:
    """Touching rules."""

    across: list[Rule]
    down: list[Rule]

    @property
    def top(self) -> float:
        return min(rule.y0 for rule in [*self.across, *self.down])

    @property
    def bottom(self) -> float:
        return max(rule.y1 for rule in [*self.across, *self.down])


def ruled_rows(
    rows: Sequence[Row], rules: Sequence[Rule], page: int
) -> tuple[list[TableRow], set[int]]:
    """Find the rows of ruled tables.

    Parameters
    ----------
    rows : sequence of row
        The rows of words on the page, from the top down.
    rules : sequence of Rule
        The page's ruling lines, y downward.
    page : int
        The page, from 1.

    Returns
    -------
    table_rows : list of TableRow
        Rows of two cells or more. A frame around running text has one cell and is no table.
    taken : set of int
        Ids of the words in them.
    """
    table_rows: list[TableRow] = []
    taken: set[int] = set()
    words = [word for row in rows for word in row]
    for grid in _grids(rules):
        inside = [w for w in words if grid.top - 1 <= w.y <= grid.bottom + 1]
        for top, bottom in _bands(grid):
            sides = _sides(grid, (top + bottom) / 2)
            if len(sides) < 3:
                continue
            cells: list[list[Word]] = [[] for _ in sides[1:]]
            for word in inside:
                middle, height = (word.x0 + word.x1) / 2, word.y - 0.3 * word.size
                if id(word) in taken or not top <= height < bottom:
                    continue
                for k, cell in enumerate(cells):
                    if sides[k] <= middle < sides[k + 1]:
                        cell.append(word)
                        taken.add(id(word))
                        break
            made = table_row(cells, page, top, tuple(round(x) for x in sides))
            if made is not None:
                table_rows.append(made)
    return table_rows, taken


def table_row(
    cells: Sequence[list[Word]], page: int, y: float, columns: tuple[int, ...]
) -> TableRow | None:
    """Make a table row of the words of its cells; None where there are none."""
    filled = tuple(k for k, cell in enumerate(cells) if cell)
    lines = [_cell_lines(cells[k], page) for k in filled]
    if not any(lines):
        return None
    return TableRow([cell for cell in lines if cell], page, y, columns, filled)


def _cell_lines(words: Sequence[Word], page: int) -> list[Line]:
    right = max((word.x1 for word in words), default=0.0)
    made = (line_of(row, page, right) for row in rows_of(words))
    return [line for line in made if line is not None]


def _grids(rules: Sequence[Rule]) -> list[_Grid]:
    """Group touching rules; a group with a rule between its left and right sides is a table."""
    groups: list[list[Rule]] = []
    for rule in rules:
        touching = [g for g in groups if any(_touch(rule, other) for other in reversed(g))]
        merged = [rule]
        for group in touching:
            merged = group + merged
            groups.remove(group)
        groups.append(merged)
    grids = []
    for group in groups:
        across = [r for r in group if r.horizontal]
        down = [r for r in group if not r.horizontal]
        if len(across) >= 2 and len(_distinct([r.x0 for r in down])) >= 3:
            grids.append(_Grid(across, down))
    return sorted(grids, key=lambda grid: grid.top)


def _touch(a: Rule, b: Rule) -> bool:
    return (
        a.x0 <= b.x1 + _TOUCH
        and b.x0 <= a.x1 + _TOUCH
        and a.y0 <= b.y1 + _TOUCH
        and b.y0 <= a.y1 + _TOUCH
    )


def _distinct(values: Sequence[float]) -> list[float]:
    """Return sorted values without those that lie close to the one before."""
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > _TOUCH:
            kept.append(value)
    return kept


def _bands(grid: _Grid) -> list[tuple[float, float]]:
    """Return top and bottom of each table row: between rules that run most of the way across."""
    left = min(rule.x0 for rule in grid.across)
    breadth = max(rule.x1 for rule in grid.across) - left
    edges = []
    for y in _distinct([rule.y0 for rule in grid.across]):
        here = [rule for rule in grid.across if abs(rule.y0 - y) <= _TOUCH]
        if _covered(here) >= 0.6 * breadth:
            edges.append(y)
    return [(a, b) for a, b in pairwise(edges) if b - a > _TOUCH]


def _covered(rules: Sequence[Rule]) -> float:
    """Return how much of the breadth the rules cover together."""
    total, reached = 0.0, float("-inf")
    for rule in sorted(rules):
        total += max(0.0, rule.x1 - max(rule.x0, reached))
        reached = max(reached, rule.x1)
    return total


def _sides(grid: _Grid, y: float) -> list[float]:
    """Return where vertical rules cross the height ``y``."""
    return _distinct([rule.x0 for rule in grid.down if rule.y0 - _TOUCH <= y <= rule.y1 + _TOUCH])
