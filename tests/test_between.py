from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scr_themes.between import between, joined
from scr_themes.documents import Passage
from tests.strategies import awkward_text
from tests.tagged import laid_out_documents


@given(laid_out_documents())
def test_a_document_comes_back(tagged):
    document = tagged.document
    pieces = between(document.text, document.passages)
    assert joined(document.passages, pieces, len(document.text)) == document.text


@given(
    awkward_text(),
    st.lists(
        st.builds(
            lambda text, start, end: Passage(text=text, start=start, end=end),
            awkward_text(2),
            st.integers(-3, 60),
            st.integers(-3, 60),
        ),
        max_size=4,
    ),
)
def test_any_text_comes_back_wherever_its_passages_say_they_are(text, passages):
    assert joined(passages, between(text, passages), len(text)) == text


def test_passages_are_not_kept_twice():
    passages = [Passage(text="One.", start=7, end=11), Passage(text="Two.", start=13, end=17)]
    assert between("Title\n\nOne.\n\nTwo.", passages) == [(0, "Title\n\n")]


def test_what_contradicts_itself_is_no_text():
    passages = [Passage(text="One.", start=0, end=4), Passage(text="Two.", start=6, end=10)]
    longer = [replace(passages[0], text="One and a half."), passages[1]]
    assert joined(longer, [], 10) is None
    assert joined(passages, [], 5) is None
    assert joined(passages, [(2, "x")], 10) is None


@pytest.mark.parametrize("length", [10**15, -1])
def test_no_length_takes_all_memory(length):
    assert joined([Passage(text="One.", start=0, end=4)], [], length) is None
