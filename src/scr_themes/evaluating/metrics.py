"""``evaluate``: tags and probabilities against the tags that are right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from scr_themes.evaluating.evaluation import Average, CalibrationBin, Evaluation, ThemeResult
from scr_themes.evaluating.figures import N_BINS, Figures, FloatArray, bin_numbers
from scr_themes.evaluating.groups import group_numbers
from scr_themes.evaluating.inputs import (
    check_bootstrap,
    checked_cuts,
    checked_labels,
    checked_scores,
    compared_roles,
    core_columns,
    theme_names,
)
from scr_themes.evaluating.intervals import Measured, measure
from scr_themes.labels import BoolArray, Labels

_RATIOS = ("precision", "recall", "f1", "average_precision")
_CALIBRATION = ("brier", "ece")


def evaluate(
    y_true: Labels,
    y_score: npt.ArrayLike,
    *,
    themes: Sequence[str] | None = None,
    thresholds: float | npt.ArrayLike = 0.5,
    y_pred: Labels | None = None,
    either: Labels | None = None,
    core: Iterable[str] = (),
    documents: Iterable[object] | None = None,
    roles_true: Iterable[str] | None = None,
    roles_pred: Iterable[str] | None = None,
    n_resamples: int = 1000,
    confidence: float = 0.95,
    random_state: int | np.random.Generator | None = 0,
) -> Evaluation:
    """Compare probabilities, and the tags cut from them, with the tags that are right.

    Parameters
    ----------
    y_true : iterable of sets of str, or array of shape (n_passages, n_themes)
        The themes that each passage truly has.
    y_score : array-like of float, shape (n_passages, n_themes)
        The probability of each theme. For a second coder, who has none, give 0 and 1.
    themes : sequence of str, optional
        Theme ids in the columns' order. Needed with sets; a matrix without them gets
        ``theme_0``, ``theme_1`` and so on.
    thresholds : float or array-like of shape (n_themes,), default 0.5
        A theme is predicted where its probability is at or above its threshold.
    y_pred : like ``y_true``, optional
        The predicted tags themselves, instead of ``thresholds``.
    either : like ``y_true``, optional
        Themes that the coders of a passage left open, defensible with and without. They are in no
        figure, whether predicted or not; whether ``y_true`` has them makes no difference.
    core : iterable of str, optional
        Themes to give averages of their own.
    documents : iterable, optional
        The document of each passage. Passages of one document are alike, so intervals that
        ignore this are too narrow. With few documents (under about 20) they still are.
    roles_true, roles_pred : iterable of str, optional
        The role of each passage, true and predicted; both or neither.
    n_resamples : int, default 1000
        Bootstrap draws for the intervals; 0 for none (all NaN).
    confidence : float, default 0.95
        Level of the intervals.
    random_state : int, numpy.random.Generator or None, default 0
        Seed of the bootstrap.

    Returns
    -------
    Evaluation
        Figures for each theme, micro and macro averages, calibration, roles, intervals.

    Raises
    ------
    LabelsError
        If there are no passages, shapes do not fit, a theme is unknown, or a score is not a
        probability.

    Notes
    -----
    A theme that no passage truly has is listed in ``Evaluation.undefined``: its precision,
    recall, F1 and average precision are NaN and the macro means leave it out. Its false alarms
    still count in the micro averages. A theme that was never predicted has precision 0.

    The Brier score is the mean of (probability - truth)² [1]_. The expected calibration error
    [2]_ puts the probabilities in 10 bins of equal width and averages the gap between mean
    probability and share of positives, weighted by the bins' sizes. Bins of equal width stay
    where they are whatever the sample, so errors of two models can be compared. Overall, both
    figures pool every (passage, theme) pair. The calibration error comes out too high on few
    passages: a perfect forecaster's on 300 passages is about 0.04.

    Intervals come from a bootstrap that draws documents, or passages where no documents are
    given, with replacement: percentile intervals [3]_, and for the calibration error the
    reverse percentile interval, which takes its upward bias off and so may lie below the
    estimate. Draws in which a figure is undefined are left out of that figure's interval. With
    fewer than two documents there are no intervals.

    References
    ----------
    .. [1] G. W. Brier (1950), Verification of forecasts expressed in terms of probability.
       Monthly Weather Review 78, 1-3.
    .. [2] M. P. Naeini, G. F. Cooper, M. Hauskrecht (2015), Obtaining well calibrated
       probabilities using Bayesian binning. AAAI 29, 2901-2907.
    .. [3] B. Efron (1979), Bootstrap methods: another look at the jackknife. Annals of
       Statistics 7, 1-26.

    Examples
    --------
    >>> truth = [{"recording"}, {"recording", "child_voice"}, set(), {"child_voice"}]
    >>> score = [[0.9, 0.2], [0.4, 0.8], [0.6, 0.1], [0.1, 0.7]]
    >>> result = evaluate(truth, score, themes=["recording", "child_voice"])
    >>> result["recording"].precision, result["recording"].recall
    (0.5, 0.5)
    >>> result.macro.f1
    0.75
    """
    score = checked_scores(y_score)
    names = theme_names(themes, score.shape[1])
    truth = checked_labels(y_true, themes, score.shape, name="y_true")
    if y_pred is None:
        decided = score >= checked_cuts(thresholds, len(names))
    else:
        decided = checked_labels(y_pred, themes, score.shape, name="y_pred")
    counted = np.ones_like(truth)
    if either is not None:
        counted = ~checked_labels(either, themes, score.shape, name="either")
        truth, decided = truth & counted, decided & counted
    core = tuple(core)
    groups = group_numbers(documents, len(score), name="documents")
    roles = compared_roles(roles_true, roles_pred, len(score))
    confusion, role_right = roles or (None, None)
    check_bootstrap(n_resamples, confidence)

    figures = Figures(
        truth=truth,
        decided=decided,
        score=score,
        groups=groups,
        core=core_columns(core, names),
        counted=counted,
        role_right=role_right,
    )
    found = measure(
        figures, n_resamples=n_resamples, confidence=confidence, random_state=random_state
    )
    support, n_predicted = truth.sum(axis=0), decided.sum(axis=0)
    return Evaluation(
        themes=tuple(
            ThemeResult(
                theme=theme,
                support=int(support[j]),
                n_predicted=int(n_predicted[j]),
                **found.arguments("theme", (*_RATIOS, *_CALIBRATION), j),
            )
            for j, theme in enumerate(names)
        ),
        micro=Average(**found.arguments("micro", _RATIOS)),
        macro=Average(**found.arguments("macro", _RATIOS)),
        core_micro=Average(**found.arguments("core micro", _RATIOS)) if core else None,
        core_macro=Average(**found.arguments("core macro", _RATIOS)) if core else None,
        role_confusion=confusion,
        core=core,
        undefined=tuple(theme for theme, n in zip(names, support, strict=True) if n == 0),
        n_passages=len(score),
        n_documents=None if documents is None else figures.n_groups,
        confidence=confidence,
        n_resamples=n_resamples,
        calibration=_bins(truth[counted], score[counted]),
        **_overall(found, with_roles=confusion is not None),
    )


def _bins(truth: BoolArray, score: FloatArray) -> tuple[CalibrationBin, ...]:
    """Return the bins that hold a pair, of pairs' truth and probability."""
    bins = bin_numbers(score)
    sizes = np.bincount(bins, minlength=N_BINS)
    probabilities, positives = (np.bincount(bins, w, minlength=N_BINS) for w in (score, truth))
    return tuple(
        CalibrationBin(
            low=float(b / N_BINS),
            high=float((b + 1) / N_BINS),
            n=int(sizes[b]),
            probability=float(probabilities[b] / sizes[b]),
            share=float(positives[b] / sizes[b]),
        )
        for b in np.flatnonzero(sizes)
    )


def _overall(found: Measured, *, with_roles: bool) -> dict[str, Any]:
    names = (*_CALIBRATION, "role_accuracy") if with_roles else _CALIBRATION
    return {"role_accuracy": None, **found.arguments("all", names)}
