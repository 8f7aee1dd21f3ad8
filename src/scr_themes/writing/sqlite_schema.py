"""The tables of a SQLite file of tags."""

from __future__ import annotations

APPLICATION_ID = 0x53435254  # "SCRT", by which such a file is known
VERSION = 1  # PRAGMA user_version: raised when the tables change

TABLES = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE themes (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    definition TEXT NOT NULL DEFAULT '',
    counts TEXT NOT NULL DEFAULT '[]',     -- JSON lists
    excludes TEXT NOT NULL DEFAULT '[]',
    core INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE roles (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    definition TEXT NOT NULL DEFAULT ''
);
CREATE TABLE coders (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    n_pages INTEGER,
    warnings TEXT NOT NULL DEFAULT '[]',   -- a JSON list
    text TEXT NOT NULL
);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES documents(id),
    number INTEGER NOT NULL,               -- from 0
    page INTEGER,
    paragraph TEXT,
    section TEXT,
    kind TEXT NOT NULL,
    start_offset INTEGER NOT NULL,         -- characters into documents.text
    end_offset INTEGER NOT NULL,
    text TEXT NOT NULL
);
-- A document as one coder coded it.
CREATE TABLE codings (
    id INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL REFERENCES documents(id),
    coder_id INTEGER NOT NULL REFERENCES coders(id)
);
CREATE TABLE passage_roles (
    coding_id INTEGER NOT NULL REFERENCES codings(id),
    passage_id INTEGER NOT NULL REFERENCES passages(id),
    role TEXT NOT NULL REFERENCES roles(id),
    probability REAL NOT NULL,
    PRIMARY KEY (coding_id, passage_id)
);
CREATE TABLE tags (
    id INTEGER PRIMARY KEY,
    coding_id INTEGER NOT NULL REFERENCES codings(id),
    passage_id INTEGER NOT NULL REFERENCES passages(id),
    theme TEXT NOT NULL REFERENCES themes(id),
    probability REAL NOT NULL,
    evidence_start INTEGER NOT NULL,       -- characters into passages.text
    evidence_end INTEGER NOT NULL
);
CREATE INDEX passages_by_document ON passages(document_id, number);
CREATE INDEX documents_by_name ON documents(name);
CREATE INDEX codings_by_document ON codings(document_id);
CREATE INDEX codings_by_coder ON codings(coder_id);
CREATE INDEX roles_by_passage ON passage_roles(passage_id);
CREATE INDEX roles_by_role ON passage_roles(role);
CREATE INDEX tags_by_theme ON tags(theme);
CREATE INDEX tags_by_passage ON tags(passage_id);
CREATE INDEX tags_by_coding ON tags(coding_id, passage_id);
CREATE VIEW tagged AS
    SELECT
        tags.id AS tag_id, documents.name AS document, documents.title, coders.name AS coder,
        passages.number AS passage, passages.page, passages.paragraph, passages.section,
        passage_roles.role, tags.theme, themes.title AS theme_title, tags.probability,
        substr(
            passages.text, tags.evidence_start + 1, tags.evidence_end - tags.evidence_start
        ) AS evidence,
        passages.text
    FROM tags
    JOIN themes ON themes.id = tags.theme
    JOIN passages ON passages.id = tags.passage_id
    JOIN codings ON codings.id = tags.coding_id
    JOIN coders ON coders.id = codings.coder_id
    JOIN documents ON documents.id = codings.document_id
    LEFT JOIN passage_roles
        ON passage_roles.coding_id = tags.coding_id AND passage_roles.passage_id = tags.passage_id;
"""

# Word forms of one stem are found together. The words themselves stay in the table of passages; by
# its name in double quotes Datasette finds the index and shows a box to search in.
FULL_TEXT = """
CREATE VIRTUAL TABLE passages_fts USING fts5(
    text, content="passages", content_rowid="id", tokenize='porter unicode61'
);
"""
