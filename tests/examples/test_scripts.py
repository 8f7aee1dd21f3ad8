from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import scr_themes
from scr_themes.reading.labelled import read_labelled

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
OWN_THEMES = ("repairs_undone", "complaints_unanswered", "needs_overlooked")


def run(script: str, *arguments: object, ok: bool = True) -> str:
    """What the script printed; on stderr where it was to fail."""
    done = subprocess.run(
        [sys.executable, "-W", "error", EXAMPLES / script, *map(str, arguments)],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=120,
    )
    assert (done.returncode == 0) == ok, done.stderr
    return done.stdout if ok else done.stderr


def test_tag_a_file_quotes_the_review_for_each_core_theme() -> None:
    printed = run("tag_a_file.py")
    document = scr_themes.read(EXAMPLES / "review.pdf")
    blocks = printed.split("\n\n")[1:]
    titles = [theme.title for theme in scr_themes.Codebook.load().themes if theme.core]
    assert [block.splitlines()[0].rpartition(" (")[0] for block in blocks] == titles
    for block in blocks:
        quotes = re.findall(r"^    “(.*)”$", block, re.M)
        assert 1 <= len(quotes) <= 3
        pages = [int(page) for page in re.findall(r"^  page (\d+)", block, re.M)]
        shares = [int(share) for share in re.findall(r", (\d+)%$", block, re.M)]
        assert shares == sorted(shares, reverse=True)
        for page, quote in zip(pages, quotes, strict=True):
            assert any(quote in p.text for p in document.passages if p.page == page)


def test_tag_a_file_takes_a_file_without_pages(tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    words = "No criminal record check was ever taken up for the escort, nor a single reference."
    note.write_text(f"4.12 {words}\n", encoding="utf-8")
    printed = run("tag_a_file.py", note)
    assert "1 passages" in printed
    assert re.search(r"page -, paragraph 4\.12, \d+%", printed)
    assert words in printed


def test_tag_a_file_says_in_one_line_what_is_wrong(tmp_path: Path) -> None:
    (line,) = run("tag_a_file.py", tmp_path / "missing.pdf", ok=False).splitlines()
    assert "missing.pdf" in line


def test_in_a_pipeline_evaluates_every_passage_once() -> None:
    printed = run("in_a_pipeline.py")
    assert printed.startswith("72 passages of 8 documents, 3 themes")
    rows = {row[0]: row[1:] for row in map(str.split, printed.splitlines()) if row}
    assert [rows[theme][-2] for theme in OWN_THEMES] == ["16", "16", "16"]
    # Tags drawn by lot, as often as they are right, would have a macro-F1 of 16/72.
    assert float(rows["macro"][2]) > 2 * 16 / 72


def test_train_on_your_own_leaves_a_model_that_loads(tmp_path: Path) -> None:
    folder = tmp_path / "housing"
    printed = run("train_on_your_own.py", folder)
    codebook = scr_themes.Codebook.load(EXAMPLES / "own_codebook.toml")
    model = scr_themes.load(folder)
    assert model.themes == OWN_THEMES
    assert model.codebook_ == codebook
    assert model.roles == codebook.role_ids
    # What is printed is what the saved model says.
    lines = printed.splitlines()[1:]
    for line in lines:
        themes, role, text = line.split(" | ")
        (tagged,) = model.tag([text])
        assert role == tagged.role
        assert [word.split()[0] for word in themes.split(", ")] == list(tagged.themes or ["no"])
    assert any("no theme" not in line for line in lines)


def test_train_on_your_own_keeps_nothing_without_a_folder() -> None:
    before = sorted(EXAMPLES.iterdir())
    assert run("train_on_your_own.py").startswith("fitted to 72 passages")
    assert sorted(EXAMPLES.iterdir()) == before


def test_own_labels_follow_their_codebook() -> None:
    codebook = scr_themes.Codebook.load(EXAMPLES / "own_codebook.toml")
    coded = read_labelled(EXAMPLES / "own_labels.jsonl")
    assert len(set(coded.texts)) == len(coded) == 72
    assert {theme for themes in coded.themes for theme in themes} == set(codebook.theme_ids)
    assert set(coded.roles or ()) == set(codebook.role_ids)
    for theme in codebook.theme_ids:
        assert sum(theme in themes for themes in coded.themes) == 16
    lines = (EXAMPLES / "own_labels.jsonl").read_text(encoding="utf-8").splitlines()
    assert {tuple(json.loads(line)) for line in lines} == {("text", "themes", "role", "document")}


@pytest.mark.parametrize("script", ["tag_a_file", "in_a_pipeline", "train_on_your_own"])
def test_readme_names_the_script(script: str) -> None:
    assert f"examples/{script}.py" in (EXAMPLES / "README.md").read_text(encoding="utf-8")
