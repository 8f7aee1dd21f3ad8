from __future__ import annotations

from dataclasses import replace

import pytest

from scr_themes.documents import Passage, Tag
from scr_themes.writing import write
from tests.tagged import tagged_document, tagged_passage

HERON = tagged_document(
    tagged_passage("No note was kept.", {"recording": 0.91}, page=3),
    name="heron.pdf",
    title="Heron",
)
LINNET = tagged_document(
    tagged_passage("Nobody asked her.", {"child_voice": 0.7}), name="linnet.pdf", title="Linnet"
)


@pytest.fixture
def tags(tmp_path):
    file = tmp_path / "tags.jsonl"
    write([HERON, LINNET], file)
    return file


def test_tags_become_one_file_that_loads_nothing(run, tags, tmp_path):
    out = tmp_path / "report.html"
    result = run("report", tags, "-o", out)
    assert result.exit_code == 0, result.stderr
    page = out.read_text(encoding="utf-8")
    assert "No note was kept." in page
    assert "Poor recording" in page
    assert "default-src 'none'" in page
    assert 'src="http' not in page
    assert 'href="http' not in page


def test_tag_writes_a_report_at_once(run, reviews, tmp_path):
    out = tmp_path / "report.html"
    assert run("tag", reviews, "-o", out).exit_code == 0
    assert "Documents" in out.read_text(encoding="utf-8")


def test_several_files_are_one_report_with_a_title(run, tmp_path):
    for tagged in (HERON, LINNET):
        write([tagged], tmp_path / f"{tagged.document.title}.sqlite")
    out = tmp_path / "report.html"
    files = (tmp_path / "Heron.sqlite", tmp_path / "Linnet.sqlite")
    assert run("report", *files, "-o", out, "--title", "Two birds").exit_code == 0
    page = out.read_text(encoding="utf-8")
    assert "<title>Two birds</title>" in page
    assert "Nobody asked her." in page


def test_of_several_coders_one_is_to_be_chosen(run, tmp_path):
    file, out = tmp_path / "tags.jsonl", tmp_path / "report.html"
    write([HERON, replace(LINNET, coder="Ann")], file)
    result = run("report", file, "-o", out)
    assert result.exit_code == 1
    assert "tiny 1, Ann" in result.stderr
    assert "--coder" in result.stderr
    assert not out.exists()
    assert run("report", file, "-o", out, "--coder", "Ann").exit_code == 0
    assert "No note was kept." not in out.read_text(encoding="utf-8")
    assert run("report", file, "-o", out, "--coder", "Ben").exit_code == 2


def test_codes_that_are_no_themes_are_counted(run, tmp_path):
    passage = Passage(text="It was damp.", end=12)
    odd = Tag("What I thought!", 1.0, (0, 12))
    own = Tag("housing", 1.0, (0, 12))
    tagged = replace(LINNET.passages[0], passage=passage, tags=(odd, own), candidates=(odd, own))
    document = replace(LINNET.document, passages=(passage,))
    file, out = tmp_path / "tags.jsonl", tmp_path / "report.html"
    write([replace(LINNET, document=document, passages=(tagged,))], file)
    result = run("report", file, "-o", out)
    assert result.exit_code == 0, result.stderr
    assert "not in the report (--mapping can name them): 1\n" in result.stderr
    assert "1 x 'What I thought!': no such code" in result.stderr
    assert "housing" in out.read_text(encoding="utf-8")


def test_a_file_given_twice_is_refused(run, tags, tmp_path):
    result = run("report", tags, tags, "-o", tmp_path / "r.html")
    assert result.exit_code == 1
    assert "is given twice" in result.stderr


def test_a_file_of_no_tags_is_refused(run, tmp_path):
    file = tmp_path / "tags.pdf"
    file.write_bytes(b"%PDF-1.4")
    result = run("report", file, "-o", tmp_path / "r.html")
    assert result.exit_code == 1
    assert "stands for no file of codings" in result.stderr
