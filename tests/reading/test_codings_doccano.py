from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scr_themes.errors import ReadingError
from scr_themes.reading.codings import read_as_coded, read_codings
from scr_themes.reading.codings.doccano import read
from scr_themes.writing import write
from tests.round_trip import AWKWARD, awkward_document, json_values
from tests.tagged import tagged_document, tagged_passage

TEXT = "Nobody asked her. It rained."


def export(tmp_path, *lines, name="ann.jsonl"):
    path = tmp_path / name
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


def ours(tmp_path, *documents):
    """Lines of ours, before doccano has them."""
    path = tmp_path / "ours.jsonl"
    write(documents, path, format="doccano")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def through_doccano(lines):
    """What doccano makes of lines: a number each, their labels in order."""
    return [
        {**line, "id": number, "label": sorted(line["label"]), "Comments": []}
        for number, line in enumerate(lines, 1)
    ]


def tags(tagged):
    return [
        (tag.theme, passage.quote(tag), tag.probability)
        for passage in tagged.passages
        for tag in passage.tags
    ]


def test_what_comes_from_doccano_is_the_persons_and_not_the_models(tmp_path):
    passage = tagged_passage(TEXT, {"recording": 0.6}, page=3, evidence=(0, 17))
    lines = through_doccano(ours(tmp_path, tagged_document(passage, coder="tiny 1")))
    lines[0]["label"].append([18, 28, "weather"])
    (tagged,) = read_as_coded(export(tmp_path, *lines))
    assert tagged.coder == "ann"
    assert tags(tagged) == [("recording", "Nobody asked her.", 1.0), ("weather", "It rained.", 1.0)]
    assert (tagged.passages[0].role, tagged.passages[0].role_probability) == ("", 0.0)
    assert tagged.passages[0].passage.page == 3
    assert tagged.document.name == "a review.txt"


def test_the_coder_of_a_shared_export_can_be_named(tmp_path):
    lines = through_doccano(ours(tmp_path, tagged_document(tagged_passage(TEXT, {}))))
    path = export(tmp_path, *lines, name="all.jsonl")
    assert read_as_coded(path).coders == ("all",)
    assert read_as_coded(path, coder="Ann and Bo").coders == ("Ann and Bo",)


def test_lines_that_doccano_never_had_are_the_models(tmp_path):
    tagged = tagged_document(tagged_passage(TEXT, {"recording": 0.6}), coder="tiny 1")
    path = export(tmp_path, *ours(tmp_path, tagged))
    (back,) = read_as_coded(path, coder="Ann")
    assert back.coder == "tiny 1"
    assert tags(back) == [("recording", TEXT, 0.6)]
    assert back.passages[0].role == "finding"


def test_meta_through_a_table_gives_the_same_document(tmp_path):
    tagged = awkward_document()
    lines = through_doccano(ours(tmp_path, tagged))
    lines[0]["meta"].update(page=3.0, start=15.0, passage=0.0)
    (back,) = read_as_coded(export(tmp_path, *lines))
    assert back.document == tagged.document


def test_offsets_are_utf_16(tmp_path):
    line = {"id": 1, "text": "👩 asked. 👩 asked.", "label": [[3, 8, "a"], [13, 18, "b"]]}
    (tagged,) = read_as_coded(export(tmp_path, line))
    assert tags(tagged) == [("a", "asked", 1.0), ("b", "asked", 1.0)]


def test_awkward_words_keep_their_place(tmp_path):
    tagged = awkward_document()
    (back,) = read_as_coded(export(tmp_path, *through_doccano(ours(tmp_path, tagged))))
    quotes = {(tag.theme, tagged.passages[0].quote(tag)) for tag in tagged.passages[0].tags}
    assert {(theme, quote) for theme, quote, _ in tags(back)} == quotes
    assert back.passages[0].text == AWKWARD


def test_an_export_with_relations_has_entities(tmp_path):
    line = {
        "id": 1,
        "text": TEXT,
        "entities": [
            {"id": 4, "label": "voice", "start_offset": 0, "end_offset": 6},
            {"id": 5, "label": "weather", "start_offset": 18, "end_offset": 28},
        ],
        "relations": [{"id": 1, "from_id": 4, "to_id": 5, "type": "because"}],
        "Comments": [],
    }
    codings = read_as_coded(export(tmp_path, line))
    assert tags(codings.documents[0]) == [("voice", "Nobody", 1.0), ("weather", "It rained.", 1.0)]
    (relation,) = codings.unmapped
    assert (relation.code, relation.reason) == ("because", "a relation between two codes")


