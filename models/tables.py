"""Markdown tables, for the model card, the datasheet and the benchmarks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(header: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table: names to the left, figures to the right.

    Examples
    --------
    >>> print(table(["Theme", "n"], [["recording", 3]]))
    | Theme | n |
    | --- | --: |
    | recording | 3 |
    """
    rule = ["---", *["--:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(map(str, cells))} |" for cells in (header, rule, *lines))
