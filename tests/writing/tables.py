"""What the tests of workbooks, Parquet and SQLite share: documents that end in an error."""

from __future__ import annotations

from collections.abc import Iterator

from scr_themes.documents import TaggedDocument
from tests.tagged import tagged_document, tagged_passage

FIRST = tagged_document(
    tagged_passage(
        "No note. It rained.",
        {"recording": 0.9123, "child_voice": 0.75},
        page=3,
        paragraph="4.10",
        section="Work",
        evidence=(0, 8),
    ),
    tagged_passage("Nothing here.", {}, index=1, role=""),
    name="first.pdf",
    n_pages=9,
    warnings=("page 2 is scanned", "page 3 too"),
)
SECOND = tagged_document(
    tagged_passage("She was not asked.", {"child_voice": 0.8}), name="second.pdf", coder="Ann"
)
BARE = tagged_document(name="scanned.pdf", warnings=("no text",))


def then(error: BaseException) -> Iterator[TaggedDocument]:
    """Yield two documents and fail."""
    yield FIRST
    yield SECOND
    raise error
