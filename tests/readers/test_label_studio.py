"""Label Studio's own package takes our tasks, and what it makes of them reads back."""

from __future__ import annotations

import json

import pytest

from scr_themes.codebook import Codebook
from scr_themes.documents import Tag, TaggedDocument
from scr_themes.reading.codings import read_as_coded
from scr_themes.writing import write
from scr_themes.writing.label_studio import labelling_config
from tests.round_trip import awkward_document
from tests.tagged import tagged_document, tagged_passage

pytestmark = pytest.mark.filterwarnings("ignore")  # its own and its dependencies'
label_interface = pytest.importorskip("label_studio_sdk.label_interface")
converter = pytest.importorskip("label_studio_sdk.converter")

CONFIG = labelling_config(Codebook.load())
WHO = {"id": 1, "email": "ann@example.org", "first_name": "Ann", "last_name": ""}


def documents() -> list[TaggedDocument]:
    plain = tagged_document(
        tagged_passage("Nobody asked her. It rained.", {"child_voice": 0.9}, evidence=(0, 17)),
        tagged_passage("The plan was shared.", {}, role="context"),
        name="b.txt",
    )
    return [awkward_document(half="é"), plain]  # its converter cannot read half a character


def tasks(tmp_path) -> list[dict]:
    path = tmp_path / "tags.json"
    write(documents(), path)
    return json.loads(path.read_text(encoding="utf-8"))


def accepted(tmp_path) -> list[dict]:
    """Return the tasks as a person leaves them who takes over every prediction."""
    found = tasks(tmp_path)
    for number, task in enumerate(found, start=1):
        (prediction,) = task.pop("predictions")
        annotation = {"id": number, "completed_by": WHO, "result": prediction["result"]}
        dates = {"created_at": "2024-05-01T10:00:00Z", "updated_at": "2024-05-01T10:00:00Z"}
        task |= {"id": number, "annotations": [annotation | dates | {"was_cancelled": False}]}
    return found


def test_the_interface_is_valid():
    interface = label_interface.LabelInterface(CONFIG)
    interface.validate()
    codebook = Codebook.load()
    assert list(interface.get_control("themes").labels) == list(codebook.theme_ids)
    assert list(interface.get_control("role").labels) == list(codebook.role_ids)


def test_tasks_and_predictions_suit_the_interface(tmp_path):
    interface = label_interface.LabelInterface(CONFIG)
    for task in tasks(tmp_path):
        assert interface.validate_task({"data": task["data"]})
        for prediction in task["predictions"]:
            assert interface.validate_prediction(prediction, return_errors=True) == []


def test_a_theme_of_another_codebook_is_refused(tmp_path):
    """So that the test above could fail."""
    interface = label_interface.LabelInterface(labelling_config(Codebook.of(("weather",))))
    assert interface.validate_prediction(tasks(tmp_path)[0]["predictions"][0], return_errors=True)


@pytest.mark.parametrize("manner", ["JSON", "JSON_MIN"])
def test_what_its_converter_exports_has_every_coding_at_the_same_words(tmp_path, manner):
    source = tmp_path / "source.json"
    source.write_text(json.dumps(accepted(tmp_path)), encoding="utf-8")
    converter.Converter(CONFIG, project_dir=None).convert(
        str(source), str(tmp_path / "out"), manner, is_dir=False
    )
    codings = read_as_coded(next((tmp_path / "out").glob("*.json")))
    assert codings.unmapped == ()
    assert codings.coders == ("ann@example.org",)
    for back, tagged in zip(codings, documents(), strict=True):
        assert back.document.name == tagged.document.name
        for passage, given in zip(back.passages, tagged.passages, strict=True):
            certain = [Tag(tag.theme, 1.0, tag.evidence) for tag in given.tags]
            assert (passage.text, list(passage.tags)) == (given.text, certain)
            assert passage.role == given.role
