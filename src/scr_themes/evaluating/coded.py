"""What a coder has of each passage, the same for labelled files and for codings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from scr_themes.documents import Passage, Tag, TaggedDocument, TaggedPassage
from scr_themes.reading.blocks import normalise
from scr_themes.reading.labelled import Labelled

# What one coder has coded: rows of a labelled file, or documents, every passage of them coded.
Coded: TypeAlias = Labelled | Iterable[TaggedDocument]

_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedPassage:
    """A passage as one coder has it.

    Attributes
    ----------
    tagged : TaggedPassage
        The passage and its tags. Those of a labelled file are on the whole of it.
    words : str
        Its words, normalised; empty where a labelled file gives ids alone.
    document : str or None
        The document it is from, as this coder names it.
    id : str or None
        What identifies it in a labelled file.
    placed : bool
        Whether ``tagged.passage`` says where it stands in its document.
    either : frozenset of str
        Themes left open.
    """

    tagged: TaggedPassage
    words: str
    document: str | None = None
    id: str | None = None
    placed: bool = False
    either: frozenset[str] = _NOTHING

    @property
    def themes(self) -> frozenset[str]:
        """Ids of the themes given."""
        return frozenset(tag.theme for tag in self.tagged.tags)

    @property
    def role(self) -> str | None:
        """The role given, None for none."""
        return self.tagged.role or None


def coded_passages(coded: Coded) -> list[CodedPassage]:
    """Return what a coder has coded, passage by passage.

    Examples
    --------
    >>> found = coded_passages(Labelled(("No notes exist.",), (frozenset({"recording"}),)))
    >>> found[0].words, found[0].tagged.tags[0].evidence
    ('No notes exist.', (0, 15))
    """
    if isinstance(coded, Labelled):
        return [_of_row(coded, i) for i in range(len(coded))]
    return [
        CodedPassage(
            tagged=passage,
            words=normalise(passage.text),
            document=document.document.name,
            placed=True,
        )
        for document in coded
        for passage in document.passages
    ]


def _of_row(coded: Labelled, i: int) -> CodedPassage:
    text = coded.texts[i]
    tags = tuple(Tag(theme, 1.0, (0, len(text))) for theme in sorted(coded.themes[i]))
    role = "" if coded.roles is None else coded.roles[i]
    return CodedPassage(
        tagged=TaggedPassage(
            passage=Passage(text=text, index=i, end=len(text)),
            role=role,
            role_probability=1.0 if role else 0.0,
            tags=tags,
            candidates=tags,
        ),
        words=text,
        document=None if coded.documents is None else coded.documents[i],
        id=None if coded.ids is None else coded.ids[i],
        either=_NOTHING if coded.either is None else coded.either[i],
    )
