"""Codings gathered record by record: of passages that we wrote, and of texts of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from scr_themes.codings import Codings, Unmapped
from scr_themes.documents import Document, Tag, TaggedDocument
from scr_themes.reading.codings.passage_records import (
    CodedPassage,
    PassageRecord,
    is_passage_record,
    put_together,
    read_passage_record,
)
from scr_themes.reading.codings.placing import Span, passages_of, place

Target: TypeAlias = PassageRecord | Document


class Refused(NamedTuple):
    """A coding that no tag can hold; the fields are those of ``Unmapped``, within the text."""

    code: str
    quote: str
    reason: str
    start: int | None = None
    end: int | None = None


class Gathering:
    """What a file holds of codings, while it is read.

    Parameters
    ----------
    path : Path
        The file.
    coder : str or None
        What to call the coder where the file names none; None for the file's name.
    """

    def __init__(self, path: Path, coder: str | None) -> None:
        self._path = path
        self._records: list[PassageRecord] = []
        self._coded: list[CodedPassage] = []
        self._others: list[TaggedDocument] = []
        self._unmapped: list[Unmapped] = []
        self.unnamed = coder or path.stem

    def target(self, text: str, cells: Mapping[str, Any], own_id: object) -> Target:
        """Take in a text: a passage of ours, by its cells, or else a document of its own."""
        if is_passage_record(cells):
            record = read_passage_record(cells, text)
            self._records.append(record)
            return record
        name = f"{self._path.stem} {own_id}"
        return Document(path=name, title=name, text=text, passages=passages_of(text))

    def code(
        self,
        target: Target,
        coder: str,
        spans: Iterable[Span],
        role: str = "",
        role_probability: float = 0.0,
    ) -> None:
        """Take in what a coder made of a text; spans are offsets into it, none outside of it."""
        if isinstance(target, PassageRecord):
            tags = tuple(Tag(s.code, s.probability, (s.start, s.end)) for s in spans)
            self._coded.append(
                CodedPassage(
                    record=target,
                    coder=coder,
                    tags=tags,
                    role=role,
                    role_probability=role_probability,
                )
            )
            return
        whole = [Span(role, 0, len(target.text), role_probability)] if role else []
        tagged, outside = place(target, coder, [*spans, *whole])
        self._others.append(tagged)
        self._unmapped += outside

    def refuse(self, target: Target, coder: str, refused: Iterable[Refused]) -> None:
        """List what can be no tag."""
        if isinstance(target, PassageRecord):
            name, shift = target.document, target.passage.start
        else:
            name, shift = target.name, 0
        self._unmapped += [
            Unmapped(
                coder=coder,
                document=name,
                code=one.code,
                quote=one.quote,
                reason=one.reason,
                start=None if one.start is None else one.start + shift,
                end=None if one.end is None else one.end + shift,
            )
            for one in refused
        ]

    def codings(self) -> Codings:
        """Return all that was taken in."""
        return Codings(
            documents=(*put_together(self._coded, self._records), *self._others),
            unmapped=tuple(self._unmapped),
        )
