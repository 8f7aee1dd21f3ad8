from __future__ import annotations

import csv
import io
import json
import sys
import tempfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scr_themes.codebook import Codebook
from scr_themes.documents import Passage
from scr_themes.errors import MissingExtraError, WritingError
from scr_themes.reading.blocks import normalise
from scr_themes.reading.labelled import read_labelled
from scr_themes.writing.worksheet import SheetRow, write_worksheet
from tests.strategies import worded_text

BOOK = Codebook.load()
ROWS = [
    SheetRow(
        id="a#0",
        document="a.pdf",
        passage=Passage(text="=1+1 was in the notes.", page=3, paragraph="4.12"),
        themes={"Ann": ("recording", "child_voice"), "Ben": ()},
        roles={"Ann": "finding", "Ben": None},
        probabilities={"recording": 0.41, "child_voice": 0.62, "delay_drift": 0.01},
    ),
    SheetRow(
        id="a#30",
        document="a.pdf",
        passage=Passage(text="Nobody asked her."),
        themes={"Ann": None, "Ben": ("child_voice",)},
        roles={"Ann": None, "Ben": "context"},
        probabilities={"recording": 0.01},
    ),
]


@pytest.fixture
def sheet(tmp_path):
    """The rows as a workbook."""
    file = tmp_path / "sheet.xlsx"
    write_worksheet(ROWS, file, codebook=BOOK)
    return file


def table(file):
    return [list(row) for row in openpyxl.load_workbook(file)["to code"].values]


def fill_in(file, *themes, role=None):
    """Fill the column of themes in, and the same role everywhere."""
    book = openpyxl.load_workbook(file)
    sheet = book["to code"]
    header = [cell.value for cell in sheet[1]]
    for row, value in enumerate(themes, start=2):
        sheet.cell(row, header.index("themes") + 1).value = value
        sheet.cell(row, header.index("role") + 1).value = role
    book.save(file)


def test_a_row_a_passage_with_what_each_coder_gave(sheet):
    header, first, second = table(sheet)
    assert header == [
        "document", "page", "paragraph", "text", "Ann: themes", "Ben: themes", "Ann: role",
        "Ben: role", "model", "themes", "role", "comment", "id",
    ]  # fmt: skip
    assert first[:8] == [
        "a.pdf", 3, "4.12", "=1+1 was in the notes.", "recording; child_voice", "none", "finding",
        None,
    ]  # fmt: skip
    assert first[8:] == ["child_voice 0.62; recording 0.41", None, None, None, "a#0"]
    assert second[4:6] == [None, "child_voice"]
    assert second[8] == "all below 0.05"


def test_text_is_text_whatever_it_begins_with(sheet):
    cell = openpyxl.load_workbook(sheet)["to code"]["D2"]
    assert (cell.data_type, cell.value) == ("s", "=1+1 was in the notes.")


def test_only_what_is_to_be_filled_in_is_open_and_coloured(sheet):
    page = openpyxl.load_workbook(sheet)["to code"]
    assert page.protection.sheet
    assert page.freeze_panes == "A2"
    header = [cell.value for cell in page[1]]
    for name in header:
        cell = page.cell(2, header.index(name) + 1)
        to_fill_in = name in ("themes", "role", "comment")
        assert cell.protection.locked != to_fill_in
        assert (cell.fill.fgColor.rgb == "FFFFF6D6") == to_fill_in
        assert bool(cell.alignment.wrap_text) == (name != "id")
    assert page.row_dimensions[2].height >= 15


def test_roles_are_chosen_from_the_codebook(sheet):
    book = openpyxl.load_workbook(sheet)
    lists = [v for v in book["to code"].data_validations.dataValidation if v.type == "list"]
    (chosen,) = lists
    assert str(chosen.sqref) == "K2:K3"
    first, last = chosen.formula1.replace("'codebook'!", "").replace("$", "").split(":")
    named = [row[0].value for row in book["codebook"][first:last]]
    assert named == list(BOOK.role_ids)


