"""Every figure of an evaluation, as a function of how often each document is counted.

Counted once each, the documents give the point estimates; counted as often as a bootstrap draws
them, they give its replicates. One definition serves both, and a thousand replicates are a few
products of matrices.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from scr_themes.evaluating.groups import IntArray
from scr_themes.labels import BoolArray

FloatArray: TypeAlias = npt.NDArray[np.float64]
# ("theme" | "micro" | "macro" | "core micro" | "core macro" | "all", figure) -> values whose last
# axis is the replicate; those of "theme" have a first axis of themes.
FigureArrays: TypeAlias = dict[tuple[str, str], FloatArray]

N_BINS = 10


class Figures:
    """Figures of one set of tags against another, by document weights.

    Parameters
    ----------
    truth, decided : ndarray of bool, shape (n_passages, n_themes)
        The tags that are right, and the tags to be judged.
    score : ndarray of float, shape (n_passages, n_themes)
        Their probabilities.
    groups : ndarray of int, shape (n_passages,)
        The document of each passage, numbered from 0 without gaps.
    core : sequence of int
        Columns of the core themes; may be empty.
    counted : ndarray of bool, shape (n_passages, n_themes), optional
        Which tags count; all of them where not given. What is not counted is in no figure.
    role_right : ndarray of bool, shape (n_passages,), optional
        Whether each passage's role is right.
    """

    def __init__(
        self,
        *,
        truth: BoolArray,
        decided: BoolArray,
        score: FloatArray,
        groups: IntArray,
        core: list[int],
        counted: BoolArray | None = None,
        role_right: BoolArray | None = None,
    ) -> None:
        self.n_passages, self.n_themes = truth.shape
        self.n_groups = int(groups.max()) + 1
        self.core = core
        if counted is None:
            counted = np.ones_like(truth)
        error = np.where(counted, score - truth, 0.0)
        kinds = [truth & decided, ~truth & decided, truth & ~decided]
        totals = [*(kind & counted for kind in kinds), error**2, counted]
        self._totals = [_by_group(values, groups, self.n_groups) for values in totals]
        self._gaps = _gaps_by_group(score, error, groups, self.n_groups)
        self._sizes = np.bincount(groups, minlength=self.n_groups).astype(np.float64)
        self._role_right = None
        if role_right is not None:
            self._role_right = np.bincount(groups, role_right, minlength=self.n_groups)

        def pooled(columns: list[int]) -> AveragePrecision:
            chosen, kept = (slice(None), columns), counted[:, columns].ravel()
            group = np.repeat(groups, len(columns))
            return AveragePrecision(
                truth[chosen].ravel()[kept], score[chosen].ravel()[kept], group[kept], self.n_groups
            )

        every = list(range(self.n_themes))
        self._theme_ap = [pooled([j]) for j in every]
        self._micro_ap = pooled(every)
        self._core_ap = pooled(core) if core else None

    def __call__(self, weights: FloatArray) -> FigureArrays:
        """Compute the figures with each document counted ``weights`` times.

        Parameters
        ----------
        weights : ndarray of float, shape (n_documents, n_replicates)
            How often each document is counted in each replicate.

        Returns
        -------
        dict
            From (scope, figure) to values of shape (n_replicates,), or (n_themes, n_replicates)
            in the scope ``"theme"``.
        """
        tp, fp, fn, squared, n_counted = (total @ weights for total in self._totals)
        gaps = (self._gaps @ weights).reshape(self.n_themes, N_BINS, -1)
        ap = np.stack([theme(weights) for theme in self._theme_ap])
        figures: FigureArrays = {
            ("theme", "brier"): _divide(squared, n_counted, otherwise=np.nan),
            ("theme", "ece"): _divide(np.abs(gaps).sum(axis=1), n_counted, otherwise=np.nan),
            ("theme", "average_precision"): ap,
            ("micro", "average_precision"): self._micro_ap(weights),
            ("all", "brier"): _divide(squared.sum(axis=0), n_counted.sum(axis=0), otherwise=np.nan),
            ("all", "ece"): _divide(
                np.abs(gaps.sum(axis=0)).sum(axis=0), n_counted.sum(axis=0), otherwise=np.nan
            ),
        }
        _add_ratios(figures, "theme", tp, fp, fn)
        _add_ratios(figures, "micro", tp.sum(axis=0), fp.sum(axis=0), fn.sum(axis=0))
        _add_means(figures, "macro", slice(None))
        if self._core_ap is not None:
            core = self.core
            _add_ratios(figures, "core micro", *(x[core].sum(axis=0) for x in (tp, fp, fn)))
            figures["core micro", "average_precision"] = self._core_ap(weights)
            _add_means(figures, "core macro", core)
        if self._role_right is not None:
            figures["all", "role_accuracy"] = self._role_right @ weights / (self._sizes @ weights)
        return figures


class AveragePrecision:
    """Average precision of pooled columns, by document weights.

    The sum, over distinct scores from the highest down, of the gain in recall times the
    precision there, as in :func:`sklearn.metrics.average_precision_score`. Only scores that some
    positive has can gain recall, so all that lies between two such scores is added up beforehand.

    Parameters
    ----------
    positive : ndarray of bool, shape (n_tags,)
        What is right.
    score : ndarray of float, shape (n_tags,)
        The probabilities.
    group : ndarray of int, shape (n_tags,)
        The document of each.
    n_groups : int
        How many documents there are.
    """

    def __init__(
        self, positive: BoolArray, score: FloatArray, group: IntArray, n_groups: int
    ) -> None:
        levels, level = np.unique(-score, return_inverse=True)
        holds_positive = np.bincount(level, positive, minlength=len(levels)) > 0
        # A level without a positive joins the next one below it that has one.
        step_of_level: IntArray = np.cumsum(holds_positive) - holds_positive
        step: IntArray = step_of_level[level]
        n_steps = int(holds_positive.sum())
        counted = step < n_steps  # what scores below every positive changes nothing
        shape = (n_steps, n_groups)
        self._all = _counts(step[counted], group[counted], shape)
        self._positive = _counts(step[positive], group[positive], shape)

    def __call__(self, weights: FloatArray) -> FloatArray:
        """Return the average precision of each replicate, NaN where it has no positive."""
        gained = self._positive @ weights
        above = np.cumsum(self._all @ weights, axis=0)
        precision = _divide(np.cumsum(gained, axis=0), above, otherwise=0.0)
        return _divide((gained * precision).sum(axis=0), gained.sum(axis=0), otherwise=np.nan)


def bin_numbers(score: FloatArray) -> IntArray:
    """Return the bin of each probability, of the bins of the expected calibration error."""
    return np.minimum((score * N_BINS).astype(np.intp), N_BINS - 1)  # 1.0 joins the last bin


def _counts(rows: IntArray, columns: IntArray, shape: tuple[int, int]) -> sparse.csr_array:
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)


def _by_group(values: npt.NDArray[np.generic], groups: IntArray, n_groups: int) -> FloatArray:
    """Add up the rows of each group; returns (n_columns, n_groups)."""
    members = _counts(groups, np.arange(len(groups)), (n_groups, len(groups)))
    summed: FloatArray = members @ values.astype(np.float64)
    return np.ascontiguousarray(summed.T)


def _gaps_by_group(
    score: FloatArray, error: FloatArray, groups: IntArray, n_groups: int
) -> sparse.csr_array:
    """Add up score minus truth in each bin of each theme; returns (n_themes * N_BINS, n_groups).

    A bin's share of the passages times its gap between mean score and share of positives is
    |sum of (score - truth)| / n_passages, so the sums are all that the error needs.
    """
    n_themes = score.shape[1]
    rows = (bin_numbers(score) + N_BINS * np.arange(n_themes)).ravel()
    columns = np.repeat(groups, n_themes)
    shape = (n_themes * N_BINS, n_groups)
    return sparse.csr_array((error.ravel(), (rows, columns)), shape=shape)


def _add_ratios(
    figures: FigureArrays, scope: str, tp: FloatArray, fp: FloatArray, fn: FloatArray
) -> None:
    """Add precision, recall and F1; NaN without a positive, 0 where nothing was predicted."""
    defined = tp + fn > 0
    precision = _divide(tp, tp + fp, otherwise=0.0)
    figures[scope, "precision"] = np.where(defined, precision, np.nan)
    figures[scope, "recall"] = _divide(tp, tp + fn, otherwise=np.nan)
    figures[scope, "f1"] = np.where(defined, _divide(2 * tp, 2 * tp + fp + fn, 0.0), np.nan)


def _add_means(figures: FigureArrays, scope: str, columns: slice | list[int]) -> None:
    """Add the means over those of the themes whose figures are defined."""
    for figure in ("precision", "recall", "f1", "average_precision"):
        values = figures["theme", figure][columns]
        defined = ~np.isnan(values)
        total = np.where(defined, values, 0.0).sum(axis=0)
        figures[scope, figure] = _divide(total, defined.sum(axis=0), otherwise=np.nan)


def _divide(top: FloatArray, bottom: FloatArray | IntArray, otherwise: float) -> FloatArray:
    filled = np.full(np.broadcast_shapes(top.shape, bottom.shape), otherwise)
    result: FloatArray = np.divide(top, bottom, out=filled, where=bottom > 0)
    return result
