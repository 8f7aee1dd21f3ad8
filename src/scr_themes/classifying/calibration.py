"""Scores to probabilities, and probabilities to decisions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, logit, logsumexp

from scr_themes.classifying.heads import PRECISION

Floats = NDArray[np.float64]


# Width of the Gaussian that smooths the F1 curve, as a share of the gap between the mean log-odds
# of both classes. Thresholds set on half of the development documents were held to the other half,
# for both bundled models and TF-IDF: 0.2 and 0.3 did best, alike; 0.1 less well, none worst.
SMOOTHING = 0.25
# Of the best F1, how much the smoothed threshold keeps at least. A lone positive row among many
# others would else be smoothed away.
KEPT = 0.5


def fit_sigmoid(
    scores: Floats, target: NDArray[np.bool_], *, prevalence: float | None = None
) -> tuple[float, float]:
    """Fit ``expit(slope * score + intercept)`` to held-out scores.

    Targets are smoothed as in Platt (1999), *Probabilistic outputs for support vector machines*,
    so that few examples do not give certainty; the slope is kept from turning negative.

    Parameters
    ----------
    scores : ndarray, shape (n,)
    target : ndarray of bool, shape (n,)
    prevalence : float, optional
        The share of positives where the probabilities are to hold, if the rows given were not
        drawn from there: rows of both classes are weighted to it.

    Returns
    -------
    slope, intercept : float

    Examples
    --------
    >>> slope, intercept = fit_sigmoid(np.array([-2.0, -1.0, 1.0, 2.0]), np.array([0, 0, 1, 1]) > 0)
    >>> bool(slope > 0), bool(abs(intercept) < 1e-3)
    (True, True)
    """
    positives = int(target.sum())
    negatives = len(target) - positives
    goal = np.where(target, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    weights = np.ones(len(target))
    if prevalence is not None and positives and negatives:
        weights = len(target) * np.where(
            target, prevalence / positives, (1 - prevalence) / negatives
        )
    # Centred and scaled, so that the search starts near its end whatever the units.
    centre, spread = float(scores.mean()), float(scores.std()) or 1.0
    scaled = (scores - centre) / spread

    def loss(parameters: Floats) -> tuple[float, Floats]:
        z = parameters[0] * scaled + parameters[1]
        gap = weights * (expit(z) - goal)
        value = float(weights @ (np.logaddexp(0, z) - goal * z))
        return value, np.array([gap @ scaled, gap.sum()])

    start = np.array([1.0, np.log((positives + 1) / (negatives + 1))])
    found = minimize(loss, start, jac=True, bounds=[(0, None), (None, None)], method="L-BFGS-B")
    slope = float(found.x[0] / spread)
    return slope, float(found.x[1]) - slope * centre


def fit_temperature(scores: Floats, codes: NDArray[np.intp]) -> float:
    """Fit the temperature of ``softmax(scores / temperature)`` to held-out scores.

    After Guo et al. (2017), *On calibration of modern neural networks*.

    Parameters
    ----------
    scores : ndarray, shape (n, n_classes)
    codes : ndarray of int, shape (n,)
        Index of each row's true class.

    Returns
    -------
    float
        Between 0.05 and 20.
    """

    def loss(log_temperature: float) -> float:
        z = scores / np.exp(log_temperature)
        return float((logsumexp(z, axis=1) - z[np.arange(len(z)), codes]).mean())

    limit = float(np.log(20))
    return float(np.exp(minimize_scalar(loss, bounds=(-limit, limit), method="bounded").x))


def best_f1_threshold(
    probabilities: Floats, target: NDArray[np.bool_], *, sources: NDArray[Any] | None = None
) -> float:
    """Return the threshold with the best F1 on held-out probabilities.

    The F1 curve of few examples is jagged; it is smoothed along the log-odds by a Gaussian, so that
    a few lucky passages do not set the threshold. Its width is ``SMOOTHING`` times the gap between
    the classes: probabilities that are not calibrated get the same tags as calibrated ones. The F1
    at the threshold is at least ``KEPT`` times the best.

    Parameters
    ----------
    probabilities : ndarray, shape (n,)
    target : ndarray of bool, shape (n,)
        With a positive row at least.
    sources : ndarray, shape (n,), optional
        Where each row is from. The F1 is then the mean of the F1 on each source, so that each
        counts alike; sources without a positive row are left out of it.

    Returns
    -------
    float
        Midway between the last probability tagged and the first that is not.

    Examples
    --------
    >>> round(best_f1_threshold(np.array([0.1, 0.2, 0.8, 0.9]), np.array([0, 0, 1, 1]) > 0), 2)
    0.5
    """
    order, ranked, last_of_tie = _ranked(probabilities)
    truth = target[order]
    named = np.zeros(len(ranked)) if sources is None else np.asarray(sources)[order]
    f1 = np.mean(
        [
            2 * np.cumsum(truth & there) / (np.cumsum(there) + (truth & there).sum())
            for there in (named == source for source in np.unique(named))
            if (truth & there).any()
        ],
        axis=0,
    )
    odds = logit(ranked.clip(1e-12, 1 - 1e-12))
    apart = 0.0 if truth.all() else float(odds[truth].mean() - odds[~truth].mean())
    width = SMOOTHING * abs(apart)
    peak = int(np.argmax(np.where(last_of_tie, f1, -1)))
    if width == 0:
        return _midway(ranked, peak)
    # Beyond the ends all is tagged, or nothing: the edges are smoothed like the rest.
    cuts = np.linspace(odds[-1] - 3 * width, odds[0] + 3 * width, 512)
    n_tagged = np.searchsorted(-odds, -cuts, side="right")
    weights = np.exp(-0.5 * (np.subtract.outer(cuts, cuts) / width) ** 2)
    plain = np.append(0.0, f1)[n_tagged]
    smooth = weights @ plain / weights.sum(axis=1)
    enough = plain >= KEPT * f1[peak]
    if not enough.any():  # the peak is narrower than the steps from cut to cut
        return _midway(ranked, peak)
    best = int(np.argmax(np.where(enough, smooth, -1)))
    return _midway(ranked, int(n_tagged[best]) - 1)


def precise_threshold(
    probabilities: Floats, target: NDArray[np.bool_], *, at_least: float = 0.0
) -> float:
    """Return the lowest threshold at which nine of ten held-out tags are right.

    Parameters
    ----------
    probabilities : ndarray, shape (n,)
    target : ndarray of bool, shape (n,)
    at_least : float, default 0.0
        The threshold of best F1: "precise" is never below it.

    Returns
    -------
    float
        Midway between the last probability tagged and the first that is not. Where no threshold
        is precise enough, only the highest probability seen is tagged.

    Examples
    --------
    >>> held_out = np.array([0.1, 0.2, 0.3, 0.8, 0.9])
    >>> round(precise_threshold(held_out, np.array([0, 1, 0, 1, 1]) > 0), 2)
    0.55
    """
    order, ranked, last_of_tie = _ranked(probabilities)
    precision = np.cumsum(target[order]) / np.arange(1, len(ranked) + 1)
    good = np.flatnonzero(last_of_tie & (precision >= PRECISION))
    last = int(good[-1]) if len(good) else int(np.argmax(last_of_tie))
    return max(_midway(ranked, last), at_least)


def _ranked(probabilities: Floats) -> tuple[NDArray[np.intp], Floats, NDArray[np.bool_]]:
    """Return the order from highest to lowest, the values in it, and where each tie ends."""
    order = np.argsort(-probabilities, kind="stable")
    ranked = probabilities[order]
    return order, ranked, np.append(ranked[1:] < ranked[:-1], True)


def _midway(ranked: Floats, last: int) -> float:
    """Return the middle between the last value tagged and the next; below all there is nought."""
    below = float(ranked[last + 1]) if last + 1 < len(ranked) else 0.0
    return (float(ranked[last]) + below) / 2
