"""Files in, documents out: :func:`read` tells what a file is and reads it.

Each format has a module of its own, which is imported when a file of that format is met.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from scr_themes.documents import Document
from scr_themes.errors import ReadingError
from scr_themes.reading.detection import Format, find_files, suffix_format, text_format
from scr_themes.reading.loading import load_bytes

__all__ = ["find_files", "is_long_table", "read", "read_in_parts"]

LONG = 8_000_000  # bytes from which on a table is read part by part


def read(
    path: str | os.PathLike[str],
    *,
    text_column: str | None = None,
    encoding: str | None = None,
) -> Document:
    r"""Read a review: PDF, DOCX, HTML, plain text, Markdown, CSV, JSONL or Parquet.

    What the file holds counts, whatever its name says; where they disagree, a warning in
    ``Document.warnings`` says so.

    Parameters
    ----------
    path : path
        The file.
    text_column : str, optional
        For a table of passages, the column with the words; "text" or "passage" where not given.
    encoding : str, optional
        The encoding of a text file. Without it: what the file declares, else UTF-8, else, with a
        warning, Windows-1252.

    Returns
    -------
    Document
        Its passages in reading order. Where there is none, a warning says so.

    Raises
    ------
    ReadingError
        If the file is missing, empty, damaged, encrypted or of a kind that cannot be read; the
        error says what to do.
    MissingExtraError
        If it is Parquet and pyarrow is not installed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "note.txt")
    ...     _ = file.write_text("4.12 The school was not told.\n\n4.13 Nobody asked why.\n")
    ...     document = read(file)
    >>> [(passage.paragraph, passage.text) for passage in document.passages]
    [('4.12', 'The school was not told.'), ('4.13', 'Nobody asked why.')]
    """
    file = Path(path)
    data = load_bytes(file)
    kind = _format(file, data, encoding)
    document = _read_as(kind, file, data, text_column, encoding)
    warnings = [*_name_warnings(file, kind), *document.warnings]
    if not document.passages and not warnings:
        warnings.append("no passages were found; check that it is the file you meant")
    return replace(document, path=os.fspath(path), warnings=tuple(warnings))


def is_long_table(path: Path, encoding: str | None = None) -> bool:
    """Tell whether a file is a table that :func:`read_in_parts` parts.

    Parameters
    ----------
    path : Path
    encoding : str, optional
        Its encoding, where known; only UTF-8 is read part by part.
    """
    try:
        if path.stat().st_size < LONG:
            return False
        with path.open("rb") as file:
            kind = _table_format(path, file.read(1 << 16))
    except OSError:
        return False  # what is wrong is said when it is read
    return kind == "Parquet" or (kind is not None and _is_utf8(path, encoding))


def read_in_parts(path: Path, *, text_column: str | None = None) -> Iterator[Document]:
    """Read a long table part by part; see :func:`~scr_themes.reading.tables.read_long_table`.

    Parameters
    ----------
    path : Path
        One that :func:`is_long_table` takes for one.
    text_column : str, optional
        The column with the words; "text" or "passage" where not given.

    Yields
    ------
    Document
        A thousand rows each.

    Raises
    ------
    ReadingError
        When a row is reached that cannot be read.
    """
    from scr_themes.reading.tables import read_long_table  # noqa: PLC0415

    with path.open("rb") as file:
        kind = _table_format(path, file.read(1 << 16))
    if kind is None:
        raise ReadingError(path, "is no long table", "read it as a whole")
    yield from read_long_table(path, kind, text_column=text_column)


def _table_format(path: Path, beginning: bytes) -> Format | None:
    """Tell by its beginning which kind of table a file is, if any."""
    if beginning.startswith(b"PAR1"):
        return "Parquet"
    # Whole lines only: the cut may lie inside a letter.
    text = beginning.rpartition(b"\n")[0].decode("utf-8-sig", "replace")
    try:
        kind = text_format(path, text)
    except ReadingError:
        return None
    return kind if kind in ("CSV", "JSONL") else None


def _is_utf8(path: Path, encoding: str | None) -> bool:
    try:
        if encoding is not None and codecs.lookup(encoding).name not in ("utf-8", "utf-8-sig"):
            return False
        decoder = codecs.getincrementaldecoder("utf-8")()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except (LookupError, UnicodeDecodeError):
        return False
    return True


def _format(file: Path, data: bytes, encoding: str | None) -> Format:
    from scr_themes.reading.decoding import decode  # noqa: PLC0415
    from scr_themes.reading.signatures import binary_format  # noqa: PLC0415

    kind = binary_format(file, data)
    if kind is not None:
        return kind
    promised = suffix_format(file)
    try:
        text, _ = decode(file, data, encoding)
    except ReadingError as error:
        if encoding is None and promised in ("PDF", "DOCX", "Parquet"):
            fault = f"is damaged, or no {promised} at all"
            raise ReadingError(file, fault, "get a fresh copy of it") from error
        raise
    if not text.strip():
        raise ReadingError(file, "is empty", "check that it was saved or downloaded whole")
    return text_format(file, text)


def _read_as(
    kind: Format, file: Path, data: bytes, text_column: str | None, encoding: str | None
) -> Document:
    # Imported here, each when first needed: `import scr_themes` stays light.
    if kind == "PDF":
        from scr_themes.reading.pdf import read_pdf  # noqa: PLC0415

        return read_pdf(file, data)
    if kind == "DOCX":
        from scr_themes.reading.docx import read_docx  # noqa: PLC0415

        return read_docx(file, data)
    if kind == "HTML":
        from scr_themes.reading.html import read_html  # noqa: PLC0415

        return read_html(file, data, encoding)
    if kind == "Markdown":
        from scr_themes.reading.markdown import read_markdown  # noqa: PLC0415

        return read_markdown(file, data, encoding)
    if kind == "text":
        from scr_themes.reading.plain import read_plain  # noqa: PLC0415

        return read_plain(file, data, encoding)
    from scr_themes.reading.tables import read_table  # noqa: PLC0415

    return read_table(file, data, kind, text_column=text_column, encoding=encoding)


def _name_warnings(file: Path, kind: Format) -> list[str]:
    promised = suffix_format(file)
    if promised in (None, kind):
        return []
    return [f"named {file.suffix} but holds {kind}; read as {kind}; rename it"]
