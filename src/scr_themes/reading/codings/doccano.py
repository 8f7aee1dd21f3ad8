"""doccano: JSONL exports of its projects, and the lines that this package writes.

doccano numbers what it exports (``id``) and names no annotator in a line: it writes a file a person
(``ann.jsonl``), or one for all (``all.jsonl``) where annotations are shared. So the coder of a
numbered line is ``coder``, or the file's name, and not the model whose tags that person was shown.
Their tags have the probability 1, and the model's role is left out, as nobody there could change
it. Export only what was approved: of the other lines, doccano does not say whether somebody read
them.

Lines without a number come straight from us: coder, role and probabilities are those we wrote.

Offsets are UTF-16 code units, as for :mod:`scr_themes.writing.doccano`. In a project that counts
grapheme clusters they are not, and nothing in the file says so.

Listed as unmapped: relations, comments, and spans outside the text. In a line that this package did
not write, the text is a document, and its lines are the passages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scr_themes.codings import Codings
from scr_themes.errors import ReadingError
from scr_themes.reading.codings.gathering import Gathering, Refused
from scr_themes.reading.codings.placing import Span
from scr_themes.reading.decoding import decode
from scr_themes.reading.loading import load_bytes
from scr_themes.reading.rows import Row, jsonl_rows
from scr_themes.utf16 import Utf16Offsets

_CODES = ("label", "labels", "entities", "cats")


def read(path: Path, coder: str | None) -> Codings:
    """Read a JSONL export of doccano; see :func:`scr_themes.read_codings`."""
    text, _ = decode(path, load_bytes(path), "utf-8")
    return from_rows(path, list(jsonl_rows(path, text, ReadingError)), coder)


def from_rows(path: Path, rows: list[Row], coder: str | None) -> Codings:
    """Read the lines of an export.

    Parameters
    ----------
    path : Path
        The file, for errors and names.
    rows : list of Row
        Its lines.
    coder : str or None
        The coder of lines that come from doccano; None for the file's name.

    Raises
    ------
    ReadingError
        If a line is none of doccano's; it names the line.
    """
    gathering = Gathering(path, coder)
    for row in rows:
        try:
            _add(gathering, row)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise ReadingError(
                f"{path}:{row.line}",
                f"is no line of doccano ({type(error).__name__}: {error})",
                'give lines such as {"text": "...", "label": [[0, 4, "theme"]]}',
            ) from error
    return gathering.codings()


def _add(gathering: Gathering, row: Row) -> None:
    cells = row.cells
    text = cells["text"]
    if not isinstance(text, str):
        raise TypeError(f"text is {text!r}")
    if not any(name in cells for name in _CODES):
        raise ValueError(f"no {', '.join(_CODES[:-1])} or {_CODES[-1]}")
    meta = cells.get("meta")
    if not isinstance(meta, Mapping):
        meta = {}
    target = gathering.target(text, meta, f"line {cells.get('id', row.line)}")
    spans = [span for name in _CODES for span in _spans(cells.get(name), text)]
    coder, role, role_probability = gathering.unnamed, "", 0.0
    if "id" not in cells and meta:
        coder = str(meta.get("coder") or coder)
        role = str(meta.get("role") or "")
        role_probability = float(meta.get("role_probability") or 0.0)
        spans = list(_with_probabilities(spans, meta.get("probabilities")))
    inside, refused = [], []
    for span in spans:
        if 0 <= span.start <= span.end <= len(text):
            inside.append(span)
        else:
            refused.append(Refused(span.code, "", "lies outside the text", span.start, span.end))
    gathering.code(target, coder, inside, role, role_probability)
    gathering.refuse(target, coder, [*refused, *_others(cells)])


def _spans(entries: Any, text: str) -> Iterator[Span]:
    """Yield the codes of a line: triples, objects, or names for the whole text."""
    offsets = Utf16Offsets(text)
    for entry in [entries] if isinstance(entries, str) else entries or ():
        if isinstance(entry, str):
            yield Span(entry, 0, len(text))
            continue
        if isinstance(entry, Mapping):
            start, end, code = entry["start_offset"], entry["end_offset"], entry["label"]
        else:
            start, end, code = entry
        if not isinstance(start, int) or not isinstance(end, int):
            raise TypeError(f"{start!r} to {end!r} is no place in a text")
        yield Span(str(code), offsets.points(start), offsets.points(end))


def _with_probabilities(spans: list[Span], given: Any) -> Iterator[Span]:
    if given is None:
        yield from spans
        return
    if len(given) != len(spans):
        raise ValueError(f"{len(spans)} codes and {len(given)} probabilities")
    for span, probability in zip(spans, given, strict=True):
        yield Span(span.code, span.start, span.end, float(probability))


def _others(cells: Mapping[str, Any]) -> Iterator[Refused]:
    """Yield what a line holds beside codes on words."""
    for relation in cells.get("relations") or ():
        code = relation.get("type") if isinstance(relation, Mapping) else relation
        yield Refused(str(code), "", "a relation between two codes")
    for comment in cells.get("Comments") or cells.get("comments") or ():
        words = comment.get("comment") if isinstance(comment, Mapping) else comment
        yield Refused("", str(words), "a comment, no code")
