"""Fitting the heads: turned features, logistic regressions, held-out folds to calibrate on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from scr_themes.classifying.calibration import (
    best_f1_threshold,
    fit_sigmoid,
    fit_temperature,
    precise_threshold,
)
from scr_themes.classifying.heads import PRECISION, Floats, Heads, RoleHead, joint_scores


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
        if not axes.shape[1]:
            axes = np.zeros((X.shape[1], 1))  # no column varies, and a fit needs one
        return cls(mean, scale, axes)

    def apply(self, features: NDArray[np.floating]) -> Floats:
        """Turn features, shape (n_rows, n_features), to (n_rows, n_axes)."""
        return np.asarray(((features - self.mean) / self.scale) @ self.axes, dtype=np.float64)

    def undo(self, coefficients: Floats, intercepts: Floats) -> tuple[Floats, Floats]:
        """Turn a linear model over the axes into one over the features themselves."""
        weights = (coefficients @ self.axes.T) / self.scale
        return weights, intercepts - weights @ self.mean


@dataclass(frozen=True, slots=True, kw_only=True)
class FitSettings:
    """How heads are fitted.

    Attributes
    ----------
    C : float
        Inverse strength of the L2 penalty.
    groups : ndarray or None
        Rows of one group are held out together.
    n_folds : int
        Folds to calibrate over; fewer where a class has fewer groups with it.
    seed : int
        For the folds.
    max_iter : int
        Iterations a fit.
    """

    C: float
    groups: NDArray[np.object_] | None
    n_folds: int
    seed: int
    max_iter: int


@dataclass(frozen=True, slots=True)
class LinearFit:
    """A linear head over rotated features, and its scores of each row from when it was held out.

    ``held_out`` is NaN where a row was never held out: too few groups to make folds of.
    """

    weights: Floats
    bias: float
    held_out: Floats


def fit_linear(rotated: Floats, target: NDArray[np.bool_], settings: FitSettings) -> LinearFit:
    """Fit one balanced logistic head, on all rows and on each training side of the folds.

    Where every row is of one class there is nothing to tell apart: the head is a constant, sure
    of that class.
    """
    if target.all() or not target.any():
        bias = 30.0 if target.all() else -30.0
        return LinearFit(np.zeros(rotated.shape[1]), bias, np.full(len(target), bias))
    model = LogisticRegression(
        C=settings.C, class_weight="balanced", max_iter=settings.max_iter, random_state=0
    )
    held_out = np.full(len(target), np.nan)
    for train, test in calibration_folds(target, settings):
        held_out[test] = model.fit(rotated[train], target[train]).decision_function(rotated[test])
    model.fit(rotated, target)
    return LinearFit(model.coef_[0], float(model.intercept_[0]), held_out)


def fit_heads(
    rotation: Rotation,
    rotated: Floats,
    y: NDArray[np.bool_],
    topics: NDArray[np.bool_],
    settings: FitSettings,
) -> Heads:
    """Fit the theme heads, each calibrated.

    A head's calibration and threshold come from scores of held-out folds, since those of rows
    that it was fitted to are too sure.

    Parameters
    ----------
    rotation : Rotation
        The rotation that made ``rotated``.
    rotated : ndarray, shape (n_rows, n_axes)
    y : ndarray of bool, shape (n_rows, n_themes)
        Which themes each row carries.
    topics : ndarray of bool, shape (n_rows, n_themes)
        Which themes each row is about, whether or not it went wrong; holds all of ``y``.
    settings : FitSettings

    Returns
    -------
    Heads
    """
    n_themes = y.shape[1]
    wrong = fit_linear(rotated, np.asarray(y.any(axis=1)), settings)
    fits = [fit_linear(rotated, topics[:, k], settings) for k in range(n_themes)]
    slopes, intercepts = np.ones(n_themes), np.zeros(n_themes)
    thresholds, precise = np.full(n_themes, 0.5), np.full(n_themes, PRECISION)
    for k, topic in enumerate(fits):
        target = y[:, k]
        if target.all() or not target.any():
            # Never or always seen: the rule of succession, from no evidence in the words.
            prior = (target.sum() + 1) / (len(target) + 2)
            slopes[k], intercepts[k] = 0.0, float(np.log(prior / (1 - prior)))
            continue
        held_out = joint_scores(topic.held_out[:, None], wrong.held_out)[:, 0]
        seen = ~np.isnan(held_out)
        if target[seen].any():
            slopes[k], intercepts[k] = fit_sigmoid(held_out[seen], target[seen])
            calibrated = expit(slopes[k] * held_out[seen] + intercepts[k])
            thresholds[k] = best_f1_threshold(calibrated, target[seen])
            precise[k] = precise_threshold(calibrated, target[seen], at_least=thresholds[k])
        else:
            thresholds[k] = 1 / 3  # expit(log(p)) where p, the uncalibrated product, is a half
    weights, biases = rotation.undo(
        np.stack([fit.weights for fit in (*fits, wrong)]),
        np.array([fit.bias for fit in (*fits, wrong)]),
    )
    return Heads(
        weights.astype(np.float32),
        biases.astype(np.float32),
        slopes,
        intercepts,
        thresholds,
        precise,
    )


def fit_role_head(
    rotation: Rotation,
    rotated: Floats,
    codes: NDArray[np.intp],
    n_roles: int,
    settings: FitSettings,
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
        model = LogisticRegression(C=settings.C, max_iter=settings.max_iter)
        for train, test in calibration_folds(codes, settings):
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
    target: NDArray[np.generic], settings: FitSettings
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield train and test rows, every group whole, as many folds as the rarest class allows."""
    names = np.arange(len(target)) if settings.groups is None else settings.groups
    rarest = min(len(np.unique(names[target == value])) for value in np.unique(target))
    n_folds = min(settings.n_folds, rarest)
    if n_folds < 2:
        return
    splitter = StratifiedGroupKFold(n_folds, shuffle=True, random_state=settings.seed)
    for train, test in splitter.split(target, target, names):
        if len(np.unique(target[train])) > 1:
            yield train, test
