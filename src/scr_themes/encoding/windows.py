"""Long texts: overlapping windows of tokens, and one vector from the vectors of the windows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def window_spans(n_tokens: int, size: int) -> list[tuple[int, int]]:
    """Cut a run of tokens into windows that overlap by at least a quarter.

    The windows are of one length and evenly spread, so that no short last window weighs as much
    as a full one.

    Parameters
    ----------
    n_tokens : int
        How many tokens the text has.
    size : int
        How many fit into one window.

    Returns
    -------
    list of (int, int)
        Half-open spans that cover every token, in order; one span when all tokens fit.

    Examples
    --------
    >>> window_spans(10, 20)
    [(0, 10)]
    >>> window_spans(50, 20)
    [(0, 20), (15, 35), (30, 50)]
    """
    if n_tokens <= size:
        return [(0, n_tokens)]
    stride = max(1, size - size // 4)
    count = -(-(n_tokens - size) // stride) + 1
    last = n_tokens - size
    starts = [round(i * last / (count - 1)) for i in range(count)]
    return [(start, start + size) for start in starts]


def window_cores(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Share tokens out among overlapping windows: each overlap is cut in the middle.

    Parameters
    ----------
    spans : sequence of (int, int)
        Windows, as :func:`window_spans` gives them.

    Returns
    -------
    list of (int, int)
        A part of each window; together they hold every token once.

    Examples
    --------
    >>> window_cores([(0, 20), (15, 35), (30, 50)])
    [(0, 17), (17, 32), (32, 50)]
    """
    cuts = [(start + end) // 2 for (_, end), (start, _) in pairwise(spans)]
    edges = [spans[0][0], *cuts, spans[-1][1]]
    return list(pairwise(edges))
