"""Runs of items: how long inputs are read without holding them whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

_Item = TypeVar("_Item")


def chunked(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    """Cut an iterable into lists of at most so many items, each read when it is needed.

    Examples
    --------
    >>> list(chunked("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
