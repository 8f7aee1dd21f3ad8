"""Cohen's kappa and Krippendorff's alpha, as functions of how often each document is counted."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from scr_themes.evaluating.figures import FigureArrays, FloatArray
from scr_themes.evaluating.groups import IntArray

MISSING = -1


class Reliability:
    """Agreement of coders on nominal codes, by document weights.

    Parameters
    ----------
    codes : ndarray of int, shape (n_variables, n_passages, n_coders)
        The category that each coder gave each passage in each variable, numbered from 0;
        ``MISSING`` where there is none.
    n_categories : int
        How many categories there are.
    groups : ndarray of int, shape (n_passages,)
        The document of each passage, numbered from 0 without gaps.
    sizes : ndarray of float, shape (n_passages,), optional
        How many units of analysis each passage stands for, all coded alike, such as the characters
        of a stretch of text; 1 each by default.

    Notes
    -----
    Alpha comes from the coincidences of [1]_: each passage that m >= 2 coders coded adds its
    ordered pairs of codes, each counted 1 / (m - 1), so that every code counts once. With
    o_cc those of category c with itself, n_c its row total and n the grand total,
    alpha = 1 - (n - 1) (n - sum o_cc) / (n² - sum n_c²). Observed agreement is sum o_cc / n, and
    the agreement specific to category c is o_cc / n_c [2]_.

    Kappa [3]_ is that of two coders on the passages that both coded; with more coders, the mean
    over the pairs of coders for which it is defined [4]_.

    References
    ----------
    .. [1] K. Krippendorff (2011), Computing Krippendorff's alpha-reliability. University of
       Pennsylvania, Annenberg School for Communication.
    .. [2] J. L. Fleiss, B. Levin, M. C. Paik (2003), Statistical methods for rates and
       proportions, 3rd edition, section 18.1. Wiley.
    .. [3] J. Cohen (1960), A coefficient of agreement for nominal scales. Educational and
       Psychological Measurement 20, 37-46.
    .. [4] R. J. Light (1971), Measures of response agreement for qualitative data. Psychological
       Bulletin 76, 365-377.
    """

    def __init__(
        self,
        codes: IntArray,
        n_categories: int,
        groups: IntArray,
        sizes: FloatArray | None = None,
    ) -> None:
        _, self.n_passages, n_coders = codes.shape
        self.n_groups = int(groups.max()) + 1
        # (n_variables, n_passages, n_coders, n_categories); a missing code is all False
        given = codes[..., None] == np.arange(n_categories)
        counts = given.sum(axis=2).astype(np.float64)
        n_codes = counts.sum(axis=-1)
        pairs = counts[..., :, None] * counts[..., None, :] - counts[..., None] * np.eye(
            n_categories
        )
        paired = np.maximum(n_codes - 1.0, 1.0)[..., None, None]  # a lone code has no pairs: 0 / 1
        size = np.ones(self.n_passages) if sizes is None else sizes
        size = size[:, None, None]
        self._coincidences = self._by_group(pairs / paired * size, groups)
        self._crossed = [
            self._by_group((given[:, :, a, :, None] & given[:, :, b, None, :]) * size, groups)
            for a, b in combinations(range(n_coders), 2)
        ]

    def __call__(self, weights: FloatArray) -> FigureArrays:
        """Compute the figures with each document counted ``weights`` times.

        Parameters
        ----------
        weights : ndarray of float, shape (n_documents, n_replicates)
            How often each document is counted in each replicate.

        Returns
        -------
        dict
            ``("each", name)`` to values of shape (n_variables, n_replicates) for the names
            ``observed``, ``specific`` (to the last category), ``kappa`` and ``alpha``; NaN where
            undefined.
        """
        coincidences = self._coincidences @ weights
        diagonal = np.einsum("vccr->vcr", coincidences)
        totals = coincidences.sum(axis=2)
        n = totals.sum(axis=1)
        disagreeing = n - diagonal.sum(axis=1)
        by_chance = n**2 - (totals**2).sum(axis=1)
        kappas = np.stack([_kappa(crossed @ weights) for crossed in self._crossed])
        defined = ~np.isnan(kappas)
        return {
            ("each", "observed"): _ratio(n - disagreeing, n),
            ("each", "specific"): _ratio(diagonal[:, -1], totals[:, -1]),
            ("each", "kappa"): _ratio(
                np.where(defined, kappas, 0.0).sum(axis=0), defined.sum(axis=0)
            ),
            ("each", "alpha"): 1.0 - _ratio((n - 1.0) * disagreeing, by_chance),
        }

    def _by_group(self, tables: FloatArray, groups: IntArray) -> FloatArray:
        """Add up the passages of each document; the documents become the last axis."""
        summed = np.zeros((self.n_groups, *np.delete(tables.shape, 1)))
        np.add.at(summed, groups, np.moveaxis(tables, 1, 0))
        return np.moveaxis(summed, 0, -1)


def _kappa(crossed: FloatArray) -> FloatArray:
    """Return Cohen's kappa of tables of shape (n_variables, K, K, n_replicates)."""
    n = crossed.sum(axis=(1, 2))
    observed = _ratio(np.einsum("vccr->vr", crossed), n)
    rows, columns = crossed.sum(axis=2), crossed.sum(axis=1)
    expected = _ratio((rows * columns).sum(axis=1), n**2)
    return _ratio(observed - expected, 1.0 - expected)


def _ratio(top: FloatArray, bottom: FloatArray) -> FloatArray:
    """Divide; NaN where there is nothing to divide by."""
    result: FloatArray = np.divide(
        top, bottom, out=np.full(np.shape(top), np.nan), where=bottom > 1e-12
    )
    return result
