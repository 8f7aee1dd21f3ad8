"""Documents put together again from the tables that we write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from scr_themes.between import joined
from scr_themes.documents import (
    Document,
    Passage,
    PassageKind,
    Tag,
    TaggedDocument,
    TaggedPassage,
)
from scr_themes.reading.codings.placing import lay_out

_KINDS: Mapping[str, PassageKind] = {kind: kind for kind in get_args(PassageKind)}


def kind_of(name: object) -> PassageKind:
    """Return a kind of passage; a paragraph where the name is none."""
    return _KINDS.get(str(name), "paragraph")


def tagged_passage(
    passage: Passage, role: str, role_probability: float, tags: Iterable[Tag]
) -> TaggedPassage:
    """Return a passage with what it was given.

    Raises
    ------
    ValueError
        If evidence lies outside the passage.
    """
    given = tuple(tags)
    for tag in given:
        start, end = tag.evidence
        if not 0 <= start <= end <= len(passage.text):
            raise ValueError(f"evidence {start} to {end} lies outside the text")
    return TaggedPassage(
        passage=passage,
        role=role,
        role_probability=role_probability if role else 0.0,
        tags=given,
        candidates=given,
    )


def rebuilt(
    about: Mapping[str, Any],
    coder: str,
    passages: Sequence[TaggedPassage],
    pieces: Sequence[tuple[int, str]],
    length: int | None,
) -> TaggedDocument:
    """Return a document of its passages and what stood between them.

    Parameters
    ----------
    about : mapping
        The fields of ``Document`` but for its text and passages.
    coder : str
        Who made the tags.
    passages : sequence of TaggedPassage
        All of them, in order.
    pieces, length
        As for :func:`scr_themes.between.joined`. Where they do not go with the passages, because
        somebody changed these, the passages are laid out anew.
    """
    places = [tagged.passage for tagged in passages]
    text = None if length is None else joined(places, pieces, length)
    if text is None:
        text, laid = lay_out(places)
        passages = [
            replace(tagged, passage=place) for tagged, place in zip(passages, laid, strict=True)
        ]
    return TaggedDocument(
        document=Document(
            **about, text=text, passages=tuple(tagged.passage for tagged in passages)
        ),
        passages=tuple(passages),
        coder=coder,
    )
