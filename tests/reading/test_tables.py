from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scr_themes.documents import Document
from scr_themes.errors import MissingExtraError, ReadingError
from scr_themes.reading.blocks import normalise
from scr_themes.reading.tables import read_table
from tests.strategies import worded_text


def csv(text: str, **options: str) -> Document:
    return read_table(Path("p.csv"), text.encode(), "CSV", **options)


def jsonl(*rows: object, **options: str) -> Document:
    text = "\n".join(json.dumps(row) for row in rows)
    return read_table(Path("p.jsonl"), text.encode(), "JSONL", **options)


def parquet(columns: dict[str, object], **options: str) -> Document:
    memory = io.BytesIO()
    pq.write_table(pa.table(columns), memory)
    return read_table(Path("p.parquet"), memory.getvalue(), "Parquet", **options)


def test_csv_columns_are_taken_over() -> None:
    document = csv(
        "\ufeffText,Page,paragraph,Section\n"
        '"Nobody asked, or\nlooked.",3,4.10,Findings\nIt was late.,,,\n4.12 Numbered.,iv,,\n'
    )
    assert [(p.text, p.page, p.paragraph, p.section) for p in document.passages] == [
        ("Nobody asked, or looked.", 3, "4.10", "Findings"),
        ("It was late.", None, None, None),
        ("Numbered.", None, "4.12", None),
    ]
    assert document.title == "p"
    assert document.warnings == (
        "1 of 3 rows with a page that is not a number were read without it",
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_are_told_by_the_header(delimiter: str) -> None:
    rows = [["id", "passage"], ["1", "'Well; no'"], ["2", "Late"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    assert [p.text for p in csv(text).passages] == ["'Well; no'", "Late"]


def test_a_single_column_may_hold_any_mark() -> None:
    assert [p.text for p in csv("text\na; b\tc\n").passages] == ["a; b c"]


def test_the_column_can_be_named() -> None:
    assert csv("text,Words\na,b\n", text_column="words").passages[0].text == "b"
    assert jsonl({"text": "a", "w": "b"}, text_column="w").passages[0].text == "b"
    assert parquet({"w": ["b"]}, text_column="w").passages[0].text == "b"


def test_a_missing_column_is_an_error_that_names_those_there_are() -> None:
    for read in (
        lambda: csv("id,words\n1,x\n"),
        lambda: jsonl({"id": 1, "words": "x"}),
        lambda: parquet({"id": [1], "words": ["x"]}),
    ):
        with pytest.raises(ReadingError) as caught:
            read()
        assert "no column 'text' or 'passage' (columns found: 'id', 'words')" in str(caught.value)
        assert "text_column= / --text-column" in caught.value.remedy
    with pytest.raises(ReadingError, match="no column 'w'"):
        csv("text\nx\n", text_column="w")


def test_rows_without_words_are_counted_and_skipped() -> None:
    document = jsonl({"text": "One."}, {"text": " "}, {"text": None}, {"id": 4}, {"text": "--"})
    assert [p.text for p in document.passages] == ["One."]
    assert document.warnings == ("4 of 5 rows with no text were skipped",)


def test_a_malformed_line_is_named() -> None:
    data = b'{"text": "x"}\n\n{"text": \n'
    with pytest.raises(ReadingError, match=r"^p\.jsonl:3: is not JSON .*one object a line$"):
        read_table(Path("p.jsonl"), data, "JSONL")
    with pytest.raises(ReadingError, match=r"^p\.jsonl:2: holds a JSON list, not an object"):
        jsonl({"text": "x"}, ["y"])
    with pytest.raises(ReadingError, match=r"^p\.jsonl:1: column 'text' holds int, not text"):
        jsonl({"text": 5})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("text,id\nOne, two,3\n", r"p\.csv:2: the row has 3 cells, the header 2; put"),
        ('text\n"never closed\n', r"p\.csv:2: is not well-formed CSV"),
        ('text\n"closed" twice"\n', r"p\.csv:2: is not well-formed CSV"),
        ("text,text\na,b\n", r"p\.csv: two columns are called 'text'"),
    ],
)
def test_malformed_csv_is_an_error(text: str, fault: str) -> None:
    with pytest.raises(ReadingError, match=fault):
        csv(text)


def test_empty_cells_at_the_end_of_a_row_do_no_harm() -> None:
    assert [p.text for p in csv("text,id\nOne,1,,\nTwo\n").passages] == ["One", "Two"]


def test_a_guessed_encoding_is_reported() -> None:
    document = read_table(Path("p.csv"), "text\nnaïve\n".encode("latin-1"), "CSV")
    assert document.passages[0].text == "naïve"
    assert "Windows-1252" in document.warnings[0]


def test_parquet_columns_are_taken_over() -> None:
    document = parquet(
        {
            "text": ["One.", None, "Two."],
            "page": [2.0, 3.0, None],
            "paragraph": ["1.1", None, None],
            "section": pa.array(["S", "S", None]).dictionary_encode(),
        }
    )
    assert [(p.text, p.page, p.paragraph, p.section) for p in document.passages] == [
        ("One.", 2, "1.1", "S"),
        ("Two.", None, None, None),
    ]


def test_damaged_parquet_is_an_error() -> None:
    with pytest.raises(ReadingError, match=r"p\.parquet: is a damaged Parquet file; get a fresh"):
        read_table(Path("p.parquet"), b"PAR1 and nothing PAR1", "Parquet")


def test_without_pyarrow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r'pip install "scr-themes\[parquet\]"'):
        read_table(Path("p.parquet"), b"PAR1", "Parquet")


@given(st.lists(worded_text(), min_size=1, max_size=6))
def test_every_row_with_words_is_one_passage(rows: list[str]) -> None:
    document = jsonl(*({"text": row, "paragraph": "1"} for row in rows))
    assert [p.text for p in document.passages] == [normalise(row) for row in rows]
