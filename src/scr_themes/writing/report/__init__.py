"""HTML: one file to look at, filter, cite from and print, which loads nothing and sends nothing.

Left out are the text between passages, candidates below their thresholds, the folders in which
files lay, and digits of probabilities beyond the second. Characters that HTML cannot hold are
shown as U+FFFD.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from scr_themes.documents import TaggedDocument
from scr_themes.errors import WritingError
from scr_themes.writing.report.filters import filters
from scr_themes.writing.report.overview import overview
from scr_themes.writing.report.page import closing, head, limits, opening
from scr_themes.writing.report.passages import Drawer
from scr_themes.writing.settings import Settings
from scr_themes.writing.summary import Summary, summarise

__all__ = ["save"]


def save(
    documents: Iterable[TaggedDocument],
    settings: Settings,
    path: Path,
    *,
    title: str | None = None,
) -> None:
    """Write the report of documents that one coder tagged.

    Parameters
    ----------
    documents : iterable of TaggedDocument
        What to show; each is written aside as it comes, so that they need not fit in memory.
    settings : Settings
        Its codebook gives titles and definitions.
    path : Path
        The file. If the documents end in an error, it is not written.
    title : str, optional
        The heading; by default the document's title where there is one, else how many there are.

    Raises
    ------
    WritingError
        If there is more than one coder.
    """
    drawer = Drawer(settings)
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n") as aside:
        summary = summarise(_passing(documents, drawer, aside))
        if len(summary.coders) > 1:
            raise WritingError(
                "report",
                f"shows the tags of one coder, and these are of {len(summary.coders)}: "
                f"{', '.join(summary.coders)}",
                "choose one with `scr-themes report --coder NAME`",
            )
        aside.seek(0)
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(_before(summary, drawer, title))
            shutil.copyfileobj(aside, file)
            file.write(closing(_version()))


def _passing(
    documents: Iterable[TaggedDocument], drawer: Drawer, aside: TextIO
) -> Iterator[TaggedDocument]:
    """Draw each document on its way."""
    for tagged in documents:
        aside.writelines(drawer.draw(tagged))
        yield tagged


def _before(summary: Summary, drawer: Drawer, title: str | None) -> Iterator[str]:
    """Yield all that stands above the documents, which is known when they have gone by."""
    entries, settings = drawer.entries, drawer.settings
    heading = title or _heading(drawer)
    by_program = any(entry.by_program for entry in entries)
    yield head(heading)
    yield from opening(heading, summary, entries)
    yield from overview(summary, settings, drawer.themes, entries)
    yield from limits(by_program)
    yield '<section id="passages" aria-labelledby="passages-h" tabindex="-1">'
    yield '<h2 id="passages-h">Passages</h2>\n<div class="sides">\n'
    yield filters(summary, settings, drawer.themes, drawer.roles, entries)
    yield '<div id="documents"><p id="found" role="status"></p>\n'


def _heading(drawer: Drawer) -> str:
    if len(drawer.entries) == 1:
        return drawer.entries[0].title
    return f"Themes in {len(drawer.entries):,} documents"


def _version() -> str:
    import scr_themes  # noqa: PLC0415 - looks the version up when first asked

    return scr_themes.__version__
