"""Folds: documents whole, themes even, and at home in scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
import sklearn
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict, cross_validate
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline

from scr_themes.errors import LabelsError
from scr_themes.evaluating import MultilabelStratifiedGroupKFold


def fold_of(splitter, labels, groups):
    """The fold that tests each passage."""
    folds = np.full(len(labels), -1)
    for i, (_, test) in enumerate(splitter.split(labels, labels, groups)):
        folds[test] = i
    return folds


def spread(labels, folds):
    """Mean over themes of the standard deviation of their share over folds; 0 is even."""
    shares = np.stack([labels[folds == fold].sum(axis=0) for fold in np.unique(folds)])
    shares = shares[:, shares.sum(axis=0) > 0]
    return float((shares / shares.sum(axis=0)).std(axis=0).mean())


def random_labels(seed, n_documents=40, n_themes=8):
    """Documents of 1 to 30 passages, each with a taste for some themes, some themes rare."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 31, n_documents)
    groups = np.repeat(np.arange(n_documents), sizes)
    rates = rng.beta(0.5, 5, n_themes) * rng.gamma(1, 1, (n_documents, n_themes))
    return rng.random((len(groups), n_themes)) < np.clip(rates, 0, 1)[groups], groups


@st.composite
def grouped_labels(draw):
    n_splits = draw(st.integers(2, 4))
    n_groups = draw(st.integers(n_splits, 10))
    extra = draw(st.lists(st.integers(0, n_groups - 1), max_size=20))
    groups = np.array(draw(st.permutations([*range(n_groups), *extra])))
    labels = draw(arrays(bool, (len(groups), draw(st.integers(1, 4)))))
    return n_splits, labels, groups


@given(grouped_labels(), st.integers(0, 5), st.booleans())
@settings(deadline=None)
def test_folds_are_a_partition_that_keeps_groups_whole(case, seed, shuffle):
    n_splits, labels, groups = case
    splitter = MultilabelStratifiedGroupKFold(n_splits, shuffle=shuffle, random_state=seed)
    pairs = list(splitter.split(labels, labels, groups))
    assert len(pairs) == n_splits == splitter.get_n_splits()
    tested = np.concatenate([test for _, test in pairs])
    assert sorted(tested) == list(range(len(labels)))
    for train, test in pairs:
        assert len(test) > 0
        assert sorted([*train, *test]) == list(range(len(labels)))
        assert not set(groups[train]) & set(groups[test])


@given(grouped_labels(), st.integers(0, 5))
@settings(deadline=None)
def test_a_seed_gives_the_same_folds_whatever_the_order_of_passages(case, seed):
    n_splits, labels, groups = case
    splitter = MultilabelStratifiedGroupKFold(n_splits, random_state=seed)
    once = fold_of(splitter, labels, groups)
    assert np.array_equal(once, fold_of(splitter, labels, groups))
    backwards = fold_of(splitter, labels[::-1], groups[::-1])
    assert np.array_equal(once, backwards[::-1])


