from __future__ import annotations

import json
from pathlib import Path

import pytest

from scr_themes.errors import LabelsError, ReadingError
from scr_themes.reading.labelled import Labelled, read_labelled


def write(folder: Path, name: str, *lines: object) -> Path:
    file = folder / name
    words = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    file.write_text("\n".join(words), encoding="utf-8")
    return file


def test_jsonl_and_csv_give_the_same(tmp_path: Path) -> None:
    jsonl = write(
        tmp_path,
        "a.jsonl",
        {"text": "No “notes” exist.", "themes": ["recording"], "role": "finding", "document": "x"},
        {"text": "All went well.", "themes": [], "role": "good_practice", "document": "y"},
        {"text": "Two.", "themes": ["b", "a", "b"], "role": "finding", "document": 7},
    )
    csv = write(
        tmp_path,
        "a.csv",
        "text,themes,role,document",
        "No “notes” exist.,recording,finding,x",
        "All went well.,,good_practice,y",
        "Two.,a; b;,finding,7",
    )
    expected = Labelled(
        texts=('No "notes" exist.', "All went well.", "Two."),
        themes=(frozenset({"recording"}), frozenset(), frozenset({"a", "b"})),
        roles=("finding", "good_practice", "finding"),
        documents=("x", "y", "7"),
    )
    assert read_labelled(jsonl) == expected
    assert read_labelled(csv) == expected
    assert len(expected) == 3


def test_roles_and_documents_may_be_absent(tmp_path: Path) -> None:
    labelled = read_labelled(write(tmp_path, "a.jsonl", {"text": "x", "themes": []}))
    assert labelled.roles is None
    assert labelled.documents is None


def test_the_column_of_words_can_be_named(tmp_path: Path) -> None:
    file = write(tmp_path, "a.csv", "words;Themes", "x;recording")
    assert read_labelled(file, text_column="words").themes == (frozenset({"recording"}),)
    with pytest.raises(LabelsError, match=r"no column 'text' or 'passage'.*--text-column"):
        read_labelled(file)


def test_jsonl_is_told_by_its_content(tmp_path: Path) -> None:
    file = write(tmp_path, "coded.data", {"passage": "x", "themes": ["a"]})
    assert read_labelled(file).texts == ("x",)


ROW = {"text": "x", "themes": []}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([ROW, {"text": "y"}], r"a\.jsonl:2: no 'themes'; give a list"),
        ([{"text": "x", "themes": 3}], r"a\.jsonl:1: 'themes' is not a list of theme ids"),
        ([{"text": "x", "themes": [3]}], r"a\.jsonl:1: 'themes' is not a list"),
        ([{"text": "x", "themes": [" "]}], r"a\.jsonl:1: a theme id is blank"),
        ([ROW, {"text": " ", "themes": []}], r"a\.jsonl:2: no text; give its words"),
        ([{"text": 5, "themes": []}], r"a\.jsonl:1: 'text' is not text"),
        ([ROW, "", "{"], r"a\.jsonl:3: is not JSON"),
        ([ROW | {"role": "finding"}, ROW], r"a\.jsonl:2: no 'role', though other rows have one"),
        ([ROW, ROW | {"document": "d"}], r"a\.jsonl:1: no 'document', though other rows"),
    ],
)
def test_faults_name_the_line_and_the_way_out(
    tmp_path: Path, rows: list[object], message: str
) -> None:
    with pytest.raises(LabelsError, match=message) as caught:
        read_labelled(write(tmp_path, "a.jsonl", *rows))
    assert "\n" not in str(caught.value)
    assert caught.value.remedy


def test_csv_faults_name_the_line(tmp_path: Path) -> None:
    file = write(tmp_path, "a.csv", "text,themes,role", '"two\nlines",,finding', "x,a,")
    with pytest.raises(LabelsError, match=r"a\.csv:4: no 'role'"):
        read_labelled(file)
    with pytest.raises(LabelsError, match=r"b\.csv:2: no 'themes'"):
        read_labelled(write(tmp_path, "b.csv", "text", "x"))


def test_a_file_without_rows_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LabelsError, match="holds no labelled passage"):
        read_labelled(write(tmp_path, "a.csv", "text,themes"))
    with pytest.raises(ReadingError, match="is empty"):
        read_labelled(write(tmp_path, "b.csv", " "))
    with pytest.raises(ReadingError, match="no such file"):
        read_labelled(tmp_path / "gone.csv")


def test_ids_and_what_was_left_open(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "a.jsonl",
        {"id": 1, "text": "x", "themes": ["a"], "either": ["b", "c"]},
        {"id": "2", "text": "y", "themes": []},
    )
    labelled = read_labelled(file)
    assert labelled.ids == ("1", "2")
    assert labelled.either == (frozenset({"b", "c"}), frozenset())
    assert read_labelled(write(tmp_path, "b.csv", "text,themes", "x,")).either is None


def test_ids_of_some_rows_alone_are_no_ids(tmp_path: Path) -> None:
    rows = [{"id": "1", "text": "x", "themes": []}, {"text": "y", "themes": []}]
    assert read_labelled(write(tmp_path, "a.jsonl", *rows)).ids is None


def test_codes_without_words_need_ids(tmp_path: Path) -> None:
    file = write(tmp_path, "a.jsonl", {"id": "1", "themes": ["a"]})
    assert read_labelled(file, need_text=False).texts == ("",)
    with pytest.raises(LabelsError, match="no column 'text' or 'passage'"):
        read_labelled(file)
    bare = write(tmp_path, "b.jsonl", {"themes": ["a"]})
    with pytest.raises(LabelsError, match="no column 'text' or 'passage'"):
        read_labelled(bare, need_text=False)


def test_words_are_read_where_they_are_there(tmp_path: Path) -> None:
    file = write(tmp_path, "a.jsonl", {"id": "1", "Passage": "x", "themes": ["a"]})
    assert read_labelled(file, need_text=False).texts == ("x",)
    with pytest.raises(LabelsError, match="no column 'words'"):
        read_labelled(file, text_column="words", need_text=False)
