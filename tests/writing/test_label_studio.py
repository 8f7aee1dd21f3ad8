from __future__ import annotations

import json
import tracemalloc
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest
from hypothesis import given

from scr_themes.codebook import Codebook
from scr_themes.errors import ReadingError
from scr_themes.writing import Settings, write
from scr_themes.writing.label_studio import labelling_config, save
from tests.round_trip import AWKWARD, awkward_document, coded_documents, there_and_back
from tests.tagged import tagged_document, tagged_passage

SETTINGS = Settings()


def tasks(tmp_path, *documents):
    path = tmp_path / "tags.json"
    save(documents, SETTINGS, path)
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_passage_is_a_task_with_what_is_needed_to_cite_it(tmp_path):
    passage = tagged_passage("No note. It rained.", {}, page=3, paragraph="4.10", section="Work")
    (task,) = tasks(tmp_path, tagged_document(passage, n_pages=9, warnings=("page 2 is scanned",)))
    assert task["data"] == {
        "text": "No note. It rained.",
        "where": "A review, page 3, paragraph 4.10, Work",
        "document": "a review.txt",
        "title": "A review",
        "passage": 0,
        "page": 3,
        "paragraph": "4.10",
        "section": "Work",
        "kind": "paragraph",
        "start": 0,
        "end": 19,
        "before": "",
        "after": "",
        "n_pages": 9,
        "warnings": ["page 2 is scanned"],
    }


def test_tags_and_role_are_a_prediction_of_the_coder(tmp_path):
    passage = tagged_passage("No note. It rained.", {"recording": 0.9123}, evidence=(0, 8))
    (task,) = tasks(tmp_path, tagged_document(passage, coder="tiny 1"))
    (prediction,) = task["predictions"]
    assert prediction == {
        "model_version": "tiny 1",
        "score": 0.9123,
        "result": [
            {
                "id": "0",
                "from_name": "themes",
                "to_name": "text",
                "type": "labels",
                "value": {"start": 0, "end": 8, "text": "No note.", "labels": ["recording"]},
                "score": 0.9123,
            },
            {
                "id": "role",
                "from_name": "role",
                "to_name": "text",
                "type": "choices",
                "value": {"choices": ["finding"]},
                "score": 0.9,
            },
        ],
    }


def test_a_passage_without_tags_and_role_is_still_the_coders(tmp_path):
    (task,) = tasks(tmp_path, tagged_document(tagged_passage("One.", {}, role=""), coder="Ann"))
    assert task["predictions"] == [{"model_version": "Ann", "score": 0.0, "result": []}]


def test_offsets_are_code_points(tmp_path):
    (task,) = tasks(tmp_path, awkward_document())
    for result in task["predictions"][0]["result"][:-1]:
        value = result["value"]
        assert AWKWARD[value["start"] : value["end"]] == value["text"]


def test_coders_of_the_same_document_share_its_tasks(tmp_path):
    first = tagged_document(tagged_passage("One.", {}), tagged_passage("Two.", {}), coder="Ann")
    found = tasks(tmp_path, first, replace(first, coder="tiny 1"))
    assert [[p["model_version"] for p in task["predictions"]] for task in found] == [
        ["Ann", "tiny 1"],
        ["Ann", "tiny 1"],
    ]


def test_documents_apart_or_different_do_not_share(tmp_path):
    first = tagged_document(tagged_passage("One.", {}), coder="Ann")
    other = tagged_document(tagged_passage("Two.", {}), coder="Bo")
    found = tasks(tmp_path, first, other, replace(first, coder="Bo"), replace(first, coder="Bo"))
    assert [len(task["predictions"]) for task in found] == [1, 1, 1, 1]


def test_nothing_is_an_empty_list(tmp_path):
    assert tasks(tmp_path) == []
    assert tasks(tmp_path, tagged_document()) == []


def test_an_error_midway_leaves_a_sound_file_of_the_documents_before(tmp_path):
    def documents():
        yield tagged_document(tagged_passage("One.", {}), name="a.txt")
        yield tagged_document(tagged_passage("Two.", {}), name="b.txt")
        raise ReadingError("c.pdf", "is damaged", "mend it")

    path = tmp_path / "tags.json"
    with pytest.raises(ReadingError) as caught:
        write(documents(), path)
    assert not path.exists()
    assert "2 files finished" in caught.value.__notes__[0]
    kept = json.loads(path.with_name("tags.json.part").read_text(encoding="utf-8"))
    assert [task["data"]["document"] for task in kept] == ["a.txt", "b.txt"]


def test_an_error_at_once_leaves_nothing(tmp_path):
    def documents():
        raise ReadingError("c.pdf", "is damaged", "mend it")
        yield

    with pytest.raises(ReadingError):
        write(documents(), tmp_path / "tags.json")
    assert list(tmp_path.iterdir()) == []


def test_memory_stays_flat(tmp_path):
    def documents(n):
        for place in range(n):
            passage = tagged_passage(f"{place} " + "Nobody asked. " * 2000, {"recording": 0.9})
            yield tagged_document(passage, name=f"{place}.txt")

    def peak(n):
        tracemalloc.start()
        save(documents(n), SETTINGS, tmp_path / "tags.json")
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(2)
    assert peak(100) < 2 * peak(10)


@given(coded_documents())
def test_nothing_is_lost_on_the_way_there_and_back(documents):
    codings = there_and_back(documents, ".json", "label-studio")
    assert list(codings) == [tagged for tagged in documents if tagged.passages]
    assert codings.unmapped == ()


def test_what_is_hard_to_count_comes_back_with_its_exact_probabilities():
    tagged = awkward_document()
    assert list(there_and_back([tagged], ".json", "label-studio")) == [tagged]


@pytest.mark.parametrize("words", ['<meta charset="koi8-r"> é', "\x7f" * 500, "\x00 \x1b"])
def test_what_looks_like_another_kind_of_file_comes_back(words):
    tagged = tagged_document(tagged_passage(words, {}), title=words)
    (back,) = there_and_back([tagged], ".json", "label-studio")
    assert back.passages[0].text == words
    assert back.document.title == words


def test_a_coding_of_no_words_comes_back():
    tagged = tagged_document(tagged_passage("One.", {"recording": 0.75}, evidence=(4, 4)))
    (back,) = there_and_back([tagged], ".json", "label-studio")
    assert back.passages[0].tags == tagged.passages[0].tags


def test_the_interface_has_a_label_a_theme_and_a_choice_a_role():
    codebook = Codebook.load()
    view = ElementTree.fromstring(labelling_config(codebook))
    labels, choices = list(view.find("Labels")), list(view.find("Choices"))
    assert [label.get("alias") for label in labels] == list(codebook.theme_ids)
    assert [label.get("value") for label in labels] == [theme.title for theme in codebook.themes]
    assert [choice.get("alias") for choice in choices] == list(codebook.role_ids)
    assert len({label.get("background") for label in labels}) == len(labels)


def test_what_a_codebook_says_cannot_break_the_interface():
    theme = replace(
        Codebook.load().themes[0], title='"Told" & <b>not</b> heard', definition='It\'s "so"'
    )
    view = ElementTree.fromstring(
        labelling_config(Codebook(name="odd", version="1", themes=(theme,)))
    )
    (label,) = view.find("Labels")
    assert label.get("value") == '"Told" & <b>not</b> heard'
    assert label.get("hint") == 'It\'s "so"'


def test_a_codebook_without_roles_has_no_choices():
    view = ElementTree.fromstring(labelling_config(Codebook.of(("recording",))))
    assert view.find("Choices") is None
