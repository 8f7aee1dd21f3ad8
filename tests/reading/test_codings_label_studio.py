from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scr_themes.errors import ReadingError
from scr_themes.reading.codings import read_as_coded, read_codings
from scr_themes.writing import write
from tests.round_trip import AWKWARD, json_values
from tests.tagged import tagged_document, tagged_passage

TEXT = "Nobody asked her. It rained."


def export(tmp_path, *entries, name="project.json"):
    path = tmp_path / name
    path.write_text(json.dumps(list(entries)), encoding="utf-8")
    return path


def label(start, end, code, **more):
    value = {"start": start, "end": end, "labels": [code], **more}
    return {"from_name": "themes", "to_name": "text", "type": "labels", "value": value}


def choice(code, name="role", **more):
    value = {"choices": [code], **more}
    return {"from_name": name, "to_name": "text", "type": "choices", "value": value}


def task(*results, by=7, **more):
    """A task of somebody else's project, as an export has it."""
    annotation = {"id": 1, "completed_by": by, "was_cancelled": False, "result": list(results)}
    return {"id": 3, "data": {"text": TEXT}, "annotations": [annotation], **more}


def ours(tmp_path, *passages, coder="tiny 1"):
    """Tasks of ours, as Label Studio takes them in."""
    path = tmp_path / "ours.json"
    write([tagged_document(*passages, coder=coder)], path)
    return json.loads(path.read_text(encoding="utf-8"))


def tags(tagged):
    return [
        (tag.theme, passage.quote(tag), tag.probability)
        for passage in tagged.passages
        for tag in passage.tags
    ]


def test_each_person_is_a_coder_of_their_own(tmp_path):
    entry = task(label(0, 17, "voice"), by={"id": 7, "email": "ann@example.org"})
    entry["annotations"].append({"completed_by": 4, "result": [label(18, 28, "weather")]})
    entry["annotations"].append({"completed_by": {"first_name": "Bo", "last_name": ""}})
    codings = read_as_coded(export(tmp_path, entry))
    assert codings.coders == ("ann@example.org", "annotator 4", "Bo")
    assert tags(codings.documents[0]) == [("voice", "Nobody asked her.", 1.0)]
    assert tags(codings.documents[1]) == [("weather", "It rained.", 1.0)]
    assert tags(codings.documents[2]) == []


def test_who_is_not_named_is_the_coder_given_or_the_file(tmp_path):
    path = export(tmp_path, task(label(0, 6, "voice"), by=None))
    assert read_as_coded(path).coders == ("project",)
    assert read_as_coded(path, coder="Ann").coders == ("Ann",)


def test_predictions_are_their_models(tmp_path):
    prediction = {
        "model_version": "tiny 1",
        "score": 0.25,
        "result": [{**label(0, 6, "voice"), "score": 0.75}, label(7, 12, "weather")],
    }
    (tagged,) = read_as_coded(
        export(tmp_path, {"data": {"text": TEXT}, "predictions": [prediction]})
    )
    assert tagged.coder == "tiny 1"
    assert tags(tagged) == [("voice", "Nobody", 0.75), ("weather", "asked", 0.25)]


def test_predictions_named_by_number_only_say_nothing(tmp_path):
    codings = read_as_coded(export(tmp_path, task(label(0, 6, "voice"), predictions=[11, 12])))
    assert codings.coders == ("annotator 7",)
    assert codings.unmapped == ()


def test_a_persons_correction_is_certain_whatever_the_model_thought(tmp_path):
    (entry,) = ours(tmp_path, tagged_passage(TEXT, {"recording": 0.6}, page=3))
    kept = deepcopy(entry["predictions"][0]["result"])  # taken over, with its score
    entry["annotations"] = [{"completed_by": {"email": "ann@example.org"}, "result": kept}]
    model, person = read_as_coded(export(tmp_path, entry)).documents
    assert tags(model) == [("recording", TEXT, 0.6)]
    assert tags(person) == [("recording", TEXT, 1.0)]
    assert (person.passages[0].role, person.passages[0].role_probability) == ("finding", 1.0)
    assert person.document == model.document
    assert person.passages[0].passage.page == 3


