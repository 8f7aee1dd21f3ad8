"""Checks of what is given to :func:`scr_themes.evaluate`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from scr_themes.errors import LabelsError
from scr_themes.evaluating.figures import FloatArray
from scr_themes.labels import BoolArray, Labels, indicator

Confusion: TypeAlias = dict[str, dict[str, int]]


def checked_scores(y_score: npt.ArrayLike) -> FloatArray:
    """Return the probabilities as a float64 matrix.

    Raises
    ------
    LabelsError
        If they are not a matrix with at least one row and column of numbers from 0 to 1.
    """
    try:
        score = np.asarray(y_score, dtype=np.float64)
    except (TypeError, ValueError):
        raise LabelsError(
            "y_score", "is not a matrix of numbers", "give a row a passage and a column a theme"
        ) from None
    if score.size == 0:
        raise LabelsError("y_score", "is empty", "give at least one passage and one theme")
    if score.ndim != 2:
        raise LabelsError(
            "y_score",
            f"has {score.ndim} dimension(s), not 2",
            "give a row a passage and a column a theme",
        )
    wrong = np.argwhere(~((score >= 0.0) & (score <= 1.0)))  # NaN is wrong too
    if len(wrong):
        row, column = (int(i) for i in wrong[0])
        raise LabelsError(
            "y_score",
            f"holds {score[row, column]:g} in row {row}, column {column}",
            "give probabilities from 0 to 1",
        )
    return score


def theme_names(themes: Sequence[str] | None, n_themes: int) -> tuple[str, ...]:
    """Return the theme ids, made up where there are none.

    Raises
    ------
    LabelsError
        If there are not as many as columns of scores.
    """
    if themes is None:
        return tuple(f"theme_{j}" for j in range(n_themes))
    if isinstance(themes, str) or len(themes) != n_themes:
        n_given = 1 if isinstance(themes, str) else len(themes)
        raise LabelsError(
            "themes",
            f"has {n_given} id(s) for the {n_themes} column(s) of y_score",
            "give a list with one id a column, in the columns' order",
        )
    return tuple(themes)


def checked_labels(
    labels: Labels, themes: Sequence[str] | None, shape: tuple[int, int], *, name: str
) -> BoolArray:
    """Return labels as an indicator matrix of the shape that the scores have.

    Raises
    ------
    LabelsError
        If they have another number of passages, or are sets of ids while ``themes`` is None, or
        as :func:`scr_themes.labels.indicator` says.
    """
    given: Any = labels
    if not hasattr(given, "__array__") and not hasattr(given, "toarray"):
        given = list(given)
        if themes is None and any(isinstance(row, Set) for row in given):
            raise LabelsError(
                "themes",
                f"is missing, and {name} holds sets of theme ids",
                "give the theme ids in the order of y_score's columns",
            )
    matrix = indicator(given, theme_names(themes, shape[1]), name=name)
    if len(matrix) != shape[0]:
        raise LabelsError(
            name,
            f"has {len(matrix)} passages and y_score has {shape[0]}",
            "give both for the same passages in the same order",
        )
    return matrix


def checked_cuts(thresholds: float | npt.ArrayLike, n_themes: int) -> FloatArray:
    """Return one threshold for each theme.

    Raises
    ------
    LabelsError
        If there is neither one for all nor one for each, or one is not a number.
    """
    cuts = np.asarray(thresholds, dtype=np.float64)
    if cuts.shape not in ((), (n_themes,)):
        raise LabelsError(
            "thresholds",
            f"has shape {cuts.shape} for {n_themes} theme(s)",
            "give one number, or one for each theme",
        )
    if np.isnan(cuts).any():
        raise LabelsError("thresholds", "holds NaN", "give numbers from 0 to 1")
    return np.broadcast_to(cuts, (n_themes,))


def core_columns(core: Sequence[str], themes: Sequence[str]) -> list[int]:
    """Return the columns of the core themes.

    Raises
    ------
    LabelsError
        If one is not among the themes.
    """
    for theme in core:
        if theme not in themes:
            raise LabelsError("core", f"names {theme!r}, which is not a theme", f"use {themes}")
    return [j for j, theme in enumerate(themes) if theme in set(core)]


def compared_roles(
    roles_true: Iterable[str] | None, roles_pred: Iterable[str] | None, n_passages: int
) -> tuple[Confusion, BoolArray] | None:
    """Return how often each true role was taken for which, and where it was right.

    Raises
    ------
    LabelsError
        If only one coder's roles are given, or not one for each passage.
    """
    if roles_true is None and roles_pred is None:
        return None
    if roles_true is None or roles_pred is None:
        missing = "roles_true" if roles_true is None else "roles_pred"
        raise LabelsError(missing, "is missing", "give roles_true and roles_pred, or neither")
    sides = {"roles_true": list(roles_true), "roles_pred": list(roles_pred)}
    for name, roles in sides.items():
        if len(roles) != n_passages:
            raise LabelsError(
                name, f"has {len(roles)} roles for {n_passages} passages", "give one a passage"
            )
    pairs = list(zip(*sides.values(), strict=True))
    names = sorted({str(role) for pair in pairs for role in pair})
    confusion = {true: dict.fromkeys(names, 0) for true in names}
    for true, predicted in pairs:
        confusion[str(true)][str(predicted)] += 1
    return confusion, np.array([true == predicted for true, predicted in pairs], dtype=bool)


def check_bootstrap(n_resamples: int, confidence: float) -> None:
    """Refuse settings of the bootstrap that have no meaning.

    Raises
    ------
    LabelsError
        If there are fewer than 0 draws, or the level is not between 0 and 1.
    """
    if n_resamples < 0:
        raise LabelsError("n_resamples", f"is {n_resamples}", "give 0 or more")
    if not 0.0 < confidence < 1.0:
        raise LabelsError("confidence", f"is {confidence}", "give a level such as 0.95")
