"""SQLite: a database of tags to query, and to browse in Datasette.

Documents, passages, coders, the codebook's themes and roles, and the tags, each in a table of its
own; the view ``tagged`` has one row a tag with all that is known of it. Passages can be searched
for words (``passages_fts``), unless Python's SQLite was made without FTS5. A text with lone
surrogates, which UTF-8 cannot hold, is escaped (:mod:`scr_themes.surrogates`). Nothing is left out.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

from scr_themes.codebook import Codebook
from scr_themes.documents import Passage, TaggedDocument
from scr_themes.surrogates import kept
from scr_themes.writing import sqlite_schema
from scr_themes.writing.settings import Settings


def save(documents: Iterable[TaggedDocument], settings: Settings, path: Path) -> None:
    """Write a database.

    Parameters
    ----------
    documents : iterable of TaggedDocument
        What to write, a transaction each. A document that several coders coded is there once.
    settings : Settings
        Its codebook fills the tables of themes and roles.
    path : Path
        The file. If the documents end in an error, it holds those before.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    path.unlink(missing_ok=True)
    with _faults_as_os_errors():
        connection = sqlite3.connect(path)
    with closing(connection):
        with _faults_as_os_errors():
            database = _Database(connection, settings)
        for tagged in documents:
            with _faults_as_os_errors(), connection:
                database.add(tagged)
        with _faults_as_os_errors():
            database.finish()


@contextmanager
def _faults_as_os_errors() -> Iterator[None]:
    """Say of a full disk what every other format says."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise OSError(str(error)) from error


class _Database:
    """A database that is being filled.

    Parameters
    ----------
    connection : sqlite3.Connection
        To an empty file.
    settings : Settings
        With the codebook.
    """

    def __init__(self, connection: sqlite3.Connection, settings: Settings) -> None:
        self._connection = connection
        self._settings = settings
        self._passages: dict[bytes, tuple[int, list[int]]] = {}  # of documents, by their digest
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA application_id = {sqlite_schema.APPLICATION_ID}")
        connection.executescript(f"BEGIN; {sqlite_schema.TABLES} COMMIT;")
        try:
            connection.execute(sqlite_schema.FULL_TEXT)
            self._searchable = True
        except sqlite3.OperationalError:  # no such module: fts5
            self._searchable = False
        with connection:
            self._add_codebook(settings.codebook)
            # Last: a file with a version is whole.
            connection.execute(f"PRAGMA user_version = {sqlite_schema.VERSION}")

    def _add_codebook(self, book: Codebook | None) -> None:
        about = {"made by": "scr_themes", "full-text index": "yes" if self._searchable else "no"}
        if book is not None:
            about |= {"codebook": book.name, "codebook version": book.version}
            about |= {"codebook rules": json.dumps(book.rules, ensure_ascii=False)}
            self._connection.executemany(
                "INSERT INTO themes VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (
                        *(theme.id, theme.title, theme.definition),
                        json.dumps(theme.counts, ensure_ascii=False),
                        json.dumps(theme.excludes, ensure_ascii=False),
                        theme.core,
                    )
                    for theme in book.themes
                ],
            )
            self._connection.executemany(
                "INSERT INTO roles VALUES (?, ?, ?)",
                [(role.id, role.title, role.definition) for role in book.roles],
            )
        self._connection.executemany("INSERT INTO about VALUES (?, ?)", about.items())

    def add(self, tagged: TaggedDocument) -> None:
        """Add a document as one coder coded it."""
        document_id, passage_ids = self._document(tagged)
        self._execute("INSERT OR IGNORE INTO coders (name) VALUES (?)", kept(tagged.coder))
        coding_id = self._execute(
            "INSERT INTO codings (document_id, coder_id)"
            " VALUES (?, (SELECT id FROM coders WHERE name = ?))",
            *(document_id, kept(tagged.coder)),
        )
        for passage_id, passage in zip(passage_ids, tagged.passages, strict=True):
            if passage.role:
                role = kept(passage.role)
                self._execute("INSERT OR IGNORE INTO roles (id, title) VALUES (?, ?)", role, role)
                self._execute(
                    "INSERT INTO passage_roles VALUES (?, ?, ?, ?)",
                    *(coding_id, passage_id, role, passage.role_probability),
                )
            for tag in passage.tags:
                theme, title = kept(tag.theme), kept(self._settings.title(tag.theme))
                self._execute(
                    "INSERT OR IGNORE INTO themes (id, title) VALUES (?, ?)", theme, title
                )
                self._execute(
                    "INSERT INTO tags (coding_id, passage_id, theme, probability, evidence_start,"
                    " evidence_end) VALUES (?, ?, ?, ?, ?, ?)",
                    *(coding_id, passage_id, theme, tag.probability, *tag.evidence),
                )

    def _document(self, tagged: TaggedDocument) -> tuple[int, list[int]]:
        """Return the rows of a document and of its passages, new or those of another coder's."""
        document = tagged.document
        places = [passage.passage for passage in tagged.passages]
        digest = sha256(repr((_content(tagged), [_values(p) for p in places])).encode()).digest()
        if digest not in self._passages:
            document_id = self._execute(
                "INSERT INTO documents (name, title, n_pages, warnings, text)"
                " VALUES (?, ?, ?, ?, ?)",
                *(kept(document.name), kept(document.title), document.n_pages),
                json.dumps(list(map(kept, document.warnings)), ensure_ascii=False),
                kept(document.text),
            )
            rows = [self._passage(document_id, place) for place in places]
            self._passages[digest] = document_id, rows
        return self._passages[digest]

    def _passage(self, document_id: int, passage: Passage) -> int:
        row = self._execute(
            "INSERT INTO passages (document_id, number, page, paragraph, section, kind,"
            " start_offset, end_offset, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(document_id, *_values(passage)),
        )
        if self._searchable:
            words = kept(passage.text)
            self._execute("INSERT INTO passages_fts (rowid, text) VALUES (?, ?)", row, words)
        return row

    def _execute(self, statement: str, *values: object) -> int:
        return self._connection.execute(statement, values).lastrowid or 0

    def finish(self) -> None:
        """Let SQLite look at what the indices are good for."""
        if self._searchable:
            with self._connection:
                self._execute("INSERT INTO passages_fts (passages_fts) VALUES ('optimize')")
        self._connection.execute("ANALYZE")


def _content(tagged: TaggedDocument) -> tuple[object, ...]:
    document = tagged.document
    return (document.name, document.title, document.text, document.n_pages, document.warnings)


def _values(passage: Passage) -> tuple[object, ...]:
    texts = (
        None if text is None else kept(text)
        for text in (passage.paragraph, passage.section, passage.kind)
    )
    return (
        *(passage.index, passage.page, *texts),
        *(passage.start, passage.end, kept(passage.text)),
    )
