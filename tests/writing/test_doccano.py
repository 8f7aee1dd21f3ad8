from __future__ import annotations

import json

from hypothesis import assume, given

from scr_themes.utf16 import Utf16Offsets
from scr_themes.writing import Settings
from scr_themes.writing.doccano import render
from tests.round_trip import AWKWARD, awkward_document, coded_documents, there_and_back
from tests.tagged import tagged_document, tagged_passage


def lines(*documents) -> list[dict]:
    return [json.loads(line) for line in "".join(render(documents, Settings())).splitlines()]


def in_javascript(text: str, start: int, end: int) -> str:
    """Cut a text as JavaScript's ``substring`` does."""
    return text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end].decode(
        "utf-16-le", "surrogatepass"
    )


def test_a_passage_is_a_line_of_text_labels_and_meta():
    passage = tagged_passage("No note. It rained.", {"recording": 0.9123}, evidence=(0, 8), page=3)
    (line,) = lines(tagged_document(passage))
    assert line == {
        "text": "No note. It rained.",
        "label": [[0, 8, "recording"]],
        "meta": {
            "document": "a review.txt",
            "title": "A review",
            "passage": 0,
            "page": 3,
            "paragraph": None,
            "section": None,
            "kind": "paragraph",
            "start": 0,
            "end": 19,
            "before": "",
            "after": "",
            "n_pages": None,
            "warnings": [],
            "role": "finding",
            "role_probability": 0.9,
            "probabilities": [0.9123],
            "coder": "tiny 1",
        },
    }


def test_no_role_is_null():
    (line,) = lines(tagged_document(tagged_passage("One.", {}, role="")))
    assert line["meta"]["role"] is None
    assert line["meta"]["role_probability"] is None
    assert line["label"] == []


def test_offsets_are_those_of_javascript():
    tagged = awkward_document()
    (line,) = lines(tagged)
    assert Utf16Offsets(AWKWARD).length > len(AWKWARD)
    for tag, (start, end, theme) in zip(tagged.passages[0].tags, line["label"], strict=True):
        assert in_javascript(AWKWARD, start, end) == tagged.passages[0].quote(tag)
        assert theme == tag.theme


def test_lines_are_ascii_as_doccano_guesses_encodings():
    assert "".join(render([awkward_document()], Settings())).isascii()


@given(coded_documents())
def test_each_document_is_one_piece_of_whole_lines(documents):
    pieces = list(render(documents, Settings()))
    assert [piece.count("\n") for piece in pieces] == [len(d.passages) for d in documents]


@given(coded_documents())
def test_nothing_is_lost_on_the_way_there_and_back(documents):
    assume(any(tagged.passages for tagged in documents))  # else the file is empty, and refused
    codings = there_and_back(documents, ".jsonl", "doccano")
    assert list(codings) == [tagged for tagged in documents if tagged.passages]
    assert codings.unmapped == ()


def test_what_is_hard_to_count_comes_back_with_its_exact_probabilities():
    tagged = awkward_document()
    assert list(there_and_back([tagged], ".jsonl", "doccano")) == [tagged]


def test_a_coding_of_no_words_comes_back():
    tagged = tagged_document(tagged_passage("One.", {"recording": 0.75}, evidence=(4, 4)))
    (back,) = there_and_back([tagged], ".jsonl", "doccano")
    assert back.passages[0].tags == tagged.passages[0].tags
