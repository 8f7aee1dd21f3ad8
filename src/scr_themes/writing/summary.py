"""What tagged documents hold, counted: for the report, the workbook and the plots alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Literal

from scr_themes.documents import TaggedDocument, TaggedPassage
from scr_themes.writing.years import year_of

__all__ = [
    "RoleCount",
    "Summary",
    "ThemeCount",
    "Together",
    "YearCount",
    "summarise",
    "year_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeCount:
    """How many documents, and passages of them, have a theme."""

    theme: str
    n_documents: int
    n_passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """How many passages have both of two themes, and how many documents have such a passage.

    ``first`` comes before ``second`` in the alphabet.
    """

    first: str
    second: str
    n_documents: int
    n_passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCount:
    """How many passages have a role, and how many of those have a tag as well."""

    role: str
    n_passages: int
    n_tagged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class YearCount:
    """How many documents were published in a year, and how many of them have each theme."""

    year: int
    n_documents: int
    themes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts over documents.

    Attributes
    ----------
    n_documents, n_passages, n_tagged : int
        Documents, passages, and passages with a tag. A document that two coders coded counts
        once, and so does a passage.
    themes : tuple of ThemeCount
        Themes that were given, those of most documents first.
    together : tuple of Together
        Themes that stand on one passage, those of most passages first.
    roles : tuple of RoleCount
        Roles that were given, those of most passages first. A passage to which two coders gave
        two roles counts for each.
    years : tuple of YearCount
        Years, oldest first; only documents whose year is known count.
    coders : tuple of str
        Who made the tags, in the order in which they are met.
    """

    n_documents: int
    n_passages: int
    n_tagged: int
    themes: tuple[ThemeCount, ...]
    together: tuple[Together, ...]
    roles: tuple[RoleCount, ...]
    years: tuple[YearCount, ...]
    coders: tuple[str, ...]

    def to_frame(
        self,
        *,
        rows: Literal["themes", "together", "roles", "years"] = "themes",
        library: Literal["pandas", "polars"] | None = None,
    ) -> Any:
        """Return the counts as a data frame of pandas or polars.

        Parameters
        ----------
        rows : {"themes", "together", "roles", "years"}, default "themes"
            What a row is: a theme, two themes that stand on one passage, a role, or a theme in a
            year. ``share`` is that of the documents, or of the year's documents.
        library : {"pandas", "polars"}, optional
            As in :func:`scr_themes.to_frame`.

        Examples
        --------
        >>> list(summarise([]).to_frame().columns)
        ['theme', 'n_documents', 'share', 'n_passages']
        """
        from scr_themes.frames.figures import summary_frame  # noqa: PLC0415 - only if asked for

        return summary_frame(self, rows, library)

    def __repr__(self) -> str:
        counts = f"{self.n_documents} documents, {self.n_passages} passages"
        return f"<Summary: {counts}, {self.n_tagged} tagged, {len(self.themes)} themes>"

    def _repr_html_(self) -> str:
        from scr_themes.notebook.figures import summary_html  # noqa: PLC0415 - notebooks only

        return summary_html(self)


@dataclass(slots=True)
class _Found:
    """What is known of one document, whoever coded it."""

    themes: dict[Hashable, set[str]] = field(default_factory=dict)  # by passage
    roles: dict[Hashable, set[str]] = field(default_factory=dict)
    year: int | None = None

    def add(self, tagged: TaggedDocument) -> None:
        for place, passage in _placed(tagged.passages):
            self.themes.setdefault(place, set()).update(passage.themes)
            self.roles.setdefault(place, set()).update([passage.role] if passage.role else ())
        if self.year is None:
            self.year = year_of(tagged)


def _placed(passages: Iterable[TaggedPassage]) -> Iterator[tuple[Hashable, TaggedPassage]]:
    """Yield each passage with what two coders' copies of it have in common, and no other has."""
    met: Counter[Hashable] = Counter()
    for tagged in passages:
        passage = tagged.passage
        # The hash of its words: the words of a thousand documents would fill the memory.
        place = (passage.index, passage.start, passage.end, hash(passage.text))
        met[place] += 1
        yield (*place, met[place]), tagged


