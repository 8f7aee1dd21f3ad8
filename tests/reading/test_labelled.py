from __future__ import annotations

import json
import sys
from pathlib import Path

import openpyxl
import pytest

from scr_themes.errors import LabelsError, MissingExtraError, ReadingError
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


def workbook(folder: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(row)
    file = folder / "coded.xlsx"
    book.save(file)
    return file


CODEBOOK = [
    ["kind", "id", "title", "definition"],
    ["theme", "recording", "Poor recording", "D"],
    ["theme", "child_voice", "Child's voice missing", "D"],
    ["role", "finding", "Finding", "D"],
    ["role", "good_practice", "Good practice", "D"],
]


def settled(folder: Path, *rows: list[object], codebook: list[list[object]] = CODEBOOK) -> Path:
    header = ["document", "text", "Ann: themes", "themes", "role", "comment", "id"]
    return workbook(folder, to_code=[header, *rows], codebook=codebook)


def test_a_settled_worksheet(tmp_path: Path) -> None:
    file = settled(
        tmp_path,
        ["a.pdf", "One.", "x", "Poor recording; child_voice", "Good practice", None, "1"],
        ["a.pdf", "Two.", "x", " None ", "finding", "no idea", "2"],
        ["a.pdf", "Three.", "x", "POOR  recording\nchild voice", "finding", None, 3],
        ["b.pdf", "Four.", "x", "-", "finding", None, 4.0],
        ["b.pdf", "Five.", "x", "Poor recording, child_voice", "finding", None, "5"],
        ["b.pdf", "Six.", "x", None, None, "to be discussed", "6"],
        ["b.pdf", "Seven.", "x", "?", None, None, "7"],
    )
    both = frozenset({"recording", "child_voice"})
    assert read_labelled(file) == Labelled(
        texts=("One.", "Two.", "Three.", "Four.", "Five."),
        themes=(both, frozenset(), both, frozenset(), both),
        roles=("good_practice", "finding", "finding", "finding", "finding"),
        documents=("a.pdf", "a.pdf", "a.pdf", "b.pdf", "b.pdf"),
        ids=("1", "2", "3", "4", "5"),
        n_unsettled=2,
    )


@pytest.mark.parametrize(
    ("themes", "role", "said"),
    [
        ("recordings", None, r"coded\.xlsx, sheet 'to code', row 3: 'recordings' is not in the "
         "codebook; the closest is 'recording'"),
        ("Childs voice missing", None, "row 3: .*the closest is 'child_voice'"),
        ("none; recording", None, "row 3: 'none' stands beside a theme"),
        ("none", "findings", "row 3: 'findings' is not in the codebook; the closest is 'finding'"),
        ("none", None, "row 3: no 'role', though other rows have one"),
    ],
)  # fmt: skip
def test_faults_in_a_worksheet_name_sheet_and_row(
    tmp_path: Path, themes: str, role: str | None, said: str
) -> None:
    one = ["a.pdf", "One.", "x", "recording", "finding", None, "1"]
    file = settled(tmp_path, one, ["a.pdf", "Two.", "x", themes, role, None, "2"])
    with pytest.raises(LabelsError, match=said) as caught:
        read_labelled(file)
    assert "\n" not in str(caught.value)


def test_themes_of_ones_own_are_added_to_the_codebook_of_the_sheet(tmp_path: Path) -> None:
    own = [*CODEBOOK, ["theme", "housing", "Bad housing", None]]
    file = settled(tmp_path, ["a", "One.", "x", "bad housing", None, None, "1"], codebook=own)
    assert read_labelled(file).themes == (frozenset({"housing"}),)


def test_a_sheet_that_nobody_has_filled_in(tmp_path: Path) -> None:
    file = settled(tmp_path, ["a", "One.", "x", None, None, None, "1"])
    with pytest.raises(LabelsError, match="has 1 rows, and themes in none; fill the column"):
        read_labelled(file)


def test_a_table_of_peoples_own_is_read_as_a_csv_is(tmp_path: Path) -> None:
    rows = [["Text", "Themes"], ["One.", "Child's voice missing; zeal"], ["Two.", None]]
    file = workbook(tmp_path, Notes=[["to do"]], Mine=rows)
    labelled = read_labelled(file)
    assert labelled.themes == (frozenset({"child_voice", "zeal"}), frozenset())
    assert labelled.n_unsettled == 0


def test_what_is_no_worksheet(tmp_path: Path) -> None:
    with pytest.raises(LabelsError, match="no sheet has a column 'themes'"):
        read_labelled(workbook(tmp_path, Sheet=[["text"], ["One."]]))
    with pytest.raises(LabelsError, match="two columns are called 'themes'"):
        read_labelled(workbook(tmp_path, Sheet=[["text", "themes", "Themes"], ["One.", "", ""]]))
    with pytest.raises(LabelsError, match="holds tags of named coders"):
        read_labelled(workbook(tmp_path, Sheet=[["text", "themes", "coder"], ["One.", "", "Ann"]]))
    with pytest.raises(LabelsError, match="holds no labelled passage"):
        read_labelled(workbook(tmp_path, Sheet=[["text", "themes"]]))
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(ReadingError, match=r"broken\.xlsx: is no workbook, or a damaged one"):
        read_labelled(broken)


def test_a_question_mark_is_not_settled_in_any_file(tmp_path: Path) -> None:
    rows = [{"text": "One.", "themes": "?"}, {"text": "Two.", "themes": ["recording"]}]
    lines = read_labelled(write(tmp_path, "a.jsonl", *rows))
    plain = read_labelled(write(tmp_path, "a.csv", "text,themes", "One.,?", "Two.,recording"))
    assert lines == plain
    assert (lines.texts, lines.n_unsettled) == (("Two.",), 1)


def test_without_openpyxl_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = settled(tmp_path, ["a", "One.", "x", "none", None, None, "1"])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtraError, match=r"scr-themes\[xlsx\]"):
        read_labelled(file)
