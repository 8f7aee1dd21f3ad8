"""Documents, passages and tags as data."""

from __future__ import annotations

import dataclasses
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scr_themes.documents import Document, Passage, Tag, TaggedDocument, TaggedPassage

TEXT = "No notes exist. Nobody asked her."
CANDIDATES = (
    Tag("recording", 0.8, (0, 15)),
    Tag("child_voice", 0.9, (16, 33)),
    Tag("delay_drift", 0.1, (0, 15)),
)


@pytest.fixture
def tagged():
    return TaggedPassage(
        passage=Passage(text=TEXT, end=len(TEXT)),
        role="finding",
        role_probability=0.9,
        tags=(CANDIDATES[1], CANDIDATES[0]),
        candidates=CANDIDATES,
    )


def test_shortcuts(tagged):
    assert tagged.text == TEXT
    assert tagged.themes == ("child_voice", "recording")
    assert [tagged.quote(tag) for tag in tagged.tags] == ["Nobody asked her.", "No notes exist."]


@pytest.mark.parametrize(
    ("threshold", "themes"),
    [
        (0, ("child_voice", "recording", "delay_drift")),
        (0.1, ("child_voice", "recording", "delay_drift")),
        (0.1000001, ("child_voice", "recording")),
        (0.8, ("child_voice", "recording")),
        (0.85, ("child_voice",)),
        (1, ()),
        ({"recording": 0.5, "delay_drift": 0.05}, ("recording", "delay_drift")),
        ({"recording": 0.81, "unheard_of": 0.0}, ()),
        ({}, ()),
    ],
)
def test_cut_elsewhere(tagged, threshold, themes):
    cut = tagged.at(threshold)
    assert cut.themes == themes
    assert dataclasses.replace(cut, tags=tagged.tags) == tagged
    assert tagged.themes == ("child_voice", "recording")  # not changed itself


@given(
    probabilities=st.lists(st.floats(0, 1), min_size=1, max_size=6),
    thresholds=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_a_higher_threshold_never_adds_a_tag(probabilities, thresholds):
    low, high = sorted(thresholds)
    candidates = tuple(Tag(f"theme_{i}", p, (0, 1)) for i, p in enumerate(probabilities))
    passage = TaggedPassage(
        passage=Passage(text="x"), role="", role_probability=0.0, tags=(), candidates=candidates
    )
    assert set(passage.at(high).tags) <= set(passage.at(low).tags)
    assert set(passage.at(low).tags) == {tag for tag in candidates if tag.probability >= low}
    assert passage.at(low).at(high) == passage.at(high)
    ranked = [tag.probability for tag in passage.at(low).tags]
    assert ranked == sorted(ranked, reverse=True)


def test_equal_probabilities_keep_the_order_of_the_model():
    candidates = tuple(Tag(theme, 0.5, (0, 1)) for theme in "cab")
    passage = TaggedPassage(
        passage=Passage(text="x"), role="", role_probability=0.0, tags=(), candidates=candidates
    )
    assert passage.at(0.5).themes == ("c", "a", "b")


def test_a_document_is_called_by_its_path_or_title():
    assert Document(path="a/b.pdf", title="B", text="", passages=()).name == "a/b.pdf"
    assert Document(path=None, title="B", text="", passages=()).name == "B"


def test_nothing_can_be_changed(tagged):
    document = Document(path=None, title="B", text=TEXT, passages=(tagged.passage,))
    done = TaggedDocument(document=document, passages=(tagged,), coder="accurate 1")
    for record, name in (
        (tagged.passage, "text"),
        (tagged, "tags"),
        (tagged.tags[0], "probability"),
        (document, "title"),
        (done, "coder"),
    ):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(record, name, "other")


def test_travels_between_processes_and_hides_its_bulk(tagged):
    document = Document(path=None, title="B", text=TEXT, passages=(tagged.passage,))
    done = TaggedDocument(document=document, passages=(tagged,), coder="accurate 1")
    assert pickle.loads(pickle.dumps(done)) == done
    assert "candidates" not in repr(tagged)
    assert len({tagged, pickle.loads(pickle.dumps(tagged))}) == 1
