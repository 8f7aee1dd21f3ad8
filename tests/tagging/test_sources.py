from __future__ import annotations

from pathlib import Path

import pytest

from scr_themes.documents import Document
from scr_themes.errors import ReadingError
from scr_themes.tagging import find_sources

DOCUMENT = Document(path=None, title="Given", text="", passages=())


@pytest.mark.parametrize("make", [str, Path, lambda path: [path], lambda path: iter([path])])
def test_one_path_or_several(tmp_path, make):
    file = tmp_path / "a.txt"
    file.write_text("A.")
    assert find_sources(make(file)) == [file]


def test_everything_keeps_its_place(tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("b.txt", "a.txt"):
        (tmp_path / "in" / name).write_text("A.")
    found = find_sources([DOCUMENT, tmp_path / "nowhere", tmp_path / "in", DOCUMENT])
    assert found[0] is DOCUMENT
    assert isinstance(found[1], ReadingError)
    assert found[2:4] == [tmp_path / "in" / "a.txt", tmp_path / "in" / "b.txt"]
    assert found[4] is DOCUMENT


def test_a_file_met_twice_stands_once(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("A.")
    assert find_sources([file, tmp_path, tmp_path / "." / "a.txt"]) == [file]


def test_a_folder_without_anything_readable_is_an_error_in_its_place(tmp_path):
    (tmp_path / "empty").mkdir()
    (error,) = find_sources(tmp_path / "empty")
    assert "no readable file" in str(error)


def test_a_document_alone():
    assert find_sources(DOCUMENT) == [DOCUMENT]