def test_another_seed_gives_other_folds():
    labels, groups = random_labels(0)
    alike = np.zeros_like(labels)  # nothing but sizes to tell documents apart
    seeds = [
        fold_of(MultilabelStratifiedGroupKFold(random_state=seed), alike, groups // 2)
        for seed in range(5)
    ]
    assert any(not np.array_equal(seeds[0], other) for other in seeds[1:])


def test_themes_are_more_even_than_group_k_fold_leaves_them():
    ours, theirs = [], []
    for seed in range(40):
        labels, groups = random_labels(seed)
        ours.append(spread(labels, fold_of(MultilabelStratifiedGroupKFold(), labels, groups)))
        theirs.append(spread(labels, fold_of(GroupKFold(), labels, groups)))
    assert np.mean(ours) < 0.75 * np.mean(theirs)
    assert np.mean(np.array(ours) <= np.array(theirs)) > 0.9


def test_single_passages_are_spread_as_evenly_as_can_be():
    labels = np.zeros((100, 2), dtype=bool)
    labels[:10, 0] = True
    labels[5:30, 1] = True
    folds = fold_of(MultilabelStratifiedGroupKFold(5), labels, None)
    for fold in range(5):
        assert labels[folds == fold].sum(axis=0).tolist() == [2, 5]
        assert (folds == fold).sum() == 20


def test_a_rare_theme_reaches_every_fold_that_it_can():
    labels = np.zeros((30, 2), dtype=bool)
    labels[:, 0] = True
    labels[[0, 7, 15], 1] = True
    folds = fold_of(MultilabelStratifiedGroupKFold(3), labels, np.arange(30) // 3)
    assert sorted(folds[[0, 7, 15]]) == [0, 1, 2]


def test_sets_of_ids_and_their_matrix_give_the_same_folds():
    labels, groups = random_labels(3)
    names = "abcdefgh"
    sets = [{names[j] for j in np.flatnonzero(row)} for row in labels]
    splitter = MultilabelStratifiedGroupKFold(4)
    assert np.array_equal(fold_of(splitter, labels, groups), fold_of(splitter, sets, groups))
    lists = labels.astype(int).tolist()
    assert np.array_equal(fold_of(splitter, labels, groups), fold_of(splitter, lists, groups))


def test_passages_without_any_theme_can_be_split():
    folds = fold_of(MultilabelStratifiedGroupKFold(2), [set(), set(), set(), set()], None)
    assert sorted(folds) == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("labels", "groups", "message"),
    [
        ([{"x"}] * 4, ["a", "a", "b", "b"], r"groups: holds 2 group\(s\) for 3 folds"),
        ([{"x"}, {"x"}], None, r"groups: holds 2 group\(s\) for 3 folds"),
        ([], [], r"groups: holds 0 group\(s\) for 3 folds"),
        ([{"x"}] * 4, ["a", None, "b", "c"], "groups: passage 1 has none"),
        ([0, 1, 1, 0], None, "y: row 0 is 0, not a set"),
        (["x", "y", "x"], None, "y: row 0 is 'x', not a set"),
        ([[0, 2], [0, 1], [1, 1]], None, "y: holds 2 in row 0"),
    ],
)
def test_what_cannot_be_split_is_refused(labels, groups, message):
    with pytest.raises(LabelsError, match=message):
        list(MultilabelStratifiedGroupKFold(3).split(labels, labels, groups))


def test_labels_are_needed():
    with pytest.raises(LabelsError, match="y: is missing; give the labels, or use GroupKFold"):
        list(MultilabelStratifiedGroupKFold(2).split(["a", "b"]))


def test_one_fold_is_no_cross_validation():
    with pytest.raises(LabelsError, match="n_splits: is 1; give 2 or more"):
        MultilabelStratifiedGroupKFold(1)


WHO = ("The nurse", "The school", "The clinic", "The officer", "The agency", "Staff")
WHAT = ("kept no notes", "told nobody", "kept no notes and told nobody", "met weekly")
TEXTS = [f"{who} {what}." for what in WHAT for who in WHO]
LABELS = np.repeat([[1, 0], [0, 1], [1, 1], [0, 0]], 6, axis=0)
GROUPS = [f"review_{i % 6}.pdf" for i in range(24)]


class TestInScikitLearn:
    splitter = MultilabelStratifiedGroupKFold(3)

    @property
    def model(self):
        return make_pipeline(TfidfVectorizer(), OneVsRestClassifier(LogisticRegression(C=100)))

    def test_cross_val_predict(self):
        options = {"groups": GROUPS, "cv": self.splitter}
        found = cross_val_predict(self.model, TEXTS, LABELS, **options)
        assert (found == LABELS).mean() > 0.9
        options["method"] = "predict_proba"
        scores = cross_val_predict(self.model, TEXTS, LABELS, **options)
        assert scores.shape == (24, 2)

    def test_grid_search(self):
        every_telling_word = ["and", "kept", "met", "no", "nobody", "notes", "told", "weekly"]
        grid = {"tfidfvectorizer__stop_words": [every_telling_word, None]}
        search = GridSearchCV(self.model, grid, cv=self.splitter, scoring="accuracy")
        search.fit(TEXTS, LABELS, groups=GROUPS)
        assert search.n_splits_ == 3
        assert search.best_params_ == {"tfidfvectorizer__stop_words": None}

    def test_metadata_routing_brings_the_groups(self):
        with sklearn.config_context(enable_metadata_routing=True):
            found = cross_validate(
                self.model,
                TEXTS,
                LABELS,
                cv=self.splitter,
                params={"groups": GROUPS},
                return_indices=True,
            )
        groups = np.array(GROUPS)
        for train, test in zip(*found["indices"].values(), strict=True):
            assert not set(groups[train]) & set(groups[test])

    def test_it_prints_its_settings(self):
        assert repr(self.splitter) == (
            "MultilabelStratifiedGroupKFold(n_splits=3, random_state=0, shuffle=True)"
        )
