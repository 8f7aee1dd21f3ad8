"""XLSX: a workbook for Excel and LibreOffice, with sheets to read, filter and count in.

Passages (all of them), Tags (a row each), Themes, Documents, Co-occurrence and Codebook; a hidden
sheet holds what stands between passages. No cell is a formula or a link. A text longer than the
32,767 characters of a cell is cut there and stands whole in the sheet Long texts; rows beyond the
1,048,576 of a sheet go on in another. Everything comes back with :func:`scr_themes.read_codings`,
but that an empty text becomes none.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from scr_themes.between import between
from scr_themes.documents import TaggedDocument, TaggedPassage
from scr_themes.extras import required
from scr_themes.workbook import (
    BETWEEN,
    CODEBOOK,
    DOCUMENTS,
    PASSAGES,
    TAGS,
    THEMES,
    TOGETHER,
)
from scr_themes.writing.settings import Settings
from scr_themes.writing.sheets import Book, Sheet
from scr_themes.writing.summary import Summary, summarise

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def save(documents: Iterable[TaggedDocument], settings: Settings, path: Path) -> None:
    """Write a workbook.

    Parameters
    ----------
    documents : iterable of TaggedDocument
        What to write, one after another.
    settings : Settings
        Its codebook gives the titles, and is a sheet itself.
    path : Path
        The file. If the documents end in an error, it holds those before.

    Raises
    ------
    MissingExtraError
        If XlsxWriter is not installed.
    OSError
        If the file cannot be written.
    """
    xlsxwriter = required("xlsxwriter", package="XlsxWriter", extra="xlsx")
    with tempfile.TemporaryDirectory(prefix="scr-themes-") as folder:
        book = Book(xlsxwriter.Workbook(path, {**_OPTIONS, "tmpdir": folder}))
        book.workbook.use_zip64()
        try:
            streamed = _Streamed(book, settings, documents)
            summary = summarise(streamed)  # which pulls the documents through
            streamed.finish(summary)
            book.close()
        finally:
            book.give_up()
    if streamed.error is not None:
        raise streamed.error


class _Streamed:
    """Documents on their way to the summary, written to their sheets as they pass.

    Attributes
    ----------
    error : BaseException or None
        What ended the documents, kept until the workbook is whole.
    """

    def __init__(self, book: Book, settings: Settings, documents: Iterable[TaggedDocument]) -> None:
        self.error: BaseException | None = None
        self._settings = settings
        self._documents = documents
        self._passages = Sheet(book, PASSAGES, formats={"role probability": book.chance})
        self._tags = Sheet(book, TAGS, formats={"probability": book.chance})
        self._themes = Sheet(book, THEMES, formats={"share of documents": book.share})
        self._files = Sheet(book, DOCUMENTS)
        self._book = book
        self._together = book.workbook.add_worksheet(TOGETHER)
        self._codebook = Sheet(book, CODEBOOK)
        self._between = Sheet(book, BETWEEN)
        self._between.sheet.hide()

    def __iter__(self) -> Iterator[TaggedDocument]:
        source = iter(self._documents)
        number = 0
        while True:
            try:
                tagged = next(source)
            except StopIteration:
                return
            except BaseException as error:
                self.error = error
                return
            number += 1
            self._add(number, tagged)
            yield tagged

    def _add(self, number: int, tagged: TaggedDocument) -> None:
        document = tagged.document
        for passage in tagged.passages:
            self._passages.add(_passage(number, tagged, passage))
            for tag in passage.tags:
                title = self._settings.title(tag.theme)
                where = passage.passage
                self._tags.add(
                    (
                        *(document.name, where.index, where.page, where.paragraph, where.section),
                        *(passage.role, tag.theme, title, tag.probability, passage.quote(tag)),
                        *(*tag.evidence, tagged.coder, number),
                    )
                )
        self._files.add(
            (
                *(document.name, document.title, document.n_pages, len(tagged.passages)),
                sum(1 for passage in tagged.passages if passage.tags),
                _lines(document.warnings),
                *(tagged.coder, number, len(document.text)),
            )
        )
        places = [passage.passage for passage in tagged.passages]
        for start, words in between(document.text, places):
            self._between.add((number, start, words))

    def finish(self, summary: Summary) -> None:
        """Write the sheets that count, and the codebook."""
        book = self._settings.codebook
        given = {count.theme: count for count in summary.themes}
        known = book.theme_ids if book is not None else ()
        themes = [*given, *(theme for theme in known if theme not in given)]
        for theme in themes:
            n = given[theme].n_documents if theme in given else 0
            n_passages = given[theme].n_passages if theme in given else 0
            share = n / summary.n_documents if summary.n_documents else None
            self._themes.add((theme, self._settings.title(theme), n, share, n_passages))
        _write_matrices(self._book, self._together, summary)
        for values in _entries(self._settings):
            self._codebook.add(values)
        for sheet in (self._passages, self._tags, self._themes, self._files):
            sheet.finish()
        self._codebook.finish()


def _passage(number: int, tagged: TaggedDocument, passage: TaggedPassage) -> tuple[Any, ...]:
    where = passage.passage
    return (
        *(tagged.document.name, tagged.document.title, where.index, where.page),
        *(where.paragraph, where.section, where.kind, where.start, where.end, passage.role),
        passage.role_probability if passage.role else None,
        "; ".join(passage.themes),
        *(where.text, tagged.coder, number),
    )


def _lines(entries: tuple[str, ...]) -> str:
    """Return one text of several, a line each; as JSON where that could not be undone."""
    lines = "\n".join(entries)
    plain = all(entry and "\n" not in entry for entry in entries) and not lines.startswith("[")
    return lines if plain else json.dumps(entries)


def _write_matrices(book: Book, sheet: Any, summary: Summary) -> None:
    """Write how many passages, and documents, themes share; on the diagonal, how many have one."""
    themes = [count.theme for count in summary.themes]
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 28, book.header)
    sheet.set_column(1, max(len(themes), 1), 14)
    row = 0
    for what in ("passages", "documents"):
        counts = {(c.theme, c.theme): getattr(c, f"n_{what}") for c in summary.themes}
        for pair in summary.together:
            n = getattr(pair, f"n_{what}")
            counts |= {(pair.first, pair.second): n, (pair.second, pair.first): n}
        for at, head in enumerate((f"{what} with both", *themes)):
            sheet.write_string(row, at, book.cell(head), book.header)
        for at, theme in enumerate(themes, start=1):
            sheet.write_string(row + at, 0, book.cell(theme), book.header)
            for place, other in enumerate(themes, start=1):
                sheet.write_number(row + at, place, counts.get((theme, other), 0))
        row += len(themes) + 2


def _entries(settings: Settings) -> Iterator[tuple[str | float | None, ...]]:
    if settings.codebook is None:
        return
    for theme in settings.codebook.themes:
        lists = (theme.counts, theme.excludes, theme.examples, theme.counter_examples)
        texts = ("\n".join(entries) for entries in lists)
        yield (
            *("theme", theme.id, theme.title, theme.definition),
            *(*texts, "yes" if theme.core else ""),
        )
    for role in settings.codebook.roles:
        examples = ("\n".join(role.examples), "\n".join(role.counter_examples))
        yield ("role", role.id, role.title, role.definition, None, None, *examples)