def summarise(documents: Iterable[TaggedDocument]) -> Summary:
    """Count what tagged documents hold.

    Parameters
    ----------
    documents : iterable of TaggedDocument
        Read once, one after another. Those of the same name are one document.

    Returns
    -------
    Summary

    Examples
    --------
    >>> from scr_themes.documents import Document, Passage, Tag
    >>> passage = Passage(text="Nobody asked her.", end=17)
    >>> tag = Tag("child_voice", 0.9, (0, 17))
    >>> tagged = TaggedPassage(passage=passage, role="finding", role_probability=0.8, tags=(tag,),
    ...                        candidates=(tag,))
    >>> document = Document(path="a.txt", title="A", text=passage.text, passages=(passage,))
    >>> summary = summarise([TaggedDocument(document=document, passages=(tagged,), coder="Ann")])
    >>> summary.themes
    (ThemeCount(theme='child_voice', n_documents=1, n_passages=1),)
    """
    found: dict[str, _Found] = defaultdict(_Found)
    coders: dict[str, None] = {}
    for tagged in documents:
        found[tagged.document.name].add(tagged)
        coders[tagged.coder] = None
    return Summary(
        n_documents=len(found),
        n_passages=sum(len(one.themes) for one in found.values()),
        n_tagged=sum(1 for one in found.values() for themes in one.themes.values() if themes),
        themes=_themes(found.values()),
        together=_together(found.values()),
        roles=_roles(found.values()),
        years=_years(found.values()),
        coders=tuple(coders),
    )


def _themes(found: Iterable[_Found]) -> tuple[ThemeCount, ...]:
    documents: Counter[str] = Counter()
    passages: Counter[str] = Counter()
    for one in found:
        own = Counter(theme for themes in one.themes.values() for theme in themes)
        passages.update(own)
        documents.update(own.keys())
    counts = [
        ThemeCount(theme=theme, n_documents=n, n_passages=passages[theme])
        for theme, n in documents.items()
    ]
    return tuple(sorted(counts, key=lambda c: (-c.n_documents, -c.n_passages, c.theme)))


def _together(found: Iterable[_Found]) -> tuple[Together, ...]:
    documents: Counter[tuple[str, str]] = Counter()
    passages: Counter[tuple[str, str]] = Counter()
    for one in found:
        own = Counter(
            pair for themes in one.themes.values() for pair in combinations(sorted(themes), 2)
        )
        passages.update(own)
        documents.update(own.keys())
    counts = [
        Together(first=first, second=second, n_documents=documents[first, second], n_passages=n)
        for (first, second), n in passages.items()
    ]
    return tuple(sorted(counts, key=lambda c: (-c.n_passages, -c.n_documents, c.first, c.second)))


def _roles(found: Iterable[_Found]) -> tuple[RoleCount, ...]:
    passages: Counter[str] = Counter()
    tagged: Counter[str] = Counter()
    for one in found:
        for place, roles in one.roles.items():
            passages.update(roles)
            if one.themes[place]:
                tagged.update(roles)
    counts = [
        RoleCount(role=role, n_passages=n, n_tagged=tagged[role]) for role, n in passages.items()
    ]
    return tuple(sorted(counts, key=lambda c: (-c.n_passages, c.role)))


def _years(found: Iterable[_Found]) -> tuple[YearCount, ...]:
    documents: Counter[int] = Counter()
    themes: dict[int, Counter[str]] = defaultdict(Counter)
    for one in found:
        if one.year is not None:
            documents[one.year] += 1
            themes[one.year].update(set().union(*one.themes.values()))
    return tuple(
        YearCount(year=year, n_documents=documents[year], themes=dict(themes[year]))
        for year in sorted(documents)
    )
