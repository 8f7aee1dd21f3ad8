"""From coded passages to tags with a model of one's own, in processes without any fake."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from tests.coded import coded_passages
from tests.training.bert import TINY


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "scr_themes", *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A model folder that ``scr-themes train`` wrote, and the file it was trained on."""
    folder = tmp_path_factory.mktemp("own")
    coded = folder / "coded.jsonl"
    rows = [
        {"text": r.text, "themes": sorted(r.themes), "role": r.role, "document": r.document}
        for r in coded_passages()
    ]
    coded.write_text("\n".join(map(json.dumps, rows)))
    result = command("train", coded, "-o", folder / "mine", "--encoder", TINY)
    assert (result.returncode, result.stderr) == (0, "")
    return folder / "mine", coded


def test_it_tags_the_same_with_any_number_of_jobs(trained, reviews):
    model, _ = trained
    arguments = ("tag", reviews, "--model", model, "--format", "jsonl", "--threshold", "0.2")
    alone = command(*arguments)
    assert alone.returncode == 0, alone.stderr
    records = [json.loads(line) for line in alone.stdout.splitlines()]
    assert {record["coder"] for record in records} == {"mine 1"}
    assert any(record["themes"] for record in records)
    together = command(*arguments, "--jobs", "2")
    assert together.stdout == alone.stdout
    assert len(together.stderr.splitlines()) == 1  # the summary: nothing of the workers


def test_it_is_evaluated_and_its_codebook_shown(trained):
    model, coded = trained
    figures = command("evaluate", coded, "--model", model)
    assert figures.returncode == 0, figures.stderr
    assert "44 passages of 5 documents, 3 themes" in figures.stdout
    book = json.loads(command("themes", "--model", model, "--json").stdout)
    assert [theme["id"] for theme in book["theme"]] == [
        "information_sharing",
        "child_voice",
        "recording",
    ]


def test_a_model_with_a_changed_byte_is_refused(trained, reviews, tmp_path):
    model, _ = trained
    changed = tmp_path / "changed"
    shutil.copytree(model, changed)
    heads = changed / "heads.safetensors"
    data = bytearray(heads.read_bytes())
    data[-1] ^= 1
    heads.write_bytes(data)
    result = command("tag", reviews, "--model", changed)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "heads.safetensors: has changed since it was saved" in result.stderr
