"""Published worked examples of kappa and alpha, to the digits that they print."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose
from sklearn.metrics import cohen_kappa_score, f1_score

from scr_themes.evaluating.reliability import MISSING, Reliability


def figures(codes, weights=None, groups=None):
    """Figures of one variable; ``codes`` has a row a coder."""
    codes = np.asarray(codes).T[None]
    groups = np.arange(codes.shape[1]) if groups is None else groups
    weights = np.ones((int(groups.max()) + 1, 1)) if weights is None else weights
    found = Reliability(codes, int(codes.max()) + 1, groups)(weights)
    return {name: values[0] for (_, name), values in found.items()}


def coded(words: str) -> list[int]:
    """Codes as a table prints them; a dot where there is none."""
    return [MISSING if word == "." else int(word, 36) for word in words.split()]


def crossed(table):
    """Two coders' codes out of the table of how often which met which."""
    pairs = [(a, b) for a, row in enumerate(table) for b, n in enumerate(row) for _ in range(n)]
    return np.array(pairs).T


def test_alpha_of_krippendorff_2011_two_observers_binary():
    meg, owen = coded("0 1 0 0 0 0 0 0 1 0"), coded("1 1 1 0 0 1 0 0 0 0")
    assert figures([meg, owen])["alpha"][0] == pytest.approx(0.095, abs=5e-4)


def test_alpha_of_krippendorff_2011_two_observers_nominal():
    ben, gerry = coded("a a b b d c c c e d d a"), coded("b a b b b c c c e d d d")
    assert figures([ben, gerry])["alpha"][0] == pytest.approx(0.692, abs=5e-4)


def test_alpha_of_krippendorff_2011_four_observers_with_codes_missing():
    observers = [
        coded("1 2 3 3 2 1 4 1 2 . . ."),
        coded("1 2 3 3 2 2 4 1 2 5 . 3"),
        coded(". 3 3 3 2 3 4 2 2 5 1 ."),
        coded("1 2 3 3 2 4 4 1 2 5 1 ."),
    ]
    assert figures(observers)["alpha"][0] == pytest.approx(0.743, abs=5e-4)


def test_kappa_of_fleiss_levin_and_paik_2003_table_18_1():
    """Two raters of 100 patients: psychotic, neurotic, organic."""
    table = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
    found = figures(crossed(table))
    assert found["observed"][0] == pytest.approx(0.89)
    assert found["kappa"][0] == pytest.approx(0.68, abs=5e-3)


@pytest.mark.parametrize(
    ("table", "kappa"),
    [([[40, 9], [6, 45]], 0.70), ([[80, 10], [5, 5]], 0.32), ([[45, 15], [25, 15]], 0.13)],
)
def test_kappa_of_feinstein_and_cicchetti_1990(table, kappa):
    """Nearly the same agreement, and another kappa: what prevalence does."""
    assert figures(crossed(table))["kappa"][0] == pytest.approx(kappa, abs=5e-3)


binary = st.integers(1, 30).flatmap(
    lambda n: arrays(int, (2, n), elements=st.integers(0, 1)).filter(lambda codes: codes.any())
)


@given(binary)
@settings(deadline=None)
def test_two_coders_are_as_scikit_learn_has_them(codes):
    found = figures(codes)
    assert_allclose(found["specific"][0], f1_score(codes[0], codes[1]), atol=1e-12)
    assert_allclose(found["observed"][0], (codes[0] == codes[1]).mean(), atol=1e-12)
    if np.isnan(found["kappa"][0]):
        assert len(np.unique(codes)) == 1
    else:
        assert_allclose(found["kappa"][0], cohen_kappa_score(codes[0], codes[1]), atol=1e-12)


@given(binary)
@settings(deadline=None)
def test_alpha_is_kappa_with_one_distribution_for_both_and_a_correction(codes):
    """For two coders: 1 - alpha = (1 - pi) (2 n - 1) / 2 n, with Scott's pi."""
    n = codes.shape[1]
    share = codes.mean()
    by_chance = share**2 + (1 - share) ** 2
    alpha = figures(codes)["alpha"][0]
    if np.isclose(by_chance, 1.0):
        assert np.isnan(alpha)
    else:
        pi = ((codes[0] == codes[1]).mean() - by_chance) / (1 - by_chance)
        assert_allclose(1 - alpha, (1 - pi) * (2 * n - 1) / (2 * n), atol=1e-9)


@given(st.data())
@settings(deadline=None)
def test_a_document_counted_twice_is_two_documents(data):
    n = data.draw(st.integers(1, 12))
    codes = data.draw(arrays(int, (3, n), elements=st.integers(-1, 2)))
    codes[:2, 0] = 2  # so that three categories and a pair of codes are always there
    groups = data.draw(arrays(int, n, elements=st.integers(0, 2)))
    groups = np.unique(groups, return_inverse=True)[1]
    weights = data.draw(
        arrays(float, (int(groups.max()) + 1, 2), elements=st.integers(0, 3).map(float))
    )
    weights[groups[0]] += 1
    weighted = figures(codes, weights, groups)
    for b in range(2):
        rows = np.repeat(np.arange(n), weights[groups, b].astype(int))
        copies = figures(codes[:, rows])
        for name, value in copies.items():
            assert_allclose(weighted[name][b], value[0], atol=1e-9, err_msg=name)


def test_a_passage_that_one_coder_alone_coded_counts_for_nothing():
    both = [[0, 1, 1, 0], [0, 1, 0, 0]]
    more = [[0, 1, 1, 0, 1, MISSING], [0, 1, 0, 0, MISSING, 0]]
    for name, value in figures(both).items():
        assert_allclose(figures(more)[name], value, err_msg=name)


def test_with_three_coders_kappa_is_the_mean_over_pairs():
    codes = np.array([[0, 1, 1, 0, 1], [0, 1, 0, 0, 1], [1, 1, 1, 0, 0]])
    pairs = [(0, 1), (0, 2), (1, 2)]
    expected = np.mean([cohen_kappa_score(codes[a], codes[b]) for a, b in pairs])
    assert_allclose(figures(codes)["kappa"][0], expected)
