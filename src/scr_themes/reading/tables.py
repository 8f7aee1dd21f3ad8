"""Tables of passages: CSV, JSONL and Parquet, one passage a row."""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from scr_themes.chunks import chunked
from scr_themes.documents import Document
from scr_themes.errors import ReadingError
from scr_themes.extras import required
from scr_themes.reading.blocks import Block, assemble
from scr_themes.reading.decoding import decode
from scr_themes.reading.detection import Format
from scr_themes.reading.rows import Row, csv_rows, find_column, jsonl_rows

PART = 1000  # rows of a long table that are read, tagged and handed over together


def read_table(
    path: Path,
    data: bytes,
    kind: Format,
    *,
    text_column: str | None = None,
    encoding: str | None = None,
) -> Document:
    r"""Read a table of passages.

    Parameters
    ----------
    path : Path
        The file.
    data : bytes
        What it holds.
    kind : {"CSV", "JSONL", "Parquet"}
        What it is.
    text_column : str, optional
        The column with the words; "text" or "passage" where not given.
    encoding : str, optional
        Its encoding, where known.

    Returns
    -------
    Document
        A passage for each row that has words; the columns "page", "paragraph" and "section" are
        taken over where the table has them.

    Raises
    ------
    ReadingError
        If there is no such column, or a row is malformed.
    MissingExtraError
        If it is Parquet and pyarrow is not installed.

    Examples
    --------
    >>> document = read_table(Path("p.csv"), b"text,page\nNobody asked.,3\n", "CSV")
    >>> document.passages[0].text, document.passages[0].page
    ('Nobody asked.', 3)
    """
    warnings: tuple[str, ...] = ()
    if kind == "Parquet":
        rows = list(_parquet_rows(path, io.BytesIO(data)))
    else:
        text, warnings = decode(path, data, encoding)
        parse = csv_rows if kind == "CSV" else jsonl_rows
        rows = list(parse(path, text, ReadingError, text_column))
    blocks, notes = _blocks(path, rows, text_column)
    return assemble(blocks, path=str(path), title=path.stem, warnings=(*warnings, *notes))


def read_long_table(
    path: Path, kind: Format, *, text_column: str | None = None, size: int = PART
) -> Iterator[Document]:
    """Read a table of passages part by part, so that its length costs no memory.

    Parameters
    ----------
    path : Path
        The file. CSV and JSONL must be UTF-8.
    kind : {"CSV", "JSONL", "Parquet"}
        What it is.
    text_column : str, optional
        As in :func:`read_table`.
    size : int, default 1000
        Rows a part.

    Yields
    ------
    Document
        One a part, with the path and title of the whole. Passages are numbered through the file;
        where they stand is where they stand in the text of their part.

    Raises
    ------
    ReadingError, MissingExtraError
        As :func:`read_table` does, when the part is reached.
    """
    first = 0
    named = text_column
    for rows in chunked(_rows(path, kind, text_column), size):
        columns = _columns(rows)
        if not first:
            # The column of the first part is that of all, be there none in a later one.
            named = find_column(path, columns, text_column, ReadingError)
        elif named not in columns:
            continue
        blocks, notes = _blocks(path, rows, named)
        part = assemble(blocks, path=str(path), title=path.stem, warnings=notes)
        passages = tuple(replace(p, index=first + p.index) for p in part.passages)
        first += len(passages)
        yield replace(part, passages=passages)


def _rows(path: Path, kind: Format, text_column: str | None) -> Iterator[Row]:
    if kind == "Parquet":
        yield from _parquet_rows(path, path)
        return
    parse, newline = (csv_rows, "") if kind == "CSV" else (jsonl_rows, "\n")
    try:
        with path.open(encoding="utf-8-sig", newline=newline) as lines:
            yield from parse(path, lines, ReadingError, text_column)
    except UnicodeDecodeError as error:
        raise ReadingError(path, f"is not UTF-8 ({error.reason})", "save it as UTF-8") from error


def _parquet_rows(path: Path, source: Any) -> Iterator[Row]:
    """Read Parquet from bytes or a file, a batch of rows at a time."""
    pa = required("pyarrow", package="pyarrow", extra="parquet")
    pq = required("pyarrow.parquet", package="pyarrow", extra="parquet")
    try:
        count = 0
        for batch in pq.ParquetFile(source).iter_batches(PART):
            for cells in batch.to_pylist():
                count += 1
                yield Row(count, cells)
    except (pa.ArrowException, OSError) as error:
        raise ReadingError(path, "is a damaged Parquet file", "get a fresh copy of it") from error


def _blocks(path: Path, rows: list[Row], text_column: str | None) -> tuple[list[Block], list[str]]:
    columns = _columns(rows)
    text_name = find_column(path, columns, text_column, ReadingError) if rows else ""
    named = {name.strip().casefold(): name for name in reversed(columns)}
    blocks: list[Block] = []
    notes: Counter[str] = Counter()
    for row in rows:
        words = row.cells.get(text_name)
        if words is not None and not isinstance(words, str):
            raise ReadingError(
                f"{path}:{row.line}",
                f"column {text_name!r} holds {type(words).__name__}, not text",
                "name the column with the words: text_column= / --text-column",
            )
        if words is None or not any(c.isalnum() for c in words):
            notes["no text were skipped"] += 1
            continue
        page, legible = _page(row.cells.get(named.get("page", "")))
        notes["a page that is not a number were read without it"] += not legible
        blocks.append(
            Block(
                words,
                page=page,
                paragraph=_words(row.cells.get(named.get("paragraph", ""))),
                section=_words(row.cells.get(named.get("section", ""))),
            )
        )
    return blocks, _notes(notes.items(), len(rows))


def _columns(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row.cells))


def _notes(counts: Iterable[tuple[str, int]], n_rows: int) -> list[str]:
    return [f"{n} of {n_rows} rows with {what}" for what, n in counts if n]


def _page(value: Any) -> tuple[int | None, bool]:
    """Return the page, and whether the value could be read as one."""
    words = _words(value)
    if words is None:
        return None, True
    try:
        number = float(words)
        return (int(number), True) if number == int(number) and number >= 1 else (None, False)
    except (ValueError, OverflowError):
        return None, False


def _words(value: Any) -> str | None:
    """Return a cell as text; None where it is empty (NaN, in a column of numbers)."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return str(value).strip() or None
