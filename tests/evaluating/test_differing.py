from __future__ import annotations

import json

import numpy as np
import pytest

from scr_themes.evaluating import differences, match_codings
from scr_themes.reading.labelled import Labelled
from tests.evaluating.coding import coded_document

R, V, D = "recording", "child_voice", "delay_drift"


def matched(*rows):
    """Match rows of (words, Ann's themes, Ben's)."""
    return match_codings(
        {
            "Ann": [coded_document("Ann", *((words, ann) for words, ann, _ in rows))],
            "Ben": [coded_document("Ben", *((words, ben) for words, _, ben in rows))],
        }
    )


class Chances:
    """A model that gives every passage the same probabilities."""

    themes = (R, V, D)

    def __init__(self, *chances):
        self.chances = chances

    def predict_proba(self, texts):
        return np.array([self.chances] * len(texts), dtype=np.float32)


def test_without_a_model_the_most_themes_come_first_and_core_ones_at_ties():
    found = differences(
        matched(
            ("Same.", {R}, {R}),
            ("One.", {R}, set()),
            ("Core.", {V}, set()),
            ("Two.", {R, D}, set()),
        ),
        core=[V],
    )
    assert [one.passage.text for one in found] == ["Two.", "Core.", "One."]
    assert found[0].disagreed == (R, D)
    assert found[0].themes == {"Ann": (R, D), "Ben": ()}
    assert found[0].score == 2.0
    assert found[0].probabilities == {}


def test_with_a_model_what_teaches_most_comes_first():
    rows = matched(("Two.", {R, D}, set()), ("One.", {V}, set()))
    found = differences(rows, classifier=Chances(0.99, 0.5, 0.01))
    assert [one.passage.text for one in found] == ["One.", "Two."]
    assert found[0].score == pytest.approx(0.25)
    assert found[1].score == pytest.approx(2 * 0.99 * 0.01, abs=1e-6)
    assert found[0].probabilities == pytest.approx({R: 0.99, V: 0.5, D: 0.01})


def test_core_themes_come_first_where_as_much_is_taught():
    rows = matched(("One.", {R}, set()), ("Core.", {V}, set()))
    found = differences(rows, classifier=Chances(0.3, 0.7, 0.1), core=[V])
    assert [one.passage.text for one in found] == ["Core.", "One."]


def test_a_theme_that_the_model_lacks_teaches_it_nothing():
    rows = matched(("One.", {"zeal"}, set()), ("Two.", {R}, set()))
    found = differences(rows, classifier=Chances(0.9, 0.9, 0.9))
    assert [one.score for one in found] == [pytest.approx(0.09), 0.0]


def test_a_coder_who_is_a_model_brings_the_probabilities():
    span = (0, 4)
    model = coded_document(
        "model",
        ("One.", {R: (*span, 0.9), V: (*span, 0.1)}),
        ("Two.", {R: (*span, 0.6), V: (*span, 0.4)}),
    )
    ann = coded_document("Ann", ("One.", ()), ("Two.", {V}))
    found = differences(match_codings({"model": [model], "Ann": [ann]}))
    assert [one.passage.text for one in found] == ["Two.", "One."]
    assert found[0].score == pytest.approx(0.24 + 0.24)
    assert found[0].disagreed == (V, R)


def test_probabilities_of_the_tags_alone_are_not_enough():
    """A theme that a file does not give may have any probability below its threshold."""
    model = coded_document("model", ("One.", {R: (0, 4, 0.9)}))
    ann = coded_document("Ann", ("One.", {V}))
    (found,) = differences(match_codings({"model": [model], "Ann": [ann]}))
    assert found.probabilities == {}
    assert found.score == 2.0


def test_what_is_left_open_is_not_disagreed():
    ann = Labelled(("One.",), (frozenset({R, V}),))
    ben = Labelled(("One.",), (frozenset(),), either=(frozenset({R}),))
    (found,) = differences(match_codings({"Ann": ann, "Ben": ben}))
    assert found.disagreed == (V,)


def test_a_coder_who_has_not_coded_a_passage_is_shown_so():
    rows = (("One.", {R}), ("Two.", {R}))
    coders = {"Ann": [coded_document("Ann", *rows)], "Ben": [coded_document("Ben", ("One.", ()))],
              "Cat": [coded_document("Cat", ("Two.", (), "finding"))]}  # fmt: skip
    one, two = differences(match_codings(coders))
    assert one.themes == {"Ann": (R,), "Ben": (), "Cat": None}
    assert two.roles == {"Ann": None, "Ben": None, "Cat": "finding"}
    assert json.loads(json.dumps(two.to_dict()))["text"] == "Two."


def test_coders_who_agree_differ_on_nothing():
    assert differences(matched(("One.", {R}, {R})), classifier=Chances(0.5, 0.5, 0.5)) == []
