from __future__ import annotations

import pytest

from scr_themes.codebook import Codebook
from scr_themes.errors import WritingError
from scr_themes.writing import FORMATS, Settings, guess_format
from scr_themes.writing.formats import Format


def test_a_format_is_known_by_its_name():
    assert {name: entry.name for name, entry in FORMATS.items()} == {n: n for n in FORMATS}


def test_no_ending_stands_for_two_formats():
    endings = [ending for entry in FORMATS.values() for ending in entry.suffixes]
    assert len(endings) == len(set(endings))


@pytest.mark.parametrize("entry", FORMATS.values(), ids=lambda entry: entry.name)
def test_every_format_can_be_loaded(entry: Format, tmp_path):
    if entry.streams:
        assert isinstance("".join(entry.load()([], Settings())), str)
    else:
        entry.load_save()([], Settings(codebook=Codebook.load()), tmp_path / "tags")
        assert (tmp_path / "tags").is_file()
    for ending in entry.suffixes:
        assert guess_format(f"a.b{ending.upper()}") == entry.name


@pytest.mark.parametrize("name", ["tags", "tags.xyz", ".jsonl", "tags.jsonl.gz"])
def test_other_endings_are_an_error_that_lists_those_there_are(name):
    with pytest.raises(WritingError, match=r"\.csv \.jsonl"):
        guess_format(name)
