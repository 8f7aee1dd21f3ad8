"""What goes in and what comes out: documents, passages and the tags on them.

Offsets everywhere are Python string offsets (code points), half-open like slices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

PassageKind = Literal["paragraph", "bullet", "row"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A paragraph, bullet or table row of a document: the unit of coding.

    Attributes
    ----------
    text : str
        Its words, on one line, without the printed number or bullet mark.
    index : int
        Its place among the document's passages, from 0.
    start, end : int
        Where it stands in ``Document.text``: ``document.text[start:end] == text``.
    page : int or None
        The page it begins on, counted from 1 through the file; None where there are no pages.
    paragraph : str or None
        The paragraph number as printed, such as ``"4.12"``.
    section : str or None
        The heading it stands under.
    kind : {"paragraph", "bullet", "row"}
        What it looks like on the page. A row's cells are joined by ``" | "``.
    """

    text: str
    index: int = 0
    start: int = 0
    end: int = 0
    page: int | None = None
    paragraph: str | None = None
    section: str | None = None
    kind: PassageKind = "paragraph"

    def __repr__(self) -> str:
        return f"<Passage {_place(self)}: {_begun(self.text)}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file, read.

    Attributes
    ----------
    path : str or None
        The file it came from, as given.
    title : str
        Its title: from the file's metadata or first heading, else the file's name.
    text : str
        Headings and passages in reading order, separated by blank lines.
    passages : tuple of Passage
        The passages, in reading order.
    n_pages : int or None
        How many pages the file has; None where there are none.
    warnings : tuple of str
        What the reader could not do, one line each, such as scanned pages without text.
    """

    path: str | None
    title: str
    text: str
    passages: tuple[Passage, ...]
    n_pages: int | None = None
    warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The path where there is one, else the title."""
        return self.path if self.path is not None else self.title

    def __repr__(self) -> str:
        pages = "" if self.n_pages is None else f"{self.n_pages} pages, "
        path = "" if self.path is None else f", {self.path!r}"
        return f"<Document {_begun(self.title)}: {pages}{len(self.passages)} passages{path}>"

    def _repr_html_(self) -> str:
        from scr_themes.notebook.tagged import document_html  # noqa: PLC0415 - for notebooks only

        return document_html(self)


@dataclass(frozen=True, slots=True)
class Tag:
    """One theme on one passage.

    Attributes
    ----------
    theme : str
        The theme's id.
    probability : float
        Calibrated probability that a careful coder would give the passage this theme.
    evidence : tuple of (int, int)
        Start and end of the sentence that carries the tag, or of two in a row, in the passage's
        text.
    """

    theme: str
    probability: float
    evidence: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedPassage:
    """A passage with its role and tags.

    Attributes
    ----------
    passage : Passage
        The passage; ``text`` is a shortcut to its words.
    role : str
        What the passage does: one of the codebook's role ids.
    role_probability : float
        Calibrated probability of that role.
    tags : tuple of Tag
        The tags at or above their thresholds, most probable first. A model gives a theme once; a
        person may give it to several places of a passage.
    candidates : tuple of Tag
        A tag for every theme of the model, in the model's order, whatever its probability;
        :meth:`at` cuts them again without another run of the model. Where no theme comes near its
        threshold, their evidence is the whole passage.
    """

    passage: Passage
    role: str
    role_probability: float
    tags: tuple[Tag, ...]
    candidates: tuple[Tag, ...] = field(repr=False)

    @property
    def text(self) -> str:
        """The passage's words."""
        return self.passage.text

    @property
    def themes(self) -> tuple[str, ...]:
        """Ids of the themes tagged, most probable first, each once."""
        return tuple(dict.fromkeys(tag.theme for tag in self.tags))

    def quote(self, tag: Tag) -> str:
        """Return the words that carry ``tag``."""
        start, end = tag.evidence
        return self.passage.text[start:end]

    def at(self, threshold: float | Mapping[str, float]) -> TaggedPassage:
        """Cut the candidates at another threshold.

        Parameters
        ----------
        threshold : float or mapping of str to float
            One probability for every theme, or one a theme (themes left out are not tagged).

        Returns
        -------
        TaggedPassage
            The same passage with the tags that reach the threshold.

        Examples
        --------
        >>> tag = Tag("recording", 0.4, (0, 14))
        >>> passage = TaggedPassage(passage=Passage(text="No notes exist."), role="finding",
        ...                         role_probability=0.9, tags=(), candidates=(tag,))
        >>> passage.at(0.3).themes
        ('recording',)
        """
        if isinstance(threshold, Mapping):
            cuts = {theme: float(cut) for theme, cut in threshold.items()}
        else:
            cuts = {tag.theme: float(threshold) for tag in self.candidates}
        kept = [t for t in self.candidates if t.probability >= cuts.get(t.theme, float("inf"))]
        kept.sort(key=lambda tag: -tag.probability)
        return replace(self, tags=tuple(kept))

    def __repr__(self) -> str:
        tags = ", ".join(f"{tag.theme} {tag.probability:.2f}" for tag in self.tags) or "no theme"
        role = f"; {self.role} {self.role_probability:.2f}" if self.role else ""
        return f"<TaggedPassage {_place(self.passage)}: {tags}{role}: {_begun(self.text)}>"

    def _repr_html_(self) -> str:
        from scr_themes.notebook.tagged import passage_html  # noqa: PLC0415 - for notebooks only

        return passage_html(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedDocument:
    """A document with every passage of it tagged.

    Attributes
    ----------
    document : Document
        The document.
    passages : tuple of TaggedPassage
        One for each passage of the document, in reading order, tagged or not.
    coder : str
        Who made the tags: a model's name and version, or a person.
    """

    document: Document
    passages: tuple[TaggedPassage, ...]
    coder: str

    def to_frame(
        self,
        *,
        rows: Literal["passages", "tags"] = "passages",
        library: Literal["pandas", "polars"] | None = None,
    ) -> Any:
        """Return the passages as a data frame: see :func:`scr_themes.to_frame`.

        Examples
        --------
        >>> document = Document(path=None, title="A review", text="", passages=())
        >>> TaggedDocument(document=document, passages=(), coder="Ann").to_frame().shape
        (0, 16)
        """
        from scr_themes.frames import to_frame  # noqa: PLC0415 - only where it is asked for

        return to_frame(self, rows=rows, library=library)

    def __repr__(self) -> str:
        n_tagged = sum(1 for passage in self.passages if passage.tags)
        tagged = f"{n_tagged} of {len(self.passages)} passages tagged"
        return f"<TaggedDocument {_begun(self.document.title)}: {tagged} by {self.coder!r}>"

    def _repr_html_(self) -> str:
        from scr_themes.notebook.tagged import tagged_html  # noqa: PLC0415 - for notebooks only

        return tagged_html(self)


def _begun(text: str) -> str:
    """Return how a text begins, as a console shows a string."""
    return repr(text if len(text) <= 60 else f"{text[:59].rstrip()}…")


def _place(passage: Passage) -> str:
    page = "" if passage.page is None else f", page {passage.page}"
    paragraph = "" if passage.paragraph is None else f", paragraph {passage.paragraph}"
    return f"{passage.index}{page}{paragraph}"
