"""Heads that read tokens: one attention a theme over the passage, and the score of what it sees.

Label-wise attention, as in Mullenbach et al. (2018), *Explainable prediction of medical codes from
clinical text*, NAACL-HLT, 1101-1111. A passage's mean vector thins a failing out among sentences
that have nothing to do with it; an attention of its own lets each theme look where its words are,
and says where it looked. It is taught to look at the sentences that coders marked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scr_themes.classifying.heads import expit, softmax
from scr_themes.encoding.protocol import TokenProducts, TokenVectors

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

# No role is taken to rule a theme out: a passage's role is told wrongly now and then.
SELDOM = 0.01
# The sentence beside the one that attention rests on most is quoted with it from this share of its
# attention on. Of 0.4 to 0.9, tried on the marked sentences of the development split
# (benchmarks/evidence.py), each step down finds more of them and quotes two sentences more often.
NEXT = 0.6
LARGEST = 70.0  # of what attention rests on: beyond it float32 would overflow, and nothing is added


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


def columns(queries: Singles, weights: Singles) -> Singles:
    """Return the matrix that tokens are multiplied by: shape (n_dimensions, 2 * n_columns).

    Parameters
    ----------
    queries, weights : ndarray of float32, shape (n_columns, n_dimensions)
    """
    return np.ascontiguousarray(np.concatenate([queries, weights]).T)


class Look(NamedTuple):
    """Where attention rests in one passage.

    Attributes
    ----------
    rests : ndarray of float32, shape (n_tokens, n_columns)
        How much of each column's attention each token gets, up to a factor a column.
    starts : callable
        Returns where each token begins: shape (n_tokens,).
    """

    rests: Singles
    starts: Callable[[], NDArray[np.intp]]


class Attended:
    """What the attention of each column sees in each of some passages.

    Parameters
    ----------
    products : TokenProducts
        Of token vectors and :func:`columns`. Its values are overwritten.

    Attributes
    ----------
    means : ndarray of float64, shape (n_passages, n_columns)
        The mean of ``vectors @ weight`` under a column's attention; nought without a token.
    """

    def __init__(self, products: TokenProducts) -> None:
        self._products = products
        n_columns = products.values.shape[1] // 2
        self._rests, worth = products.values[:, :n_columns], products.values[:, n_columns:]
        np.exp(np.clip(self._rests, -LARGEST, LARGEST, out=self._rests), out=self._rests)
        worth *= self._rests
        self.means = np.zeros((products.n_texts, n_columns), dtype=np.float64)
        if not len(products.runs):
            return
        places = products.runs.ravel()
        if places[-1] == len(products.values):  # which no place may be, and where a last sum ends
            places = places[:-1]
        sums = np.add.reduceat(products.values, places, axis=0)[::2]
        firsts = np.flatnonzero(np.diff(products.texts, prepend=-1))
        sums = np.add.reduceat(sums, firsts, axis=0)
        self.means[products.texts[firsts]] = sums[:, n_columns:] / sums[:, :n_columns]

    def __len__(self) -> int:
        return self._products.n_texts

    def __getitem__(self, number: int) -> Look:
        """Return where attention rests in one of the passages; raise IndexError beyond the last."""
        products = self._products
        if not 0 <= number < len(self):
            raise IndexError(number)
        first, last = np.searchsorted(products.texts, [number, number + 1])
        parts = [self._rests[start:end] for start, end in products.runs[first:last].tolist()]
        return Look(
            np.concatenate(parts) if parts else self._rests[:0], partial(products.starts, number)
        )


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

    def scores(self, means: Floats, roles: NDArray[np.floating] | None = None) -> Floats:
        """Return uncalibrated scores, shape (n_passages, n_themes).

        Parameters
        ----------
        means : ndarray, shape (n_passages, n_themes)
            What each theme's attention sees: :attr:`Attended.means`.
        roles : ndarray, shape (n_passages, n_roles), optional
            Probabilities of the role head, to weigh scores by.
        """
        scores = means + self.biases
        if roles is None or not self.carrying.size:
            return scores
        return weighed_by_role(scores, roles, self.carrying)

    def probabilities(self, means: Floats, roles: NDArray[np.floating] | None = None) -> Singles:
        """Return float32 probabilities, shape (n_passages, n_themes); of the same as scores.

        Raises
        ------
        ValueError
            If there are no ``roles``, and the heads were calibrated on scores weighed by them.
        """
        if roles is None and self.carrying.size:
            raise ValueError(
                "roles are missing: these heads are calibrated on scores weighed by role"
            )
        scores = self.scores(means, roles)
        return np.asarray(expit(scores * self.slopes + self.intercepts), dtype=np.float32)

    def sentences(self, look: Look, starts: Sequence[int]) -> NDArray[np.intp]:
        """Return for each theme the sentence that its attention rests on most, or the two.

        Parameters
        ----------
        look : Look
            Its first columns are the themes'.
        starts : sequence of int
            Where each sentence begins; a token before the first counts to the first.

        Returns
        -------
        ndarray of int, shape (n_themes, 2)
            The first and the last: the same, but where the sentence before or after gets at least
            ``NEXT`` of what the foremost one gets.
        """
        found = np.zeros((len(self.queries), 2), dtype=np.intp)
        if len(starts) < 2 or not len(look.rests):
            return found
        sentence = np.searchsorted(np.asarray(starts), look.starts(), side="right") - 1
        rests = np.zeros((len(starts) + 2, len(self.queries)))  # with nothing before and after
        numbers, firsts = np.unique(sentence.clip(min=0), return_index=True)
        of_themes = look.rests[:, : len(self.queries)]
        rests[numbers + 1] = np.add.reduceat(of_themes, firsts, axis=0)
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

    def probabilities(self, means: Floats) -> Singles:
        """Return float32 probabilities, shape (n_passages, n_roles), of :attr:`Attended.means`."""
        scores = means + self.biases
        return np.asarray(softmax(scores / self.temperature, axis=1), dtype=np.float32)


def columns_of(heads: AttentionHeads, role_head: AttentionRoleHead | None) -> Singles:
    """Return :func:`columns` of themes and, after them, of roles."""
    if role_head is None:
        return columns(heads.queries, heads.weights)
    return columns(
        np.concatenate([heads.queries, role_head.queries]),
        np.concatenate([heads.weights, role_head.weights]),
    )


def probabilities_of(
    heads: AttentionHeads, role_head: AttentionRoleHead | None, attended: Attended
) -> tuple[Singles, Singles | None]:
    """Return the probabilities of themes, weighed by role, and of roles.

    Parameters
    ----------
    heads : AttentionHeads
    role_head : AttentionRoleHead or None
    attended : Attended
        Of the :func:`columns_of` both.

    Returns
    -------
    themes : ndarray of float32, shape (n_passages, n_themes)
    roles : ndarray of float32, shape (n_passages, n_roles), or None
    """
    themes, rest = np.split(attended.means, [len(heads.biases)], axis=1)
    roles = None if role_head is None else role_head.probabilities(rest)
    return heads.probabilities(themes, roles), roles
