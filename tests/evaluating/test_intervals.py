"""Bootstrap intervals hold what they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scr_themes.evaluating import evaluate
from scr_themes.evaluating.intervals import draw
from tests.evaluating.cases import calibrated


def width(ends):
    return ends[1] - ends[0]


def test_two_documents_give_the_interval_that_can_be_worked_out():
    # Document a has squared errors of 0.01, document b of 0.25. Drawn twice from two, the mean is
    # 0.01, 0.13 or 0.25, with chances of 1/4, 1/2 and 1/4: the ends are those of 95% and of 50%.
    truth, score = [set()] * 4, [[0.1], [0.1], [0.5], [0.5]]
    options = {"themes": ["x"], "documents": ["a", "a", "b", "b"]}
    assert evaluate(truth, score, **options).intervals["brier"] == pytest.approx((0.01, 0.25))
    narrow = evaluate(truth, score, **options, confidence=0.4)
    assert narrow.intervals["brier"] == pytest.approx((0.13, 0.13))


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    # Predicted at 0.5, a uniform score that is right as often as it says has precision 3/4,
    # recall (1/2 * 3/4) / (1/2) = 3/4, and squared error E[p (1 - p)] = 1/6.
    rng = np.random.default_rng(5)
    expected = {"precision": 3 / 4, "recall": 3 / 4, "f1": 3 / 4, "brier": 1 / 6}
    covered = dict.fromkeys(expected, 0)
    n_trials = 150
    for trial in range(n_trials):
        score = rng.random((150, 1))
        truth = rng.random((150, 1)) < score
        result = evaluate(truth, score, n_resamples=300, random_state=trial)
        for name, value in expected.items():
            low, high = result["theme_0"].intervals[name]
            covered[name] += low <= value <= high
    # Three standard deviations of a share of 0.95 in 150 trials are 0.053.
    assert all(0.88 <= n / n_trials <= 1.0 for n in covered.values()), covered
    assert any(n < n_trials for n in covered.values()), "intervals that wide say nothing"


def test_documents_of_like_passages_widen_the_intervals():
    rng = np.random.default_rng(1)
    score = np.repeat(rng.random((30, 2)), 10, axis=0)
    truth = np.repeat(rng.random((30, 2)) < 0.4, 10, axis=0)
    documents = np.repeat(np.arange(30), 10)
    naive = evaluate(truth, score)
    clustered = evaluate(truth, score, documents=documents)
    # Ten copies of 30 passages: sqrt(10), about 3.2, times as wide.
    for name in ("precision", "recall", "f1", "average_precision"):
        ratio = width(clustered.micro.intervals[name]) / width(naive.micro.intervals[name])
        assert 2.2 < ratio < 4.5, name
    assert clustered.micro.f1 == naive.micro.f1


def test_every_passage_its_own_document_is_the_same_as_no_documents():
    case = calibrated(2, n=60)
    names = [f"{i:02}.pdf" for i in range(60)]
    alone = evaluate(case.truth, case.score, documents=names).to_dict()
    assert alone.pop("n_documents") == 60
    plain = evaluate(case.truth, case.score).to_dict()
    plain.pop("n_documents")
    assert alone == plain


def test_more_confidence_is_wider_and_more_passages_narrower():
    case = calibrated(3)
    usual = evaluate(case.truth, case.score).micro.intervals["f1"]
    surer = evaluate(case.truth, case.score, confidence=0.99).micro.intervals["f1"]
    more = evaluate(*calibrated(3, n=4000)[:2], n_resamples=300).micro.intervals["f1"]
    assert surer[0] < usual[0] < usual[1] < surer[1]
    assert width(more) < width(usual) / 2  # 1 / sqrt(10) expected


def test_intervals_of_ratios_hold_the_estimate():
    case = calibrated(4)
    result = evaluate(case.truth, case.score, documents=case.documents, core=["theme_1"])
    for scope in (*result.themes, result.micro, result.macro, result.core_micro):
        for name in ("precision", "recall", "f1", "average_precision"):
            low, high = scope.intervals[name]
            assert 0 <= low < getattr(scope, name) < high <= 1


def test_the_calibration_error_of_a_calibrated_coder_is_corrected_downwards():
    shifts = []
    for seed in range(10):
        case = calibrated(seed, n=200)
        theme = evaluate(case.truth, case.score, n_resamples=200)["theme_0"]
        low, high = theme.intervals["ece"]
        assert 0 <= low <= high <= 1
        shifts.append((low + high) / 2 - theme.ece)
    assert np.mean(shifts) < 0


def test_a_large_calibration_error_is_covered():
    rng = np.random.default_rng(0)
    score = rng.uniform(0.6, 1.0, (2000, 1))
    truth = rng.random((2000, 1)) < score - 0.3
    low, high = evaluate(truth, score, n_resamples=200).intervals["ece"]
    assert low < 0.3 < high < low + 0.1


def test_the_seed_decides_the_intervals():
    case = calibrated(6, n=100)
    first, again, other = (
        evaluate(case.truth, case.score, n_resamples=100, random_state=seed) for seed in (1, 1, 2)
    )
    assert first.to_dict() == again.to_dict()
    assert first.micro.intervals != other.micro.intervals
    assert first.micro.f1 == other.micro.f1


@pytest.mark.parametrize("options", [{"n_resamples": 0}, {"documents": ["only.pdf"] * 50}])
def test_without_draws_or_with_one_document_there_are_no_intervals(options):
    case = calibrated(7, n=50)
    result = evaluate(case.truth, case.score, **options)
    assert not math.isnan(result.micro.f1)
    ends = [*result.micro.intervals.values(), *result.intervals.values()]
    assert all(math.isnan(end) for pair in ends for end in pair)


def test_draws_in_which_a_theme_is_missing_are_left_out():
    # The one positive is missing from about a third of the draws; where it is there, it is found.
    truth = np.zeros((20, 1), dtype=bool)
    truth[0] = True
    result = evaluate(truth, truth.astype(float))
    assert result["theme_0"].intervals["recall"] == (1.0, 1.0)


def test_draws_are_even_and_complete():
    chunks = list(draw(10, 2500, 1000, np.random.default_rng(0)))
    assert [chunk.shape for chunk in chunks] == [(10, 1000), (10, 1000), (10, 500)]
    weights = np.concatenate(chunks, axis=1)
    assert (weights.sum(axis=0) == 10).all()
    # Each document is counted Binomial(10, 1/10) times: mean 1, variance 0.9.
    assert np.abs(weights.mean(axis=1) - 1).max() < 4 * math.sqrt(0.9 / 2500)
    assert weights.var() == pytest.approx(0.9, abs=0.05)
