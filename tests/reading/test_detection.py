from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from scr_themes.errors import ReadingError
from scr_themes.reading.detection import Format, find_files, suffix_format, text_format
from scr_themes.reading.signatures import binary_format


def zipped(*names: str, types: str = "") -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
        if types:
            archive.writestr("[Content_Types].xml", types)
    return memory.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.pdf", b"%PDF-1.7\n...", "PDF"),
        ("a.txt", b"%PDF-1.7\n...", "PDF"),
        ("a.pdf", b"HTTP/1.1 200 OK\r\n\r\n%PDF-1.4\n...", "PDF"),
        ("a", b"junk %PDF-1.4\n... startxref 0 %%EOF", "PDF"),
        ("a.txt", b"A PDF begins with %PDF-1.4 and goes on.", None),
        ("a.docx", zipped("word/document.xml"), "DOCX"),
        ("a.docx", zipped("x.xml", types="wordprocessingml.document.main+xml"), "DOCX"),
        ("a.zip", zipped("word/document.xml"), "DOCX"),
        ("a.parquet", b"PAR1....PAR1", "Parquet"),
        ("a.txt", b"Just words.", None),
    ],
)
def test_binary_formats_are_told_by_content(
    name: str, data: bytes, expected: Format | None
) -> None:
    assert binary_format(Path(name), data) == expected


@pytest.mark.parametrize(
    ("name", "data", "fault", "remedy"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office file", "save it as .docx"),
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
            "with a password",
            "without the password",
        ),
        ("a.rtf", b"{\\rtf1\\ansi}", "RTF", "save it as .docx"),
        ("a.odt", zipped("mimetype", "content.xml"), "OpenDocument", "save it as .docx"),
        ("a.pages", zipped("Index/Document.iwa"), "Pages", "export it as .docx"),
        ("a.xlsx", zipped("xl/workbook.xml"), "Excel", ".csv"),
        ("a.pptx", zipped("ppt/presentation.xml"), "PowerPoint", "PDF"),
        ("a.epub", zipped("META-INF/container.xml"), "EPUB", "HTML"),
        ("a.zip", zipped("review.pdf"), "is a zip archive", "unpack"),
        ("a.docx", zipped("review.pdf"), "not a DOCX", "unpack"),
        ("a.docm", zipped("word/document.xml", types="macroEnabled"), "macro", ".docx"),
        ("a.docx", b"PK\x03\x04 and then nothing", "damaged DOCX", "fresh copy"),
        ("a.zip", b"PK\x03\x04 and then nothing", "damaged zip", "fresh copy"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "image", "OCR"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "image", "OCR"),
        ("a.tif", b"II*\x00", "image", "OCR"),
        ("a.gz", b"\x1f\x8b\x08", "archive", "unpack"),
        ("a.ps", b"%!PS-Adobe", "PostScript", "PDF"),
    ],
)
def test_what_cannot_be_read_says_what_to_convert_it_to(
    name: str, data: bytes, fault: str, remedy: str
) -> None:
    with pytest.raises(ReadingError) as caught:
        binary_format(Path(name), data)
    assert str(caught.value).startswith(f"{name}: ")
    assert fault in caught.value.fault
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.txt", "<!DOCTYPE html><p>x", "HTML"),
        ("a.md", "\n<!-- saved -->\n<html lang='en'>", "HTML"),
        ("a.txt", "<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC ''>", "HTML"),
        ("a.html", "<p>A part of a page</p>", "HTML"),
        ("a.html", "No tag in it", "text"),
        ("a.txt", "<p>About tags</p>", "text"),
        ("a.txt", '{"text": "x"}\n{"text": "y"}', "JSONL"),
        ("a.jsonl", "not json", "JSONL"),
        ("a.json", '{"text": "x"}\n', "JSONL"),
        ("a.txt", "{curly} words", "text"),
        ("a.txt", "{" * 5000, "text"),
        ("a.csv", "text\nx", "CSV"),
        ("a.tsv", "text\nx", "CSV"),
        ("a.md", "# x", "Markdown"),
        ("a.pdf", "no PDF", "text"),
        ("README", "words", "text"),
    ],
)
def test_text_formats_are_told_by_content_and_then_by_suffix(
    name: str, text: str, expected: Format
) -> None:
    assert text_format(Path(name), text) == expected


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [("a.json", '[{"text": "x"}]', "is JSON"), ("a.xml", "<?xml version='1.0'?><a/>", "is XML")],
)
def test_json_and_xml_are_refused(name: str, text: str, fault: str) -> None:
    with pytest.raises(ReadingError, match=fault):
        text_format(Path(name), text)


def test_the_case_of_a_suffix_does_not_count() -> None:
    assert suffix_format(Path("A.DocX")) == "DOCX"
    assert suffix_format(Path("A.exe")) is None


def touch(folder: Path, *names: str) -> None:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x", encoding="utf-8")


def test_folders_are_searched_in_order_and_odd_files_passed_over(tmp_path: Path) -> None:
    touch(
        tmp_path,
        *("b.txt", "a/z.PDF", "a/deep/er/c.md", "c.docx", "d.html", "e.csv", "f.jsonl"),
        *("~$c.docx", "~WRL0001.docx", ".hidden.txt", ".git/x.txt", "g.exe", "h.png", "i.parquet"),
    )
    found = [file.relative_to(tmp_path).as_posix() for file in find_files([tmp_path])]
    assert found == [
        *("a/deep/er/c.md", "a/z.PDF", "b.txt", "c.docx", "d.html", "e.csv", "f.jsonl"),
        "i.parquet",
    ]


def test_files_are_taken_as_given_and_only_once(tmp_path: Path) -> None:
    touch(tmp_path, "b.txt", "a.odd", ".hidden.txt")
    given = [tmp_path / "b.txt", tmp_path / "a.odd", tmp_path, tmp_path / "x" / ".." / "b.txt"]
    (tmp_path / "x").mkdir()
    assert find_files(given) == given[:2]
    assert find_files([tmp_path / ".hidden.txt"]) == [tmp_path / ".hidden.txt"]
    assert find_files(str(tmp_path / "b.txt")) == [tmp_path / "b.txt"]


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match=r"gone\.pdf: no such file or folder; check the path"):
        find_files([tmp_path / "gone.pdf"])


def test_a_folder_with_nothing_readable_is_an_error(tmp_path: Path) -> None:
    touch(tmp_path, "a.exe", "~$b.docx")
    with pytest.raises(ReadingError, match=r"holds no readable file; give one of .*\.docx"):
        find_files([tmp_path])


def test_a_folder_that_may_not_be_opened_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "a.txt")

    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(ReadingError, match="cannot be opened; check its permissions"):
        find_files([tmp_path])


def test_a_folder_that_links_to_itself_ends(tmp_path: Path) -> None:
    touch(tmp_path, "a.txt")
    try:
        (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    except OSError:
        return  # no symbolic links here
    assert find_files([tmp_path]) == [tmp_path / "a.txt"]