def test_categories_are_codes_on_the_whole_text_and_may_be_roles(tmp_path):
    line = {"id": 1, "text": TEXT, "cats": ["finding"], "entities": [[0, 6, "recording"]]}
    codings = read_codings(export(tmp_path, line))
    (passage,) = codings.documents[0].passages
    assert (passage.role, passage.themes) == ("finding", ("recording",))
    assert codings.unmapped == ()


def test_a_classification_project_has_labels_without_places(tmp_path):
    lines = [
        {"id": 1, "text": TEXT, "label": ["voice", "weather"]},
        {"id": 2, "text": "Two.", "label": "voice"},
        {"id": 3, "text": "Three.", "label": []},
    ]
    found = [tags(tagged) for tagged in read_as_coded(export(tmp_path, *lines))]
    assert found == [[("voice", TEXT, 1.0), ("weather", TEXT, 1.0)], [("voice", "Two.", 1.0)], []]


def test_comments_and_spans_outside_the_text_are_listed(tmp_path):
    line = {
        "id": 1,
        "text": TEXT,
        "label": [[20, 99, "voice"], [9, 3, "weather"], [0, 6, "voice"]],
        "Comments": ["Ask Bo.", {"id": 1, "comment": "Why?"}],
    }
    codings = read_as_coded(export(tmp_path, line))
    assert tags(codings.documents[0]) == [("voice", "Nobody", 1.0)]
    assert [(u.code, u.quote, u.reason, u.start, u.end) for u in codings.unmapped] == [
        ("voice", "", "lies outside the text", 20, 99),
        ("weather", "", "lies outside the text", 9, 3),
        ("", "Ask Bo.", "a comment, no code", None, None),
        ("", "Why?", "a comment, no code", None, None),
    ]


def test_a_span_outside_a_passage_is_placed_in_its_document(tmp_path):
    tagged = awkward_document()
    lines = through_doccano(ours(tmp_path, tagged))
    lines[0]["label"] = [[0, 999, "voice"]]
    (unmapped,) = read_as_coded(export(tmp_path, *lines)).unmapped
    assert (unmapped.document, unmapped.start) == (tagged.document.name, 15)


def test_texts_that_are_not_ours_are_a_document_each_with_lines_as_passages(tmp_path):
    line = {"id": 7, "text": "First line.\nSecond line.", "label": [[6, 18, "voice"]], "url": "x"}
    (tagged,) = read_as_coded(export(tmp_path, line))
    assert tagged.document.name == "ann line 7"
    assert tags(tagged) == [("voice", "line.", 1.0), ("voice", "Second", 1.0)]


def test_the_module_reads_files_by_itself(tmp_path):
    path = export(tmp_path, {"id": 1, "text": TEXT, "label": ["voice"]})
    assert read(path, None) == read_as_coded(path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"id": 1, "label": []}, "KeyError: 'text'"),
        ({"id": 1, "text": 3, "label": []}, "text is 3"),
        ({"id": 1, "text": "One."}, "no label, labels, entities or cats"),
        ({"id": 1, "text": "One.", "label": [[0, 3]]}, "ValueError"),
        ({"id": 1, "text": "One.", "label": [["a", 3, "voice"]]}, "'a' to 3 is no place"),
        ({"id": 1, "text": "One.", "entities": [{"label": "voice"}]}, "KeyError"),
        ({"id": 1, "text": "One.", "label": 3}, "TypeError"),
        (
            {"text": "One.", "label": [[0, 3, "voice"]], "meta": {"probabilities": [0.1, 0.2]}},
            "1 codes and 2 probabilities",
        ),
    ],
)
def test_a_bad_line_is_one_clear_error(tmp_path, line, message):
    good = {"id": 1, "text": TEXT, "label": []}
    with pytest.raises(ReadingError) as caught:
        read_as_coded(export(tmp_path, good, line))
    assert "ann.jsonl:2: is no line of doccano" in str(caught.value)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


NAMES = (
    *("id", "text", "label", "labels", "entities", "cats", "relations", "Comments", "type"),
    *("start_offset", "end_offset", "meta", "document", "passage", "start", "page", "role"),
    *("role_probability", "probabilities", "coder", "warnings", "before", "comment"),
)


@given(st.lists(st.dictionaries(st.sampled_from(NAMES), json_values(NAMES)), max_size=3))
def test_whatever_the_lines_are_they_are_read_or_refused(lines):
    found = [{"text": TEXT, "label": [], **line} for line in lines]
    with tempfile.TemporaryDirectory() as folder, suppress(ReadingError):
        read_as_coded(export(Path(folder), {"id": 1, "text": TEXT, "label": []}, *found))
