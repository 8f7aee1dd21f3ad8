"""Workbooks, Parquet and SQLite come back with nothing lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.round_trip import AWKWARD, awkward_document, coded_documents, there_and_back
from tests.tagged import laid_out_documents, tagged_document, tagged_documents, tagged_passage

ENDINGS = {".xlsx": "xlsx", ".parquet": "parquet", ".sqlite": "sqlite", ".db": "sqlite"}
each_format = pytest.mark.parametrize("ending", [".xlsx", ".parquet", ".sqlite"])
# Files are written and read for each example.
few = settings(
    max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def back(documents, ending):
    codings = there_and_back(documents, ending, ENDINGS[ending])
    assert codings.unmapped == ()
    return list(codings.documents)


@each_format
@few
@given(documents=st.lists(laid_out_documents(), max_size=3))
def test_documents_come_back(ending, documents):
    assert back(documents, ending) == documents


@each_format
@few
@given(documents=coded_documents())
def test_each_coder_of_a_document_comes_back(ending, documents):
    assert back(documents, ending) == documents


@each_format
@few
@given(documents=st.lists(tagged_documents(), max_size=2))
def test_so_do_documents_whose_passages_do_not_stand_in_their_text(ending, documents):
    def words(text):
        """Return what comes back of a text: a blank cell of a workbook is none."""
        return text or (None if ending == ".xlsx" else text)

    def told(tagged):
        given = [
            (
                replace(
                    p.passage,
                    paragraph=words(p.passage.paragraph),
                    section=words(p.passage.section),
                ),
                *(p.tags, p.role),
            )
            for p in tagged.passages
        ]
        document = replace(tagged.document, passages=tuple(p for p, _, _ in given))
        return document, tagged.coder, given

    assert list(map(told, back(documents, ending))) == list(map(told, documents))


@pytest.mark.parametrize("ending", ENDINGS)
def test_awkward_words_and_every_digit_come_back(ending):
    documents = [awkward_document(), replace(awkward_document(), coder="caf\udce9")]
    assert back(documents, ending) == documents


@each_format
def test_long_passages_come_back(ending):
    words = (AWKWARD * 3_000)[:100_000]
    passage = tagged_passage(words, {"recording": 0.9}, evidence=(99_000, 100_000))
    (found,) = back([tagged_document(passage)], ending)
    assert found.passages[0].text == words
    assert found.passages[0].tags == passage.tags


@each_format
def test_documents_without_passages_keep_their_place(ending):
    names = ["a", "b", "c", "d"]
    passages = {
        "b": [tagged_passage("One.", {"recording": 0.9})],
        "d": [tagged_passage("Two.", {})],
    }
    documents = [tagged_document(*passages.get(name, ()), name=name) for name in names]
    found = back(documents, ending)
    assert [tagged.document.name for tagged in found] == names
    assert [len(tagged.passages) for tagged in found] == [0, 1, 0, 1]
