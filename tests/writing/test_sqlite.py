from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from scr_themes.codebook import Codebook
from scr_themes.errors import WritingError
from scr_themes.reading.codings import read_as_coded
from scr_themes.writing import Settings, sqlite_schema, write
from scr_themes.writing.sqlite import save
from tests.tagged import tagged_document, tagged_passage
from tests.writing.tables import BARE, FIRST, SECOND, then

SETTINGS = Settings(codebook=Codebook.load())
with closing(sqlite3.connect(":memory:")) as _connection:
    (FTS5,) = _connection.execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')").fetchone()


@pytest.fixture
def query(tmp_path):
    """Write documents and query the database, each row a dict."""

    def run(documents, statement, *values, settings=SETTINGS):
        path = tmp_path / "tags.sqlite"
        save(documents, settings, path)
        with closing(sqlite3.connect(path)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(statement, values)]

    return run


def test_the_view_has_a_row_a_tag(query):
    first, _, third = query([FIRST, SECOND], "SELECT * FROM tagged")
    assert first == {
        "tag_id": 1,
        "document": "first.pdf",
        "title": "A review",
        "coder": "tiny 1",
        "passage": 0,
        "page": 3,
        "paragraph": "4.10",
        "section": "Work",
        "role": "finding",
        "theme": "recording",
        "theme_title": "Poor recording",
        "probability": 0.9123,
        "evidence": "No note.",
        "text": "No note. It rained.",
    }
    assert (third["coder"], third["theme"]) == ("Ann", "child_voice")


def test_evidence_is_counted_in_characters(query):
    text = "👩‍👧 مرحبا. No note."
    passage = tagged_passage(text, {"recording": 0.9}, evidence=(text.index("No"), len(text)))
    (row,) = query([tagged_document(passage)], "SELECT evidence FROM tagged")
    assert row["evidence"] == "No note."


def test_the_codebook_has_its_tables(query):
    themes = query([], "SELECT * FROM themes")
    known = SETTINGS.codebook["recording"]
    (recording,) = [row for row in themes if row["id"] == "recording"]
    assert recording["definition"] == known.definition
    assert json.loads(recording["counts"]) == list(known.counts)
    roles = query([], "SELECT id FROM roles ORDER BY rowid")
    assert [row["id"] for row in roles] == list(SETTINGS.codebook.role_ids)
    about = {row["key"]: row["value"] for row in query([], "SELECT * FROM about")}
    assert about["codebook"] == SETTINGS.codebook.name


def test_themes_and_roles_that_no_codebook_has_are_there(query):
    passage = tagged_passage("No note.", {"recording": 0.9}, role="aside")
    themes = query([tagged_document(passage)], "SELECT id, title FROM themes", settings=Settings())
    assert themes == [{"id": "recording", "title": "recording"}]
    (role,) = query([tagged_document(passage)], "SELECT role FROM passage_roles")
    assert role["role"] == "aside"


def test_a_document_that_two_coded_is_there_once(query):
    hers = replace(FIRST, coder="Ann")
    statement = """
        SELECT (SELECT count(*) FROM documents) AS documents,
               (SELECT count(*) FROM passages) AS passages,
               (SELECT count(*) FROM codings) AS codings, (SELECT count(*) FROM tags) AS tags
    """
    (counts,) = query([FIRST, hers], statement)
    assert counts == {"documents": 1, "passages": 2, "codings": 2, "tags": 4}
    changed = replace(hers, document=replace(hers.document, title="Another"))
    (counts,) = query([FIRST, changed], statement)
    assert counts["documents"] == 2


