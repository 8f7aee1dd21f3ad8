from __future__ import annotations

import json
import math

import pytest

from scr_themes import agree
from scr_themes.errors import LabelsError

THEMES = ["recording", "child_voice"]
ANN = [{"recording"}, {"recording", "child_voice"}, set(), set(), {"child_voice"}, None]
BEN = [{"recording"}, {"child_voice"}, set(), set(), set(), {"recording"}]


def test_counts_and_figures():
    found = agree({"Ann": ANN, "Ben": BEN}, themes=THEMES)
    assert found.coders == ("Ann", "Ben")
    assert found.n_passages == 5
    assert found["recording"].n_given == (2, 1)
    assert found["child_voice"].n_given == (2, 1)
    assert found["recording"].observed == pytest.approx(0.8)
    assert found["recording"].specific == pytest.approx(2 / 3)
    assert found["recording"].kappa == pytest.approx((0.8 - 0.56) / 0.44)
    low, high = found["recording"].intervals["kappa"]
    assert low <= found["recording"].kappa <= high
    assert found.role is None


def test_roles_are_compared_as_one_variable():
    roles = {
        "Ann": ["finding", "finding", "context", "context", "finding", None],
        "Ben": ["finding", "context", "context", "context", "finding", "finding"],
    }
    found = agree({"Ann": ANN, "Ben": BEN}, themes=THEMES, roles=roles)
    assert found.role is not None
    assert found.role.observed == pytest.approx(0.8)
    assert found.role.kappa == pytest.approx((0.8 - 0.48) / 0.52)
    assert math.isnan(found.role.specific)


def test_a_theme_left_open_is_not_compared_on_that_passage():
    either = {"Ben": [set(), {"recording"}, set(), set(), set(), set()]}
    found = agree({"Ann": ANN, "Ben": BEN}, themes=THEMES, either=either)
    assert found["recording"].observed == 1.0
    assert found["child_voice"].observed == pytest.approx(0.8)


def test_roles_that_nobody_gave_are_not_compared():
    none = [None] * 6
    assert agree({"Ann": ANN, "Ben": BEN}, themes=THEMES, roles={"Ann": none}).role is None


def test_a_third_coder_joins_where_there_is_one():
    cat = [None, None, {"recording"}, set(), None, {"recording"}]
    found = agree({"Ann": ANN, "Ben": BEN, "Cat": cat}, themes=THEMES)
    assert found.n_passages == 6
    assert found["recording"].n_given == (2, 2, 2)


def test_a_theme_that_nobody_gave_has_no_figures():
    found = agree({"Ann": ANN, "Ben": BEN}, themes=[*THEMES, "delay_drift"])
    assert math.isnan(found["delay_drift"].kappa)
    assert math.isnan(found["delay_drift"].alpha)
    assert found["delay_drift"].observed == 1.0
    line = next(line for line in str(found).splitlines() if line.startswith("delay_drift"))
    assert line.split()[1:5] == ["-", "-", "-", "-"]


def test_intervals_draw_whole_documents():
    rows = [{"recording"}, set()] * 10
    off = [set(), {"recording"}, *rows[2:]]
    alone = agree({"a": rows, "b": off}, themes=["recording"])
    same = agree({"a": rows, "b": off}, themes=["recording"], documents=["x"] * 20)
    assert not math.isnan(alone["recording"].intervals["kappa"][0])
    assert math.isnan(same["recording"].intervals["kappa"][0])
    assert same.n_documents == 1
    assert alone.n_documents is None


def test_it_prints_and_becomes_json():
    roles = {"Ann": ["finding"] * 6, "Ben": [*["finding"] * 5, "context"]}
    found = agree({"Ann": ANN, "Ben": BEN}, themes=THEMES, roles=roles, documents="aabbcc")
    assert str(found).startswith("5 passages of 3 documents coded by two or more of 2 coders\n")
    for word in ("kappa", "alpha", "on presence", "Ann", "Ben", "role"):
        assert word in str(found)
    assert json.loads(json.dumps(found.to_dict()))["themes"][0]["code"] == "recording"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"coders": {"Ann": ANN}}, "coders: are 1; give two coders or more"),
        ({"coders": {"Ann": ANN, "Ben": BEN[:2]}}, "Ben: has 2 passages where Ann has 6"),
        ({"coders": {"Ann": ANN, "Ben": [*[None] * 5, set()]}}, "no passage was coded by two"),
        ({"themes": ["recording"]}, "Ann, passage 1: has the theme 'child_voice'"),
        ({"roles": {"Cat": ["finding"] * 6}}, "'Cat': is not one of the coders"),
        ({"confidence": 2.0}, "confidence: is 2.0"),
        ({"themes": "recording"}, "themes: is 'recording'; give a list"),
        ({"themes": ["recording"] * 2}, "themes: names 'recording' twice"),
        ({"coders": {"Ann": ["recording"], "Ben": [set()]}}, "Ann, passage 0: is the text"),
        ({"documents": ["x"]}, "documents: has 1 entries for 6 passages"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, said):
    with pytest.raises(LabelsError, match=said):
        agree(**{"coders": {"Ann": ANN, "Ben": BEN}, "themes": THEMES} | arguments)


def test_a_theme_that_was_not_compared():
    with pytest.raises(LabelsError, match="use one of recording, child_voice"):
        _ = agree({"Ann": ANN, "Ben": BEN}, themes=THEMES)["delay_drift"]
