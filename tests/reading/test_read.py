from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scr_themes.errors import ReadingError, ScrThemesError
from scr_themes.reading import read
from tests.strategies import awkward_text


def write(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def word_file(folder: Path, name: str) -> Path:
    word = docx.Document()
    word.add_paragraph("Nobody told the nurse.")
    word.save(str(folder / name))
    return folder / name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "Nobody told the nurse.\n"),
        ("a.md", "Nobody *told* the nurse.\n"),
        ("a.html", "<p>Nobody told <b>the</b> nurse."),
        ("a.csv", "text\nNobody told the nurse.\n"),
        ("a.jsonl", '{"text": "Nobody told the nurse."}\n'),
        ("no-suffix", "Nobody told the nurse.\n"),
    ],
)
def test_each_format_is_read(tmp_path: Path, name: str, content: str) -> None:
    document = read(write(tmp_path, name, content))
    assert [p.text for p in document.passages] == ["Nobody told the nurse."]
    assert document.warnings == ()
    assert document.path == str(tmp_path / name)


def test_word_files_are_read_whatever_their_name(tmp_path: Path) -> None:
    assert read(word_file(tmp_path, "a.docx")).warnings == ()
    document = read(word_file(tmp_path, "a.pdf"))
    assert document.passages[0].text == "Nobody told the nurse."
    assert document.warnings == ("named .pdf but holds DOCX; read as DOCX; rename it",)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", "<!doctype html><p>Not found", "HTML"),
        ("a.docx", "Words.", "text"),
        ("a.txt", '{"text": "Words."}', "JSONL"),
        ("a.html", "Words.", "text"),
    ],
)
def test_content_wins_over_the_name_with_a_warning(
    tmp_path: Path, name: str, content: str, kind: str
) -> None:
    document = read(write(tmp_path, name, content))
    assert len(document.passages) == 1
    assert document.warnings[0].startswith(f"named {Path(name).suffix} but holds {kind}; read as")


def test_the_path_is_kept_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.txt", "Words.")
    monkeypatch.chdir(tmp_path)
    assert read("./a.txt").path == "./a.txt"
    assert read(Path("a.txt")).path == "a.txt"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.pdf", b"", "is empty"),
        ("a.txt", b" \n\t\r\n", "is empty"),
        ("a.txt", b"\xef\xbb\xbf\n", "is empty"),
        ("a.pdf", b"\x01\x02\x03\xff", "is damaged, or no PDF at all; get a fresh copy"),
        ("a.docx", b"\x01\x02\x03\xff", "is damaged, or no DOCX at all; get a fresh copy"),
        ("a.docx", b"PK\x03\x04 broken", "is a damaged DOCX"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "is an old Office file"),
        ("a.bin", b"\x00\x01\x02", "is not text"),
        ("a.csv", b"id\n1\n", "no column 'text' or 'passage'"),
        ("a.jsonl", b"{\n", "is not JSON"),
    ],
)
def test_faults_are_one_line_with_the_file_and_the_way_out(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    file = write(tmp_path, name, content)
    with pytest.raises(ReadingError, match=message) as caught:
        read(file)
    assert str(caught.value).startswith(str(file))
    assert "\n" not in str(caught.value)
    assert caught.value.remedy


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match=r"gone\.pdf: no such file; check the path"):
        read(tmp_path / "gone.pdf")
    with pytest.raises(ReadingError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(ReadingError, match="cannot be read"):
        read("a\x00b.txt")
    with pytest.raises(ReadingError, match="cannot be read"):
        read(write(tmp_path, "a.txt", "x") / "b.txt")


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(ReadingError, match="not permitted to read it; check its permissions"):
        read(write(tmp_path, "a.txt", "x"))


def test_a_zip_that_is_no_word_file(tmp_path: Path) -> None:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("review.txt", "x")
    with pytest.raises(ReadingError, match="is a zip archive, not a DOCX; unpack it"):
        read(write(tmp_path, "a.docx", memory.getvalue()))


def test_the_encoding_given_counts_and_may_be_wrong(tmp_path: Path) -> None:
    file = write(tmp_path, "a.txt", "Ребёнка не спросили.".encode("koi8-r"))
    assert read(file, encoding="koi8-r").passages[0].text == "Ребёнка не спросили."
    with pytest.raises(ReadingError, match="encoding="):
        read(file)
    with pytest.raises(ReadingError, match="is not valid"):
        read(file, encoding="utf-8")


def test_windows_1252_is_read_with_a_warning(tmp_path: Path) -> None:
    document = read(write(tmp_path, "a.txt", "It wasn’t naïve.".encode("windows-1252")))
    assert document.passages[0].text == "It wasn't naïve."
    assert [w.count("read as Windows-1252") for w in document.warnings] == [1]


def test_the_text_column_is_passed_on(tmp_path: Path) -> None:
    assert read(write(tmp_path, "a.csv", "w\nx\n"), text_column="w").passages[0].text == "x"


def test_a_file_without_words_is_never_silent(tmp_path: Path) -> None:
    document = read(write(tmp_path, "a.html", "<!doctype html><script>x</script>"))
    assert document.passages == ()
    assert document.warnings == ("no passages were found; check that it is the file you meant",)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(["a.txt", "a.md", "a.html", "a.csv", "a.jsonl", "a.pdf", "a.docx", "a"]),
    st.one_of(awkward_text(30).map(str.encode), st.binary(max_size=300)),
)
def test_anything_is_read_or_refused_with_a_clear_error(
    tmp_path: Path, name: str, content: bytes
) -> None:
    file = write(tmp_path, name, content)
    try:
        document = read(file)
    except ScrThemesError as error:
        fault = str(error)
    else:
        fault = ""
        for passage in document.passages:
            assert document.text[passage.start : passage.end] == passage.text
        assert document.passages or document.warnings
    assert "\n" not in fault


def test_format_modules_are_imported_only_when_needed(tmp_path: Path) -> None:
    file = write(tmp_path, "a.txt", "Words.")
    code = (
        "import sys; from scr_themes.reading import read; read(sys.argv[1]); "
        "print(*{'lxml', 'docx', 'numpy', 'pypdfium2', 'pyarrow'} & set(sys.modules))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(file)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == ""
