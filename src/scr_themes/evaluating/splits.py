"""Folds for cross-validation: no document in two folds, every theme spread evenly."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import BaseCrossValidator

from scr_themes.errors import LabelsError
from scr_themes.evaluating.figures import FloatArray
from scr_themes.evaluating.groups import IntArray, group_numbers
from scr_themes.labels import BoolArray, Labels, indicator


class MultilabelStratifiedGroupKFold(BaseCrossValidator):
    """K folds that keep documents whole and give each fold its share of every theme.

    Greedy stratification after [1]_ with documents in place of passages: those that hold most of
    the rarest themes are placed first, each in the fold where it adds least to the spread of the
    themes and of the sizes over the folds, much as
    :class:`sklearn.model_selection.StratifiedGroupKFold` does for a single label. A theme in
    fewer documents than folds is missing from some folds; nothing can help that.

    Parameters
    ----------
    n_splits : int, default 5
        How many folds; at least 2.
    shuffle : bool, default True
        Whether documents that are alike are placed in random order, or in the sorted order of
        their names.
    random_state : int, numpy.random.Generator or None, default 0
        Seed of that order. An int gives the same folds at each call.

    Raises
    ------
    LabelsError
        If ``n_splits`` is below 2; from ``split`` also if there are fewer groups than folds, or
        no labels.

    References
    ----------
    .. [1] K. Sechidis, G. Tsoumakas, I. Vlahavas (2011), On the stratification of multi-label
       data. ECML PKDD 2011, LNCS 6913, 145-158.

    Examples
    --------
    >>> texts = ["No notes.", "Not told.", "No notes either.", "Not told again."]
    >>> labels = [{"recording"}, {"information_sharing"}, {"recording"}, {"information_sharing"}]
    >>> folds = MultilabelStratifiedGroupKFold(n_splits=2, shuffle=False)
    >>> [test.tolist() for _, test in folds.split(texts, labels, groups=["a", "a", "b", "b"])]
    [[0, 1], [2, 3]]
    """

    # Tells scikit-learn's metadata routing that ``split`` takes groups.
    __metadata_request__split = {"groups": True}  # noqa: RUF012 - scikit-learn reads it as is

    def __init__(
        self,
        n_splits: int = 5,
        *,
        shuffle: bool = True,
        random_state: int | np.random.Generator | None = 0,
    ) -> None:
        if n_splits < 2:
            raise LabelsError("n_splits", f"is {n_splits}", "give 2 or more")
        self.n_splits = n_splits
        self.shuffle = shuffle
        self.random_state = random_state

    def split(
        self, X: Any, y: Labels | None = None, groups: Iterable[object] | None = None
    ) -> Iterator[tuple[IntArray, IntArray]]:
        """Yield the passages to train on and those to test on, fold by fold.

        Parameters
        ----------
        X : sequence of length n_passages
            The passages; only their number is used.
        y : sequence of sets of str, or array of shape (n_passages, n_themes)
            The labels to spread.
        groups : iterable, optional
            The document of each passage. Without it every passage is on its own.

        Yields
        ------
        train, test : ndarray of int
            Positions of passages, ascending.

        Raises
        ------
        LabelsError
            If there are fewer groups than folds, or labels are missing or malformed.
        """
        folds: Iterator[tuple[IntArray, IntArray]] = super().split(X, y, groups)
        return folds

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:  # noqa: ARG002
        """Return how many folds there are."""
        return self.n_splits

    def _iter_test_masks(
        self,
        X: Any,  # noqa: ARG002 - scikit-learn's base class passes it
        y: Labels | None,
        groups: Iterable[object] | None,
    ) -> Iterator[npt.NDArray[np.bool_]]:
        if y is None:
            raise LabelsError("y", "is missing", "give the labels, or use GroupKFold")
        labels = _label_matrix(y)
        numbers = group_numbers(groups, len(labels))
        n_groups = int(numbers.max(initial=-1)) + 1
        if n_groups < self.n_splits:
            raise LabelsError(
                "groups",
                f"holds {n_groups} group(s) for {self.n_splits} folds",
                "give more documents or ask for fewer folds",
            )
        # The last column counts passages, so that sizes are spread like one theme more.
        counted = np.column_stack([labels, np.ones(len(labels))])
        counts = np.zeros((n_groups, counted.shape[1]))
        np.add.at(counts, numbers, counted)
        rng = np.random.default_rng(self.random_state) if self.shuffle else None
        fold_of_group = _place(counts, self.n_splits, rng)
        for fold in range(self.n_splits):
            yield fold_of_group[numbers] == fold


def _label_matrix(y: Labels) -> BoolArray:
    """Return labels as a matrix; where they are sets of ids, the columns are in sorted order."""
    given: Any = y
    if len(getattr(given, "shape", ())) == 2:
        return indicator(given, [str(j) for j in range(given.shape[1])], name="y")
    rows = list(given)
    kept = [row for row in rows if isinstance(row, Collection) and not isinstance(row, str)]
    themes = sorted({theme for row in kept for theme in row if isinstance(theme, str)})
    if not themes and kept:
        themes = [str(j) for j in range(len(kept[0]))]  # rows of numbers
    return indicator(rows, themes or ["none"], name="y")


def _place(counts: FloatArray, n_folds: int, rng: np.random.Generator | None) -> IntArray:
    """Choose a fold for each group, given its passages with each theme and in all.

    The spread to keep small is the sum, over themes and folds, of the squared share of the
    theme's passages that the fold holds. Putting a group in a fold adds to it twice the product
    of their shares, and a part that is the same for every fold.
    """
    totals = counts.sum(axis=0)
    shares = counts / np.where(totals > 0, totals, 1.0)
    order = np.arange(len(counts)) if rng is None else rng.permutation(len(counts))
    # A passage is a larger share of a rare theme, so the groups that hold these go first.
    order = order[np.argsort(-(shares[order] ** 2).sum(axis=1), kind="stable")]
    held = np.zeros((n_folds, counts.shape[1]))
    fold_of_group = np.empty(len(counts), dtype=np.intp)
    for group in order:
        # An empty fold adds nothing and any other adds something, so no fold stays empty.
        fold = int(np.argmin(held @ shares[group]))
        held[fold] += shares[group]
        fold_of_group[group] = fold
    return fold_of_group
