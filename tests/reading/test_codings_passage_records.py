from __future__ import annotations

import json
from itertools import permutations

import pytest
from hypothesis import given

from scr_themes.documents import Document, Passage, Tag
from scr_themes.reading.codings.passage_records import (
    CodedPassage,
    is_passage_record,
    put_together,
    read_passage_record,
)
from scr_themes.writing.passage_records import passage_record
from tests.tagged import laid_out_documents

PASSAGES = tuple(
    Passage(text=text, index=index, start=start, end=start + len(text))
    for index, (start, text) in enumerate([(10, "One."), (16, "Two."), (33, "Three.")])
)
DOCUMENT = Document(
    path="a.txt",
    title="A",
    text="Findings\n\nOne.\n\nTwo.\n\nA heading\n\nThree.\nEnd",
    passages=PASSAGES,
)


def records(document):
    return [
        read_passage_record(json.loads(json.dumps(passage_record(document, place))), passage.text)
        for place, passage in enumerate(document.passages)
    ]


def coded(found, coder="Ann"):
    return [CodedPassage(record=record, coder=coder) for record in found]


@given(laid_out_documents())
def test_a_document_comes_back_from_its_records(document):
    found = records(document.document)
    back = put_together(coded(found), found)
    assert [tagged.document for tagged in back] == [document.document] * bool(found)


def test_records_in_any_order_give_the_same_document():
    found = records(DOCUMENT)
    for order in permutations(found):
        (tagged,) = put_together(coded(order), order)
        assert tagged.document == DOCUMENT
        assert [passage.passage for passage in tagged.passages] == list(PASSAGES)


def test_a_missing_passage_leaves_a_gap_and_moves_none():
    first, _, last = records(DOCUMENT)
    (tagged,) = put_together(coded([first, last]), [first, last])
    assert tagged.document.text == ("Findings\n\nOne." + "\n" * 6 + "\n\nA heading\n\nThree.\nEnd")
    assert tagged.document.passages == (PASSAGES[0], PASSAGES[2])


def test_a_coder_of_some_passages_has_the_whole_text_and_only_those():
    found = records(DOCUMENT)
    whole, part = put_together([*coded(found), *coded(found[1:2], "Bo")], found)
    assert whole.document == DOCUMENT
    assert part.document.text == DOCUMENT.text
    assert part.document.passages == PASSAGES[1:2]
    assert (whole.coder, part.coder) == ("Ann", "Bo")


def test_passages_that_contradict_one_another_are_laid_out_anew():
    passages = (Passage(text="One.", end=4), Passage(text="Two.", index=1, end=4))
    found = records(Document(path="a.txt", title="A", text="", passages=passages))
    (tagged,) = put_together(coded(found), found)
    assert tagged.document.text == "One.\n\nTwo."
    assert [(p.passage.start, p.passage.end) for p in tagged.passages] == [(0, 4), (6, 10)]


def test_documents_of_one_name_that_differ_do_not_mix():
    other = Document(
        path="a.txt", title="A", text="Four.", passages=(Passage(text="Four.", end=5),)
    )
    ours, theirs = records(DOCUMENT), records(other)
    first, second = put_together([*coded(ours), *coded(theirs, "Bo")], [*ours, *theirs])
    assert first.document == DOCUMENT
    assert second.document == other


def test_a_passage_a_million_lines_away_is_not_believed():
    far = Passage(text="One.", start=10**12, end=10**12 + 4)
    found = records(Document(path="a.txt", title="A", text="", passages=(far,)))
    (tagged,) = put_together(coded(found), found)
    assert tagged.document.text == "One."


def test_tags_and_role_stay_with_their_passage():
    (record, *_) = records(DOCUMENT)
    tag = Tag("recording", 0.5, (0, 4))
    given_ = CodedPassage(
        record=record, coder="Ann", tags=(tag,), role="finding", role_probability=0.25
    )
    ((passage,),) = [tagged.passages for tagged in put_together([given_], [record])]
    assert (passage.tags, passage.candidates) == ((tag,), (tag,))
    assert (passage.role, passage.role_probability) == ("finding", 0.25)


def test_numbers_that_a_table_made_floats_are_whole_again():
    cells = {**passage_record(DOCUMENT, 0), "page": 3.0, "start": 10.0, "n_pages": 9.0}
    record = read_passage_record(cells, "One.")
    assert repr((record.passage.page, record.passage.start, record.n_pages)) == "(3, 10, 9)"


@pytest.mark.parametrize(
    "cells", [{}, {"document": "a.txt"}, {"document": 3, "passage": 0, "start": 0}]
)
def test_what_others_wrote_is_no_record_of_ours(cells):
    assert not is_passage_record(cells)
    assert is_passage_record(passage_record(DOCUMENT, 0))
