"""CSV: tags as :mod:`scr_themes.writing.csv` writes them, and tables that people make.

Our own has no row for a passage without a tag, so those do not come back.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scr_themes.codings import Codings
from scr_themes.errors import ReadingError
from scr_themes.reading.codings.by_hand import Line, from_table
from scr_themes.reading.decoding import decode
from scr_themes.reading.loading import load_bytes
from scr_themes.reading.rows import csv_rows

# The columns by which our own is known, however a spreadsheet has parted or ordered them since.
_OWN = frozenset({"document", "passage", "theme", "theme_title", "evidence", "text", "coder"})
# What scr_themes.writing.csv puts an apostrophe in front of, with the apostrophe.
_DEFUSED = re.compile(
    "^'(?='*[\t\r\n])|(^|[;\t\r\n])'(?='*[=+\\-@\uff1d\uff0b\uff0d\uff20\0])",
)
_LONGEST = 100_000_000  # characters of a cell


def read(path: Path, coder: str | None) -> Codings:
    """Read the codings of a CSV file; see :func:`scr_themes.read_codings`."""
    text = _text(path)
    with _long_cells():
        rows = list(csv_rows(path, text, ReadingError))
    if not rows and _is_ours(text):
        return Codings(documents=())  # tags of documents without any
    own = bool(rows) and rows[0].cells.keys() >= _OWN
    lines = [
        Line(
            f"{path}:{row.line}",
            {name: fused(cell) for name, cell in row.cells.items()} if own else row.cells,
        )
        for row in rows
    ]
    return from_table(path, lines, coder, own=own)


def fused(cell: str) -> str:
    """Take away the apostrophes that keep a spreadsheet from seeing a formula.

    Examples
    --------
    >>> fused("'=1+1"), fused("''tis")
    ('=1+1', "''tis")
    """
    return _DEFUSED.sub(r"\1", cell)


def _text(path: Path) -> str:
    data = load_bytes(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    # Our own may hold any character that a review holds; another's with a NUL is no UTF-8.
    return text if _is_ours(text) else decode(path, data)[0]


def _is_ours(text: str) -> bool:
    return set(text.partition("\n")[0].strip("\r").split(",")) >= _OWN


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let CSV cells be longer than the 131,072 characters that Python allows."""
    before = csv.field_size_limit(_LONGEST)
    try:
        yield
    finally:
        csv.field_size_limit(before)
