"""The command of the README on the review of ``examples/``, with the model that ships."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scr_themes.classifying.bundled import bundled_folder
from scr_themes.codebook import Codebook

REVIEW = Path(__file__).resolve().parents[2] / "examples" / "review.pdf"
pytestmark = pytest.mark.skipif(
    bundled_folder("accurate") is None, reason="models/accurate not built"
)


def tagged(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scr_themes", "tag", str(REVIEW), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True)


def test_all_core_themes_are_found_and_shown():
    text = tagged().stdout
    book = Codebook.load()
    for theme in book.core_ids:
        assert f"  {theme}\n" in text
    assert "check each against its page" in text
    assert max(map(len, text.splitlines())) <= 80


def test_every_tag_can_be_cited(tmp_path):
    out = tmp_path / "tags.jsonl"
    tagged("-o", out)
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert {record["document"] for record in records} == {str(REVIEW)}
    for record in records:
        assert record["page"] >= 1
        for tag in record["themes"]:
            start, end = tag["evidence"]
            assert record["text"][start:end].strip()
            assert 0 < tag["probability"] <= 1
