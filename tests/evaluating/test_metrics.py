"""Figures of an evaluation: worked by hand, against scikit-learn, and under changes of the data."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn import metrics as sk

from scr_themes.evaluating import evaluate
from tests.evaluating.cases import Case, cases

THEMES = ("recording", "child_voice", "supervision")
TRUTH = [{"recording"}, {"recording", "child_voice"}, set(), set(), {"recording"}, set()]
SCORE = np.array(
    [
        [0.9, 0.30, 0.6],
        [0.4, 0.35, 0.1],
        [0.6, 0.20, 0.1],
        [0.1, 0.10, 0.1],
        [0.7, 0.45, 0.1],
        [0.2, 0.05, 0.1],
    ]
)
RATIOS = ("precision", "recall", "f1", "average_precision")
FIGURES = (*RATIOS, "brier", "ece")


def figures(result):
    return [getattr(result, name) for name in RATIOS]


@pytest.fixture(scope="module")
def worked():
    return evaluate(TRUTH, SCORE, themes=THEMES, core=["recording", "supervision"], n_resamples=50)


class TestWorkedByHand:
    def test_a_theme_with_hits_misses_and_false_alarms(self, worked):
        # Predicted at 0.5: passages 0, 2 and 4. Hits 0 and 4; false alarm 2; missed 1.
        # From the top: 0.9 right (1/1), 0.7 right (2/2), 0.6 wrong, 0.4 right (3/4).
        recording = worked["recording"]
        assert_allclose(figures(recording), [2 / 3, 2 / 3, 2 / 3, (1 + 1 + 3 / 4) / 3])
        assert (recording.support, recording.n_predicted) == (3, 3)
        assert recording.brier == pytest.approx(
            (0.1**2 + 0.6**2 + 0.6**2 + 0.1**2 + 0.3**2 + 0.2**2) / 6
        )
        # Every score has a bin to itself.
        assert recording.ece == pytest.approx((0.1 + 0.6 + 0.6 + 0.1 + 0.3 + 0.2) / 6)

    def test_a_theme_never_predicted_has_precision_zero(self, worked):
        # From the top: 0.45 wrong, 0.35 right (1/2).
        child_voice = worked["child_voice"]
        assert figures(child_voice) == [0, 0, 0, 0.5]
        assert (child_voice.support, child_voice.n_predicted) == (1, 0)
        # 0.30 and 0.35 share a bin: (0.65 - 1 right) = -0.35.
        assert child_voice.ece == pytest.approx((0.35 + 0.2 + 0.1 + 0.45 + 0.05) / 6)

    def test_a_theme_without_a_positive_is_undefined(self, worked):
        supervision = worked["supervision"]
        assert all(math.isnan(value) for value in figures(supervision))
        assert (supervision.support, supervision.n_predicted) == (0, 1)
        assert supervision.brier == pytest.approx((0.6**2 + 5 * 0.1**2) / 6)
        assert worked.undefined == ("supervision",)

    def test_micro_counts_the_false_alarms_of_undefined_themes(self, worked):
        # 2 hits; 1 + 0 + 1 false alarms; 1 + 1 missed.
        # Pooled from the top: 0.9 and 0.7 right, 0.6, 0.6, 0.45 wrong, 0.4 and 0.35 right.
        pooled = (1 / 1 + 2 / 2 + 3 / 6 + 4 / 7) / 4
        assert_allclose(figures(worked.micro), [2 / 4, 2 / 4, 2 / 4, pooled])

    def test_macro_leaves_undefined_themes_out(self, worked):
        means = [(2 / 3 + 0) / 2] * 3 + [(11 / 12 + 1 / 2) / 2]
        assert_allclose(figures(worked.macro), means)

    def test_core_averages_see_the_core_alone(self, worked):
        # recording and supervision: 2 hits, 2 false alarms, 1 missed.
        # Pooled from the top: 0.9, 0.7 right, 0.6, 0.6 wrong, 0.4 right.
        pooled = (1 + 1 + 3 / 5) / 3
        assert_allclose(figures(worked.core_micro), [2 / 4, 2 / 3, 4 / 7, pooled])
        assert_allclose(figures(worked.core_macro), figures(worked["recording"]))

    def test_calibration_overall_pools_every_pair(self, worked):
        squares = 0.87 + (0.09 + 0.4225 + 0.04 + 0.01 + 0.2025 + 0.0025) + 0.41
        assert worked.brier == pytest.approx(squares / 18)
        # Bins from 0.0 up; in the bin from 0.4 recording's -0.6 meets child_voice's +0.45.
        gaps = 0.05 + (0.1 + 0.1 + 0.5) + (0.2 + 0.2) + 0.35 + 0.15 + (0.6 + 0.6) + 0.3 + 0.1
        assert worked.ece == pytest.approx(gaps / 18)

    def test_roles(self):
        result = evaluate(
            [{"recording"}] * 4,
            np.full((4, 1), 0.9),
            themes=["recording"],
            roles_true=["finding", "finding", "context", "strength"],
            roles_pred=["finding", "context", "context", "finding"],
            n_resamples=20,
        )
        assert result.role_accuracy == 0.5
        assert result.role_confusion == {
            "context": {"context": 1, "finding": 0, "strength": 0},
            "finding": {"context": 1, "finding": 1, "strength": 0},
            "strength": {"context": 0, "finding": 1, "strength": 0},
        }
        low, high = result.intervals["role_accuracy"]
        assert 0 <= low < 0.5 < high <= 1


@given(cases())
@settings(deadline=None)
def test_figures_are_those_of_scikit_learn(case: Case):
    result = evaluate(case.truth, case.score, n_resamples=0)
    decided = case.score >= 0.5
    defined = case.truth.any(axis=0)
    for j, theme in enumerate(result.themes):
        truth, score = case.truth[:, j], case.score[:, j]
        assert_allclose(theme.brier, sk.brier_score_loss(truth, score, pos_label=True), atol=1e-12)
        if defined[j]:
            expected = sk.precision_recall_fscore_support(
                truth, decided[:, j], average="binary", zero_division=0
            )[:3]
            ap = sk.average_precision_score(truth, score)
            assert_allclose(figures(theme), [*expected, ap])
    assume(defined.any())
    kept = {
        "micro": (case.truth, decided, case.score),
        "macro": (case.truth[:, defined], decided[:, defined], case.score[:, defined]),
    }
    for average, (truth, predicted, score) in kept.items():
        # One column more, empty, makes a single theme multilabel to scikit-learn.
        pad = np.zeros((len(truth), 1), dtype=bool) if truth.shape[1] == 1 else truth[:, :0]
        options = {"average": average, "zero_division": 0}
        if average == "macro":
            options |= {"labels": list(range(truth.shape[1]))}
        expected = sk.precision_recall_fscore_support(
            np.hstack([truth, pad]), np.hstack([predicted, pad]), **options
        )[:3]
        ap = sk.average_precision_score(truth, score, average=average)
        assert_allclose(figures(getattr(result, average)), [*expected, ap])


@given(cases(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_passages_changes_nothing(case: Case, random):
    order = random.sample(range(len(case.truth)), len(case.truth))
    options = {"n_resamples": 20, "core": ["theme_0"]}
    before = evaluate(case.truth, case.score, documents=case.documents, **options)
    shuffled = Case(*(part[order] for part in case))
    after = evaluate(shuffled.truth, shuffled.score, documents=shuffled.documents, **options)
    # Documents are drawn in the order of their names, so the intervals stay as they are too.
    assert_same(before.to_dict(), after.to_dict())


@given(cases(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_themes_in_another_order_give_the_same_results_in_that_order(case: Case, random):
    k = case.truth.shape[1]
    order = random.sample(range(k), k)
    names = [f"theme_{j}" for j in range(k)]
    cuts = np.linspace(0.2, 0.8, k)
    before = evaluate(case.truth, case.score, themes=names, thresholds=cuts, n_resamples=20)
    after = evaluate(
        case.truth[:, order],
        case.score[:, order],
        themes=[names[j] for j in order],
        thresholds=cuts[order],
        n_resamples=20,
    )
    assert [theme.theme for theme in after.themes] == [names[j] for j in order]
    reordered = after.to_dict()
    reordered["themes"] = [after.to_dict()["themes"][order.index(j)] for j in range(k)]
    reordered["undefined"] = sorted(reordered["undefined"])
    assert_same(before.to_dict(), reordered)


@given(cases(), st.floats(0, 1), st.floats(0, 1))
@settings(deadline=None)
def test_a_higher_threshold_never_raises_recall_or_adds_a_tag(case: Case, one, other):
    low, high = sorted((one, other))
    loose = evaluate(case.truth, case.score, thresholds=low, n_resamples=0)
    strict = evaluate(case.truth, case.score, thresholds=high, n_resamples=0)
    for before, after in zip(loose.themes, strict.themes, strict=True):
        assert after.n_predicted <= before.n_predicted
        assert not after.recall > before.recall
        assert_allclose(after.average_precision, before.average_precision)
        assert after.brier == before.brier


@given(cases())
@settings(deadline=None)
def test_every_passage_twice_leaves_the_estimates_as_they_are(case: Case):
    once = evaluate(case.truth, case.score, n_resamples=0).to_dict()
    twice = evaluate(
        np.tile(case.truth, (2, 1)), np.tile(case.score, (2, 1)), n_resamples=0
    ).to_dict()
    assert twice.pop("n_passages") == 2 * once.pop("n_passages")
    for before, after in zip(once["themes"], twice["themes"], strict=True):
        assert after.pop("support") == 2 * before.pop("support")
        assert after.pop("n_predicted") == 2 * before.pop("n_predicted")
    for before, after in zip(once["calibration"], twice["calibration"], strict=True):
        assert after.pop("n") == 2 * before.pop("n")
    assert_same(once, twice)


@given(cases())
@settings(deadline=None)
def test_the_calibration_error_is_that_of_the_bins(case: Case):
    result = evaluate(case.truth, case.score, n_resamples=0)
    bins = result.calibration
    assert sum(found.n for found in bins) == case.truth.size
    assert [found.low for found in bins] == sorted({found.low for found in bins})
    for found in bins:
        inside = (case.score >= found.low - 1e-9) & (case.score <= found.high + 1e-9)
        assert 0 < found.n <= inside.sum()
        assert found.low - 1e-9 <= found.probability <= found.high + 1e-9
        assert 0 <= found.share <= 1
    gaps = sum(found.n * abs(found.probability - found.share) for found in bins)
    assert result.ece == pytest.approx(gaps / case.truth.size, abs=1e-9)


def test_what_coders_left_open_is_in_no_bin():
    truth, score = [{"x"}, {"y"}], [[0.95, 0.05], [0.05, 0.95]]
    result = evaluate(truth, score, themes=["x", "y"], either=[{"x"}, set()], n_resamples=0)
    assert [(found.low, found.n, found.share) for found in result.calibration] == [
        (0.0, 2, 0.0),
        (0.9, 1, 1.0),
    ]


def test_a_score_at_the_threshold_is_a_tag():
    result = evaluate([{"x"}, set()], [[0.3], [0.29]], themes=["x"], thresholds=0.3)
    assert (result["x"].precision, result["x"].recall) == (1.0, 1.0)


def test_each_theme_has_its_own_threshold():
    truth = [{"x", "y"}, set()]
    score = [[0.3, 0.8], [0.1, 0.7]]
    result = evaluate(truth, score, themes=["x", "y"], thresholds=[0.2, 0.75])
    assert (result["x"].f1, result["y"].f1) == (1.0, 1.0)


def test_predictions_stand_in_for_thresholds():
    predicted = [set(), {"recording"}, set(), {"supervision"}, set(), {"child_voice"}]
    result = evaluate(TRUTH, SCORE, themes=THEMES, y_pred=predicted, thresholds=0.0)
    assert [theme.n_predicted for theme in result.themes] == [1, 1, 1]
    assert result["recording"].recall == pytest.approx(1 / 3)
    assert result["recording"].average_precision == pytest.approx(11 / 12)


def test_a_perfect_coder():
    result = evaluate(TRUTH, [[t in row for t in THEMES] for row in TRUTH], themes=THEMES)
    assert figures(result.micro) == figures(result.macro) == [1, 1, 1, 1]
    assert (result.brier, result.ece) == (0, 0)


def test_no_positive_anywhere_leaves_every_average_undefined():
    result = evaluate([set(), set()], [[0.9], [0.1]], themes=["x"], core=["x"])
    for average in (result.micro, result.macro, result.core_micro, result.core_macro):
        assert all(math.isnan(value) for value in figures(average))
        assert all(math.isnan(end) for ends in average.intervals.values() for end in ends)


def assert_same(before, after):
    """Compare nested plain values; floats to rounding."""
    if isinstance(before, dict):
        assert before.keys() == after.keys()
        for key in before:
            assert_same(before[key], after[key])
    elif isinstance(before, list):
        assert len(before) == len(after)
        for one, other in zip(before, after, strict=True):
            assert_same(one, other)
    elif isinstance(before, float) and after is not None:
        assert after == pytest.approx(before, abs=1e-9)
    else:
        assert before == after
