"""Tagged passages as a data frame: one row a passage, or one row a tag."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal

from scr_themes.documents import TaggedDocument, TaggedPassage
from scr_themes.frames.building import Columns, Library, Row, frame, one_of

if TYPE_CHECKING:
    from scr_themes.codings import Codings, Unmapped

_PLACE: Columns = {
    "document": "text",
    "title": "text",
    "passage": "whole",
    "page": "whole",
    "paragraph": "text",
    "section": "text",
    "kind": "text",
    "start": "whole",
    "end": "whole",
    "text": "text",
    "role": "text",
    "role_probability": "number",
}
_PASSAGES: Columns = {
    **_PLACE,
    "themes": "texts",
    "probabilities": "numbers",
    "evidence": "texts",
    "coder": "text",
}
_TAGS: Columns = {
    **_PLACE,
    "theme": "text",
    "probability": "number",
    "evidence": "text",
    "evidence_start": "whole",
    "evidence_end": "whole",
    "coder": "text",
}
_UNMAPPED: Columns = {
    "document": "text",
    "code": "text",
    "quote": "text",
    "reason": "text",
    "start": "whole",
    "end": "whole",
    "coder": "text",
}


def to_frame(
    tagged: TaggedDocument | Iterable[TaggedDocument | TaggedPassage],
    *,
    rows: Literal["passages", "tags"] = "passages",
    library: Library | None = None,
) -> Any:
    """Put tagged documents, or what ``classifier.tag`` gives, into one data frame.

    Parameters
    ----------
    tagged : TaggedDocument, or iterable of TaggedDocument or TaggedPassage
        What to put in; a stream is taken as it comes.
    rows : {"passages", "tags"}, default "passages"
        One row a passage, tagged or not, with lists of its themes, their probabilities and the
        words that carry them; or one row a tag, to group by theme. Then passages without a tag
        have no row, so count passages and documents in the other frame.
    library : {"pandas", "polars"}, optional
        By default the one that is imported already; where that is both or none, pandas if it is
        installed, else polars.

    Returns
    -------
    pandas.DataFrame or polars.DataFrame
        ``document`` (its name), ``title``, ``passage`` (its place among the document's, from 0),
        ``page``, ``paragraph``, ``section``, ``kind``, ``start`` and ``end`` in the document's
        text, ``text``, ``role``, ``role_probability``; then ``themes``, ``probabilities`` and
        ``evidence``, alike in length, or ``theme``, ``probability``, ``evidence``,
        ``evidence_start`` and ``evidence_end`` in ``text``; last ``coder``.

    Raises
    ------
    MissingExtraError
        If the library is not installed, or neither is.
    WritingError
        If ``rows`` or ``library`` is not one of those named.

    Examples
    --------
    >>> from scr_themes import Passage, Tag, TaggedPassage
    >>> tag = Tag("recording", 0.9, (0, 15))
    >>> passage = TaggedPassage(passage=Passage(text="No notes exist. She was seen."),
    ...                         role="finding", role_probability=0.8, tags=(tag,),
    ...                         candidates=(tag,))
    >>> frame = to_frame([passage], rows="tags", library="pandas")
    >>> print(frame[["passage", "theme", "evidence"]])
       passage      theme         evidence
    0        0  recording  No notes exist.
    """
    one_of("rows", rows, ("passages", "tags"))
    columns, values = (_PASSAGES, _of_passage) if rows == "passages" else (_TAGS, _of_tags)
    items = [tagged] if isinstance(tagged, TaggedDocument) else tagged
    return frame(columns, (row for pair in _passages(items) for row in values(*pair)), library)


def codings_frame(codings: Codings, rows: str, library: Library | None) -> Any:
    """Make the frame of :meth:`scr_themes.Codings.to_frame`."""
    one_of("rows", rows, ("passages", "tags", "unmapped"))
    if rows == "unmapped":
        return frame(_UNMAPPED, map(_of_unmapped, codings.unmapped), library)
    return to_frame(codings.documents, rows=rows, library=library)  # type: ignore[arg-type]


def _passages(
    items: Iterable[TaggedDocument | TaggedPassage],
) -> Iterator[tuple[TaggedDocument | None, TaggedPassage]]:
    for item in items:
        if isinstance(item, TaggedPassage):
            yield None, item
        else:
            yield from ((item, passage) for passage in item.passages)


def _place(tagged: TaggedDocument | None, passage: TaggedPassage) -> Row:
    where = passage.passage
    return (
        None if tagged is None else tagged.document.name,
        None if tagged is None else tagged.document.title,
        where.index,
        where.page,
        where.paragraph,
        where.section,
        where.kind,
        where.start,
        where.end,
        where.text,
        passage.role or None,
        passage.role_probability if passage.role else None,
    )


def _of_passage(tagged: TaggedDocument | None, passage: TaggedPassage) -> Iterator[Row]:
    yield (
        *_place(tagged, passage),
        [tag.theme for tag in passage.tags],
        [tag.probability for tag in passage.tags],
        [passage.quote(tag) for tag in passage.tags],
        None if tagged is None else tagged.coder,
    )


def _of_tags(tagged: TaggedDocument | None, passage: TaggedPassage) -> Iterator[Row]:
    place, coder = _place(tagged, passage), None if tagged is None else tagged.coder
    for tag in passage.tags:
        yield (*place, tag.theme, tag.probability, passage.quote(tag), *tag.evidence, coder)


def _of_unmapped(lost: Unmapped) -> Row:
    return (
        lost.document, lost.code, lost.quote or None, lost.reason, lost.start, lost.end, lost.coder
    )  # fmt: skip
