"""Heads: calibrated linear classifiers over features, one a theme and one for the role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from scr_themes.classifying.calibration import (
    best_f1_threshold,
    fit_sigmoid,
    fit_temperature,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Heads:
    """Linear heads with their calibration; arrays only, so that they can be stored as such.

    Attributes
    ----------
    weights : ndarray of float32, shape (n_themes, n_features)
    biases : ndarray of float32, shape (n_themes,)
    slopes, intercepts : ndarray of float64, shape (n_themes,)
        Probability is ``expit(slope * score + intercept)``.
    thresholds : ndarray of float64, shape (n_themes,)
        Probability from which a theme is tagged.
    """

    weights: NDArray[np.float32]
    biases: NDArray[np.float32]
    slopes: Floats
    intercepts: Floats
    thresholds: Floats

    def probabilities(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return float32 probabilities, shape (n_rows, n_themes)."""
        scores = linear_scores(features, self.weights, self.biases)
        return np.asarray(expit(scores * self.slopes + self.intercepts), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class RoleHead:
    """A multinomial linear head with one temperature.

    Attributes
    ----------
    weights : ndarray of float32, shape (n_roles, n_features)
    biases : ndarray of float32, shape (n_roles,)
    temperature : float
    """

    weights: NDArray[np.float32]
    biases: NDArray[np.float32]
    temperature: float

    def probabilities(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return float32 probabilities, shape (n_rows, n_roles)."""
        scores = linear_scores(features, self.weights, self.biases)
        return np.asarray(softmax(scores / self.temperature, axis=1), dtype=np.float32)


def linear_scores(
    features: NDArray[np.float32], weights: NDArray[np.float32], biases: NDArray[np.float32]
) -> Floats:
    """Return ``features @ weights.T + biases``, a row's scores the same in any company.

    One matrix product for all rows takes other summation orders for other numbers of rows, and
    the last digits differ; row by row they cannot.
    """
    scores = np.empty((len(features), len(weights)), dtype=np.float64)
    for i, row in enumerate(features):
        scores[i] = weights @ row
    return scores + biases


@dataclass(frozen=True, slots=True)
class Rotation:
    """Features centred, scaled and turned to their own axes: the same fit, far fewer columns.

    A linear model with an L2 penalty is the same in any orthogonal basis, and ``n`` rows span at
    most ``n`` directions.
    """

    mean: Floats
    scale: Floats
    axes: Floats

    @classmethod
    def fit(cls, features: NDArray[np.floating]) -> Rotation:
        """Find the axes of ``features``, shape (n_rows, n_features)."""
        X = np.asarray(features, dtype=np.float64)
        mean, scale = X.mean(axis=0), X.std(axis=0)
        scale[scale < 1e-9] = 1.0
        Z = (X - mean) / scale
        # Through the smaller Gram matrix: an SVD of the whole costs many times as much.
        if Z.shape[0] < Z.shape[1]:
            values, vectors = np.linalg.eigh(Z @ Z.T)
            kept = values > values[-1] * 1e-10
            axes = Z.T @ (vectors[:, kept] / np.sqrt(values[kept]))
        else:
            values, axes = np.linalg.eigh(Z.T @ Z)
            axes = axes[:, values > values[-1] * 1e-10]
        return cls(mean, scale, axes)

    def apply(self, features: NDArray[np.floating]) -> Floats:
        """Turn features, shape (n_rows, n_features), to (n_rows, n_axes)."""
        return np.asarray(((features - self.mean) / self.scale) @ self.axes, dtype=np.float64)

    def undo(self, coefficients: Floats, intercepts: Floats) -> tuple[Floats, Floats]:
        """Turn a linear model over the axes into one over the features themselves."""
        weights = (coefficients @ self.axes.T) / self.scale
        return weights, intercepts - weights @ self.mean


def fit_heads(
    rotation: Rotation,
    rotated: Floats,
    y: NDArray[np.bool_],
    *,
    C: float,
    groups: NDArray[np.object_] | None,
    n_folds: int,
    seed: int,
    max_iter: int,
) -> Heads:
    """Fit one calibrated head a theme.

    A head's calibration and threshold come from scores of held-out folds, since those of rows
    that it was fitted to are too sure.

    Parameters
    ----------
    rotation : Rotation
        The rotation that made ``rotated``.
    rotated : ndarray, shape (n_rows, n_axes)
    y : ndarray of bool, shape (n_rows, n_themes)
    C : float
        Inverse strength of the L2 penalty.
    groups : ndarray or None
        Rows of one group are held out together.
    n_folds : int
        Folds to calibrate over; fewer where a theme has fewer groups with it.
    seed : int
        For the folds.
    max_iter : int
        Iterations a fit.

    Returns
    -------
    Heads
    """
    n_themes = y.shape[1]
    coefficients = np.zeros((n_themes, rotated.shape[1]))
    biases, slopes, intercepts = np.zeros(n_themes), np.ones(n_themes), np.zeros(n_themes)
    thresholds = np.full(n_themes, 0.5)
    for k in range(n_themes):
        target = y[:, k]
        if target.all() or not target.any():
            # Never or always seen: the rule of succession, from no evidence in the words.
            prior = (target.sum() + 1) / (len(target) + 2)
            slopes[k], intercepts[k] = 0.0, float(np.log(prior / (1 - prior)))
            continue
        model = LogisticRegression(C=C, class_weight="balanced", max_iter=max_iter)
        held_out = np.full(len(target), np.nan)
        for train, test in calibration_folds(target, groups, n_folds, seed):
            held_out[test] = model.fit(rotated[train], target[train]).decision_function(
                rotated[test]
            )
        model.fit(rotated, target)
        coefficients[k], biases[k] = model.coef_[0], model.intercept_[0]
        seen = ~np.isnan(held_out)
        if seen.any():
            slopes[k], intercepts[k] = fit_sigmoid(held_out[seen], target[seen])
            calibrated = expit(slopes[k] * held_out[seen] + intercepts[k])
            thresholds[k] = best_f1_threshold(calibrated, target[seen])
    weights, biases = rotation.undo(coefficients, biases)
    return Heads(
        weights.astype(np.float32), biases.astype(np.float32), slopes, intercepts, thresholds
    )


def fit_role_head(
    rotation: Rotation,
    rotated: Floats,
    codes: NDArray[np.intp],
    n_roles: int,
    *,
    C: float,
    groups: NDArray[np.object_] | None,
    n_folds: int,
    seed: int,
    max_iter: int,
) -> RoleHead:
    """Fit the head that tells roles apart; parameters as :func:`fit_heads`.

    ``codes`` holds each row's role as an index below ``n_roles``. A role without an example gets
    a score so low that it is never chosen.
    """
    held_out = np.full((len(codes), n_roles), np.nan)
    weights = np.zeros((n_roles, rotated.shape[1]))
    biases = np.full(n_roles, -30.0)
    present = np.unique(codes)
    if len(present) < 2:
        biases[present] = 0.0
        temperature = 1.0
    else:
        model = LogisticRegression(C=C, max_iter=max_iter)
        for train, test in calibration_folds(codes, groups, n_folds, seed):
            if len(np.unique(codes[train])) < len(present):
                continue
            model.fit(rotated[train], codes[train])
            held_out[test] = biases
            held_out[np.ix_(test, present)] = _scores(model, rotated[test])
        model.fit(rotated, codes)
        if len(present) == 2:
            weights[present[1]], biases[present] = model.coef_[0], [0.0, model.intercept_[0]]
        else:
            weights[present], biases[present] = model.coef_, model.intercept_
        seen = ~np.isnan(held_out[:, 0])
        temperature = fit_temperature(held_out[seen], codes[seen]) if seen.any() else 1.0
    plain, shift = rotation.undo(weights, biases)
    return RoleHead(plain.astype(np.float32), shift.astype(np.float32), temperature)


def _scores(model: LogisticRegression, rows: Floats) -> Floats:
    scores = np.asarray(model.decision_function(rows))
    return np.column_stack([np.zeros(len(scores)), scores]) if scores.ndim == 1 else scores


def calibration_folds(
    target: NDArray[np.generic],
    groups: NDArray[np.object_] | None,
    n_folds: int,
    seed: int,
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield train and test rows, every group whole, as many folds as the rarest class allows."""
    names = np.arange(len(target)) if groups is None else groups
    rarest = min(len(np.unique(names[target == value])) for value in np.unique(target))
    folds = min(n_folds, rarest)
    if folds < 2:
        return
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    for train, test in splitter.split(target, target, names):
        if len(np.unique(target[train])) > 1:
            yield train, test
