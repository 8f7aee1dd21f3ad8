from __future__ import annotations

import json

import openpyxl
import pytest

from scr_themes.codebook import Codebook
from scr_themes.errors import ReadingError
from scr_themes.reading.coded_files import is_codings, is_labelled
from scr_themes.writing import write
from scr_themes.writing.worksheet import write_worksheet
from tests.tagged import tagged_document, tagged_passage

TAGGED = tagged_document(tagged_passage("Nobody asked.", {"child_voice": 0.9}))


@pytest.mark.parametrize("name", ["tags.jsonl", "tags.csv", "tags.xlsx", "tags.parquet",
                                  "tags.sqlite", "tags.qdpx", "tags.json"])  # fmt: skip
def test_what_tag_writes_is_codings(tmp_path, name):
    file = tmp_path / name
    write([TAGGED], file)
    assert is_codings(file)
    assert not is_labelled(file)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.jsonl", '{"text": "One.", "themes": ["recording"]}'),
        ("a.jsonl", '{"id": "1", "Themes": []}'),
        ("a.csv", "text,Themes\nOne.,"),
        ("a.csv", "id;themes\n1;"),
        ("a.tsv", "id\tthemes\n1\t"),
        ("a.jsonl", "{"),
    ],
)
def test_labelled_files(tmp_path, name, text):
    file = tmp_path / name
    file.write_text(text)
    assert is_labelled(file)
    assert not is_codings(file)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.jsonl", '{"text": "One."}'),
        ("a.csv", "text,page\nOne.,3"),
        ("a.txt", "One."),
    ],
)
def test_tables_of_passages_are_neither(tmp_path, name, text):
    file = tmp_path / name
    file.write_text(text)
    assert not is_labelled(file)
    assert not is_codings(file)


def test_themes_in_detail_are_tags_though_no_coder_is_named(tmp_path):
    file = tmp_path / "a.jsonl"
    row = {"text": "One.", "themes": [{"theme": "recording", "probability": 0.9}]}
    file.write_text(json.dumps(row))
    assert is_codings(file)
    assert not is_labelled(file)


def test_workbooks(tmp_path):
    sheet = tmp_path / "sheet.xlsx"
    write_worksheet([], sheet, codebook=Codebook.load())
    assert is_labelled(sheet)
    own = tmp_path / "own.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Text", "Themes"])
    book.save(own)
    assert is_labelled(own)
    own.write_bytes(b"PK")
    with pytest.raises(ReadingError, match="is no workbook"):
        is_labelled(own)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ReadingError, match="no such file"):
        is_labelled(tmp_path / "gone.csv")
