"""What people and models coded, brought back from a file: each coder apart, nothing dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from scr_themes.documents import TaggedDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmapped:
    """A coding that could not become a tag, kept so that nobody takes it for uncoded.

    Attributes
    ----------
    coder : str
        Who made it.
    document : str
        Name of the document that it stands in.
    code : str
        The code, as the file calls it.
    quote : str
        The words that were coded; empty where the file does not give them.
    reason : str
        Why it is no tag: ``"no such code in the codebook"``, for instance.
    start, end : int or None
        Where it stands in the document's text; None where the file does not say.
    """

    coder: str
    document: str
    code: str
    quote: str
    reason: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Codings:
    """What a file holds of coders' work, as :func:`scr_themes.read_codings` gives it.

    Attributes
    ----------
    documents : tuple of TaggedDocument
        One for each document and coder. The passages of a document are all there, coded or not;
        a person's tags have the probability 1.
    unmapped : tuple of Unmapped
        What is in the file and in no tag.

    Examples
    --------
    >>> Codings(documents=()).coders
    ()
    """

    documents: tuple[TaggedDocument, ...]
    unmapped: tuple[Unmapped, ...] = ()

    @property
    def coders(self) -> tuple[str, ...]:
        """Who coded, in the order in which they are met."""
        return tuple(dict.fromkeys(tagged.coder for tagged in self.documents))

    def of(self, coder: str) -> tuple[TaggedDocument, ...]:
        """Return one coder's documents."""
        return tuple(tagged for tagged in self.documents if tagged.coder == coder)

    def to_frame(
        self,
        *,
        rows: Literal["passages", "tags", "unmapped"] = "passages",
        library: Literal["pandas", "polars"] | None = None,
    ) -> Any:
        """Return the documents as one data frame: see :func:`scr_themes.to_frame`.

        With ``rows="unmapped"``: what is in no tag, one row each.

        Examples
        --------
        >>> lost = Unmapped(coder="Ann", document="a.txt", code="Housing", quote="No flat.",
        ...                 reason="no such code in the codebook")
        >>> frame = Codings(documents=(), unmapped=(lost,)).to_frame(rows="unmapped")
        >>> list(frame["code"])
        ['Housing']
        """
        from scr_themes.frames.tags import codings_frame  # noqa: PLC0415 - only where asked for

        return codings_frame(self, rows, library)

    def __repr__(self) -> str:
        by = ", ".join(self.coders) or "nobody"
        return f"<Codings: {len(self)} documents by {by}; {len(self.unmapped)} codings unmapped>"

    def _repr_html_(self) -> str:
        from scr_themes.notebook.tagged import codings_html  # noqa: PLC0415 - for notebooks only

        return codings_html(self)

    def __iter__(self) -> Iterator[TaggedDocument]:
        return iter(self.documents)

    def __len__(self) -> int:
        return len(self.documents)
