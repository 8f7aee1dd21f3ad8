from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("reportlab")

import docx
import pypdfium2

from examples.making import source

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("review.pdf", "review.docx")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two folders, each filled by a process with its own hash seed and time zone."""
    folders = [tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")]
    for seed, folder in enumerate(folders, 1):
        subprocess.run(
            [sys.executable, "-W", "error", EXAMPLES / "make_review.py", folder / "new"],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": str(seed), "TZ": f"UTC{seed}"},
        )
    return [folder / "new" for folder in folders]


@pytest.fixture(scope="module")
def review() -> source.Review:
    return source.load(EXAMPLES / "review.toml")


def pdf_pages(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    try:
        return [document[n].get_textpage().get_text_range() for n in range(len(document))]
    finally:
        document.close()


def docx_paragraphs(path: Path) -> list[tuple[str, str]]:
    """Style and words of each paragraph, those of tables last."""
    document = docx.Document(str(path))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    paragraphs = document.paragraphs + [p for cell in cells for p in cell.paragraphs]
    return [(p.style.name, p.text) for p in paragraphs]


def letters(text: str) -> str:
    """Letters and digits only: lines, hyphens and spaces may fall otherwise."""
    return re.sub(r"[\W_]+", "", text)


@pytest.mark.parametrize("name", NAMES)
def test_two_runs_give_the_same_bytes(made: list[Path], name: str) -> None:
    first, second = (folder / name for folder in made)
    assert first.read_bytes() == second.read_bytes()


def test_committed_pdf_is_what_the_script_makes(made: list[Path]) -> None:
    # Not the bytes: those change with reportlab's and zlib's versions.
    fresh, committed = pdf_pages(made[0] / "review.pdf"), pdf_pages(EXAMPLES / "review.pdf")
    assert letters("".join(fresh)) == letters("".join(committed))


def test_committed_docx_is_what_the_script_makes(made: list[Path]) -> None:
    fresh = docx_paragraphs(made[0] / "review.docx")
    assert fresh == docx_paragraphs(EXAMPLES / "review.docx")


def test_pdf_has_the_length_and_furniture_of_a_review(review: source.Review) -> None:
    pages = pdf_pages(EXAMPLES / "review.pdf")
    assert 8 <= len(pages) <= 12
    for number, page in enumerate(pages, 1):
        assert review.running in page
        assert f"{review.publisher} Page {number}" in " ".join(page.split())
    assert letters(review.notice) in letters(pages[0])
    assert ". . . . ." in pages[1]
    assert any("\ufffe" in page for page in pages)  # how PDFium gives a hyphen that ends a line


def test_pdf_breaks_the_chronology_and_a_paragraph_over_pages(review: source.Review) -> None:
    pages = [letters(page) for page in pdf_pages(EXAMPLES / "review.pdf")]
    assert sum("DateAgencyEvent" in page for page in pages) == 2  # the heading row stands again
    paragraphs = [b.text for s in review.sections for b in s.blocks if b.kind == "paragraph"]
    unmarked = [letters(text.replace("**", "")) for text in paragraphs if "[^" not in text]
    assert any(not any(text in page for page in pages) for text in unmarked)


def test_pdf_notes_stand_on_the_page_of_their_mark(review: source.Review) -> None:
    pages = [letters(page) for page in pdf_pages(EXAMPLES / "review.pdf")]
    for number, note in enumerate(review.notes, 1):
        (block,) = [b for s in review.sections for b in s.blocks if f"[^{number}]" in b.text]
        before = letters(block.text.partition("[^")[0])
        (page,) = [page for page in pages if letters(note) in page]
        assert before[-40:] + str(number) in page


def test_every_word_is_in_both_files(review: source.Review) -> None:
    whole = letters("".join(pdf_pages(EXAMPLES / "review.pdf")))
    parts = {letters(text) for _, text in docx_paragraphs(EXAMPLES / "review.docx")}
    for section in review.sections:
        assert letters(section.heading) in whole
        assert letters(section.heading) in parts
        for block in section.blocks:
            text = letters(re.sub(r"\[\^(\d+)\]", r"\1", block.text))
            cells = [letters(cell) for row in block.rows for cell in row]
            # A paragraph over a page break has the footer in its midst: its ends are looked for.
            assert all(text[:25] in whole and text[-25:] in whole for text in [text, *cells])
            number = letters(block.number) if block.kind == "paragraph" else ""
            assert all(text in parts for text in [number + text, *cells] if text)


def test_docx_uses_words_own_headings_lists_header_and_footer(review: source.Review) -> None:
    document = docx.Document(str(EXAMPLES / "review.docx"))
    styles = [style for style, _ in docx_paragraphs(EXAMPLES / "review.docx")]
    blocks = [block.kind for section in review.sections for block in section.blocks]
    assert styles.count("Heading 1") == len(review.sections) + 1  # the notes
    assert styles.count("Heading 2") == blocks.count("subheading")
    assert styles.count("List Bullet") == blocks.count("bullet")
    assert styles.count("List Number") == blocks.count("numbered")
    assert len(document.tables) == blocks.count("table")
    assert document.sections[0].header.paragraphs[0].text == review.running
    assert review.publisher in document.sections[0].footer.paragraphs[0].text
    assert 'w:num="2"' in document.element.xml


def test_paragraphs_are_numbered_in_order_within_their_section(review: source.Review) -> None:
    numbered = [s for s in review.sections if s.heading[0].isdigit()]
    for place, section in enumerate(numbered, 1):
        found = [b.number for b in section.blocks if b.kind == "paragraph"]
        assert found == [f"{place}.{n}" for n in range(1, len(found) + 1)]


def test_source_tells_kinds_and_keeps_table_rows_together(tmp_path: Path) -> None:
    body = "## Head\n1.1 Words.[^1]\n- Point\n2. Do it\n> ‘Said’\n| a | b |\n| c | d |\nPlain\n"
    text = "".join(f'{key} = "x"\n' for key in ["publisher", "kind", "title", "byline", "date"])
    text += 'notice = "x"\nrunning = "x"\nnotes = ["n"]\nhyphens = ["in-ven-ted"]\n'
    text += f"[[sections]]\ntitle = 'One'\nbody = '''\n{body}'''\n"
    text += "[[sections]]\ntitle = 'End'\nnumbered = false\nbody = ''\n"
    path = tmp_path / "review.toml"
    path.write_text(text, encoding="utf-8")
    one, end = source.load(path).sections
    assert (one.heading, end.heading) == ("1. One", "End")
    assert [(b.kind, b.number, b.text) for b in one.blocks] == [
        ("subheading", "", "Head"),
        ("paragraph", "1.1", "Words.[^1]"),
        ("bullet", "", "Point"),
        ("numbered", "2", "Do it"),
        ("quotation", "", "‘Said’"),
        ("table", "", ""),
        ("paragraph", "", "Plain"),
    ]
    assert one.blocks[5].rows == (("a", "b"), ("c", "d"))


def test_spans_split_at_bold_and_marks() -> None:
    assert list(source.spans("A **b** c.[^12] D")) == [
        ("plain", "A "),
        ("bold", "b"),
        ("plain", " c."),
        ("mark", "12"),
        ("plain", " D"),
    ]
