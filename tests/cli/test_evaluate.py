from __future__ import annotations

import json

import pytest

from scr_themes import evaluate
from tests.coded import coded_passages


def write_coded(file, *, with_roles: bool = True, with_documents: bool = True, theme=None):
    lines = []
    for row in coded_passages():
        record = {"text": row.text, "themes": sorted(row.themes) if theme is None else [theme]}
        if with_roles:
            record["role"] = row.role
        if with_documents:
            record["document"] = row.document
        lines.append(json.dumps(record))
    file.write_text("\n".join(lines))
    return file


@pytest.mark.parametrize("with_roles", [True, False])
@pytest.mark.parametrize("with_documents", [True, False])
def test_the_figures_are_those_of_the_library(
    run, tmp_path, tiny_classifier, with_roles, with_documents
):
    rows = coded_passages()
    texts = [row.text for row in rows]
    expected = evaluate(
        [row.themes for row in rows],
        tiny_classifier.predict_proba(texts),
        themes=tiny_classifier.themes,
        y_pred=tiny_classifier.predict(texts),
        documents=[row.document for row in rows] if with_documents else None,
        roles_true=[row.role for row in rows] if with_roles else None,
        roles_pred=tiny_classifier.predict_role(texts).tolist() if with_roles else None,
    )
    file = write_coded(
        tmp_path / "coded.jsonl", with_roles=with_roles, with_documents=with_documents
    )
    out = tmp_path / "figures.json"
    result = run("evaluate", file, "--json", out)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"{expected}\n"
    assert json.loads(out.read_text()) == json.loads(json.dumps(expected.to_dict()))


def test_a_theme_that_the_model_lacks_is_an_error_of_the_file(run, tmp_path):
    file = write_coded(tmp_path / "coded.jsonl", theme="recordings")
    result = run("evaluate", file)
    assert result.exit_code == 1
    assert str(file) in result.stderr
    assert "closest known theme is 'recording'" in result.stderr


def test_files_that_are_not_labelled(run, tmp_path):
    file = tmp_path / "coded.csv"
    file.write_text("text,n\nNo record.,1\n")
    result = run("evaluate", file)
    assert result.exit_code == 1
    assert "no 'themes'" in result.stderr
    assert run("evaluate", tmp_path / "nowhere.csv").exit_code == 1


def test_figures_that_cannot_be_written(run, tmp_path):
    file = write_coded(tmp_path / "coded.jsonl")
    result = run("evaluate", file, "--json", tmp_path / "nowhere" / "figures.json")
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_what_was_left_open_is_in_no_figure(run, tmp_path):
    rows = [{"text": row.text, "themes": sorted(row.themes)} for row in coded_passages()]
    plain, marked = tmp_path / "plain.jsonl", tmp_path / "marked.jsonl"
    plain.write_text("\n".join(map(json.dumps, rows)))
    rows[0] |= {"themes": [], "either": ["information_sharing", "a theme the model lacks"]}
    marked.write_text("\n".join(map(json.dumps, rows)))
    figures = []
    for file in (plain, marked):
        result = run("evaluate", file, "--json", tmp_path / "out.json")
        assert result.exit_code == 0, result.stderr
        figures.append(json.loads((tmp_path / "out.json").read_text())["themes"])
    before, after = figures
    assert after[0]["support"] == before[0]["support"] - 1
    assert after[1:] == before[1:]
