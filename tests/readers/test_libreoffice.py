"""XLSX in LibreOffice: the cells it sees, and a workbook that it has saved again."""

from __future__ import annotations

import csv
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from scr_themes.reading.codings import read_as_coded
from scr_themes.writing import write
from scr_themes.writing.csv import defused
from tests.tagged import tagged_document, tagged_passage
from tests.writing.tables import BARE, FIRST, SECOND

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = pytest.mark.skipif(SOFFICE is None, reason="needs LibreOffice")

WORDS = (
    *("=1+1", "+1", "@SUM(1)", "007", "http://a.example/", "  a  ", "a\tb", "a\nb", "a\rb"),
    *(
        "\x07 bell",
        "_x000D_",
        "<r>a</r>",
        "a & <b>",
        "👩‍👧 e\u0301 مرحبا 𝒜",
        "\ufdd0 \\",
        "caf\udce9",
    ),
    *("x" * 32_767, "𝒜" * 16_383, "Long. " * 9_999, "'tis", "1 = 1", "nan", "TRUE", "1/3/2024"),
)
AWKWARD = tagged_document(
    *(
        tagged_passage(words, {"recording": 0.1 + 0.2}, cut=0.1, index=i, paragraph=words)
        for i, words in enumerate(WORDS)
    ),
    name="awkward.pdf",
)
DOCUMENTS = (FIRST, SECOND, BARE, AWKWARD)


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    """Have LibreOffice convert a file, and return what it made of it."""
    profile = tmp_path_factory.mktemp("profile").as_uri()

    def convert(path: Path, ending: str, *more: str) -> Path:
        out = path.parent / "converted"
        command = [SOFFICE, f"-env:UserInstallation={profile}", "--headless", *more]
        command += ["--convert-to", ending, "--outdir", str(out), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return out / f"{path.stem}.{ending.partition(':')[0]}"

    return convert


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    path = tmp_path_factory.mktemp("written") / "tags.xlsx"
    write(DOCUMENTS, path)
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_every_cell_is_what_was_written(workbook, converted):
    # -1: each sheet a file. Formulas would come as what they amount to.
    converted(
        workbook, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    )
    folder = workbook.parent / "converted"
    passages = rows(folder / "tags-Passages.csv")
    expected = [p for tagged in DOCUMENTS for p in tagged.passages]
    assert [row["passage"] for row in passages] == [str(p.passage.index) for p in expected]
    plain = {w for w in WORDS if len(w) < 32_767 and w not in ("_x000D_", "<r>a</r>", "\ufdd0 \\")}
    plain -= {"caf\udce9", "Long. " * 9_999}
    for row, passage in zip(passages, expected, strict=True):
        if passage.text in plain:
            assert row["text"] == passage.text
    assert passages[0]["role probability"] == "0.9"
    tags = rows(folder / "tags-Tags.csv")
    assert [row["probability"] for row in tags[:3]] == ["0.9123", "0.75", "0.8"]
    assert tags[0]["evidence"] == "No note."
    themes = {row["theme"]: row for row in rows(folder / "tags-Themes.csv")}
    assert themes["child_voice"]["share of documents"] == "50%"


def test_a_workbook_saved_again_holds_the_same_tags(workbook, converted):
    again = converted(workbook, "xlsx:Calc MS Excel 2007 XML")
    found, expected = read_as_coded(again), read_as_coded(workbook)
    assert found.unmapped == ()
    assert len(found.documents) == len(DOCUMENTS)
    for back, tagged in zip(found, expected, strict=True):
        assert back.coder == tagged.coder
        assert back.document == tagged.document
        for passage, given in zip(back.passages, tagged.passages, strict=True):
            assert passage.role == given.role
            assert [(t.theme, t.evidence) for t in passage.tags] == [
                (t.theme, t.evidence) for t in given.tags
            ]
            for tag, written in zip(passage.tags, given.tags, strict=True):
                assert tag.probability == pytest.approx(written.probability, rel=1e-14)


def test_carriage_returns_before_line_feeds_are_all_that_it_changes(tmp_path, converted):
    text = "It rained.\r\nNo note.\r\nNothing."
    passage = tagged_passage(text, {"recording": 0.9}, evidence=(12, 20))
    write([tagged_document(passage)], tmp_path / "tags.xlsx")
    (back,) = read_as_coded(converted(tmp_path / "tags.xlsx", "xlsx:Calc MS Excel 2007 XML"))
    assert back.passages[0].text == text.replace("\r\n", "\n")
    assert back.passages[0].quote(back.passages[0].tags[0]) == "No note."


@pytest.mark.parametrize("delimiter", [44, 59, 9], ids=["comma", "semicolon", "tab"])
def test_no_cell_of_a_csv_is_a_formula_whatever_the_delimiter(tmp_path, converted, delimiter):
    openpyxl = pytest.importorskip("openpyxl")
    starts = ["", ";", "\t", "\n", "\r\n", "'", "\0"]
    bad = [f"{start}{sign}1+1" for start in starts for sign in "=+-@＝"]
    passages = [tagged_passage(f"{b}x{b}", {"recording": 0.9}, index=i) for i, b in enumerate(bad)]
    path = tmp_path / "tags.csv"
    write([tagged_document(*passages)], path)
    told = f"--infilter=CSV:{delimiter},34,76,1"
    sheet = openpyxl.load_workbook(converted(path, "xlsx:Calc MS Excel 2007 XML", told)).active
    assert sheet.max_row > len(bad)
    assert [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    if delimiter == 44:
        header, *cells = [[c or "" for c in row] for row in sheet.values]
        column = header.index("text")
        for i, words in enumerate(bad):
            clean = defused(f"{words}x{words}").replace("\0", "").replace("\r\n", "\n")
            assert cells[i][column].replace("_x000D_", "\r").replace("\r\n", "\n") == clean


def test_an_apostrophe_is_shown_and_no_more(tmp_path, converted):
    document = tagged_document(tagged_passage("-10 degrees.", {"recording": 0.9}))
    write([replace(document, coder="=A1")], tmp_path / "tags.csv")
    (back,) = read_as_coded(converted(tmp_path / "tags.csv", "csv"))
    assert (back.passages[0].text, back.coder) == ("-10 degrees.", "=A1")
