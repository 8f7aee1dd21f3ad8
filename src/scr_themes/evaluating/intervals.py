"""Bootstrap intervals, with whole documents drawn again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from scr_themes.evaluating.figures import FigureArrays, FloatArray

_CELLS_AT_ONCE = 4_000_000  # passages times replicates held in memory together


class ByDocument(Protocol):
    """Figures as a function of how often each document is counted."""

    n_groups: int
    n_passages: int

    def __call__(self, weights: FloatArray) -> FigureArrays:
        """Compute the figures with each document counted ``weights`` times."""
        ...


@dataclass(frozen=True, slots=True)
class Measured:
    """Point estimates and their intervals, from (scope, figure) to arrays."""

    point: FigureArrays
    ends: FigureArrays

    def arguments(self, scope: str, names: Sequence[str], *at: int) -> dict[str, Any]:
        """Return figures by name, and their intervals by the same names, as results take them."""
        values = {name: float(self.point[scope, name][(*at, 0)]) for name in names}
        ends = {name: self.ends[scope, name][at] for name in names}
        return {**values, "intervals": {k: (float(v[0]), float(v[1])) for k, v in ends.items()}}


def measure(
    figures: ByDocument,
    *,
    n_resamples: int,
    confidence: float,
    random_state: int | np.random.Generator | None,
) -> Measured:
    """Compute every figure with each document counted once, and its interval.

    Parameters are those of :func:`bootstrap_intervals`.
    """
    point = figures(np.ones((figures.n_groups, 1)))
    ends = bootstrap_intervals(
        figures,
        point,
        n_resamples=n_resamples,
        confidence=confidence,
        random_state=random_state,
    )
    return Measured(point, ends)


def bootstrap_intervals(
    figures: ByDocument,
    point: FigureArrays,
    *,
    n_resamples: int,
    confidence: float,
    random_state: int | np.random.Generator | None,
) -> FigureArrays:
    """Compute an interval for every figure by drawing documents with replacement.

    Percentile intervals (Efron 1979), save for the calibration error: noise can only add to it,
    so its replicates lie above the estimate as the estimate lies above the truth. Its interval
    is the reverse percentile one, ``2 * estimate - quantile``, cut at 0 (Davison and Hinkley
    1997, section 5.2), and may lie below the estimate. Replicates in which a figure is undefined
    are left out of its interval.

    Parameters
    ----------
    figures : ByDocument
        The figures by document weights.
    point : dict
        The figures with each document counted once.
    n_resamples : int
        How many times to draw; with 0 there are no intervals.
    confidence : float
        Share of the replicates inside the interval.
    random_state : int, numpy.random.Generator or None
        Seed of the draws.

    Returns
    -------
    dict
        From (scope, figure) to lower and upper ends on the last axis; NaN where the figure is
        undefined, or where there are fewer than two documents to draw from.
    """
    if n_resamples == 0 or figures.n_groups < 2:
        return {key: np.full((*value.shape[:-1], 2), np.nan) for key, value in point.items()}
    rng = np.random.default_rng(random_state)
    at_once = max(1, min(n_resamples, _CELLS_AT_ONCE // figures.n_passages))
    drawn = [figures(weights) for weights in draw(figures.n_groups, n_resamples, at_once, rng)]
    tail = (1.0 - confidence) / 2.0
    intervals: FigureArrays = {}
    for key, estimate in point.items():
        replicates = np.concatenate([chunk[key] for chunk in drawn], axis=-1)
        ends = _quantiles(replicates, [tail, 1.0 - tail])
        if key[1] == "ece":
            ends = np.clip(2.0 * estimate - ends[..., ::-1], 0.0, 1.0)
        intervals[key] = ends
    return intervals


def draw(
    n_groups: int, n_resamples: int, at_once: int, rng: np.random.Generator
) -> Iterator[FloatArray]:
    """Yield how often each document is drawn, ``at_once`` replicates at a time.

    Parameters
    ----------
    n_groups : int
        How many documents there are, and how many each replicate draws.
    n_resamples, at_once : int
        How many replicates in all, and in one array.
    rng : numpy.random.Generator
        Where the draws come from.

    Yields
    ------
    ndarray of float, shape (n_groups, at most at_once)
        Weights whose columns each add up to ``n_groups``.

    Examples
    --------
    >>> [w.sum(axis=0).tolist() for w in draw(4, 3, 2, np.random.default_rng(0))]
    [[4.0, 4.0], [4.0]]
    """
    for start in range(0, n_resamples, at_once):
        size = min(at_once, n_resamples - start)
        picked = rng.integers(0, n_groups, size=(size, n_groups))
        picked += n_groups * np.arange(size)[:, None]
        counts = np.bincount(picked.ravel(), minlength=size * n_groups)
        yield np.ascontiguousarray(counts.reshape(size, n_groups).T, dtype=np.float64)


def _quantiles(replicates: FloatArray, at: list[float]) -> FloatArray:
    """Quantiles along the last axis without the NaNs; NaN where nothing else is left."""
    rows = replicates.reshape(-1, replicates.shape[-1])
    ends: npt.NDArray[np.float64] = np.full((len(rows), len(at)), np.nan)
    for i, row in enumerate(rows):
        kept = row[~np.isnan(row)]
        if len(kept):
            ends[i] = np.quantile(kept, at)
    return ends.reshape(*replicates.shape[:-1], len(at))
