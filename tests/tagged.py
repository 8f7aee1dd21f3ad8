"""Tagged documents of every kind: hypothesis strategies, and one made by hand."""

from __future__ import annotations

from hypothesis import strategies as st

from scr_themes.documents import Document, Passage, Tag, TaggedDocument, TaggedPassage
from tests.strategies import awkward_text, worded_text

THEMES = ("information_sharing", "child_voice", "recording")


def tagged_passage(
    text: str,
    tags: dict[str, float],
    *,
    index: int = 0,
    role: str = "finding",
    cut: float = 0.5,
    evidence: tuple[int, int] | None = None,
    **where,
) -> TaggedPassage:
    """Make a tagged passage from probabilities; its evidence is the whole of it."""
    span = evidence or (0, len(text))
    candidates = tuple(Tag(theme, tags.get(theme, 0.0), span) for theme in THEMES)
    kept = sorted((t for t in candidates if t.probability >= cut), key=lambda t: -t.probability)
    return TaggedPassage(
        passage=Passage(text=text, index=index, end=len(text), **where),
        role=role,
        role_probability=0.9,
        tags=tuple(kept),
        candidates=candidates,
    )


def tagged_document(
    *passages: TaggedPassage, name: str = "a review.txt", coder: str = "tiny 1", **settings
) -> TaggedDocument:
    """Make a tagged document of passages."""
    document = Document(
        path=name,
        title=settings.pop("title", "A review"),
        text="",
        passages=tuple(passage.passage for passage in passages),
        **settings,
    )
    return TaggedDocument(document=document, passages=passages, coder=coder)


@st.composite
def tagged_documents(draw) -> TaggedDocument:
    """Draw a document of up to four passages, with awkward words wherever words can stand."""
    maybe = st.none() | awkward_text(3)
    passages = []
    for index in range(draw(st.integers(0, 4))):
        text = draw(worded_text(6))
        start = draw(st.integers(0, len(text)))
        passages.append(
            tagged_passage(
                text,
                {theme: draw(st.floats(0, 1)) for theme in THEMES},
                index=index,
                role=draw(st.sampled_from(("finding", "context", ""))),
                evidence=(start, draw(st.integers(start, len(text)))),
                page=draw(st.none() | st.integers(1, 999)),
                paragraph=draw(maybe),
                section=draw(maybe),
            )
        )
    return tagged_document(
        *passages,
        name=draw(worded_text(3)),
        title=draw(worded_text(3)),
        warnings=tuple(draw(st.lists(worded_text(2), max_size=2))),
        n_pages=draw(st.none() | st.integers(1, 999)),
    )
