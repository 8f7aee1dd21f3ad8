from __future__ import annotations

import json

from scr_themes.codebook import Codebook

BUNDLED = Codebook.load()


def joined(text: str) -> str:
    return " ".join(text.split())


def test_the_whole_codebook_is_shown(run):
    text = run("themes").stdout
    for entry in (*BUNDLED.themes, *BUNDLED.roles):
        assert f"{entry.id}  {entry.title}" in text
        assert entry.definition in joined(text)
    assert all(rule in joined(text) for rule in BUNDLED.rules)
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("(core theme)") == len(BUNDLED.core_ids)


def test_one_theme_and_one_role(run):
    text = run("themes", "recording", "finding").stdout
    theme = BUNDLED["recording"]
    for words in (*theme.counts, *theme.excludes, *theme.examples, *theme.counter_examples):
        assert words in joined(text)
    assert "(role)" in text
    assert "child_voice  " not in text
    assert "Rules" not in text


def test_an_unknown_id_is_a_usage_error(run):
    result = run("themes", "recordin")
    assert result.exit_code == 2
    assert "the closest is 'recording'" in result.stderr


def test_json_can_be_read_back(run):
    assert Codebook.from_dict(json.loads(run("themes", "--json").stdout)) == BUNDLED
    (theme,) = json.loads(run("themes", "--json", "recording").stdout)["theme"]
    assert theme["id"] == "recording"


def test_another_codebook(run, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('name = "Mine"\n[[theme]]\nid = "damp"\ntitle = "Damp"\ndefinition = "Wet."\n')
    text = run("themes", "--codebook", file).stdout
    assert text == "Mine, version 0\n\ndamp  Damp (theme)\n  Wet.\n"
    file.write_text("not toml")
    result = run("themes", "--codebook", file)
    assert result.exit_code == 1
    assert "is not valid TOML" in result.stderr


def test_the_codebook_of_a_model(run, tiny_classifier):
    found = json.loads(run("themes", "--model", "anything", "--json").stdout)
    assert Codebook.from_dict(found) == tiny_classifier.codebook_
    assert run("themes", "--model", "a", "--codebook", "b").exit_code == 2
