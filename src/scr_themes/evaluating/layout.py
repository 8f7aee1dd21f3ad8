"""How results print: figures, intervals and aligned tables; and how they become plain JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Interval: TypeAlias = tuple[float, float]


def number(value: float, places: int = 2) -> str:
    """Return a figure with a fixed number of decimals, ``-`` where it is undefined."""
    return "-" if math.isnan(value) else f"{value:.{places}f}"


def interval(ends: Interval, places: int = 2) -> str:
    """Return an interval in square brackets, ``-`` where it is undefined."""
    low, high = (number(end, places) for end in ends)
    return "-" if low == "-" else f"[{low}, {high}]"


def aligned(lines: Sequence[Sequence[str]], *, rule_before: int) -> str:
    """Lay out lines in columns: names to the left, figures to the right.

    Parameters
    ----------
    lines : sequence of sequence of str
        The header and then the lines, each with the same number of cells.
    rule_before : int
        A rule is drawn under the header and before this line.

    Examples
    --------
    >>> print(aligned([["theme", "F1"], ["recording", "0.50"]], rule_before=2))
    theme        F1
    ---------------
    recording  0.50
    """
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    out = []
    for i, (name, *cells) in enumerate(lines):
        if i in (1, rule_before):
            out.append(rule)
        figures = [cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)]
        out.append("  ".join([name.ljust(widths[0]), *figures]))
    return "\n".join(out)


def plain(value: Any) -> Any:
    """Return nested mappings and sequences as JSON values, with None for NaN."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, float) and math.isnan(value):
        return None
    return value
