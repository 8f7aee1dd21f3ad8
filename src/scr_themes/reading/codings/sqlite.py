"""SQLite: databases as :mod:`scr_themes.writing.sqlite` writes them, opened to read only."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from scr_themes.codings import Codings
from scr_themes.documents import Document, Passage, Tag, TaggedDocument
from scr_themes.errors import ReadingError
from scr_themes.reading.codings.rebuilding import kind_of, tagged_passage
from scr_themes.surrogates import restored

_VERSION = 1
_NEEDED = {
    "coders": {"id", "name"},
    "documents": {"id", "name", "title", "n_pages", "warnings", "text"},
    "passages": {
        *("id", "document_id", "number", "page", "paragraph", "section", "kind"),
        *("start_offset", "end_offset", "text"),
    },
    "codings": {"id", "document_id", "coder_id"},
    "passage_roles": {"coding_id", "passage_id", "role", "probability"},
    "tags": {
        *("id", "coding_id", "passage_id", "theme", "probability"),
        *("evidence_start", "evidence_end"),
    },
}


def read(path: Path, coder: str | None) -> Codings:
    """Read the codings of a database; see :func:`scr_themes.read_codings`."""
    del coder  # every coding names its own
    try:
        with path.open("rb") as file:
            begins = file.read(16)
    except FileNotFoundError as error:
        raise ReadingError(path, "no such file", "check the path") from error
    except OSError as error:
        fault = f"cannot be read ({error.strerror or error})"
        raise ReadingError(path, fault, "check the path and its permissions") from error
    if begins != b"SQLite format 3\0":
        raise ReadingError(path, "is no SQLite database", "check that it was copied whole")
    try:
        with closing(_opened(path)) as connection:
            _check(path, connection)
            return Codings(documents=tuple(_documents(connection)))
    except (sqlite3.Error, ValueError, TypeError, AttributeError) as error:
        raise ReadingError(
            path,
            f"is a damaged database of tags ({type(error).__name__}: {error})",
            "make it anew with `scr-themes tag`",
        ) from error


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    # What a schema may hold of calls and views is not run.
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    return connection


def _check(path: Path, connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    tables = {row["name"] for row in connection.execute(_TABLES)}
    remedy = "give a file that `scr-themes tag --format sqlite` wrote"
    if version > _VERSION and tables >= _NEEDED.keys():
        remedy = "install a later scr-themes"
        raise ReadingError(path, f"has tables of version {version}, not {_VERSION}", remedy)
    for table, columns in _NEEDED.items():
        there = {row["name"] for row in connection.execute(f"PRAGMA table_info({table})")}
        if table not in tables or not there >= columns:
            raise ReadingError(path, f"has no table {table!r} of tags", remedy)


_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
_CODINGS = """
    SELECT codings.id, document_id, coders.name AS coder
    FROM codings JOIN coders ON coders.id = coder_id ORDER BY codings.id
"""
_PASSAGES = """
    SELECT passages.*, role, probability
    FROM passages LEFT JOIN passage_roles ON passage_id = passages.id AND coding_id = ?
    WHERE document_id = ? ORDER BY passages.id
"""


def _documents(connection: sqlite3.Connection) -> Iterator[TaggedDocument]:
    for coding in connection.execute(_CODINGS).fetchall():
        tags: dict[int, list[Tag]] = defaultdict(list)
        for row in connection.execute(
            "SELECT * FROM tags WHERE coding_id = ? ORDER BY id", (coding["id"],)
        ):
            span = (int(row["evidence_start"]), int(row["evidence_end"]))
            tag = Tag(restored(row["theme"]), float(row["probability"]), span)
            tags[row["passage_id"]].append(tag)
        passages = [
            tagged_passage(
                _passage(row),
                restored(row["role"] or ""),
                float(row["probability"] or 0.0),
                tags.pop(row["id"], ()),
            )
            for row in connection.execute(_PASSAGES, (coding["id"], coding["document_id"]))
        ]
        if tags:
            raise ValueError("a tag stands on no passage of its document")
        row = connection.execute(
            "SELECT * FROM documents WHERE id = ?", (coding["document_id"],)
        ).fetchone()
        document = Document(
            path=restored(row["name"]),
            title=restored(row["title"]),
            text=restored(row["text"]),
            passages=tuple(tagged.passage for tagged in passages),
            n_pages=_whole(row["n_pages"]),
            warnings=tuple(map(restored, json.loads(row["warnings"]))),
        )
        coder = restored(coding["coder"])
        yield TaggedDocument(document=document, passages=tuple(passages), coder=coder)


def _passage(row: sqlite3.Row) -> Passage:
    paragraph, section = row["paragraph"], row["section"]
    return Passage(
        text=restored(row["text"]),
        index=int(row["number"]),
        start=int(row["start_offset"]),
        end=int(row["end_offset"]),
        page=_whole(row["page"]),
        paragraph=None if paragraph is None else restored(paragraph),
        section=None if section is None else restored(section),
        kind=kind_of(row["kind"]),
    )


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)