def test_passages_that_somebody_did_not_annotate_are_not_theirs(tmp_path):
    entries = ours(
        tmp_path,
        *(
            tagged_passage(text, {"recording": 0.9}, index=index)
            for index, text in enumerate(("One.", "Two.", "Three."))
        ),
    )
    entries[0]["annotations"] = [{"completed_by": 7, "result": []}]
    entries[2]["annotations"] = [{"completed_by": 7, "result": [label(0, 5, "recording")]}]
    model, person = read_as_coded(export(tmp_path, *reversed(entries))).documents
    assert [passage.text for passage in model.passages] == ["One.", "Two.", "Three."]
    assert [(p.text, p.themes) for p in person.passages] == [
        ("One.", ()),
        ("Three.", ("recording",)),
    ]


def test_a_skipped_annotation_is_listed_and_counts_for_nothing(tmp_path):
    entry = task(label(0, 6, "voice"))
    entry["annotations"][0]["was_cancelled"] = True
    entry["annotations"].append({"completed_by": 8, "was_cancelled": True, "result": []})
    codings = read_as_coded(export(tmp_path, entry))
    assert codings.documents == ()
    assert [(u.coder, u.code, u.quote) for u in codings.unmapped] == [
        ("annotator 7", "voice", "Nobody"),
        ("annotator 8", "", TEXT),
    ]
    assert {u.reason for u in codings.unmapped} == {"the annotator skipped this task"}


def test_of_two_annotations_by_one_person_the_later_counts(tmp_path):
    entry = task(label(0, 6, "voice"))
    entry["annotations"][0]["updated_at"] = "2024-05-02T10:00:00Z"
    entry["annotations"].append(
        {"completed_by": 7, "updated_at": "2024-05-01T10:00:00Z", "result": [choice("context")]}
    )
    codings = read_as_coded(export(tmp_path, entry))
    assert [tags(tagged) for tagged in codings] == [[("voice", "Nobody", 1.0)]]
    (earlier,) = codings.unmapped
    assert (earlier.code, earlier.quote) == ("context", TEXT)
    assert "again later" in earlier.reason


def test_a_draft_is_listed(tmp_path):
    entry = task(by=7, drafts=[{"user": "bo@example.org", "result": [label(0, 6, "voice")]}, 5])
    (draft,) = read_as_coded(export(tmp_path, entry)).unmapped
    assert (draft.coder, draft.code) == ("bo@example.org", "voice")
    assert draft.reason == "a draft, not submitted"


