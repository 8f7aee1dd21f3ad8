"""Heads: calibrated linear classifiers over features, one a theme and one for the role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# What a theme's "precise" threshold asks of the tags it lets through.
PRECISION = 0.9


# The functions of scipy.special of these names, without its half a second of import.
def expit(x: Floats) -> Floats:
    """Return ``1 / (1 + exp(-x))``.

    Examples
    --------
    >>> expit(np.array([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    small = np.exp(-np.abs(x))  # never overflows
    return np.asarray(np.where(x < 0, small, 1.0) / (1 + small), dtype=np.float64)


def log_expit(x: Floats) -> Floats:
    """Return ``log(expit(x))``.

    Examples
    --------
    >>> log_expit(np.array([-1000.0, 0.0])).round(3).tolist()
    [-1000.0, -0.693]
    """
    return np.asarray(np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x))), dtype=np.float64)


def softmax(x: NDArray[Any], axis: int) -> NDArray[Any]:
    """Return ``exp(x)`` divided by its sum along an axis.

    Examples
    --------
    >>> softmax(np.array([[1000.0, 1000.0]]), axis=1).tolist()
    [[0.5, 0.5]]
    """
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


@dataclass(frozen=True, slots=True)
class Heads:
    """Linear heads with their calibration; arrays only, so that they can be stored as such.

    A theme's score is the log of the product of two probabilities: that the passage is about the
    theme's topic, and that it reports something gone wrong. The second is shared by all themes,
    so that each learns from the others' good practice what good practice sounds like.

    Attributes
    ----------
    weights : ndarray of float32, shape (n_themes + 1, n_features)
        A row for each theme's topic, and last the shared one for something gone wrong.
    biases : ndarray of float32, shape (n_themes + 1,)
    slopes, intercepts : ndarray of float64, shape (n_themes,)
        Probability is ``expit(slope * score + intercept)``.
    thresholds : ndarray of float64, shape (n_themes,)
        Probability from which a theme is tagged.
    precise : ndarray of float64, shape (n_themes,)
        The same where precision counts for more: see
        :func:`~scr_themes.classifying.calibration.precise_threshold`.
    """

    weights: NDArray[np.float32]
    biases: NDArray[np.float32]
    slopes: Floats
    intercepts: Floats
    thresholds: Floats
    precise: Floats

    def probabilities(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return float32 probabilities, shape (n_rows, n_themes)."""
        linear = linear_scores(features, self.weights, self.biases)
        scores = joint_scores(linear[:, :-1], linear[:, -1])
        return np.asarray(expit(scores * self.slopes + self.intercepts), dtype=np.float32)

    def scores(self, features: NDArray[np.float32]) -> Floats:
        """Return topic and wrong added up, unsquashed: what tells sentences of a passage apart.

        The joint score levels off where both are sure, and every sentence looks alike there.
        """
        linear = linear_scores(features, self.weights, self.biases)
        return np.asarray(linear[:, :-1] + linear[:, -1:], dtype=np.float64)


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


def joint_scores(topic: Floats, wrong: Floats) -> Floats:
    """Return the log of the product of two logistic probabilities.

    Parameters
    ----------
    topic : ndarray, shape (n_rows, n_themes)
        Scores of each theme's topic.
    wrong : ndarray, shape (n_rows,)
        Scores of something gone wrong.

    Returns
    -------
    ndarray, shape (n_rows, n_themes)
    """
    return np.asarray(log_expit(topic) + log_expit(wrong)[:, None], dtype=np.float64)
