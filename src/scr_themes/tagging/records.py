"""Tagged documents as plain data and back, every bit of them the same."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

import numpy as np

from scr_themes.documents import Document, Passage, Tag, TaggedDocument, TaggedPassage

_PASSAGE = tuple(field.name for field in fields(Passage))
_values = attrgetter(*_PASSAGE)


def to_record(tagged: TaggedDocument) -> dict[str, Any]:
    """Return a tagged document as what JSON can hold.

    Examples
    --------
    >>> document = Document(path="a.txt", title="A", text="", passages=())
    >>> tagged = TaggedDocument(document=document, passages=(), coder="accurate 1")
    >>> from_record(to_record(tagged)) == tagged
    True
    """
    document = tagged.document
    in_order = tuple(passage.passage for passage in tagged.passages) == document.passages
    return {
        "path": document.path,
        "title": document.title,
        "text": document.text,
        "n_pages": document.n_pages,
        "warnings": list(document.warnings),
        "coder": tagged.coder,
        "passages": list(map(_values, document.passages)),
        # Hardly ever: passages tagged that are not those of the document.
        "others": None if in_order else [_values(found.passage) for found in tagged.passages],
        "tagged": [
            [
                found.role,
                found.role_probability,
                list(map(_tag, found.tags)),
                [tag.theme for tag in found.candidates],
                # As bytes: a passage has one for every theme, and digits would be twice as long.
                b64encode(
                    np.array([tag.probability for tag in found.candidates], "<f8").tobytes()
                ).decode(),
                _spans(found.candidates),
            ]
            for found in tagged.passages
        ],
    }


def from_record(record: dict[str, Any]) -> TaggedDocument:
    """Return the tagged document that :func:`to_record` made a record of.

    Raises
    ------
    KeyError, TypeError, ValueError
        If it is no such record.
    """
    passages = tuple(map(_passage, record["passages"]))
    others = record["others"]
    places = passages if others is None else tuple(map(_passage, others))
    return TaggedDocument(
        document=Document(
            path=record["path"],
            title=record["title"],
            text=record["text"],
            passages=passages,
            n_pages=record["n_pages"],
            warnings=tuple(record["warnings"]),
        ),
        passages=tuple(
            TaggedPassage(
                passage=passage,
                role=role,
                role_probability=role_probability,
                tags=tuple(Tag(theme, chance, (start, end)) for theme, chance, start, end in tags),
                candidates=_candidates(themes, chances, spans),
            )
            for passage, (role, role_probability, tags, themes, chances, spans) in zip(
                places, record["tagged"], strict=True
            )
        ),
        coder=record["coder"],
    )


def _tag(tag: Tag) -> list[Any]:
    return [tag.theme, tag.probability, *tag.evidence]


def _passage(values: Sequence[Any]) -> Passage:
    return Passage(**dict(zip(_PASSAGE, values, strict=True)))


def _spans(candidates: Sequence[Tag]) -> list[list[int]]:
    """Return the evidence of each candidate; once only where it is the same of all."""
    spans = [list(tag.evidence) for tag in candidates]
    return spans[:1] if all(span == spans[0] for span in spans) else spans


def _candidates(themes: Sequence[str], chances: str, spans: Sequence[Sequence[int]]) -> Any:
    numbers = np.frombuffer(b64decode(chances), "<f8").tolist()
    if len(spans) == 1:
        spans = [spans[0]] * len(themes)
    return tuple(
        Tag(theme, chance, (start, end))
        for theme, chance, (start, end) in zip(themes, numbers, spans, strict=True)
    )
