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

from scr_themes.classifying.heads import expit, softmax
from scr_themes.encoding.protocol import TokenVectors

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

# No role is taken to rule a theme out: a passage's role is told wrongly now and then.
SELDOM = 0.01
# The sentence beside the one that attention rests on most is quoted with it from this share of its
# attention on. Of 0.4 to 0.9, tried on the marked sentences of the development split
# (benchmarks/evidence.py), each step down finds more of them and quotes two sentences more often.
NEXT = 0.6
LARGEST = 70.0  # of what attention rests on: beyond it float32 would overflow, and nothing is added
TOGETHER = 64  # passages whose scores are worked out in one go: their arrays stay in the cache


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
    scores = np.zeros((len(passages), len(queries)), dtype=np.float64)
    toward, worth = np.ascontiguousarray(queries.T), np.ascontiguousarray(weights.T)
    for first in range(0, len(passages), TOGETHER):
        block = passages[first : first + TOGETHER]
        lengths = np.array([len(tokens.vectors) for tokens in block])
        ends = lengths.cumsum()
        rests, values = np.empty((2, ends[-1], len(queries)), dtype=np.float32)
        for tokens, start, end in zip(block, ends - lengths, ends, strict=True):
            # One product a passage: in one for all of them its last digits would hang on the rest.
            np.matmul(tokens.vectors, toward, out=rests[start:end])
            np.matmul(tokens.vectors, worth, out=values[start:end])
        worded = np.flatnonzero(lengths)
        if len(worded):
            starts = (ends - lengths)[worded]
            np.exp(np.clip(rests, -LARGEST, LARGEST, out=rests), out=rests)
            values *= rests
            sums = np.add.reduceat(values, starts, axis=0)
            scores[first + worded] = sums / np.add.reduceat(rests, starts, axis=0)
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
        return self.calibrated(self.scores(passages, roles))

    def calibrated(self, scores: Floats) -> Singles:
        """Return the probabilities of scores weighed by role."""
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
        numbers, firsts = np.unique(sentence.clip(min=0), return_index=True)
        rests[numbers + 1] = np.add.reduceat(shares(tokens, self.queries), firsts, axis=0)
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
        return self.calibrated(scores)

    def calibrated(self, scores: Floats) -> Singles:
        """Return the probabilities of scores."""
        return np.asarray(softmax(scores / self.temperature, axis=1), dtype=np.float32)


def probabilities_of_both(
    heads: AttentionHeads, role_head: AttentionRoleHead, passages: Sequence[TokenVectors]
) -> tuple[Singles, Singles]:
    """Return the probabilities of themes, weighed by role, and of roles: read in one go.

    Returns
    -------
    themes : ndarray of float32, shape (n_passages, n_themes)
    roles : ndarray of float32, shape (n_passages, n_roles)
    """
    scores = attended_scores(
        passages,
        *(
            np.concatenate([getattr(heads, part), getattr(role_head, part)])
            for part in ("queries", "weights", "biases")
        ),
    )
    themes, rest = np.split(scores, [len(heads.biases)], axis=1)
    roles = role_head.calibrated(rest)
    if heads.carrying.size:
        themes = weighed_by_role(themes, roles, heads.carrying)
    return heads.calibrated(themes), roles
