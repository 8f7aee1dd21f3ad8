"""Codings at places of a document's text, laid on its passages."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from scr_themes.between import FURTHEST
from scr_themes.codings import Unmapped
from scr_themes.documents import Document, Passage, Tag, TaggedDocument, TaggedPassage

# Where lines end for people: not at the form feeds and such that str.splitlines() adds.
_LINE = re.compile(r"[^\r\n\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Span:
    """A code on some words of a document.

    Attributes
    ----------
    code : str
        As the file names it.
    start, end : int
        Python string offsets into ``Document.text``.
    probability : float
        1 for a person's.
    """

    code: str
    start: int
    end: int
    probability: float = 1.0


def place(
    document: Document, coder: str, spans: Iterable[Span]
) -> tuple[TaggedDocument, list[Unmapped]]:
    """Lay a coder's spans on the passages of a document.

    Parameters
    ----------
    document : Document
        With passages in order.
    coder : str
        Who made them.
    spans : iterable of Span
        What was coded. A span over several passages becomes a tag on each, cut at their ends.

    Returns
    -------
    TaggedDocument
        All passages, coded or not; roles are among the tags.
    list of Unmapped
        The spans that touch no passage: on a heading, say, or on a picture.
    """
    tags: list[list[Tag]] = [[] for _ in document.passages]
    starts = [passage.start for passage in document.passages]
    outside = []
    for span in spans:
        touched = False
        first = max(bisect_right(starts, span.start) - 1, 0)
        for i in range(first, len(starts)):
            passage = document.passages[i]
            if passage.start > span.end or (passage.start == span.end and span.end > span.start):
                break
            begin, end = max(span.start, passage.start), min(span.end, passage.end)
            if begin < end or (span.start == span.end and passage.start <= begin <= passage.end):
                evidence = begin - passage.start, max(begin, end) - passage.start
                tags[i].append(Tag(span.code, span.probability, evidence))
                touched = True
        if not touched:
            outside.append(
                Unmapped(
                    coder=coder,
                    document=document.name,
                    code=span.code,
                    quote=document.text[span.start : span.end],
                    reason="stands outside every passage",
                    start=span.start,
                    end=span.end,
                )
            )
    passages = tuple(
        as_coded(passage, given) for passage, given in zip(document.passages, tags, strict=True)
    )
    return TaggedDocument(document=document, passages=passages, coder=coder), outside


def as_coded(passage: Passage, tags: Sequence[Tag]) -> TaggedPassage:
    """Return a passage with the tags that somebody gave it, and no role yet."""
    given = tuple(tags)
    return TaggedPassage(
        passage=passage, role="", role_probability=0.0, tags=given, candidates=given
    )


def passages_of(text: str) -> tuple[Passage, ...]:
    r"""Return the lines of a text as passages, for files that do not say what its passages are.

    Examples
    --------
    >>> [(p.text, p.start) for p in passages_of("Findings\r\n\r\n  Nobody asked. \n")]
    [('Findings', 0), ('Nobody asked.', 14)]
    """
    found: list[Passage] = []
    for line in _LINE.finditer(text):
        words = line.group().strip()
        if words:
            start = line.start() + line.group().index(words)
            found.append(Passage(text=words, index=len(found), start=start, end=start + len(words)))
    return tuple(found)


def lay_out(passages: Sequence[Passage]) -> tuple[str, tuple[Passage, ...]]:
    r"""Return a text that has the passages where they say they are, and the passages.

    What stood between them is not known, and is line feeds. Where they contradict one another,
    they are laid out anew, one after the other.

    Examples
    --------
    >>> lay_out([Passage(text="One.", start=2, end=6), Passage(text="Two.", start=8, end=12)])[0]
    '\n\nOne.\n\nTwo.'
    """
    if not _is_sound(passages):
        at = 0
        anew = []
        for passage in passages:
            anew.append(replace(passage, start=at, end=at + len(passage.text)))
            at += len(passage.text) + 2
        passages = anew
    pieces: list[str] = []
    at = 0
    for passage in passages:
        pieces += ["\n" * (passage.start - at), passage.text]
        at = passage.end
    return "".join(pieces), tuple(passages)


def _is_sound(passages: Sequence[Passage]) -> bool:
    at = 0
    for passage in passages:
        if not at <= passage.start <= at + FURTHEST:
            return False
        if passage.end - passage.start != len(passage.text):
            return False
        at = passage.end
    return True
