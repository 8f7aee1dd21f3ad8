from __future__ import annotations

import json

from scr_themes.codebook import Codebook
from scr_themes.reading.codings.refi_qda import read_codebook

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


def test_a_codebook_for_other_programs(run, tmp_path):
    file = tmp_path / "codes.qdc"
    result = run("themes", "-o", file)
    assert (result.exit_code, result.stdout) == (0, "")
    assert read_codebook(file).theme_ids == BUNDLED.theme_ids
    assert run("themes", "recording", "--output", file).exit_code == 0
    assert [theme.title for theme in read_codebook(file).themes] == ["Poor recording"]


def test_only_a_qdc_can_be_written(run, tmp_path):
    result = run("themes", "-o", tmp_path / "codes.txt")
    assert result.exit_code == 2
    assert "end the name in .qdc" in result.stderr
    assert run("themes", "--json", "-o", tmp_path / "codes.qdc").exit_code == 2
    result = run("themes", "-o", tmp_path / "none" / "codes.qdc")
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
