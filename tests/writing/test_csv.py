from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scr_themes.codebook import Codebook
from scr_themes.writing import Settings
from scr_themes.writing.csv import COLUMNS, render
from tests.tagged import tagged_document, tagged_documents, tagged_passage


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


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_formulas_are_defused_in_every_cell(start):
    bad = f'{start}HYPERLINK("http://example.org")'
    passage = tagged_passage(bad, {"recording": 0.9}, role=bad, paragraph=bad, section=bad)
    (row,) = rows(tagged_document(passage, name=bad, coder=bad))
    for column in ("document", "paragraph", "section", "role", "evidence", "text", "coder"):
        assert row[column] == f"'{bad}"


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
        assert undefused(row["document"]) == document.document.name
        assert undefused(row["text"]) == passage.text
        assert undefused(row["evidence"]) == passage.quote(tag)
        assert undefused(row["section"]) == (passage.passage.section or "")
        assert row["theme"] == tag.theme
        assert float(row["probability"]) == pytest.approx(tag.probability, abs=0.00005)


def undefused(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in "=+-@\t\r" and cell[1:] else cell
