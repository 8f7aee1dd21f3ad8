from __future__ import annotations

import json

import pytest

from scr_themes.errors import CodebookError, LabelsError
from scr_themes.evaluating.coders import n_without_theme, read_coders
from scr_themes.reading.labelled import Labelled
from scr_themes.writing import write
from tests.evaluating.coding import coded_document

R = {"recording"}


def tags(file, *documents):
    write(documents, file)
    return file


def test_coders_of_a_file_are_named_in_it(tmp_path):
    file = tags(
        tmp_path / "team.jsonl",
        coded_document("Ann", ("One.", R), ("Two.", ())),
        coded_document("Ben", ("One.", ()), ("Two.", ())),
        coded_document("Ann", ("Three.", ()), name="b.txt"),
    )
    found = read_coders([file])
    assert list(found.coded) == ["Ann", "Ben"]
    assert n_without_theme(found.coded["Ann"]) == (3, 2)
    assert found.unmapped == ()


def test_labelled_files_are_named_by_their_names(tmp_path):
    (tmp_path / "Cat.csv").write_text("text,themes\nOne.,recording\nTwo.,\n")
    team = tags(tmp_path / "team.jsonl", coded_document("Ann", ("One.", R)))
    found = read_coders([team, tmp_path / "Cat.csv"])
    assert list(found.coded) == ["Ann", "Cat"]
    assert isinstance(found.coded["Cat"], Labelled)
    assert n_without_theme(found.coded["Cat"]) == (2, 1)


def test_coders_of_one_name_in_two_files_are_two(tmp_path):
    files = [
        tags(tmp_path / f"{name}.jsonl", coded_document("fast 1", ("One.", R)))
        for name in ("before", "after")
    ]
    assert list(read_coders(files).coded) == ["fast 1 (before)", "fast 1 (after)"]


def test_some_coders_only(tmp_path):
    codes = ("Zeal", "recording")
    rows = [("One.", {code}) for code in codes]
    file = tags(tmp_path / "team.jsonl", coded_document("Ann", *rows), coded_document("Ben", *rows))
    found = read_coders([file], coders=["Ben"])
    assert list(found.coded) == ["Ben"]
    assert [(entry.coder, entry.code) for entry in found.unmapped] == [("Ben", "Zeal")]
    with pytest.raises(LabelsError, match="Cat: is none of the coders; name some of: Ann, Ben"):
        read_coders([file], coders=["Cat"])


def test_codes_are_mapped(tmp_path):
    file = tags(tmp_path / "team.jsonl", coded_document("Ann", ("One.", {"No notes"})))
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('"No notes" = "recording"')
    found = read_coders([file], mapping=mapping)
    assert found.coded["Ann"][0].passages[0].themes == ("recording",)
    mapping.write_text('"No notes" = "recordings"')
    with pytest.raises(CodebookError, match="'recordings'"):
        read_coders([file], mapping=mapping)


def test_one_file_twice(tmp_path):
    with pytest.raises(LabelsError, match="is given twice"):
        read_coders([tmp_path / "a.csv", tmp_path / "a.csv"])


def test_a_coder_that_a_file_does_not_name_is_called_as_the_file(tmp_path):
    row = {"text": "One.", "themes": [{"theme": "recording"}]}
    (tmp_path / "Dan.jsonl").write_text(json.dumps(row))
    assert list(read_coders([tmp_path / "Dan.jsonl"]).coded) == ["Dan"]