def test_results_that_are_no_codes_on_words_are_listed(tmp_path):
    found = read_as_coded(
        export(
            tmp_path,
            task(
                {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"},
                {"type": "textarea", "from_name": "note", "value": {"text": ["Ask Bo.", "Why?"]}},
                {"type": "rating", "from_name": "clear", "value": {"rating": 4}},
                {
                    "type": "hypertextlabels",
                    "from_name": "html",
                    "value": {"start": "/p[1]/text()", "hypertextlabels": ["voice"], "text": "her"},
                },
                {"type": "labels", "from_name": "themes", "value": {"start": 0, "end": 6}},
                label(20, 99, "voice"),
                label(9, 3, "voice"),
            ),
        )
    )
    assert tags(found.documents[0]) == []
    assert [(u.code, u.quote, u.reason.split(",")[0]) for u in found.unmapped] == [
        ("relation", "", "a result of the type relation"),
        ("note", "Ask Bo.; Why?", "a result of the type textarea"),
        ("clear", "4", "a result of the type rating"),
        ("voice", "her", "a result of the type hypertextlabels"),
        ("", "", "has no labels"),
        ("voice", "", "lies outside the text"),
        ("voice", "", "lies outside the text"),
    ]
    assert {u.coder for u in found.unmapped} == {"annotator 7"}
    assert [(u.start, u.end) for u in found.unmapped[-2:]] == [(20, 99), (9, 3)]


def test_offsets_are_code_points_and_utf_16_only_where_the_words_say_so(tmp_path):
    text = "👩 asked. 👩 asked."
    newer, older = label(2, 7, "a", text="asked"), label(12, 17, "b", text="asked")
    older["value"].update(start=13, end=18)
    silent = label(11, 16, "c")
    entry = {"data": {"text": text}, "annotations": [{"result": [newer, older, silent]}]}
    (tagged,) = read_as_coded(export(tmp_path, entry))
    assert tags(tagged) == [("a", "asked", 1.0), ("b", "asked", 1.0), ("c", "asked", 1.0)]


def test_quotations_with_line_ends_as_the_editor_writes_them_are_no_doubt(tmp_path):
    text = "👩 one\r\ntwo 👩"
    entry = {
        "data": {"text": text},
        "annotations": [{"result": [label(2, 10, "a", text="one\\n\\ntwo")]}],
    }
    (tagged,) = read_as_coded(export(tmp_path, entry))
    assert tags(tagged) == [("a", "one", 1.0), ("a", "two", 1.0)]


def test_awkward_words_of_a_task_that_is_ours_keep_their_place(tmp_path):
    (entry,) = ours(tmp_path, tagged_passage(AWKWARD, {}))
    start = AWKWARD.index("asked")
    entry["annotations"] = [{"completed_by": 7, "result": [label(start, start + 5, "voice")]}]
    *_, person = read_as_coded(export(tmp_path, entry)).documents
    assert tags(person) == [("voice", "asked", 1.0)]
    assert person.document.text == AWKWARD


def test_tasks_that_are_not_ours_are_a_document_each_with_lines_as_passages(tmp_path):
    entry = task(label(5, 20, "voice"), choice("positive", "mood"))
    entry["data"] = {"id": "x", "body": "First line.\nSecond line."}
    (tagged,) = read_as_coded(export(tmp_path, entry))
    assert tagged.document.name == "project task 3"
    assert [(passage.text, passage.themes) for passage in tagged.passages] == [
        ("First line.", ("voice", "positive")),
        ("Second line.", ("voice", "positive")),
    ]
    assert tags(tagged)[0] == ("voice", " line.", 1.0)


def test_a_role_is_a_role_and_two_are_listed_when_mapped(tmp_path):
    entries = ours(tmp_path, tagged_passage(TEXT, {}), tagged_passage("Two.", {}))
    two = {"type": "choices", "from_name": "role", "value": {"choices": ["finding", "context"]}}
    entries[0]["annotations"] = [{"completed_by": 7, "result": [choice("context")]}]
    entries[1]["annotations"] = [{"completed_by": 7, "result": [two]}]
    codings = read_codings(export(tmp_path, *entries))
    (person,) = codings.of("annotator 7")
    assert [passage.role for passage in person.passages] == ["context", "finding"]
    assert [u.reason for u in codings.unmapped] == ["the passage has the role finding already"]


def test_a_choice_on_a_region_is_a_code_on_its_words(tmp_path):
    (tagged,) = read_as_coded(export(tmp_path, task(choice("sad", "mood", start=0, end=6))))
    assert tags(tagged) == [("sad", "Nobody", 1.0)]


def test_json_min_holds_the_same_as_json(tmp_path):
    (entry,) = ours(tmp_path, tagged_passage(TEXT, {}, page=3))
    small = {
        **entry["data"],
        "id": 5,
        "themes": [{"start": 0, "end": 6, "text": "Nobody", "labels": ["voice"]}],
        "role": "finding",
        "annotator": 7,
        "annotation_id": 9,
        "created_at": "2024-05-01T10:00:00Z",
        "updated_at": "2024-05-01T10:00:00Z",
        "lead_time": 3.5,
    }
    result = [label(0, 6, "voice", text="Nobody"), choice("finding")]
    whole = {"id": 5, "data": entry["data"], "annotations": [{"completed_by": 7, "result": result}]}
    (tagged,) = read_as_coded(export(tmp_path, small))
    assert [tagged] == list(read_as_coded(export(tmp_path, whole)))
    assert (tagged.coder, tagged.passages[0].role) == ("annotator 7", "finding")
    assert tags(tagged) == [("voice", "Nobody", 1.0)]


def test_json_min_of_somebody_elses_project(tmp_path):
    small = {
        "text": TEXT,
        "author": "Bo",
        "label": [{"start": 0, "end": 6, "text": "Nobody", "labels": ["voice"]}],
        "mood": {"choices": ["sad", "angry"]},
        "annotator": "ann@example.org",
        "annotation_id": 9,
    }
    (tagged,) = read_as_coded(export(tmp_path, small))
    assert tagged.coder == "ann@example.org"
    assert tags(tagged) == [("voice", "Nobody", 1.0), ("sad", TEXT, 1.0), ("angry", TEXT, 1.0)]


def test_json_min_of_a_task_nobody_annotated_is_nobodys(tmp_path):
    entry = {"text": TEXT, "annotator": None, "annotation_id": None}
    assert read_as_coded(export(tmp_path, entry)).documents == ()


def test_exports_of_the_first_releases_called_annotations_completions(tmp_path):
    entry = {"data": {"text": TEXT}, "completions": [{"result": [label(0, 6, "voice")]}]}
    entry["completions"].append({"skipped": True, "result": []})
    codings = read_as_coded(export(tmp_path, entry))
    assert [tags(tagged) for tagged in codings] == [[("voice", "Nobody", 1.0)]]
    assert len(codings.unmapped) == 1


def test_a_doccano_project_exported_as_json_goes_to_its_own_reader(tmp_path):
    (tagged,) = read_as_coded(export(tmp_path, {"id": 1, "text": TEXT, "label": ["voice"]}))
    assert tags(tagged) == [("voice", TEXT, 1.0)]


def test_one_task_without_a_list_and_none_at_all(tmp_path):
    path = tmp_path / "one.json"
    path.write_text(json.dumps(task(label(0, 6, "voice"))), encoding="utf-16")
    assert len(read_as_coded(path)) == 1
    assert len(read_as_coded(export(tmp_path))) == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ('[{"data": {"text": "One."}},\n{"data": ', "x.json:2: is not JSON"),
        ("[" * 100_000, "nested too deep"),
        ('"tasks"', "holds a JSON str, no tasks"),
        ("[3]", "task 1: is no task of Label Studio (TypeError: it is a JSON int)"),
        ('[{"data": "One."}]', "its data are no object"),
        ('[{"id": 8, "data": {"n": 3}}]', "task 1 (id 8): is no task"),
    ],
)
def test_a_bad_file_is_one_clear_error(tmp_path, content, message):
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ReadingError) as caught:
        read_as_coded(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "result",
    [
        ["labels"],
        [{"type": "labels", "value": {"labels": ["voice"]}}],
        [label("0", 6, "voice")],
        [label(0, 6.5, "voice")],
        [label(True, 6, "voice")],
        [{"type": "labels", "value": {"start": 0, "end": 6, "labels": 3}}],
    ],
)
def test_results_that_make_no_sense_name_their_task(tmp_path, result):
    good = task(label(0, 6, "voice"))
    bad = {"id": 8, "data": {"text": TEXT}, "annotations": [{"result": result}]}
    with pytest.raises(ReadingError, match=r"task 2 \(id 8\)"):
        read_as_coded(export(tmp_path, good, bad))


NAMES = (
    *("data", "text", "annotations", "predictions", "drafts", "result", "type", "labels", "value"),
    *("choices", "start", "end", "from_name", "role", "completed_by", "user", "id", "email"),
    *("document", "passage", "page", "kind", "warnings", "before", "score", "was_cancelled"),
    *("annotation_id", "annotator", "label", "entities", "model_version", "updated_at"),
)


@given(st.lists(json_values(NAMES), max_size=3))
def test_whatever_the_json_is_it_is_read_or_refused(entries):
    with tempfile.TemporaryDirectory() as folder, suppress(ReadingError):
        read_as_coded(export(Path(folder), *entries))


@given(st.lists(json_values(NAMES), max_size=3), json_values(NAMES))
def test_whatever_the_results_are_they_are_read_or_refused(results, by):
    with tempfile.TemporaryDirectory() as folder, suppress(ReadingError):
        read_as_coded(export(Path(folder), task(*results, by=by)))
