"""Heads that read tokens: one attention a theme over the passage, and the score of what it sees.

Label-wise attention, as in Mullenbach et al. (2018), *Explainable prediction of medical codes from
clinical text*, NAACL-HLT, 1101-1111. A passage's mean vector thins a failing out among sentences
that have nothing to do with it; an attention of its own lets each theme look where its words are,
and says where it looked. It is taught to look at the sentences that coders marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from scr_themes.encoding.protocol import TokenVectors

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

# No role is taken to rule a theme out: a passage's role is told wrongly now and then.
SELDOM = 0.01
# The sentence beside the one that attention rests on most is quoted with it from this share of its
# attention on. Of 0.4 to 0.9, tried on the marked sentences of the development split
# (benchmarks/evidence.py), each step down finds more of them and quotes two sentences more often.
NEXT = 0.6


def shares(tokens: TokenVectors, queries: Singles) -> Singles:
    """Return how much each column's attention gives each token.

    Parameters
    ----------
    tokens : TokenVectors
    queries : ndarray of float32, shape (n_columns, n_dimensions)

    Returns
    -------
    ndarray of float32, shape (n_tokens, n_columns)
        Each column sums to 1; no row where the text has no token.
    """
    if not len(tokens.vectors):
        return np.empty((0, len(queries)), dtype=np.float32)
    return np.asarray(softmax(tokens.vectors @ queries.T, axis=0), dtype=np.float32)


def attended_scores(
    passages: Sequence[TokenVectors], queries: Singles, weights: Singles, biases: Singles
) -> Floats:
    """Return each passage's score in each column: shape (n_passages, n_columns).

    A column's score is the mean of ``vectors @ weight`` under its attention, plus its bias.
    """
    scores = np.empty((len(passages), len(queries)), dtype=np.float64)
    for i, tokens in enumerate(passages):
        scores[i] = (shares(tokens, queries) * (tokens.vectors @ weights.T)).sum(axis=0)
    return scores + biases


def weighed_by_role(scores: Floats, roles: NDArray[np.floating], carrying: Floats) -> Floats:
    """Add to scores the log of the chance that a passage of its role carries any theme.

    What one theme has seen of good practice, all themes then know: the role is learnt from the
    passages of every theme. The odds of each theme are multiplied by that chance.

    Parameters
    ----------
    scores : ndarray, shape (n_passages, n_themes)
    roles : ndarray, shape (n_passages, n_roles)
        Probabilities.
    carrying : ndarray, shape (n_roles,)
        The share of each role's passages that carry a theme; at least ``SELDOM`` is taken.

    Returns
    -------
    ndarray, shape (n_passages, n_themes)
    """
    chance = (np.asarray(roles, dtype=np.float64) * carrying.clip(min=SELDOM)).sum(axis=1)
    return np.asarray(scores + np.log(chance)[:, None], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class AttentionHeads:
    """Theme heads over token vectors, with their calibration; arrays only.

    Attributes
    ----------
    queries, weights : ndarray of float32, shape (n_themes, n_dimensions)
    biases : ndarray of float32, shape (n_themes,)
    slopes, intercepts : ndarray of float64, shape (n_themes,)
        Probability is ``expit(slope * score + intercept)``, the score weighed by role.
    thresholds : ndarray of float64, shape (n_themes,)
        Probability from which a theme is tagged.
    precise : ndarray of float64, shape (n_themes,)
        The same where precision counts for more: see
        :func:`~scr_themes.classifying.calibration.precise_threshold`.
    carrying : ndarray of float64, shape (n_roles,)
        The share of each role's passages that carry a theme, for :func:`weighed_by_role`; empty
        where there are no roles.
    """

    queries: Singles
    weights: Singles
    biases: Singles
    slopes: Floats
    intercepts: Floats
    thresholds: Floats
    precise: Floats
    carrying: Floats

    def scores(
        self, passages: Sequence[TokenVectors], roles: NDArray[np.floating] | None = None
    ) -> Floats:
        """Return uncalibrated scores, shape (n_passages, n_themes).

        Weighed by role, if ``roles`` are given: the probabilities of the role head, shape
        (n_passages, n_roles).
        """
        scores = attended_scores(passages, self.queries, self.weights, self.biases)
        if roles is None or not self.carrying.size:
            return scores
        return weighed_by_role(scores, roles, self.carrying)

    def probabilities(
        self, passages: Sequence[TokenVectors], roles: NDArray[np.floating] | None = None
    ) -> Singles:
        """Return float32 probabilities, shape (n_passages, n_themes); ``roles`` as above.

        Raises
        ------
        ValueError
            If there are no ``roles``, and the heads were calibrated on scores weighed by them.
        """
        if roles is None and self.carrying.size:
            raise ValueError(
                "roles are missing: these heads are calibrated on scores weighed by role"
            )
        scores = self.scores(passages, roles)
        return np.asarray(expit(scores * self.slopes + self.intercepts), dtype=np.float32)

    def sentences(self, tokens: TokenVectors, starts: Sequence[int]) -> NDArray[np.intp]:
        """Return for each theme the sentence that its attention rests on most, or the two.

        Parameters
        ----------
        tokens : TokenVectors
        starts : sequence of int
            Where each sentence begins; a token before the first counts to the first.

        Returns
        -------
        ndarray of int, shape (n_themes, 2)
            The first and the last: the same, but where the sentence before or after gets at least
            ``NEXT`` of what the foremost one gets.
        """
        found = np.zeros((len(self.queries), 2), dtype=np.intp)
        if len(starts) < 2 or not len(tokens.vectors):
            return found
        sentence = np.searchsorted(np.asarray(starts), tokens.starts, side="right") - 1
        rests = np.zeros((len(starts) + 2, len(self.queries)))  # with nothing before and after
        np.add.at(rests, sentence.clip(min=0) + 1, shares(tokens, self.queries))
        foremost = rests.argmax(axis=0)
        column = np.arange(len(foremost))
        before, after = rests[foremost - 1, column], rests[foremost + 1, column]
        enough = NEXT * rests[foremost, column]
        found[:, 0] = foremost - 1 - ((before >= enough) & (before > after))
        found[:, 1] = foremost - 1 + ((after >= enough) & (after >= before))
        return found


@dataclass(frozen=True, slots=True)
class AttentionRoleHead:
    """A multinomial head over token vectors, with one temperature.

    Attributes
    ----------
    queries, weights : ndarray of float32, shape (n_roles, n_dimensions)
    biases : ndarray of float32, shape (n_roles,)
    temperature : float
    """

    queries: Singles
    weights: Singles
    biases: Singles
    temperature: float

    def probabilities(self, passages: Sequence[TokenVectors]) -> Singles:
        """Return float32 probabilities, shape (n_passages, n_roles)."""
        scores = attended_scores(passages, self.queries, self.weights, self.biases)
        return np.asarray(softmax(scores / self.temperature, axis=1), dtype=np.float32)
