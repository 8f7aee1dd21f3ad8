from __future__ import annotations

import io
import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from scr_themes.documents import TaggedDocument
from scr_themes.errors import BatchError, ReadingError, WritingError
from scr_themes.writing import write
from tests.tagged import tagged_document, tagged_passage

FIRST = tagged_document(tagged_passage("No note.", {"recording": 0.9}), name="first.txt")
SECOND = tagged_document(tagged_passage("No record.", {"recording": 0.9}), name="second.txt")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def then(error: BaseException):
    """Yield two documents and fail."""
    yield FIRST
    yield SECOND
    raise error


def test_a_file_gets_its_name_when_all_is_done(tmp_path):
    out = tmp_path / "tags.jsonl"
    out.write_text("what was there before")
    seen = []

    def documents():
        for document in (FIRST, SECOND):
            yield document
            # The one before is on disk already, under another name.
            seen.append((out.read_text(), (tmp_path / "tags.jsonl.part").read_text().count("\n")))

    write(documents(), out)
    assert seen == [("what was there before", 1), ("what was there before", 2)]
    assert [line[:24] for line in out.read_text().splitlines()] == [
        '{"document": "first.txt"',
        '{"document": "second.txt',
    ]
    assert names_in(tmp_path) == ["tags.jsonl"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("no"), MemoryError()])
@pytest.mark.parametrize("ending", ["jsonl", "csv", "txt"])
def test_what_is_finished_is_kept_and_said(tmp_path, error, ending):
    out = tmp_path / f"tags.{ending}"
    out.write_text("what was there before")
    with pytest.raises(type(error)) as caught:
        write(then(type(error)(*error.args)), out)
    part = tmp_path / f"tags.{ending}.part"
    assert caught.value.__notes__ == [f"2 files finished before this: kept in {part}"]
    assert "No note." in part.read_text()
    assert "No record." in part.read_text()
    assert out.read_text() == "what was there before"


def test_nothing_is_left_when_nothing_is_finished(tmp_path):
    def documents():
        raise KeyboardInterrupt
        yield FIRST

    with pytest.raises(KeyboardInterrupt) as caught:
        write(documents(), tmp_path / "tags.csv")
    assert not getattr(caught.value, "__notes__", ())
    assert names_in(tmp_path) == []


def test_files_that_failed_do_not_keep_the_rest_from_being_written(tmp_path):
    error = BatchError([ReadingError("third.txt", "is empty", "check it")], 2)
    out = tmp_path / "tags.txt"
    with pytest.raises(BatchError) as caught:
        write(then(error), out)
    assert caught.value is error
    assert out.read_text().rstrip().endswith("more or fewer.")  # the table has its end
    assert names_in(tmp_path) == ["tags.txt"]


def test_a_half_written_document_is_taken_back(tmp_path, monkeypatch):
    def render(documents, settings):
        for document in documents:
            yield f"{document.document.name}\n" if document is FIRST else 7

    monkeypatch.setattr("scr_themes.writing.jsonl.render", render)
    with pytest.raises(AttributeError):
        write([FIRST, SECOND], tmp_path / "tags.jsonl")
    assert (tmp_path / "tags.jsonl.part").read_text() == "first.txt\n"


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="needs POSIX files")
def test_links_and_permissions_stay(tmp_path):
    real = tmp_path / "real.jsonl"
    real.write_text("")
    real.chmod(0o600)
    link = tmp_path / "link.jsonl"
    link.symlink_to(real)
    write([FIRST], link)
    assert link.is_symlink()
    assert "first.txt" in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_and_devices_are_written_straight(tmp_path):
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write([FIRST, SECOND], pipe)
    reader.join()
    assert read[0].count("\n") == 2
    assert names_in(tmp_path) == ["pipe.jsonl"]
    write([FIRST], os.devnull, format="csv")


@pytest.mark.parametrize(
    ("name", "fault"),
    [("nowhere/tags.csv", "No such file"), ("folder.csv", "is a folder")],
)
def test_places_that_cannot_be_written(tmp_path, name, fault):
    (tmp_path / "folder.csv").mkdir()

    def documents():
        raise AssertionError("nothing should be tagged before the place is known to be good")
        yield FIRST

    with pytest.raises(WritingError, match=fault):
        write(documents(), tmp_path / name)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_an_error_in_one_line():
    with pytest.raises(WritingError, match="No space left"):
        write([FIRST], "/dev/full", format="jsonl")


def test_a_stream_gets_a_table_unless_told_otherwise():
    stream = io.StringIO()
    write([FIRST], stream)
    assert "Poor recording (1 passage)" in stream.getvalue()
    stream = io.StringIO()
    write([FIRST], stream, format="csv")
    assert stream.getvalue().startswith("document,")


def test_a_dash_is_standard_output(capsysbinary):
    write([FIRST], "-", format="csv")
    assert capsysbinary.readouterr().out.count(b"\r\n") == 2


def test_data_are_utf_8_whatever_the_terminal_speaks(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    document = tagged_document(tagged_passage("Zoë – no note.", {"recording": 0.9}))
    write([document], "-", format="jsonl")
    assert "Zoë – no note." in raw.getvalue().decode("utf-8")


def test_a_table_shows_what_the_terminal_can():
    raw = io.BytesIO()
    document = tagged_document(tagged_passage("Zoë: no note.", {"recording": 0.9}))
    stream = io.TextIOWrapper(raw, encoding="ascii")
    write([document], stream)
    assert b"Zo?: no note." in raw.getvalue()


def test_names_that_are_not_utf_8_do_not_stop_the_writing(tmp_path):
    document: TaggedDocument = tagged_document(
        tagged_passage("No note.", {"recording": 0.9}), name="caf\udce9.txt"
    )
    for ending in ("jsonl", "csv", "txt"):
        write([document], tmp_path / f"tags.{ending}")
    assert r'"caf\udce9.txt"' in (tmp_path / "tags.jsonl").read_text(encoding="utf-8")


def test_a_format_that_there_is_not():
    with pytest.raises(WritingError, match="use table, csv, jsonl"):
        write([], "-", format="xml")
