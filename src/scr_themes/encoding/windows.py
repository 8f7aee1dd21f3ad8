"""Long texts: overlapping windows of tokens, and one vector from the vectors of the windows."""

from __future__ import annotations


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
