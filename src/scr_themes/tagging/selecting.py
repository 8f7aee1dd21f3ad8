"""A cut of a tagged document: some themes, some roles, another threshold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from scr_themes.documents import TaggedDocument, TaggedPassage


def select(
    tagged: TaggedDocument,
    *,
    themes: Collection[str] = (),
    roles: Collection[str] = (),
    threshold: float | Mapping[str, float] | None = None,
) -> TaggedDocument:
    """Keep the passages asked for, without another run of the model.

    Parameters
    ----------
    tagged : TaggedDocument
        A tagged document.
    themes : collection of str, optional
        Keep only tags of these themes, and only passages that carry one.
    roles : collection of str, optional
        Keep only passages with one of these roles.
    threshold : float or mapping of str to float, optional
        Cut the tags at this probability instead of the model's thresholds.

    Returns
    -------
    TaggedDocument
        The same document with fewer passages or other tags; ``document`` itself stays whole.

    Examples
    --------
    >>> from scr_themes.documents import Document, Passage, Tag
    >>> tag = Tag("recording", 0.4, (0, 15))
    >>> passage = TaggedPassage(passage=Passage(text="No notes exist."), role="finding",
    ...                         role_probability=0.9, tags=(), candidates=(tag,))
    >>> document = Document(path=None, title="A review", text="", passages=())
    >>> tagged = TaggedDocument(document=document, passages=(passage,), coder="accurate 1")
    >>> [p.themes for p in select(tagged, themes={"recording"}, threshold=0.3).passages]
    [('recording',)]
    """
    passages = []
    for passage in tagged.passages:
        if roles and passage.role not in roles:
            continue
        kept = _cut(passage, themes, threshold)
        if kept.tags or not themes:
            passages.append(kept)
    return replace(tagged, passages=tuple(passages))


def _cut(
    passage: TaggedPassage, themes: Collection[str], threshold: float | Mapping[str, float] | None
) -> TaggedPassage:
    if threshold is not None:
        passage = passage.at(threshold)
    if themes:
        passage = replace(passage, tags=tuple(t for t in passage.tags if t.theme in themes))
    return passage
