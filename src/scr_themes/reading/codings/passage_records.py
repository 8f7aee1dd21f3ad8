"""Documents put together again from files of one record a passage.

The keys are those of :mod:`scr_themes.writing.passage_records`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from scr_themes.between import FURTHEST
from scr_themes.documents import (
    Document,
    Passage,
    Tag,
    TaggedDocument,
    TaggedPassage,
)
from scr_themes.reading.codings.placing import lay_out
from scr_themes.reading.codings.rebuilding import kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageRecord:
    """A passage and what is known of its document.

    Attributes
    ----------
    document : str
        Name of the document.
    title : str
    passage : Passage
    before, after : str
        What stands in front of the passage, and behind it where it is the last; empty where that
        is not known.
    n_pages : int or None
    warnings : tuple of str
    """

    document: str
    title: str
    passage: Passage
    before: str = ""
    after: str = ""
    n_pages: int | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedPassage:
    """What one coder made of a passage."""

    record: PassageRecord
    coder: str
    tags: tuple[Tag, ...] = ()
    role: str = ""
    role_probability: float = 0.0


def is_passage_record(cells: Mapping[str, Any]) -> bool:
    """Tell records that this package wrote from those of others."""
    return isinstance(cells.get("document"), str) and {"passage", "start"} <= cells.keys()


def read_passage_record(cells: Mapping[str, Any], text: str) -> PassageRecord:
    """Return the passage that a record is about.

    Raises
    ------
    TypeError, ValueError, KeyError
        If a value is not what it should be.
    """
    name = str(cells["document"])
    start = int(cells["start"])
    title = cells.get("title")
    return PassageRecord(
        document=name,
        title=title if isinstance(title, str) else name,
        passage=Passage(
            text=text,
            index=int(cells["passage"]),
            start=start,
            end=start + len(text),
            page=_whole(cells.get("page")),
            paragraph=_words(cells.get("paragraph")),
            section=_words(cells.get("section")),
            kind=kind_of(cells.get("kind")),
        ),
        before=_words(cells.get("before")) or "",
        after=_words(cells.get("after")) or "",
        n_pages=_whole(cells.get("n_pages")),
        warnings=tuple(map(str, cells.get("warnings") or ())),
    )


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _words(value: Any) -> str | None:
    return None if value is None else str(value)


def put_together(
    coded: Iterable[CodedPassage], seen: Sequence[PassageRecord]
) -> tuple[TaggedDocument, ...]:
    """Gather coded passages by document and coder.

    Parameters
    ----------
    coded : iterable of CodedPassage
        In any order. A passage that a coder was not given, or did not finish, is not in that
        coder's document: nobody can say whether it carries a theme.
    seen : sequence of PassageRecord
        All passages of the file, coded or not: with them the text is whole for each coder.

    Returns
    -------
    tuple of TaggedDocument
        In the order in which they are met.
    """
    by_name: dict[str, dict[tuple[int, str], PassageRecord]] = defaultdict(dict)
    for record in seen:
        known = by_name[record.document].get((record.passage.start, record.passage.text))
        if known is None or len(known.after) < len(record.after):
            by_name[record.document][record.passage.start, record.passage.text] = record
    texts = {name: _text(_in_order(records.values())) for name, records in by_name.items()}
    groups: dict[tuple[str, str], list[CodedPassage]] = defaultdict(list)
    for passage in coded:
        groups[passage.record.document, passage.coder].append(passage)
    return tuple(
        _document(sorted(given, key=_place), texts.get(name)) for (name, _), given in groups.items()
    )


def _place(passage: CodedPassage) -> tuple[int, int]:
    return passage.record.passage.start, passage.record.passage.index


def _in_order(records: Iterable[PassageRecord]) -> list[PassageRecord]:
    return sorted(records, key=lambda record: (record.passage.start, record.passage.index))


def _document(given: Sequence[CodedPassage], text: str | None) -> TaggedDocument:
    records = [coded.record for coded in given]
    passages = tuple(record.passage for record in records)
    if text is None or any(text[p.start : p.end] != p.text for p in passages) or _overlap(passages):
        text = _text(records)
    if text is None:
        text, passages = lay_out(passages)
    first = records[0]
    return TaggedDocument(
        document=Document(
            path=first.document,
            title=first.title,
            text=text,
            passages=passages,
            n_pages=first.n_pages,
            warnings=first.warnings,
        ),
        passages=tuple(
            TaggedPassage(
                passage=passage,
                role=coded.role,
                role_probability=coded.role_probability,
                tags=coded.tags,
                candidates=coded.tags,
            )
            for passage, coded in zip(passages, given, strict=True)
        ),
        coder=given[0].coder,
    )


def _overlap(passages: Sequence[Passage]) -> bool:
    return any(later.start < earlier.end for earlier, later in pairwise(passages))


def _text(records: Sequence[PassageRecord]) -> str | None:
    """Return the text in which passages stand where they say; None where they cannot.

    A gap whose words are not known, because passages are missing, is filled with line feeds.
    """
    pieces: list[str] = []
    at = 0
    for record in records:
        missing = record.passage.start - at - len(record.before)
        if not 0 <= missing <= FURTHEST:
            return None
        pieces += ["\n" * missing, record.before, record.passage.text]
        at = record.passage.end
    return "".join(pieces) + (records[-1].after if records else "")
