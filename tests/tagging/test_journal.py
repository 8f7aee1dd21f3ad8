"""What is finished is kept, whole or not at all, and never taken for something else."""

from __future__ import annotations

import gzip
import json
import os

import pytest
from hypothesis import given

import scr_themes
from scr_themes.documents import Document, Passage, TaggedDocument
from scr_themes.errors import WritingError
from scr_themes.tagging import tag
from scr_themes.tagging.journal import Journal
from scr_themes.tagging.records import from_record, to_record
from tests.coded import write_reviews
from tests.tagged import tagged_document, tagged_documents, tagged_passage


@given(tagged_documents())
def test_a_record_is_the_document_to_the_last_bit(tagged):
    assert from_record(json.loads(json.dumps(to_record(tagged)))) == tagged


def test_passages_that_are_not_the_document_s_are_kept_too():
    passage = tagged_passage("No one asked.", {"child_voice": 0.7})
    document = Document(path=None, title="Half \ud83d", text="", passages=(Passage(text="x"),))
    tagged = TaggedDocument(document=document, passages=(passage,), coder="a person")
    assert from_record(json.loads(json.dumps(to_record(tagged)))) == tagged


@pytest.fixture
def reviews(tmp_path):
    return write_reviews(tmp_path / "reviews", 4)


class Counting:
    """A classifier that counts what it is asked to tag."""

    def __init__(self, classifier, checksum="1"):
        self.classifier = classifier
        self.coder_ = classifier.coder_
        self.checksum_ = checksum
        self.n_asked = 0

    def tag(self, X, /):
        self.n_asked += 1
        return self.classifier.tag(X)


@pytest.fixture
def counting(tiny_classifier):
    return Counting(tiny_classifier)


def run(reviews, classifier, folder, **settings):
    return list(tag(reviews, classifier=classifier, journal=folder, **settings))


def test_what_is_finished_is_not_done_again(reviews, counting, tmp_path):
    plain = list(tag(reviews, classifier=counting))
    assert counting.n_asked == 4
    assert run(reviews, counting, tmp_path / "kept") == plain
    assert run(reviews, counting, tmp_path / "kept") == plain
    assert counting.n_asked == 8


def test_a_stopped_run_goes_on(reviews, counting, tmp_path):
    stream = tag(reviews, classifier=counting, journal=tmp_path / "kept")
    begun = [next(stream), next(stream)]
    stream.close()
    done = run(reviews, counting, tmp_path / "kept")
    assert done[:2] == begun
    assert len(done) == 4
    assert counting.n_asked == 4


@pytest.mark.parametrize("jobs", [1, 2])
def test_workers_keep_what_they_finish(reviews, tiny_classifier, tmp_path, jobs):
    plain = list(tag(reviews, classifier=tiny_classifier))
    assert run(reviews, tiny_classifier, tmp_path / "kept", jobs=jobs) == plain
    assert len(list((tmp_path / "kept").iterdir())) == 4
    assert run(reviews, tiny_classifier, tmp_path / "kept", jobs=jobs) == plain


def test_a_changed_file_is_done_again(reviews, counting, tmp_path):
    run(reviews, counting, tmp_path / "kept")
    (reviews / "review 2.txt").write_text("Nobody asked the boy.")
    done = run(reviews, counting, tmp_path / "kept")
    assert done[2].document.text == "Nobody asked the boy."
    assert counting.n_asked == 5


def test_another_path_is_another_document(reviews, counting, tmp_path):
    run(reviews, counting, tmp_path / "kept")
    (reviews / "review 3.txt").rename(reviews / "review 9.txt")
    assert run(reviews, counting, tmp_path / "kept")[3].document.path.endswith("review 9.txt")
    assert counting.n_asked == 5


def test_another_model_or_way_of_reading_does_all_again(reviews, counting, tmp_path, monkeypatch):
    run(reviews, counting, tmp_path / "kept")
    run(reviews, counting, tmp_path / "kept", encoding="cp1252")
    assert counting.n_asked == 8
    other = Counting(counting.classifier, checksum="2")
    run(reviews, other, tmp_path / "kept")
    assert other.n_asked == 4
    monkeypatch.setattr(scr_themes, "__version__", "9.9")
    run(reviews, counting, tmp_path / "kept")
    assert counting.n_asked == 12


def test_a_model_without_checksum_is_known_by_what_it_is(reviews, tiny_classifier, tmp_path):
    assert tiny_classifier.checksum_ is None
    run(reviews, tiny_classifier, tmp_path / "kept")
    before = {file.name for file in (tmp_path / "kept").iterdir()}
    run(reviews, tiny_classifier, tmp_path / "kept")
    assert {file.name for file in (tmp_path / "kept").iterdir()} == before


@pytest.mark.parametrize("damage", [b"", b"half", gzip.compress(b"{}"), gzip.compress(b"[1]")])
def test_a_damaged_record_is_done_again(reviews, counting, tmp_path, damage):
    plain = run(reviews, counting, tmp_path / "kept")
    for file in (tmp_path / "kept").iterdir():
        file.write_bytes(damage or file.read_bytes()[:-9])
    assert run(reviews, counting, tmp_path / "kept") == plain
    assert counting.n_asked == 8
    assert run(reviews, counting, tmp_path / "kept") == plain
    assert counting.n_asked == 8


def test_a_file_that_fails_is_tried_again(reviews, counting, tmp_path):
    (reviews / "review 1.txt").write_bytes(b"")
    errors = []
    assert len(run(reviews, counting, tmp_path / "kept", on_error=errors.append)) == 3
    (reviews / "review 1.txt").write_text("Nobody asked the boy.")
    assert len(run(reviews, counting, tmp_path / "kept")) == 4
    assert len(errors) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_ends_the_run(reviews, counting, tmp_path):
    (tmp_path / "kept").mkdir(mode=0o500)
    with pytest.raises(WritingError, match="make room or name another"):
        run(reviews, counting, tmp_path / "kept")


def test_a_folder_that_is_a_file_ends_the_run(reviews, counting, tmp_path):
    (tmp_path / "kept").write_text("mine")
    with pytest.raises(WritingError, match="kept: cannot be written"):
        run(reviews, counting, tmp_path / "kept", on_error=lambda error: None)


def test_removing_leaves_what_is_not_ours(tmp_path):
    journal = Journal(tmp_path / "kept", "")
    journal.put("a" * 64, tagged_document())
    (tmp_path / "kept" / ".b.7.part").write_bytes(b"half")
    (tmp_path / "kept" / "notes.txt").write_text("mine")
    journal.remove()
    assert [file.name for file in (tmp_path / "kept").iterdir()] == ["notes.txt"]
    (tmp_path / "kept" / "notes.txt").unlink()
    journal.remove()
    assert not (tmp_path / "kept").exists()
    journal.remove()


def test_documents_are_known_by_what_they_hold(counting, tmp_path):
    def given_as(text):
        passage = Passage(text=text, end=len(text))
        return Document(path=None, title="A note", text=text, passages=(passage,))

    for text in ("No one asked.", "The school knew.", "No one asked."):
        (found,) = run(given_as(text), counting, tmp_path / "kept")
        assert found.document.text == text
    assert counting.n_asked == 2


def test_names_that_no_encoding_has_are_told_apart(tmp_path):
    journal = Journal(tmp_path, "")
    assert journal.key("a\udcff.txt", b"same") != journal.key("a\udcfe.txt", b"same")
