from __future__ import annotations

import json
import sys

import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from scr_themes.codebook import Codebook
from scr_themes.errors import MissingExtraError, WritingError
from scr_themes.reading.codings import read_as_coded
from scr_themes.writing import Settings, write
from scr_themes.writing.parquet import save
from tests.tagged import tagged_document, tagged_passage
from tests.writing.tables import BARE, FIRST, SECOND, then

SETTINGS = Settings(codebook=Codebook.load())


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "tags.parquet"
    save([FIRST, BARE, SECOND], SETTINGS, path)
    return path


def test_a_passage_is_a_row_with_its_tags_as_a_list(saved):
    first, second, third = pq.read_table(saved).to_pylist()
    assert first == {
        "document": "first.pdf",
        "title": "A review",
        "n_pages": 9,
        "passage": 0,
        "page": 3,
        "paragraph": "4.10",
        "section": "Work",
        "kind": "paragraph",
        "start": 0,
        "end": 19,
        "text": "No note. It rained.",
        "role": "finding",
        "role_probability": 0.9,
        "tags": [
            {
                "theme": "recording",
                "title": "Poor recording",
                "probability": 0.9123,
                "evidence_start": 0,
                "evidence_end": 8,
                "evidence": "No note.",
            },
            {
                "theme": "child_voice",
                "title": SETTINGS.title("child_voice"),
                "probability": 0.75,
                "evidence_start": 0,
                "evidence_end": 8,
                "evidence": "No note.",
            },
        ],
        "coder": "tiny 1",
        "warnings": ["page 2 is scanned", "page 3 too"],
        "document_number": 0,
        "characters": 0,
        "between": [{"start": 0, "text": ""}],
    }
    assert second["tags"] == []
    assert second["role"] is second["role_probability"] is second["between"] is None
    assert (third["coder"], third["document_number"]) == ("Ann", 2)


def test_the_metadata_hold_the_codebook_and_documents_without_passages(saved):
    about = json.loads(pq.read_metadata(saved).metadata[b"scr_themes"])
    assert Codebook.from_dict(about["codebook"]) == SETTINGS.codebook
    (bare,) = about["documents_without_passages"]
    assert (bare["document"], bare["warnings"]) == ("scanned.pdf", ["no text"])
    assert [tagged.document.name for tagged in read_as_coded(saved)] == [
        *("first.pdf", "scanned.pdf", "second.pdf")
    ]


def test_frames_read_it(saved):
    frame = pd.read_parquet(saved)
    assert frame["page"].iloc[0] == 3
    assert [tag["theme"] for tag in frame["tags"][0]] == ["recording", "child_voice"]
    tags = pl.read_parquet(saved).explode("tags").unnest("tags", separator="_")
    assert tags.filter(pl.col("tags_theme") == "child_voice")["tags_probability"].to_list() == [
        *(0.75, 0.8)
    ]


def test_rows_are_written_as_they_come(tmp_path, monkeypatch):
    monkeypatch.setattr("scr_themes.writing.parquet._ROWS", 10)
    passages = [tagged_passage(f"{i}", {}, index=i) for i in range(4)]
    documents = [tagged_document(*passages, name=f"{i}") for i in range(7)]
    save(documents, Settings(), tmp_path / "tags.parquet")
    file = pq.ParquetFile(tmp_path / "tags.parquet")
    sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    assert sizes == [12, 12, 4]
    assert [d.document.name for d in read_as_coded(tmp_path / "tags.parquet")] == [*"0123456"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("no"), MemoryError()])
def test_an_error_midway_leaves_a_sound_file_of_the_documents_before(tmp_path, error):
    with pytest.raises(type(error)) as caught:
        write(then(error), tmp_path / "tags.parquet")
    part = tmp_path / "tags.parquet.part"
    assert caught.value.__notes__ == [f"2 files finished before this: kept in {part}"]
    part.rename(tmp_path / "tags.parquet")
    names = [tagged.document.name for tagged in read_as_coded(tmp_path / "tags.parquet")]
    assert names == ["first.pdf", "second.pdf"]


def test_a_place_that_cannot_be_written_is_an_error_in_one_line(tmp_path):
    with pytest.raises(WritingError, match="cannot be written"):
        write([FIRST], tmp_path / "nowhere" / "tags.parquet")


def test_without_documents_there_are_no_rows(tmp_path):
    save([], Settings(), tmp_path / "tags.parquet")
    assert pq.read_table(tmp_path / "tags.parquet").num_rows == 0
    assert read_as_coded(tmp_path / "tags.parquet").documents == ()


def test_the_package_that_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"scr-themes\[parquet\]"):
        save([FIRST], SETTINGS, tmp_path / "tags.parquet")
