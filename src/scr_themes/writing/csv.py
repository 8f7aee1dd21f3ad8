"""CSV: one row a tag, for spreadsheets.

Left out are passages without a tag, what stands between passages, titles and warnings of
documents, and digits of probabilities beyond the fourth.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from scr_themes.documents import TaggedDocument
from scr_themes.writing.settings import Settings

COLUMNS = (
    "document",
    "passage",
    "page",
    "paragraph",
    "section",
    "theme",
    "theme_title",
    "probability",
    "role",
    "evidence",
    "text",
    "coder",
)
# A spreadsheet takes a cell that begins so for a formula, and a formula can call out. After OWASP's
# page on CSV injection, with the full-width forms that a Japanese Excel takes for the same, and NUL
# (OWASP's ASVS 1.2.10), which LibreOffice passes over. Where the spreadsheet's delimiter is another
# than the file's, a cell begins after any semicolon, tab or line end. Apostrophes in front count as
# well, so that one can be taken away again.
_FORMULA = re.compile("^(?='*[\t\r\n])|(^|[;\t\r\n])(?='*[=+\\-@\uff1d\uff0b\uff0d\uff20\0])")


def render(documents: Iterable[TaggedDocument], settings: Settings) -> Iterator[str]:
    """Yield the header, then the rows of each document.

    Parameters
    ----------
    documents : iterable of TaggedDocument
        What to write. Passages without a tag have no row.
    settings : Settings
        Its codebook gives the titles; ``bom`` puts a byte order mark first.

    Yields
    ------
    str
        Zero or more whole rows, ended as RFC 4180 has it. Where a cell, or what follows a
        semicolon, tab or line end in it, would be taken for a formula, an apostrophe stands in
        front.
    """
    yield ("\ufeff" if settings.bom else "") + _rows([COLUMNS])
    for tagged in documents:
        yield _rows(
            (
                tagged.document.name,
                passage.passage.index,
                passage.passage.page,
                passage.passage.paragraph,
                passage.passage.section,
                tag.theme,
                settings.title(tag.theme),
                f"{tag.probability:.4f}",
                passage.role,
                passage.quote(tag),
                passage.text,
                tagged.coder,
            )
            for passage in tagged.passages
            for tag in passage.tags
        )


def _rows(rows: Iterable[Sequence[object]]) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([[_cell(value) for value in row] for row in rows])
    return stream.getvalue()


def _cell(value: object) -> object:
    return defused(value) if isinstance(value, str) else value


def defused(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> defused("=1+1"), defused("seen;=1+1"), defused("1 = 1")
    ("'=1+1", "seen;'=1+1", '1 = 1')
    """
    return _FORMULA.sub(r"\1'", text)
