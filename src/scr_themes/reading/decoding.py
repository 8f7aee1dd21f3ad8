"""Bytes in, text out: which encoding a text file is in."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from scr_themes.errors import ReadingError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# No text holds these; 0x80 to 0x9F are left to Windows-1252 and its neighbours.
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SEVERAL_BYTES = re.compile(r"[^\x00-\x7f\ufffd]")
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
# Western European text has fewer accented letters than this; more is another alphabet.
_ACCENTED_AT_MOST = 0.3


def decode(path: Path, data: bytes, encoding: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Decode a text file.

    Parameters
    ----------
    path : Path
        The file, for errors.
    data : bytes
        What it holds.
    encoding : str, optional
        The encoding it is known to be in. Without it: a byte order mark, else the charset that
        an HTML page declares, else UTF-8, else Windows-1252 where that gives plausible text.

    Returns
    -------
    text : str
        The text, without a byte order mark.
    warnings : tuple of str
        What had to be guessed.

    Raises
    ------
    ReadingError
        If the bytes are no text, or not in the encoding given.

    Examples
    --------
    >>> decode(Path("note.txt"), "caf\u00e9".encode("utf-16"))
    ('café', ())
    """
    if encoding is not None:
        return _as_told(path, data, encoding), ()
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strict(path, data, name), ()
    _refuse_unmarked(path, data)
    declared = _META.search(data[:4096]) or _XML.search(data[:200])
    if declared is not None:
        text = _as_declared(data, declared[1].decode("ascii"))
        if text is not None:
            return text, ()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _guessed(path, data, error)
    return _checked(path, text), ()


def _refuse_unmarked(path: Path, data: bytes) -> None:
    """Refuse UTF-16 without a byte order mark, where every other byte of English is 0."""
    for start, order in ((1, "le"), (0, "be")):
        encoding = f"utf-16-{order}"
        zeros = data[start::2].count(0) > len(data) // 4
        if zeros and not _BINARY.search(data.decode(encoding, errors="replace")):
            raise ReadingError(
                path,
                "looks like UTF-16 without a byte order mark",
                f"save it as UTF-8 or pass encoding={encoding!r}",
            )


def _as_told(path: Path, data: bytes, encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise ReadingError(
            path, f"encoding {encoding!r} is not known", "pass one Python knows, such as 'utf-8'"
        ) from None
    marked = next((known for mark, known in _MARKS if data.startswith(mark)), None)
    if name == "utf-8":
        name = "utf-8-sig"
    # Plain ASCII and foreign byte order marks decode as UTF-16 without an error, to nonsense.
    wide = name.startswith(("utf-16", "utf-32"))
    foreign = data.isascii() and b"\x00" not in data
    if wide and (foreign or (marked is not None and not name.startswith(marked))):
        raise ReadingError(path, f"is not {encoding}", "leave encoding= out or pass the right one")
    return _strict(path, data, name)


def _strict(path: Path, data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadingError(
            path,
            f"is not valid {encoding} (byte 0x{data[error.start]:02X} at offset {error.start})",
            "save it as UTF-8 or pass the right encoding=",
        ) from error
    except (LookupError, ValueError) as error:
        raise ReadingError(
            path, f"could not be decoded as {encoding}", "pass another encoding="
        ) from error
    return _checked(path, text.removeprefix("\ufeff"))


def _as_declared(data: bytes, declared: str) -> str | None:
    """Decode as the page declares; None where it declares what it is not in."""
    if declared.lower() in ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"):
        declared = "windows-1252"  # as every browser reads it
    if declared.lower().startswith(("utf-16", "utf-32", "utf-8")):
        return None  # the declaration was read as ASCII, so at most UTF-8 can be true
    try:
        text = data.decode(declared)
    except (LookupError, ValueError):
        return None
    return None if _BINARY.search(text) else text


def _checked(path: Path, text: str) -> str:
    found = _BINARY.search(text)
    if found is None or ("\x00" not in text and _few_controls(text)):
        return text
    raise ReadingError(
        path,
        f"is not text (character 0x{ord(found[0]):02X} at offset {found.start()})",
        "give a PDF, DOCX, HTML, text, Markdown, CSV, JSONL or Parquet file",
    )


def _few_controls(text: str) -> bool:
    """Tell a text with a stray control character or two, as converters leave them."""
    return len(_BINARY.findall(text)) <= max(1, 0.01 * len(text))


def _guessed(path: Path, data: bytes, error: UnicodeDecodeError) -> tuple[str, tuple[str, ...]]:
    """Decode what is not UTF-8: damaged UTF-8, else Windows-1252, else refuse."""
    fault = f"not valid UTF-8 (byte 0x{data[error.start]:02X} at offset {error.start})"
    mended = data.decode("utf-8", errors="replace")
    n_bad = mended.count("\ufffd")
    if len(_SEVERAL_BYTES.findall(mended)) > 2 * n_bad:
        text = _checked(path, mended)
        return text, (f"{fault}; {n_bad} bad bytes read as \ufffd; save it again as UTF-8",)
    try:
        text = data.decode("windows-1252")
    except UnicodeDecodeError:
        text = "\x00"
    n_accented = sum(character > "\x7f" for character in text)
    if _BINARY.search(text) or n_accented > _ACCENTED_AT_MOST * len(text):
        raise ReadingError(
            path,
            f"is {fault} and does not look like Windows-1252 text",
            "save it as UTF-8 or pass the right encoding=",
        ) from error
    return text, (f"{fault}; read as Windows-1252; save it as UTF-8 or pass encoding=",)
