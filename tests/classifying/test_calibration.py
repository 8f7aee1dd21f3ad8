"""Calibration against known answers and brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
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
    st.lists(st.floats(0.001, 0.05), min_size=1, max_size=20),
    st.lists(st.floats(0.6, 0.999), min_size=1, max_size=20),
)
def test_threshold_is_the_best_of_all_where_classes_lie_apart(absent, present):
    probabilities = np.array(absent + present)
    target = np.array([False] * len(absent) + [True] * len(present))
    threshold = best_f1_threshold(probabilities, target)
    assert ((probabilities >= threshold) == target).all()


def test_sources_count_alike_however_many_rows_they_have():
    """A hundred rows of one source that would have a high cut do not outvote ten of another."""
    many = np.repeat([0.3, 0.9], 50), np.repeat([False, True], 50)
    few = np.array([0.1] * 5 + [0.3] * 5), np.repeat([False, True], 5)
    probabilities, target = np.append(many[0], few[0]), np.append(many[1], few[1])
    sources = np.repeat(["many", "few"], [100, 10])
    assert best_f1_threshold(probabilities, target) > 0.3
    # Below 0.3: 2/3 for many, 1 for few. Above: 1 for many, 0 for few.
    assert best_f1_threshold(probabilities, target, sources=sources) < 0.3


@given(
    st.lists(st.tuples(st.integers(-30, 30), st.booleans()), min_size=2, max_size=60).filter(
        lambda rows: any(yes for _, yes in rows)
    ),
    st.sampled_from([0.05, 0.3, 3.0]),
    st.integers(-3, 3),
)
def test_scores_on_another_scale_get_the_same_tags(rows, slope, shift):
    """Calibration is a stretch and a shift of log-odds: it must not change what is tagged."""
    scores, target = columns(rows)
    plain, other = expit(scores / 10), expit(slope * scores / 10 + shift)
    tagged = plain >= best_f1_threshold(plain, target)
    again = other >= best_f1_threshold(other, target)
    # A tie in the smoothed curve may be broken by rounding; then F1 is all but the same.
    assert (tagged == again).all() or f1(tagged, target) == pytest.approx(
        f1(again, target), abs=0.02
    )


@given(
    st.lists(st.tuples(st.integers(-30, 30), st.booleans()), min_size=2, max_size=60).filter(
        lambda rows: any(yes for _, yes in rows)
    )
)
@example(  # one that smoothing alone takes to a third
    [(score, score == 8) for score in (-1, -10, 0, -9, -8, -1, -10, 6, -2, -9, 6, 6, 8, 7, 1, 5)]
)
def test_smoothing_costs_little_of_the_best_f1(rows):
    scores, target = columns(rows)
    probabilities = expit(scores / 10)
    best = max(f1(probabilities >= cut, target) for cut in probabilities)
    chosen = f1(probabilities >= best_f1_threshold(probabilities, target), target)
    assert chosen >= 0.5 * best


def test_a_lone_peak_gives_way_to_a_broad_one():
    """F1 of 0.86 between two neighbours in a crowd of passages, 0.8 over two log-odds."""
    odds = np.array([-4, 0.92, 0.93, 0.94, 0.95, 0.96, 0.98, 1.0, 3.0, 3.1])
    probabilities = expit(odds)
    target = np.isin(odds, [0.98, 3.0, 3.1])
    peak = max(probabilities, key=lambda cut: f1(probabilities >= cut, target))
    assert peak == expit(0.98)
    chosen = best_f1_threshold(probabilities, target)
    assert expit(1.0) < chosen < expit(3.0)
    assert f1(probabilities >= chosen, target) == pytest.approx(0.8)


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
