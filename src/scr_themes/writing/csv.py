"""CSV: one row a tag, for spreadsheets."""

from __future__ import annotations

import csv
import io
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
# A spreadsheet takes a cell that begins so for a formula, and a formula can call out.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(documents: Iterable[TaggedDocument], settings: Settings) -> Iterator[str]:
    """Yield the header, then the rows of each document.

    Parameters
    ----------
    documents : iterable of TaggedDocument
        What to write. Passages without a tag have no row.
    settings : Settings
        Its codebook gives the titles.

    Yields
    ------
    str
        Zero or more whole rows, ended as RFC 4180 has it. Where a cell would be taken for a
        formula, an apostrophe stands in front of it.
    """
    yield _rows([COLUMNS])
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
    defuse = isinstance(value, str) and value.startswith(_FORMULA)
    return f"'{value}" if defuse else value
