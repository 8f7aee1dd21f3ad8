"""How an evaluation prints and is written."""

from __future__ import annotations

import json
import math
import pickle

import pytest

from scr_themes.errors import LabelsError
from scr_themes.evaluating import evaluate

TRUTH = [{"recording"}, {"recording", "child_voice"}, set(), {"child_voice"}]
SCORE = [[0.9, 0.2, 0.1], [0.4, 0.8, 0.2], [0.6, 0.1, 0.8], [0.1, 0.7, 0.1]]
THEMES = ["recording", "child_voice", "supervision"]
DOCUMENTS = ["a.pdf", "a.pdf", "b.pdf", "c.pdf"]


@pytest.fixture(scope="module")
def result():
    return evaluate(
        TRUTH,
        SCORE,
        themes=THEMES,
        core=["recording"],
        documents=DOCUMENTS,
        roles_true=["finding"] * 4,
        roles_pred=["finding", "finding", "context", "finding"],
        n_resamples=100,
    )


def test_the_dictionary_is_strict_json(result):
    plain = result.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert [theme["theme"] for theme in plain["themes"]] == THEMES
    assert plain["themes"][2]["f1"] is None
    assert plain["themes"][2]["intervals"]["f1"] == [None, None]
    assert plain["micro"]["recall"] == 0.75
    assert plain["role_confusion"]["finding"] == {"context": 1, "finding": 3}
    assert plain["undefined"] == ["supervision"]


def test_the_table_is_aligned_and_complete(result):
    lines = result.table().splitlines()
    assert len({len(line) for line in lines}) == 1
    names = [line.split("  ")[0] for line in lines if not line.startswith("---")]
    averages = ["micro", "macro", "core micro", "core macro"]
    assert names == ["", *THEMES, *averages]
    header = " ".join(lines[0].split())
    assert header == "precision recall F1 F1 95% interval AP Brier ECE support predicted"
    assert [i for i, line in enumerate(lines) if set(line) == {"-"}] == [1, 5]
    cells = lines[2].split()
    assert cells[:4] == ["recording", "0.50", "0.50", "0.50"]
    assert cells[-2:] == ["2", "2"]


def test_undefined_figures_are_dashes(result):
    (line,) = [line for line in result.table().splitlines() if line.startswith("supervision")]
    assert line.split() == ["supervision", "-", "-", "-", "-", "-", "0.175", "0.300", "0", "1"]


def test_no_core_no_core_lines():
    plain = evaluate(TRUTH, SCORE, themes=THEMES, n_resamples=0)
    assert plain.core_micro is None
    assert plain.core_macro is None
    assert "core" not in plain.table()


def test_printing_tells_what_was_compared_and_what_is_undefined(result):
    text = str(result)
    assert text.startswith("4 passages of 3 documents, 3 themes\n")
    assert result.table() in text
    assert "Role accuracy: 0.750 [" in text
    assert "Brier score: 0." in text
    assert "Expected calibration error: 0." in text
    assert text.endswith("No positive, so left out of macro: supervision")
    plain = str(evaluate(TRUTH, SCORE, themes=THEMES, n_resamples=0))
    assert plain.startswith("4 passages, 3 themes\n")
    assert "Role" not in plain


def test_themes_are_looked_up_by_id(result):
    assert result["child_voice"].theme == "child_voice"
    with pytest.raises(LabelsError, match="'childs_voice': is not among the themes evaluated"):
        result["childs_voice"]


def test_a_result_is_frozen_and_travels_between_processes(result):
    with pytest.raises(AttributeError):
        result.brier = 0.0
    assert pickle.loads(pickle.dumps(result)).to_dict() == result.to_dict()


def test_what_coders_left_open_is_in_no_figure():
    truth = [{"a"}, {"b"}, set(), {"a", "b"}, set()]
    score = [[0.9, 0.2], [0.4, 0.8], [0.6, 0.1], [0.1, 0.7], [0.9, 0.3]]
    left_open = [set(), set(), {"a"}, set(), {"a", "b"}]
    documents = list("xxyyz")
    found = evaluate(
        truth, score, themes=["a", "b"], either=left_open, documents=documents, core="a"
    )
    # Theme a without passages 2 and 4, and theme b without passage 4, by themselves:
    a = evaluate([{"a"}, set(), {"a"}], [[0.9], [0.4], [0.1]], themes=["a"])
    b = evaluate([set(), {"b"}, set(), {"b"}], [[0.2], [0.8], [0.1], [0.7]], themes=["b"])
    for name, alone in (("a", a), ("b", b)):
        for figure in ("precision", "recall", "f1", "average_precision", "brier", "ece"):
            assert getattr(found[name], figure) == pytest.approx(getattr(alone[name], figure))
        assert found[name].support == alone[name].support
        assert found[name].n_predicted == alone[name].n_predicted
    assert found.brier == pytest.approx((3 * a.brier + 4 * b.brier) / 7)
    # Whether the truth has what was left open makes no difference.
    other = [{"a"}, {"b"}, {"a"}, {"a", "b"}, {"b"}]
    again = evaluate(
        other, score, themes=["a", "b"], either=left_open, documents=documents, core="a"
    )
    assert again == found


def test_a_theme_left_open_everywhere_is_undefined():
    found = evaluate([{"a"}, set()], [[0.9], [0.1]], themes=["a"], either=[{"a"}, {"a"}])
    assert found.undefined == ("a",)
    assert math.isnan(found["a"].brier)
    assert math.isnan(found.ece)