def test_nothing_points_nowhere_and_every_key_has_an_index(query):
    documents = [FIRST, SECOND, BARE]
    assert query(documents, "PRAGMA foreign_key_check") == []
    assert query(documents, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    keys = query(
        documents,
        "SELECT m.name AS tab, f.'from' AS col"
        " FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
    )
    assert len(keys) == 9
    indexed = query(
        documents,
        "SELECT m.name AS tab, c.name AS col FROM sqlite_master m, pragma_index_list(m.name) i,"
        " pragma_index_info(i.name) c WHERE c.seqno = 0",
    )
    assert [key for key in keys if key not in indexed] == []


def test_the_file_says_what_it_is(query):
    assert query([], "PRAGMA user_version") == [{"user_version": sqlite_schema.VERSION}]
    assert query([], "PRAGMA application_id") == [{"application_id": 0x53435254}]


@pytest.mark.skipif(not FTS5, reason="SQLite was made without FTS5")
def test_passages_are_searched_for_words_in_any_form(query):
    statement = """
        SELECT passages.text, snippet(passages_fts, 0, '[', ']', '…', 8) AS found FROM passages_fts
        JOIN passages ON passages.id = passages_fts.rowid WHERE passages_fts MATCH ?
    """
    assert query([FIRST, SECOND], statement, "asking") == [
        {"text": "She was not asked.", "found": "She was not [asked]."}
    ]
    assert query([FIRST, SECOND], statement, "rain note") == [
        {"text": "No note. It rained.", "found": "No [note]. It [rained]."}
    ]


def test_where_there_is_no_full_text_search_the_rest_is_written(tmp_path, query, monkeypatch):
    monkeypatch.setattr(
        sqlite_schema, "FULL_TEXT", sqlite_schema.FULL_TEXT.replace("fts5", "no_such_module")
    )
    (row,) = query([FIRST], "SELECT value FROM about WHERE key = 'full-text index'")
    assert row["value"] == "no"
    assert query([FIRST], "SELECT name FROM sqlite_master WHERE name LIKE '%fts%'") == []
    assert len(read_as_coded(tmp_path / "tags.sqlite")) == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("no"), MemoryError()])
def test_an_error_midway_leaves_a_sound_database_of_the_documents_before(tmp_path, error):
    with pytest.raises(type(error)) as caught:
        write(then(error), tmp_path / "tags.db")
    part = tmp_path / "tags.db.part"
    assert caught.value.__notes__ == [f"2 files finished before this: kept in {part}"]
    assert [path.name for path in tmp_path.iterdir()] == ["tags.db.part"]
    part.rename(tmp_path / "tags.db")
    names = [tagged.document.name for tagged in read_as_coded(tmp_path / "tags.db")]
    assert names == ["first.pdf", "second.pdf"]


def test_what_is_finished_is_on_disk_before_the_next_document(tmp_path):
    seen = []

    def documents():
        for tagged in (FIRST, SECOND):
            yield tagged
            with closing(sqlite3.connect(tmp_path / "tags.sqlite")) as other:
                seen.append(other.execute("SELECT count(*) FROM codings").fetchone()[0])

    save(documents(), SETTINGS, tmp_path / "tags.sqlite")
    assert seen == [1, 2]


def test_a_document_that_cannot_be_stored_is_in_no_part_there(tmp_path):
    wrong = tagged_document(tagged_passage("One.", {"recording": 0.9}, index=object()))
    with pytest.raises(sqlite3.Error):
        save([FIRST, wrong], SETTINGS, tmp_path / "tags.sqlite")
    assert len(read_as_coded(tmp_path / "tags.sqlite")) == 1


def test_a_place_that_cannot_be_written_is_an_error_in_one_line(tmp_path):
    with pytest.raises(WritingError, match="cannot be written"):
        write([FIRST], tmp_path / "nowhere" / "tags.sqlite")


def test_a_full_disk_is_an_error_in_one_line(tmp_path, monkeypatch):
    def connect(path):
        connection = sqlite3.Connection(path)
        connection.execute("PRAGMA max_page_count = 40")
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect)
    passages = [tagged_passage("x" * 100_000, {}, index=i) for i in range(9)]
    with pytest.raises(WritingError, match="disk is full"):
        write([tagged_document(*passages)], tmp_path / "tags.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_replaced(tmp_path):
    path = tmp_path / "tags.sqlite"
    path.write_text("what was there before")
    write([SECOND], path)
    write([FIRST], path)
    assert [tagged.document.name for tagged in read_as_coded(path)] == ["first.pdf"]
