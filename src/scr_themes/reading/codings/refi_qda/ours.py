"""A source of our own project: tags as they were, with what was added and taken away since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scr_themes.codings import Unmapped
from scr_themes.documents import Document, Tag, TaggedDocument, TaggedPassage
from scr_themes.reading.codings.placing import Span, place
from scr_themes.reading.codings.refi_qda.layout import CoderLayout, Kind


@dataclass(frozen=True, slots=True)
class Coded:
    """A coding of the project, in offsets of the document."""

    guid: str  # the code's
    span: Span


def merged(
    document: Document,
    coder: str,
    coded: Sequence[Coded],
    *,
    layout: CoderLayout | None,
    guids: Mapping[tuple[Kind, str], str],
    names: Mapping[str, str],
    lead: int,
) -> tuple[TaggedDocument, list[Unmapped]]:
    """Put together what the project and our own file say of one coder's work on a document.

    Parameters
    ----------
    document : Document
        The document, with its passages.
    coder : str
        Who coded.
    coded : sequence of Coded
        What the project holds. Each is taken once.
    layout : CoderLayout or None
        What our file says of it; None for a coder who came later.
    guids : mapping of (kind, id) to str
        The ids that themes and roles have as codes of the project.
    names : mapping of str to str
        What those codes are called now.
    lead : int
        Characters at the beginning that no position in the project can lie before.

    Returns
    -------
    TaggedDocument
        With the tags that both have, as our file has them, and then those of the project alone.
    list of Unmapped
        What of these touches no passage.
    """
    there = Counter((entry.guid, entry.span.start, entry.span.end) for entry in coded)

    def take(guid: str, start: int, end: int) -> bool:
        key = (guid, max(start, lead), max(end, lead))
        there[key] -= 1
        return there[key] >= 0

    known: dict[int, TaggedPassage] = {}
    for index, given, chance, tags in layout.coded if layout else ():
        passage = document.passages[index]
        guid = guids.get(("role", given), "")
        role = names.get(guid, given)
        if given and not take(guid, passage.start, passage.end):
            role = ""
        kept = []
        for theme, start, end, probability in tags:
            code = guids.get(("theme", theme), "")
            if take(code, passage.start + start, passage.start + end):
                kept.append(Tag(names.get(code, theme), probability, (start, end)))
        known[index] = TaggedPassage(
            passage=passage,
            role=role,
            role_probability=chance if role == names.get(guid, given) else 0.0,
            tags=tuple(kept),
            candidates=tuple(kept),
        )
    added = []
    for entry in coded:
        key = (entry.guid, entry.span.start, entry.span.end)
        if there[key] > 0:
            there[key] -= 1
            added.append(entry.span)
    tagged, outside = place(document, coder, added)
    passages = tuple(
        _with(known[i], passage.tags) if i in known else passage
        for i, passage in enumerate(tagged.passages)
    )
    return replace(tagged, passages=passages), outside


def _with(passage: TaggedPassage, more: tuple[Tag, ...]) -> TaggedPassage:
    tags = passage.tags + more
    return replace(passage, tags=tags, candidates=tags)
