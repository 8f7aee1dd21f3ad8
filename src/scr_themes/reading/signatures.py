"""Formats that are not text, told by their first bytes or by what is in the zip."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

from scr_themes.errors import ReadingError
from scr_themes.reading.detection import Format, suffix_format

_TO_DOCX = "open it in Word or LibreOffice and save it as .docx or PDF"
_TO_CSV = "save the sheet with the passages as .csv"
_TO_OCR = "run OCR over it and save a PDF that holds text"
_UNPACK = "unpack it and give the files in it"
# First bytes -> what it is, what to do.
_UNREADABLE: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "is an old Office file (.doc, .xls or .ppt)", _TO_DOCX),
    (b"{\\rtf", "is an RTF file", _TO_DOCX),
    (b"%!PS", "is a PostScript file", "convert it to PDF"),
    (b"\x89PNG", "is an image (PNG)", _TO_OCR),
    (b"\xff\xd8\xff", "is an image (JPEG)", _TO_OCR),
    (b"GIF8", "is an image (GIF)", _TO_OCR),
    (b"II*\x00", "is an image (TIFF)", _TO_OCR),
    (b"MM\x00*", "is an image (TIFF)", _TO_OCR),
    (b"RIFF", "is an image or recording (RIFF)", _TO_OCR),
    (b"\x1f\x8b", "is an archive (gzip)", _UNPACK),
    (b"7z\xbc\xaf", "is an archive (7z)", _UNPACK),
    (b"Rar!", "is an archive (rar)", _UNPACK),
)
# A member that begins so -> what the zip is, what to do.
_ZIPS: tuple[tuple[str, str, str], ...] = (
    ("xl/", "is an Excel workbook", _TO_CSV),
    ("ppt/", "is a PowerPoint file", "save it as PDF"),
    ("Index/", "is a Pages, Numbers or Keynote file", "export it as .docx or PDF"),
    ("META-INF/container.xml", "is an e-book (EPUB)", "convert it to HTML or PDF"),
    ("content.xml", "is an OpenDocument file", _TO_DOCX),
)
_WORD_PART = b"wordprocessingml.document.main+xml"
_ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")


def binary_format(path: Path, data: bytes) -> Format | None:
    """Tell a format that is not text from its bytes.

    Parameters
    ----------
    path : Path
        The file, for its suffix and for errors.
    data : bytes
        What it holds.

    Returns
    -------
    {"PDF", "DOCX", "Parquet"} or None
        None where it may be text.

    Raises
    ------
    ReadingError
        If it is of a kind that cannot be read; the error says what to convert it to.
    """
    if _is_pdf(path, data):
        return "PDF"
    if data.startswith(b"PAR1"):
        return "Parquet"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_format(path, data)
    if data.startswith(b"\xd0\xcf\x11\xe0") and _ENCRYPTED_PART in data:
        raise ReadingError(
            path, "is an Office file with a password", "save a copy without the password"
        )
    for magic, fault, remedy in _UNREADABLE:
        if data.startswith(magic):
            raise ReadingError(path, fault, remedy)
    return None


def _is_pdf(path: Path, data: bytes) -> bool:
    at = data.find(b"%PDF-", 0, 1024)
    if at <= 0:
        return at == 0
    # After junk, such as the headers of a download: a text may also talk of "%PDF-".
    trailer = data[-2048:]
    return suffix_format(path) == "PDF" or b"%%EOF" in trailer or b"startxref" in trailer


def _zip_format(path: Path, data: bytes) -> Format:
    named_docx = suffix_format(path) == "DOCX"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        what = "DOCX" if named_docx else "zip archive"
        raise ReadingError(path, f"is a damaged {what}", "get a fresh copy of it") from error
    if b"macroEnabled" in types or b"wordprocessingml.template" in types:
        raise ReadingError(path, "is a Word template or macro file", "save it as .docx")
    if "word/document.xml" in names or _WORD_PART in types:
        return "DOCX"
    for member, fault, remedy in _ZIPS:
        if any(name.startswith(member) for name in names):
            raise ReadingError(path, fault, remedy)
    fault = "is a zip archive, not a DOCX" if named_docx else "is a zip archive"
    raise ReadingError(path, fault, _UNPACK)