def test_the_codebook_and_how_it_is_done_come_along(sheet):
    book = openpyxl.load_workbook(sheet)
    assert book.sheetnames == ["to code", "codebook", "instructions"]
    header, *rows = [list(row) for row in book["codebook"].values]
    entries = [dict(zip(header, row, strict=True)) for row in rows]
    ids = [entry["id"] for entry in entries if entry["kind"] == "theme"]
    assert ids == list(BOOK.theme_ids)
    core = [entry["id"] for entry in entries if entry["core"]]
    assert core == list(BOOK.core_ids)
    assert all(entry["definition"] for entry in entries)
    words = " ".join(row[0] for row in book["instructions"].values if row[0])
    assert "none" in words
    assert "scr-themes train" in words


def test_blind_sheets_say_nothing_of_what_was_given(tmp_path):
    file = tmp_path / "blind.xlsx"
    write_worksheet(ROWS, file, codebook=BOOK, blind=True)
    assert table(file)[0] == [
        "document", "page", "paragraph", "text", "themes", "role", "comment", "id",
    ]  # fmt: skip


def test_filled_in_it_is_labelled_data(sheet):
    fill_in(sheet, "Child's voice missing; recording", "-", role="Finding")
    coded = read_labelled(sheet)
    assert coded.texts == tuple(row.passage.text for row in ROWS)
    assert coded.themes == (frozenset({"child_voice", "recording"}), frozenset())
    assert coded.roles == ("finding", "finding")
    assert coded.documents == ("a.pdf", "a.pdf")
    assert coded.ids == ("a#0", "a#30")
    assert coded.n_unsettled == 0


def test_a_codebook_without_roles(tmp_path):
    file = tmp_path / "sheet.xlsx"
    write_worksheet(ROWS, file, codebook=Codebook.of(("recording",)))
    page = openpyxl.load_workbook(file)["to code"]
    assert not [v for v in page.data_validations.dataValidation if v.type == "list"]


def test_nothing_to_settle_is_a_sheet_with_a_header(tmp_path):
    file = tmp_path / "sheet.xlsx"
    write_worksheet([], file, codebook=BOOK)
    assert table(file) == [["themes", "role", "comment", "id"]]


def test_a_text_too_long_for_a_cell_is_cut(tmp_path):
    file = tmp_path / "sheet.xlsx"
    long = SheetRow(id="1", document="a", passage=Passage(text="word " * 20_000))
    write_worksheet([long], file, codebook=BOOK)
    assert len(table(file)[1][3]) < 32_768
    assert table(file)[1][3].endswith("…")


@given(st.lists(worded_text(8), min_size=1, max_size=4, unique=True))
def test_words_come_back_as_they_are_normalised(texts):
    rows = [SheetRow(id=str(i), document="d", passage=Passage(text=text))
            for i, text in enumerate(texts)]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for name in ("sheet.xlsx", "sheet.jsonl"):
            file = Path(folder, name)
            write_worksheet(rows, file, codebook=BOOK)
            if name == "sheet.xlsx":
                fill_in(file, *["none"] * len(rows))
            else:
                file.write_text(file.read_text(encoding="utf-8").replace('"?"', '""'), "utf-8")
            assert read_labelled(file).texts == tuple(map(normalise, texts)), name


def test_csv_and_jsonl_have_a_question_mark_where_themes_are_to_stand(tmp_path):
    plain, lines = tmp_path / "sheet.csv", tmp_path / "sheet.jsonl"
    write_worksheet(ROWS, plain, codebook=BOOK)
    write_worksheet(ROWS, lines, codebook=BOOK)
    rows = list(csv.DictReader(io.StringIO(plain.read_text(encoding="utf-8"))))
    assert [row["themes"] for row in rows] == ["?", "?"]
    assert rows[0]["text"] == "'=1+1 was in the notes."  # which no spreadsheet calculates
    objects = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert [entry["themes"] for entry in objects] == ["?", "?"]
    assert objects[0]["text"] == "=1+1 was in the notes."
    assert "role" not in objects[0]


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(WritingError, match=r"is no worksheet; end its name in \.xlsx"):
        write_worksheet(ROWS, tmp_path / "sheet.ods", codebook=BOOK)
    with pytest.raises(WritingError):
        write_worksheet(ROWS, tmp_path / "no such folder" / "sheet.xlsx", codebook=BOOK)


def test_without_xlsxwriter_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(MissingExtraError, match=r"scr-themes\[xlsx\]"):
        write_worksheet(ROWS, tmp_path / "sheet.xlsx", codebook=BOOK)
    assert not list(tmp_path.iterdir())
