"""Which passages belong together: document names to group numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from scr_themes.errors import LabelsError

IntArray: TypeAlias = npt.NDArray[np.intp]


def group_numbers(
    groups: Iterable[object] | None, n_passages: int, *, name: str = "groups"
) -> IntArray:
    """Give the groups that passages belong to numbers.

    Parameters
    ----------
    groups : iterable or None
        The group (document) of each passage: any names or numbers. With None every passage is
        a group of its own.
    n_passages : int
        How many passages there are.
    name : str, default "groups"
        What errors call ``groups``.

    Returns
    -------
    ndarray of int, shape (n_passages,)
        Numbers from 0, in the sorted order of the names, so that they do not depend on the
        order of the passages.

    Raises
    ------
    LabelsError
        If there is not one name for each passage, or one is missing.

    Examples
    --------
    >>> group_numbers(["b.pdf", "a.pdf", "b.pdf"], 3).tolist()
    [1, 0, 1]
    """
    if groups is None:
        return np.arange(n_passages, dtype=np.intp)
    names = list(groups)
    if len(names) != n_passages:
        raise LabelsError(
            name, f"has {len(names)} entries for {n_passages} passages", "give one a passage"
        )
    for i, value in enumerate(names):
        if value is None or value != value:  # noqa: PLR0124 - NaN is how pandas says "missing"
            raise LabelsError(
                name, f"passage {i} has none", f"name one for every passage, or leave {name} out"
            )
    # Sorted by type as well as name: 1 and "1" are two groups, and can't be compared.
    ordered = sorted(set(names), key=lambda value: (type(value).__name__, str(value)))
    number = {value: i for i, value in enumerate(ordered)}
    return np.array([number[value] for value in names], dtype=np.intp)
