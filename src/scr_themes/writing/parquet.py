"""Parquet: one row a passage with its tags as a list, for pandas, polars, R and DuckDB.

Whatever is known of a document stands in each of its rows; what stands between its passages, in its
first. Documents without passages are in the file's metadata, under ``scr_themes``. A text with lone
surrogates, which UTF-8 cannot hold, is escaped (:mod:`scr_themes.surrogates`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scr_themes.between import between
from scr_themes.documents import TaggedDocument
from scr_themes.extras import required
from scr_themes.surrogates import kept
from scr_themes.writing.settings import Settings

FORMAT = 1
_ROWS = 5_000  # of a row group, or a document's more


def save(documents: Iterable[TaggedDocument], settings: Settings, path: Path) -> None:
    """Write a Parquet file.

    Parameters
    ----------
    documents : iterable of TaggedDocument
        What to write, some thousand passages at a time.
    settings : Settings
        Its codebook gives the titles, and is in the metadata.
    path : Path
        The file. If the documents end in an error, it holds those before.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    OSError
        If the file cannot be written.
    """
    pa = required("pyarrow", package="pyarrow", extra="parquet")
    pq = required("pyarrow.parquet", package="pyarrow", extra="parquet")
    schema = _schema(pa)
    bare: list[dict[str, Any]] = []
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        rows: list[dict[str, Any]] = []
        try:
            for number, tagged in enumerate(documents):
                if not tagged.passages:
                    bare.append(_bare(number, tagged))
                rows += _rows(number, tagged, settings)
                if len(rows) >= _ROWS:
                    writer.write_table(pa.Table.from_pylist(rows, schema))
                    rows = []
        finally:
            if rows:
                writer.write_table(pa.Table.from_pylist(rows, schema))
            book = settings.codebook
            about = {
                "format": FORMAT,
                "codebook": book.to_dict() if book is not None else None,
                "documents_without_passages": bare,
            }
            writer.add_key_value_metadata({"scr_themes": json.dumps(about)})


def _schema(pa: Any) -> Any:
    tag = {
        "theme": pa.string(),
        "title": pa.string(),
        "probability": pa.float64(),
        "evidence_start": pa.int32(),
        "evidence_end": pa.int32(),
        "evidence": pa.string(),
    }
    columns: Mapping[str, Any] = {
        "document": pa.string(),
        "title": pa.string(),
        "n_pages": pa.int32(),
        "passage": pa.int32(),
        "page": pa.int32(),
        "paragraph": pa.string(),
        "section": pa.string(),
        "kind": pa.string(),
        "start": pa.int64(),
        "end": pa.int64(),
        "text": pa.string(),
        "role": pa.string(),
        "role_probability": pa.float64(),
        "tags": pa.list_(pa.struct(tag)),
        "coder": pa.string(),
        "warnings": pa.list_(pa.string()),
        "document_number": pa.int32(),
        "characters": pa.int64(),
        "between": pa.list_(pa.struct({"start": pa.int64(), "text": pa.string()})),
    }
    return pa.schema(list(columns.items()))


def _about(number: int, tagged: TaggedDocument) -> dict[str, Any]:
    document = tagged.document
    return {
        "document": kept(document.name),
        "title": kept(document.title),
        "n_pages": document.n_pages,
        "coder": kept(tagged.coder),
        "warnings": list(map(kept, document.warnings)),
        "document_number": number,
        "characters": len(document.text),
    }


def _bare(number: int, tagged: TaggedDocument) -> dict[str, Any]:
    return {**_about(number, tagged), "text": kept(tagged.document.text)}


def _rows(number: int, tagged: TaggedDocument, settings: Settings) -> list[dict[str, Any]]:
    about = _about(number, tagged)
    rows = [
        {
            **about,
            "passage": passage.passage.index,
            "page": passage.passage.page,
            "paragraph": _kept(passage.passage.paragraph),
            "section": _kept(passage.passage.section),
            "kind": passage.passage.kind,
            "start": passage.passage.start,
            "end": passage.passage.end,
            "text": kept(passage.text),
            "role": kept(passage.role) or None,
            "role_probability": passage.role_probability if passage.role else None,
            "tags": [
                {
                    "theme": kept(tag.theme),
                    "title": kept(settings.title(tag.theme)),
                    "probability": tag.probability,
                    "evidence_start": tag.evidence[0],
                    "evidence_end": tag.evidence[1],
                    "evidence": kept(passage.quote(tag)),
                }
                for tag in passage.tags
            ],
        }
        for passage in tagged.passages
    ]
    pieces = between(tagged.document.text, [passage.passage for passage in tagged.passages])
    for row in rows[:1]:
        row["between"] = [{"start": start, "text": kept(words)} for start, words in pieces]
    return rows


def _kept(text: str | None) -> str | None:
    return None if text is None else kept(text)
