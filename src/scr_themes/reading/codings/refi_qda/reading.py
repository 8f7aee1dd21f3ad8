"""A project to codings: each source and coder a document, whatever cannot be placed beside them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scr_themes.codings import Codings, Unmapped
from scr_themes.documents import Document, TaggedDocument
from scr_themes.errors import ReadingError
from scr_themes.reading.codings.placing import Span, passages_of, place
from scr_themes.reading.codings.refi_qda.archive import Archive, opened
from scr_themes.reading.codings.refi_qda.layout import Layout, SourceLayout, read_layout
from scr_themes.reading.codings.refi_qda.names import LAYOUT
from scr_themes.reading.codings.refi_qda.offsets import Counted, Manner, added_up, choose
from scr_themes.reading.codings.refi_qda.ours import Coded, merged
from scr_themes.reading.codings.refi_qda.project import Coding, Project, TextSource, parse

_NO_CODE = "its code is not in the project's codebook"
_NO_WORDS = "its place is not within the text"
_NO_TEXT = "the project does not hold the text of its source"
_LAST = 1 << 62  # what our file does not know comes after what it does


def read(path: Path, coder: str | None) -> Codings:
    """Read the codings of a REFI-QDA project; see :func:`scr_themes.read_codings`.

    Parameters
    ----------
    path : Path
        The ``.qdpx``.
    coder : str or None
        Who made the codings that name nobody; None for the file's name.

    Returns
    -------
    Codings
        A document for each source and coder of it. A source that nobody coded comes as the
        document of the project's only user; where there are several, it is left out.

    Raises
    ------
    ReadingError
        If the file is missing, damaged or no REFI-QDA project.
    """
    with opened(path) as archive:
        with archive.project() as stream:
            project = parse(stream, f"{path}:project.qde")
        layout = read_layout(archive.layout(), f"{path}:{LAYOUT}")
        try:
            return _Reading(archive, project, layout, coder or path.stem).codings()
        except (KeyError, TypeError, ValueError, IndexError) as error:
            if not layout.sources:
                raise
            raise ReadingError(
                f"{path}:{LAYOUT}",
                f"is damaged ({type(error).__name__}: {error})",
                "write the project again",
            ) from error


@dataclass(frozen=True, slots=True)
class _Text:
    """A source's text as its file has it, and what our own file says of it."""

    text: str
    has_mark: bool
    layout: SourceLayout | None


class _Reading:
    """A project on its way to codings."""

    def __init__(self, archive: Archive, project: Project, layout: Layout, nobody: str) -> None:
        self.archive = archive
        self.project = project
        self.layout = layout
        self.nobody = nobody
        self.guids = layout.guids()
        self.codes = _named(
            project.codes, {guid: (name, own) for guid, (_, own, name) in layout.codes.items()}
        )
        self.coders = _named(
            project.users,
            {
                entry.user: (entry.name, entry.coder)
                for source in layout.sources.values()
                for entry in source.coders
            },
        )
        self.unmapped: list[Unmapped] = []

    def codings(self) -> Codings:
        found: list[tuple[int, TaggedDocument]] = []
        for source, manner in zip(self.project.texts, self._manners(), strict=True):
            text = self._text(source)
            if text is None:
                for selection in source.selections:
                    for coding in selection.codings:
                        self._refuse(coding, source.name, selection.name, _NO_TEXT)
            else:
                found += self._documents(source, text, manner)
        for entry in self.project.unplaced:
            self._refuse(entry.coding, entry.source, entry.quote, entry.reason)
        found.sort(key=lambda pair: pair[0])
        return Codings(
            documents=tuple(tagged for _, tagged in found), unmapped=tuple(self.unmapped)
        )

    def _manners(self) -> list[Manner]:
        """Find out how the positions in each source are counted."""
        if self.project.origin.casefold().startswith("scr_themes"):
            # Our own counting needs no guess, even where nothing lies at a word's edge.
            return [Manner()] * len(self.project.texts)
        scores = []
        for source in self.project.texts:
            text = self._text(source) if source.selections else None
            if text is None or text.layout is not None:  # nothing to find out
                scores.append(Counted("", has_mark=False).scores(()))
            else:
                counted = Counted(text.text, has_mark=text.has_mark)
                scores.append(counted.scores(source.selections))
        whole = added_up(scores)
        return [choose(own, whole, self.project.origin) for own in scores]

    def _text(self, source: TextSource) -> _Text | None:
        if source.content is not None:
            return _Text(source.content, False, None)
        if not source.path or source.path.startswith(("relative:", "absolute:")):
            return None  # nothing outside the file is ever read
        found = self.archive.text(source.path)
        if found is None:
            return None
        text, has_mark, data = found
        layout = self.layout.sources.get(source.guid)
        if layout is not None and layout.record["digest"] != hashlib.sha256(data).hexdigest():
            layout = None  # the text was changed since
        return _Text(text, has_mark, layout)

    def _documents(
        self, source: TextSource, text: _Text, manner: Manner
    ) -> Iterator[tuple[int, TaggedDocument]]:
        layout = text.layout
        if layout is None:
            lead = 0
            document = Document(
                path=source.name,
                title=source.name,
                text=text.text,
                passages=passages_of(text.text),
            )
        else:
            lead, manner = layout.lead, Manner()
            document = layout.document(text.text)
        place_at = Counted(text.text, has_mark=text.has_mark).placer(manner)
        coded: dict[str, list[Coded]] = defaultdict(list)
        for selection in source.selections:
            if not selection.codings:
                continue
            start, end, exact = place_at(selection.start, selection.end)
            lies_within = exact or (start < end and selection.start <= selection.end)
            for coding in selection.codings:
                code = self.codes.get(coding.code)
                if code is None or not lies_within:
                    reason = _NO_CODE if code is None else _NO_WORDS
                    self._refuse(coding, document.name, selection.name, reason)
                else:
                    span = Span(code, start + lead, end + lead)
                    coded[self._user(coding)].append(Coded(coding.code, span))
        yield from self._by_coder(document, coded, layout)

    def _by_coder(
        self, document: Document, coded: Mapping[str, list[Coded]], layout: SourceLayout | None
    ) -> Iterator[tuple[int, TaggedDocument]]:
        known = {entry.user: entry for entry in layout.coders} if layout else {}
        users = [*known, *(user for user in coded if user not in known)]
        if not users and len(self.project.users) <= 1:
            users = list(self.project.users) or [""]
        for user in users:
            coder = self.coders.get(user, self.nobody)
            entry = known.get(user)
            if layout is None:
                tagged, outside = place(document, coder, [one.span for one in coded.get(user, ())])
            else:
                tagged, outside = merged(
                    document,
                    coder,
                    coded.get(user, ()),
                    layout=entry,
                    guids=self.guids,
                    names=self.codes,
                    lead=layout.lead,
                )
            self.unmapped += outside
            yield (entry.order if entry else _LAST), tagged

    def _user(self, coding: Coding) -> str:
        return coding.user if coding.user in self.coders else ""

    def _refuse(self, coding: Coding, document: str, quote: str, reason: str) -> None:
        code = self.codes.get(coding.code)
        self.unmapped.append(
            Unmapped(
                coder=self.coders.get(coding.user, self.nobody),
                document=document,
                code=coding.code if code is None else code,
                quote=quote,
                reason=_NO_CODE if code is None else reason,
            )
        )


def _named(found: Mapping[str, str], ours: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return names by id: our own where the file still has the name that we wrote for it."""
    return {
        guid: ours[guid][1] if guid in ours and ours[guid][0] == name else name
        for guid, name in found.items()
    }
