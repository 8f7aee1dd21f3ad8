"""Calibration against known answers and brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, softmax

from scr_themes.classifying.calibration import (
    best_f1_threshold,
    fit_sigmoid,
    fit_temperature,
)

labelled = st.lists(
    st.tuples(st.integers(-40, 40).map(lambda n: n / 8), st.booleans()), min_size=1, max_size=40
)


def columns(rows):
    scores, target = zip(*rows, strict=True)
    return np.array(scores, dtype=float), np.array(target, dtype=bool)


def f1(decided, target):
    total = decided.sum() + target.sum()
    return 2 * (decided & target).sum() / total if total else 0.0


def drawn(slope, intercept, n=20_000, seed=0):
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, 2, n)
    return scores, rng.random(n) < expit(slope * scores + intercept)


@pytest.mark.parametrize(("slope", "intercept"), [(1, 0), (0.3, -2), (4, 1), (0.02, 0.5)])
def test_sigmoid_finds_the_curve_that_drew_the_labels(slope, intercept):
    found = fit_sigmoid(*drawn(slope, intercept))
    assert found == pytest.approx((slope, intercept), rel=0.08, abs=0.05)


@pytest.mark.parametrize("unit", [1e-6, 1e-3, 1e3, 1e6])
def test_sigmoid_does_not_care_for_units(unit):
    scores, target = drawn(1.5, -0.5, 2000)
    plain, scaled = fit_sigmoid(scores, target), fit_sigmoid(scores * unit, target)
    np.testing.assert_allclose(
        expit(scaled[0] * scores * unit + scaled[1]),
        expit(plain[0] * scores + plain[1]),
        atol=1e-3,
    )


def test_sigmoid_never_turns_scores_round():
    scores, target = drawn(1.0, 0.0, 2000)
    slope, intercept = fit_sigmoid(-scores, target)
    assert slope == 0
    assert expit(intercept) == pytest.approx(target.mean(), abs=0.01)


@given(labelled)
def test_sigmoid_rises_and_is_right_on_the_whole(rows):
    scores, target = columns(rows)
    slope, intercept = fit_sigmoid(scores, target)
    assert slope >= 0
    found = expit(slope * scores + intercept)
    # The mean is that of Platt's targets: (n + 1) / (n + 2) for positives, 1 / (n + 2) for others.
    yes, no = target.sum(), (~target).sum()
    expected = (yes * (yes + 1) / (yes + 2) + no / (no + 2)) / len(target)
    assert found.mean() == pytest.approx(expected, abs=0.01)


def test_sigmoid_is_never_certain_of_a_few_examples():
    slope, intercept = fit_sigmoid(np.array([-9.0, -9.0, 9.0, 9.0]), np.array([0, 0, 1, 1]) > 0)
    assert expit(slope * np.array([-9.0, 9.0]) + intercept) == pytest.approx(
        [1 / 4, 3 / 4], abs=0.01
    )


@given(labelled, st.integers(2, 5))
def test_sigmoid_does_not_care_for_order(rows, step):
    scores, target = columns(rows)
    turned = np.argsort(np.arange(len(scores)) % step, kind="stable")
    ours, theirs = fit_sigmoid(scores, target), fit_sigmoid(scores[turned], target[turned])
    np.testing.assert_allclose(
        expit(ours[0] * scores + ours[1]), expit(theirs[0] * scores + theirs[1]), atol=0.01
    )


@pytest.mark.parametrize("temperature", [0.2, 1.0, 3.0])
def test_temperature_finds_the_one_that_drew_the_codes(temperature):
    rng = np.random.default_rng(1)
    scores = rng.normal(0, 2, (8000, 4))
    chances = softmax(scores / temperature, axis=1).cumsum(axis=1)
    codes = (rng.random((8000, 1)) > chances).sum(axis=1).clip(max=3)
    assert fit_temperature(scores, codes) == pytest.approx(temperature, rel=0.08)


def test_temperature_keeps_its_bounds():
    right = np.eye(3) / 10
    assert fit_temperature(right, np.arange(3)) == pytest.approx(0.05, rel=0.01)
    assert fit_temperature(right, (np.arange(3) + 1) % 3) == pytest.approx(20, rel=0.01)


def test_threshold_stands_midway():
    probabilities = np.array([0.1, 0.3, 0.7, 0.9])
    target = np.array([False, False, True, True])
    assert best_f1_threshold(probabilities, target) == pytest.approx(0.5)
    assert best_f1_threshold(probabilities, np.ones(4, bool)) == pytest.approx(0.05)
    assert best_f1_threshold(probabilities[:1], np.array([True])) == pytest.approx(0.05)


@given(
    st.lists(
        st.tuples(st.integers(0, 1000).map(lambda n: n / 1000), st.booleans()),
        min_size=1,
        max_size=40,
    ).filter(lambda rows: 0 < sum(yes for _, yes in rows) < 20)
)
def test_threshold_is_the_best_of_all_when_positives_are_few(rows):
    """Below twenty positives no neighbour is averaged in: brute force must agree."""
    probabilities, target = columns(rows)
    threshold = best_f1_threshold(probabilities, target)
    best = max(f1(probabilities >= cut, target) for cut in probabilities)
    assert f1(probabilities >= threshold, target) == pytest.approx(best)


@given(
    st.lists(st.tuples(st.floats(0, 1, width=32), st.booleans()), min_size=1, max_size=300).filter(
        lambda rows: any(yes for _, yes in rows)
    )
)
def test_threshold_lies_between_two_probabilities(rows):
    probabilities, target = columns(rows)
    threshold = best_f1_threshold(probabilities, target)
    assert 0 <= threshold <= probabilities.max()
    assert (probabilities >= threshold).any()


def test_one_lucky_passage_does_not_set_the_threshold():
    """A lone peak of the F1 curve among many positives gives way to a broad one."""
    rng = np.random.default_rng(3)
    scores, target = drawn(1.5, -1.0, 1000, seed=4)
    probabilities = expit(1.5 * scores - 1.0)
    chosen = best_f1_threshold(probabilities, target)
    # On fresh labels of the same curve the choice must be near the best there is.
    fresh = rng.random(1000) < probabilities
    best = max(f1(probabilities >= cut, fresh) for cut in np.linspace(0.05, 0.95, 181))
    assert f1(probabilities >= chosen, fresh) > best - 0.02
