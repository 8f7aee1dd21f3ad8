"""Threads of a classifier's own: planned in one place, so that no library adds others to them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from threadpoolctl import ThreadpoolController

# Items a thread that are read before the first result is handed over: where some take thirty times
# as long as others, as in a cascade, fewer would leave threads waiting for one of these.
AHEAD = 8
_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


def in_order(
    function: Callable[[_Given], _Made], items: Iterable[_Given], n_threads: int
) -> Iterator[_Made]:
    """Apply a function to items on some threads; yield what it makes in their order.

    Parameters
    ----------
    function : callable
    items : iterable
        Read a little ahead of what has been handed over, and no further.
    n_threads : int
        With 1 there is none, and nothing is read ahead.

    Examples
    --------
    >>> list(in_order(abs, [-3, 2, -1], 2))
    [3, 2, 1]
    """
    if n_threads == 1:
        yield from map(function, items)
        return
    waiting: deque[Future[_Made]] = deque()
    with ThreadPoolExecutor(n_threads) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) > AHEAD * n_threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


@cache
def blas() -> ThreadpoolController:
    """Return the handle on the threads of numpy's BLAS: finding it takes some milliseconds."""
    return ThreadpoolController()
