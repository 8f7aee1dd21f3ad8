from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from scr_themes.writing import Settings
from scr_themes.writing.jsonl import render
from tests.tagged import tagged_document, tagged_documents, tagged_passage


def lines(*documents) -> list[str]:
    return "".join(render(documents, Settings())).splitlines()


def test_a_passage_is_an_object_with_these_keys():
    passage = tagged_passage(
        "No note. It rained.", {"recording": 0.912345}, page=3, paragraph="4.10", evidence=(0, 8)
    )
    (line,) = lines(tagged_document(passage))
    assert json.loads(line) == {
        "document": "a review.txt",
        "passage": 0,
        "page": 3,
        "paragraph": "4.10",
        "section": None,
        "start": 0,
        "end": 19,
        "text": "No note. It rained.",
        "role": "finding",
        "role_probability": 0.9,
        "themes": [{"theme": "recording", "probability": 0.9123, "evidence": [0, 8]}],
        "coder": "tiny 1",
        "kind": "paragraph",
        "title": "A review",
        "n_pages": None,
    }


def test_what_could_not_be_read_stands_in_every_line():
    (line,) = lines(tagged_document(tagged_passage("One.", {}), warnings=("page 3 is scanned",)))
    assert json.loads(line)["warnings"] == ["page 3 is scanned"]


def test_passages_without_tags_are_there_too():
    first, second = lines(tagged_document(tagged_passage("One.", {}), tagged_passage("Two.", {})))
    assert json.loads(first)["themes"] == []
    assert json.loads(second)["text"] == "Two."


def test_no_role_is_null():
    (line,) = lines(tagged_document(tagged_passage("One.", {}, role="")))
    assert json.loads(line)["role"] is None
    assert json.loads(line)["role_probability"] is None


@given(st.lists(tagged_documents(), max_size=3))
def test_every_passage_comes_back(documents):
    found = [json.loads(line) for line in lines(*documents)]
    expected = [(document, passage) for document in documents for passage in document.passages]
    assert len(found) == len(expected)
    for record, (document, passage) in zip(found, expected, strict=True):
        assert record["document"] == document.document.name
        assert record["text"] == passage.text
        assert record["section"] == passage.passage.section
        assert [tag["theme"] for tag in record["themes"]] == list(passage.themes)
        for tag, given_tag in zip(record["themes"], passage.tags, strict=True):
            start, end = tag["evidence"]
            assert record["text"][start:end] == passage.quote(given_tag)
            assert abs(tag["probability"] - given_tag.probability) <= 0.00005


@given(st.lists(tagged_documents(), max_size=3))
def test_each_document_is_one_piece_of_whole_lines(documents):
    pieces = list(render(documents, Settings()))
    assert [piece.count("\n") for piece in pieces] == [len(d.passages) for d in documents]
