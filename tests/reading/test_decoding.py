from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scr_themes.errors import ReadingError
from scr_themes.reading.decoding import decode

FILE = Path("note.txt")
TEXT = "The café’s owner – a volunteer – wasn’t checked."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marked_and_utf8_text_needs_no_warning(encoding: str) -> None:
    assert decode(FILE, TEXT.encode(encoding)) == (TEXT, ())


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF16_LE, "utf-16-le")],
)
def test_either_byte_order_is_read(mark: bytes, encoding: str) -> None:
    assert decode(FILE, mark + TEXT.encode(encoding)) == (TEXT, ())


def test_windows_1252_is_guessed_with_a_warning_that_says_where_and_what_to_do() -> None:
    text, warnings = decode(FILE, TEXT.encode("windows-1252"))
    assert text == TEXT
    assert warnings == (
        "not valid UTF-8 (byte 0xE9 at offset 7); read as Windows-1252; "
        "save it as UTF-8 or pass encoding=",
    )


def test_utf8_with_one_bad_byte_is_not_taken_for_another_encoding() -> None:
    text, warnings = decode(FILE, TEXT.encode() + b" \xff end")
    assert text == f"{TEXT} \ufffd end"
    assert "1 bad bytes" in warnings[0]


@pytest.mark.parametrize(
    "data",
    [
        b"\x81\x8d\x8f are undefined",
        "Ребёнка никто не спросил".encode("koi8-r"),
        b"caf\xe9 \x01\x02",
    ],
)
def test_what_is_neither_utf8_nor_windows_1252_is_refused(data: bytes) -> None:
    with pytest.raises(ReadingError, match=r"note\.txt: is not valid UTF-8 .*encoding="):
        decode(FILE, data)


@pytest.mark.parametrize("data", [b"one zero \x00 is enough", b"a\x01\x02\x03b"])
def test_binary_rubbish_is_refused(data: bytes) -> None:
    with pytest.raises(ReadingError, match=r"is not text \(character 0x0[01] at offset"):
        decode(FILE, data)


def test_a_stray_control_character_does_no_harm() -> None:
    assert decode(FILE, b"A bell \x07 rang.") == ("A bell \x07 rang.", ())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_named(encoding: str) -> None:
    data = TEXT.encode(encoding)
    with pytest.raises(ReadingError, match=rf"UTF-16 without .*encoding='{encoding}'"):
        decode(FILE, data)
    assert decode(FILE, data, encoding) == (TEXT, ())


@pytest.mark.parametrize(
    ("data", "encoding", "fault"),
    [
        (TEXT.encode("windows-1252"), "utf-8", "is not valid utf-8"),
        (TEXT.encode(), "ascii", "is not valid ascii"),
        (b"plain words", "utf-16", "is not utf-16"),
        (b"plain words", "utf-32-le", "is not utf-32-le"),
        (TEXT.encode("utf-8-sig") + b" ", "utf-16-le", "is not utf-16-le"),
        (b"plain words", "klingon", "'klingon' is not known"),
        (b"plain words", "rot13", "could not be decoded as rot-13"),
    ],
)
def test_a_wrong_encoding_given_is_an_error(data: bytes, encoding: str, fault: str) -> None:
    with pytest.raises(ReadingError, match=fault) as caught:
        decode(FILE, data, encoding)
    assert "\n" not in str(caught.value)
    assert "encod" in caught.value.remedy or "pass" in caught.value.remedy


def test_the_encoding_given_counts_over_a_guess() -> None:
    assert decode(FILE, "naïve".encode("mac-roman"), "mac-roman") == ("naïve", ())
    assert decode(FILE, TEXT.encode("utf-8-sig"), "utf-8") == (TEXT, ())


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="{}">',
        "<meta http-equiv='Content-Type' content='text/html; charset={}'>",
        '<?xml version="1.0" encoding="{}"?>',
    ],
)
def test_the_charset_that_a_page_declares_counts(head: str) -> None:
    page = head.format("iso-8859-2") + "Dziecko było głodne"
    assert decode(FILE, page.encode("iso-8859-2")) == (page, ())


def test_latin1_declared_is_read_as_browsers_do() -> None:
    page = '<meta charset="iso-8859-1">It wasn’t'
    assert decode(FILE, page.encode("windows-1252")) == (page, ())


@pytest.mark.parametrize("declared", ["klingon", "utf-16", "ascii"])
def test_a_charset_declared_wrongly_is_passed_over(declared: str) -> None:
    page = f'<meta charset="{declared}">{TEXT}'
    text, _ = decode(FILE, page.encode())
    assert text == page or declared == "ascii"  # ASCII is read as Windows-1252, as browsers do


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_one_clear_error(data: bytes) -> None:
    fault = ""
    try:
        text, _ = decode(FILE, data)
    except ReadingError as error:
        text, fault = "", str(error)
    assert "\x00" not in text
    assert "\n" not in fault


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"])))
def test_utf8_comes_back_as_it_was(text: str) -> None:
    assert decode(FILE, b"\xef\xbb\xbf" + text.encode())[0] == text.removeprefix("\ufeff")
