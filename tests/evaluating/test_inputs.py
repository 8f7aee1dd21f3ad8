"""What evaluate refuses, and what it says."""

from __future__ import annotations

import numpy as np
import pytest

from scr_themes.errors import LabelsError
from scr_themes.evaluating import evaluate

TRUTH = [{"recording"}, set(), {"child_voice"}]
SCORE = [[0.9, 0.1], [0.2, 0.3], [0.1, 0.8]]
THEMES = ["recording", "child_voice"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"y_true": TRUTH[:2]}, "y_true: has 2 passages and y_score has 3; give both"),
        ({"y_true": np.ones((3, 5))}, "y_true: has 5 columns for 2 themes; give one column"),
        ({"y_true": [{"recordin"}, set(), set()]}, "closest known theme is 'recording'"),
        ({"themes": None}, "themes: is missing, and y_true holds sets of theme ids; give"),
        ({"themes": ["recording"]}, r"themes: has 1 id\(s\) for the 2 column\(s\) of y_score"),
        ({"themes": "recording"}, "themes: has 1 id"),
        ({"themes": ["x", "x"], "y_true": np.eye(3)[:, :2]}, "themes: 'x' stands twice"),
        ({"y_score": [[0.9, 0.1], [0.2, 1.3], [0, 0]]}, "y_score: holds 1.3 in row 1, column 1"),
        ({"y_score": [[0.9, 0.1], [-0.2, 0], [0, 0]]}, "y_score: holds -0.2 in row 1, column 0"),
        ({"y_score": [[0.9, float("nan")], [0, 0], [0, 0]]}, "y_score: holds nan in row 0"),
        ({"y_score": [0.9, 0.1, 0.2]}, "y_score: has 1 dimension"),
        ({"y_score": [["high", "low"]] * 3}, "y_score: is not a matrix of numbers"),
        ({"y_score": [[0.9, 0.1], [0.2], [0, 0]]}, "y_score: is not a matrix of numbers"),
        ({"y_true": [], "y_score": np.empty((0, 2))}, "y_score: is empty"),
        ({"y_score": np.empty((3, 0))}, "y_score: is empty"),
        ({"y_pred": TRUTH[:1]}, "y_pred: has 1 passages and y_score has 3"),
        ({"y_pred": [{"other"}, set(), set()]}, "y_pred: row 0 has the unknown theme 'other'"),
        ({"thresholds": [0.5, 0.5, 0.5]}, r"thresholds: has shape \(3,\) for 2 theme"),
        ({"thresholds": [0.5, float("nan")]}, "thresholds: holds NaN"),
        ({"core": ["recording", "vetting"]}, "core: names 'vetting', which is not a theme"),
        ({"documents": ["a", "b"]}, "documents: has 2 entries for 3 passages"),
        ({"documents": ["a", None, "b"]}, "documents: passage 1 has none"),
        ({"documents": [1.0, 2.0, float("nan")]}, "documents: passage 2 has none"),
        ({"roles_true": ["finding"] * 3}, "roles_pred: is missing"),
        ({"roles_pred": ["finding"] * 3}, "roles_true: is missing"),
        (
            {"roles_true": ["finding"] * 3, "roles_pred": ["finding"] * 2},
            "roles_pred: has 2 roles for 3 passages",
        ),
        ({"n_resamples": -1}, "n_resamples: is -1"),
        ({"confidence": 95}, "confidence: is 95"),
    ],
)
def test_each_fault_is_named_with_its_remedy(changed, message):
    arguments = {"y_true": TRUTH, "y_score": SCORE, "themes": THEMES} | changed
    with pytest.raises(LabelsError, match=message) as caught:
        evaluate(arguments.pop("y_true"), arguments.pop("y_score"), **arguments)
    assert caught.value.remedy


def test_a_matrix_needs_no_theme_ids():
    result = evaluate([[1, 0], [0, 0], [0, 1]], SCORE, n_resamples=0)
    assert [theme.theme for theme in result.themes] == ["theme_0", "theme_1"]


def test_iterators_will_do():
    result = evaluate(
        iter(TRUTH),
        SCORE,
        themes=THEMES,
        y_pred=iter(TRUTH),
        core=iter(["recording"]),
        documents=iter("aab"),
        roles_true=iter("xyz"),
        roles_pred=iter("xyy"),
        n_resamples=10,
    )
    assert result.micro.f1 == 1.0
    assert result.core == ("recording",)
    assert result.n_documents == 2
    assert result.role_accuracy == pytest.approx(2 / 3)


def test_nothing_given_is_changed():
    score = np.array(SCORE)
    truth = np.array([[1, 0], [0, 0], [0, 1]])
    before = score.copy(), truth.copy()
    evaluate(truth, score, n_resamples=10)
    assert np.array_equal(score, before[0])
    assert np.array_equal(truth, before[1])
