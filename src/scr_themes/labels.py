"""Theme labels, in either form that people keep them, to one boolean array."""

from __future__ import annotations

import difflib
import numbers
from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from scr_themes.errors import LabelsError

BoolArray: TypeAlias = npt.NDArray[np.bool_]
Labels: TypeAlias = Iterable[Collection[str]] | npt.ArrayLike


def indicator(labels: Labels, themes: Sequence[str], *, name: str = "labels") -> BoolArray:
    """Turn labels into a boolean array with a row for each passage and a column for each theme.

    Parameters
    ----------
    labels : iterable of sets of str, or array of shape (n_passages, n_themes)
        Theme ids of each passage (an empty set for none; any collection of ids will do), or a
        matrix of 0 and 1, dense or sparse, with its columns in the order of ``themes``.
    themes : sequence of str
        The theme ids, in column order.
    name : str, default "labels"
        What errors call ``labels``.

    Returns
    -------
    ndarray of bool, shape (n_passages, n_themes)
        A new array, never a view of ``labels``.

    Raises
    ------
    LabelsError
        If a theme id is not among ``themes`` (the error names it, its row and the closest known
        id), if the shape does not fit, or if a matrix holds anything but 0 and 1.

    Examples
    --------
    >>> indicator([{"recording"}, set()], ["recording", "child_voice"])
    array([[ True, False],
           [False, False]])
    """
    columns = _columns(themes)
    if isinstance(labels, str | bytes):
        raise LabelsError(name, "is one text", "give a set of theme ids for each passage")
    given: Any = labels.toarray() if hasattr(labels, "toarray") else labels  # scipy sparse
    if hasattr(given, "__array__"):
        array = np.asarray(given)
        if array.ndim != 1 or array.dtype != object:
            return _from_matrix(array, len(columns), name)
        given = array.tolist()  # a column of sets, as pandas and numpy keep it
    rows = list(given)
    if rows and all(_is_numeric(row) for row in rows):
        if len({len(row) for row in rows}) > 1:
            raise LabelsError(name, "has rows of different lengths", "give one column a theme")
        return _from_matrix(np.asarray(rows), len(columns), name)
    return _from_sets(rows, columns, name)


def _columns(themes: Sequence[str]) -> dict[str, int]:
    """Map each theme id to its column."""
    if isinstance(themes, str):
        raise LabelsError("themes", "is one text", "give a list of theme ids")
    columns: dict[str, int] = {}
    for theme in themes:
        if theme in columns:
            raise LabelsError("themes", f"{theme!r} stands twice", "give each theme once")
        columns[theme] = len(columns)
    if not columns:
        raise LabelsError("themes", "is empty", "give at least one theme id")
    return columns


def _is_numeric(row: object) -> bool:
    """Tell a matrix row, such as ``[0, 1]``, from a collection of theme ids."""
    if not isinstance(row, list | tuple | np.ndarray) or len(row) == 0:
        return False
    return all(isinstance(value, numbers.Number | np.bool_) for value in row)


def _from_matrix(array: npt.NDArray[Any], n_themes: int, name: str) -> BoolArray:
    if array.ndim != 2:
        raise LabelsError(
            name,
            f"has {array.ndim} dimension(s), not 2",
            "give a list of sets of theme ids, or a matrix with a column for each theme",
        )
    if array.shape[1] != n_themes:
        raise LabelsError(
            name,
            f"has {array.shape[1]} columns for {n_themes} themes",
            "give one column for each theme, in the order of themes",
        )
    if array.dtype.kind not in "biufO":
        raise LabelsError(name, f"holds {array.dtype.name} values", "give only 0 and 1")
    wrong = np.argwhere(~((array == 0) | (array == 1)))
    if len(wrong):
        row, column = (int(i) for i in wrong[0])
        raise LabelsError(
            name, f"holds {array[row, column]} in row {row}, column {column}", "give only 0 and 1"
        )
    return np.asarray(array == 1, dtype=bool)


def _from_sets(rows: list[Any], columns: dict[str, int], name: str) -> BoolArray:
    array = np.zeros((len(rows), len(columns)), dtype=bool)
    for i, row in enumerate(rows):
        # A text is a collection of letters, so it would pass for a set of one-letter ids.
        if isinstance(row, str | bytes) or not isinstance(row, Collection):
            raise LabelsError(
                name,
                f"row {i} is {row!r}, not a set of theme ids",
                "give a set for each passage, such as {'recording'}, empty for no theme",
            )
        for theme in row:
            column = columns.get(theme) if isinstance(theme, str) else None
            if column is None:
                raise LabelsError(
                    name, f"row {i} has the unknown theme {theme!r}", _closest(theme, columns)
                )
            array[i, column] = True
    return array


def _closest(theme: object, columns: dict[str, int]) -> str:
    near = difflib.get_close_matches(str(theme), columns, n=1, cutoff=0.0)
    return f"the closest known theme is {near[0]!r}" if near else f"use one of {list(columns)}"
