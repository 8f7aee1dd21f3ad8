"""Parquet: tags as :mod:`scr_themes.writing.parquet` writes them, and tables that people make."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scr_themes.codings import Codings
from scr_themes.documents import Passage, Tag, TaggedDocument, TaggedPassage
from scr_themes.errors import ReadingError
from scr_themes.extras import required
from scr_themes.reading.codings.by_hand import Line, from_table
from scr_themes.reading.codings.rebuilding import kind_of, rebuilt, tagged_passage
from scr_themes.reading.loading import load_bytes
from scr_themes.surrogates import restored

_OWN = frozenset({"document", "passage", "text", "role", "tags", "coder", "document_number"})
_BATCH = 1_000  # rows


def read(path: Path, coder: str | None) -> Codings:
    """Read the codings of a Parquet file; see :func:`scr_themes.read_codings`."""
    pa = required("pyarrow", package="pyarrow", extra="parquet")
    pq = required("pyarrow.parquet", package="pyarrow", extra="parquet")
    try:
        file = pq.ParquetFile(io.BytesIO(load_bytes(path)))
        names = frozenset(file.schema_arrow.names)
        about = (file.schema_arrow.metadata or {}).get(b"scr_themes", b"{}")
        about = (file.metadata.metadata or {}).get(b"scr_themes", about)
        rows = [row for batch in file.iter_batches(_BATCH) for row in batch.to_pylist()]
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise ReadingError(path, "is a damaged Parquet file", "get a fresh copy of it") from error
    if not names >= _OWN:
        lines = [Line(f"{path}, row {number}", row) for number, row in enumerate(rows, start=1)]
        return from_table(path, lines, coder)
    try:
        bare = {int(entry["document_number"]): entry for entry in _without_passages(about)}
        documents = dict(_documents(path, rows))
        documents |= {number: _bare(entry) for number, entry in bare.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ReadingError(
            path,
            f"its metadata are not those of a file of tags ({type(error).__name__}: {error})",
            "give a file that `scr-themes tag --format parquet` wrote",
        ) from error
    return Codings(documents=tuple(documents[number] for number in sorted(documents)))


def _without_passages(about: bytes) -> list[dict[str, Any]]:
    return list(json.loads(about).get("documents_without_passages", ()))


def _documents(path: Path, rows: list[dict[str, Any]]) -> Iterator[tuple[int, TaggedDocument]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["document_number"], []).append(row)
    for number, own in found.items():
        try:
            passages = sorted(map(_passage, own), key=lambda tagged: tagged.passage.index)
            first = next((row for row in own if row.get("between") is not None), own[0])
            pieces = [(p["start"], restored(p["text"])) for p in first.get("between") or ()]
            yield (
                number,
                rebuilt(
                    _about(first), restored(first["coder"]), passages, pieces, first["characters"]
                ),
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ReadingError(
                path,
                f"document {number} is none ({type(error).__name__}: {error})",
                "give a file that `scr-themes tag --format parquet` wrote",
            ) from error


def _bare(entry: Mapping[str, Any]) -> TaggedDocument:
    text = restored(entry["text"])
    return rebuilt(_about(entry), restored(entry["coder"]), (), [(0, text)], len(text))


def _about(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "path": restored(row["document"]),
        "title": restored(row["title"]),
        "n_pages": row["n_pages"],
        "warnings": tuple(map(restored, row["warnings"] or ())),
    }


def _passage(row: Mapping[str, Any]) -> TaggedPassage:
    where = {name: row[name] for name in ("paragraph", "section")}
    passage = Passage(
        text=restored(row["text"]),
        index=int(row["passage"]),
        start=int(row["start"]),
        end=int(row["end"]),
        page=row["page"],
        kind=kind_of(row["kind"]),
        **{name: None if cell is None else restored(cell) for name, cell in where.items()},
    )
    tags = [_tag(entry) for entry in row["tags"] or ()]
    chance = row["role_probability"]
    return tagged_passage(
        passage, restored(row["role"] or ""), 1.0 if chance is None else float(chance), tags
    )


def _tag(entry: Mapping[str, Any]) -> Tag:
    span = int(entry["evidence_start"]), int(entry["evidence_end"])
    return Tag(restored(entry["theme"]), float(entry["probability"]), span)
