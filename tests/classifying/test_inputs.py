from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scr_themes.classifying import inputs
from scr_themes.classifying.inputs import Distinct, open_encoder
from scr_themes.errors import ModelError


def test_an_encoder_name_that_is_no_folder_never_asks_the_network():
    with pytest.raises(ModelError, match="neither a bundled model nor a folder"):
        open_encoder("all-MiniLM-L6-v2")


@given(st.lists(st.sampled_from("abcdefgh"), max_size=60), st.integers(1, 9))
def test_each_item_is_given_again_by_its_row(items, remembered):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inputs, "REMEMBERED", remembered)
        distinct = Distinct(iter(items), str)
        given_out = list(distinct)
    assert [given_out[row] for row in distinct.rows] == items
    # One of the last so many distinct ones is known again.
    recent = []
    expected = []
    for item in items:
        if item in recent:
            recent.remove(item)
        else:
            expected.append(item)
        recent = [*recent, item][-remembered:]
    assert given_out == expected


def test_a_text_that_stands_twice_is_scored_once(counting, monkeypatch):
    asked = []
    encode = counting.encoder_.encode
    monkeypatch.setattr(
        counting.encoder_, "encode", lambda texts: asked.extend(texts) or encode(texts)
    )
    texts = ["No one asked.", "The school knew."] * 400
    found = counting.predict_proba(texts)
    assert asked == texts[:2]
    assert (found[::2] == found[0]).all()
    assert (found[1::2] == found[1]).all()
