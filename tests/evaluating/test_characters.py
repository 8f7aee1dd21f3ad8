from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from scr_themes.documents import Tag
from scr_themes.errors import LabelsError
from scr_themes.evaluating import agree_on_characters, match_codings
from scr_themes.evaluating.reliability import MISSING, Reliability
from scr_themes.reading.labelled import Labelled
from tests.evaluating.coding import coded_document

THEMES = ("recording", "child_voice")


def compare(**coders):
    return agree_on_characters(match_codings(coders), n_resamples=0)


def test_the_characters_that_each_gave_are_counted():
    ann = [coded_document("Ann", ("x" * 100, {"recording": (0, 40)}), ("y" * 20, ()))]
    ben = [coded_document("Ben", ("x" * 100, {"recording": (20, 50)}), ("y" * 20, ()))]
    found = compare(Ann=ann, Ben=ben)
    assert (found.n_characters, found.n_passages, found.n_documents) == (120, 2, 1)
    assert found["recording"].n_given == (40, 30)
    assert found["recording"].observed == pytest.approx(1 - (20 + 10) / 120)
    assert found["recording"].specific == pytest.approx(2 * 20 / (40 + 30))
    assert found.role is None
    assert str(found).startswith("120 characters in 2 passages of 1 documents coded by two or more")


def test_places_that_overlap_count_once():
    ann = [coded_document("Ann", ("x" * 10, {"recording": (0, 6)}))]
    (passage,) = ann[0].passages
    twice = (*passage.tags, Tag("recording", 1.0, (4, 8)))
    ann = [replace(ann[0], passages=(replace(passage, tags=twice),))]
    found = compare(Ann=ann, Ben=[coded_document("Ben", ("x" * 10, {"recording": (0, 8)}))])
    assert found["recording"].n_given == (8, 8)
    assert found["recording"].kappa == 1.0


def test_a_labelled_file_codes_whole_passages():
    ann = [coded_document("Ann", ("One two.", {"recording": (0, 3)}), ("Three.", ()))]
    ben = Labelled(("One two.", "Three."), (frozenset({"recording"}), frozenset()),
                   documents=("a", "a"))  # fmt: skip
    assert compare(Ann=ann, Ben=ben)["recording"].n_given == (3, 8)


def test_what_is_left_open_is_not_compared():
    ann = Labelled(("One.", "Two."), (frozenset({"recording"}), frozenset()))
    ben = Labelled(("One.", "Two."), (frozenset(), frozenset()),
                   either=(frozenset({"recording"}), frozenset()))  # fmt: skip
    found = compare(Ann=ann, Ben=ben)
    assert found["recording"].observed == 1.0
    assert math.isnan(found["recording"].kappa)


def test_texts_that_differ_in_quotes_and_blanks_are_laid_on_one_another():
    ann = [coded_document("Ann", ("No  “notes” exist.", {"recording": (4, 11)}))]
    ben = [coded_document("Ben", ('No "notes" exist.', {"recording": (3, 10)}))]
    found = compare(Ann=ann, Ben=ben)
    assert found.n_characters == len('No "notes" exist.')
    assert found["recording"].kappa == 1.0


def test_intervals_draw_whole_documents():
    def work(coder, spans):
        return [
            coded_document(coder, ("x" * 50, {"recording": span}), name=f"{k}.txt")
            for k, span in enumerate(spans)
        ]

    coders = {"Ann": work("Ann", [(0, 20), (0, 10), (5, 30)]),
              "Ben": work("Ben", [(0, 10), (0, 10), (0, 30)])}  # fmt: skip
    found = agree_on_characters(match_codings(coders), n_resamples=200)
    low, high = found["recording"].intervals["kappa"]
    assert low <= found["recording"].kappa <= high
    assert found == agree_on_characters(match_codings(coders), n_resamples=200)
    one = {name: documents[:1] for name, documents in coders.items()}
    alone = agree_on_characters(match_codings(one), n_resamples=200)
    assert math.isnan(alone["recording"].intervals["kappa"][0])


def test_passages_without_words_cannot_be_compared():
    ann = Labelled(("",), (frozenset({"recording"}),), ids=("1",))
    with pytest.raises(LabelsError, match="ann, ben: have no words to compare"):
        compare(ann=ann, ben=ann)


@st.composite
def spans(draw, length):
    start = draw(st.integers(0, length))
    return start, draw(st.integers(start, length))


@given(st.data())
def test_it_is_what_counting_every_character_gives(data):
    lengths = data.draw(st.lists(st.integers(1, 12), min_size=1, max_size=4))
    work, codes = {}, np.zeros((len(THEMES), sum(lengths), 3), dtype=np.intp)
    for c, coder in enumerate(("Ann", "Ben", "Cat")):
        rows, at = [], 0
        for k, length in enumerate(lengths):
            themes = {}
            for j, theme in enumerate(THEMES):
                if data.draw(st.booleans()):
                    start, end = data.draw(spans(length))
                    themes[theme] = (start, end)
                    codes[j, at + start : at + end, c] = 1
            rows.append((chr(97 + k) * length, themes))
            at += length
        if coder == "Cat" and data.draw(st.booleans()):  # who has not coded the last
            codes[:, at - lengths[-1] :, c] = MISSING
            rows.pop()
        work[coder] = [coded_document(coder, *rows)] if rows else []
    if not any(tag for d in work.values() for one in d for p in one.passages for tag in p.tags):
        return
    matched = match_codings(work)
    found = agree_on_characters(matched, n_resamples=0)
    expected = Reliability(codes, 2, np.zeros(codes.shape[1], dtype=np.intp))(np.ones((1, 1)))
    for theme in matched.theme_ids:
        j = THEMES.index(theme)
        for name in ("observed", "specific", "kappa", "alpha"):
            assert_allclose(
                getattr(found[theme], name), expected["each", name][j, 0], atol=1e-9, err_msg=name
            )
