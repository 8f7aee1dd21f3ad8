from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scr_themes.codebook import Codebook
from scr_themes.reading.codings.csv import fused
from scr_themes.writing import Settings, write
from scr_themes.writing.csv import COLUMNS, defused, render
from tests.strategies import awkward_text
from tests.tagged import tagged_document, tagged_documents, tagged_passage

FORMULA = "=+-@＝＋－＠\0"
# Texts made of what the defusing looks at.
explosive = st.text(alphabet=f"{FORMULA}'\t\r\n; a", max_size=8)


def rows(*documents, settings: Settings | None = None) -> list[dict[str, str]]:
    text = "".join(render(documents, settings or Settings()))
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_a_tag_is_a_row():
    passage = tagged_passage(
        "No note. She was not asked.",
        {"recording": 0.9, "child_voice": 0.95},
        page=3,
        paragraph="4.1",
        section="Findings",
        evidence=(0, 8),
    )
    first, second = rows(
        tagged_document(passage, tagged_passage("Nothing here.", {}, index=1)),
        settings=Settings(codebook=Codebook.load()),
    )
    assert first["theme"] == "child_voice"
    assert second == {
        "document": "a review.txt",
        "passage": "0",
        "page": "3",
        "paragraph": "4.1",
        "section": "Findings",
        "theme": "recording",
        "theme_title": "Poor recording",
        "probability": "0.9000",
        "role": "finding",
        "evidence": "No note.",
        "text": "No note. She was not asked.",
        "coder": "tiny 1",
    }


def test_there_is_a_header_even_without_documents():
    assert "".join(render([], Settings())) == ",".join(COLUMNS) + "\r\n"


def test_a_byte_order_mark_stands_first_where_it_is_asked_for(tmp_path):
    document = tagged_document(tagged_passage("Zoë: no note.", {"recording": 0.9}))
    write([document], tmp_path / "marked.csv", bom=True)
    write([document], tmp_path / "plain.csv")
    marked, plain = (tmp_path / "marked.csv").read_bytes(), (tmp_path / "plain.csv").read_bytes()
    assert marked == b"\xef\xbb\xbf" + plain
    assert plain.startswith(b"document,")


@pytest.mark.parametrize("start", [*"=+-@\t\r\n＝＋－＠\0", "'=", "''@"])
def test_formulas_are_defused_in_every_cell(start):
    bad = f'{start}HYPERLINK("http://example.org")'
    passage = tagged_passage(bad, {"recording": 0.9}, role=bad, paragraph=bad, section=bad)
    (row,) = rows(tagged_document(passage, name=bad, coder=bad))
    for column in ("document", "paragraph", "section", "role", "evidence", "text", "coder"):
        assert row[column] == f"'{bad}"


@pytest.mark.parametrize("mark", [";", "\t", "\n", "\r\n"])
def test_what_another_delimiter_would_make_a_cell_is_defused(mark):
    assert defused(f"seen{mark}=1+1") == f"seen{mark}'=1+1"
    assert defused(f"seen{mark} later") == f"seen{mark} later"


@given(explosive)
def test_no_cell_of_any_delimiter_begins_as_a_formula(text):
    cell = defused(text)
    assert not cell.startswith(tuple(f"{FORMULA}\t\r\n"))
    for mark in ";\t\r\n":
        for piece in cell.split(mark):
            assert not piece.startswith(tuple(FORMULA))


@given(explosive | awkward_text())
def test_an_apostrophe_can_be_taken_away_again(text):
    assert fused(defused(text)) == text


@given(st.lists(tagged_documents(), max_size=3))
def test_every_tag_comes_back(documents):
    expected = [
        (document, passage, tag)
        for document in documents
        for passage in document.passages
        for tag in passage.tags
    ]
    found = rows(*documents)
    assert len(found) == len(expected)
    for row, (document, passage, tag) in zip(found, expected, strict=True):
        assert fused(row["document"]) == document.document.name
        assert fused(row["text"]) == passage.text
        assert fused(row["evidence"]) == passage.quote(tag)
        assert fused(row["section"]) == (passage.passage.section or "")
        assert row["theme"] == tag.theme
        assert float(row["probability"]) == pytest.approx(tag.probability, abs=0.00005)
