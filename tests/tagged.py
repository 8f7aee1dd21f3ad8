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


@st.composite
def laid_out_documents(draw, *, longest: int = 6) -> TaggedDocument:
    """Draw a document as a reader gives it: passages at their places in its text, headings between.

    Texts hold whatever can stand in a file, and line ends; a theme may stand in several places of
    a passage, as people code.
    """
    maybe = st.none() | worded_text(3)
    gap = st.sampled_from(("\n\n", "\r\n", "\n\nA heading\n\n", "\n\nمرحبا 👩‍👧\n\n"))
    text = draw(st.sampled_from(("", "A title\n\n", "\ufeff")))
    passages = []
    for index in range(draw(st.integers(0, 4))):
        words = draw(worded_text(longest)) * draw(st.sampled_from((1, 1, 1, 3)))
        if draw(st.integers(0, 19)) == 0:
            words = (words * (100_000 // len(words) + 1))[:100_000]
        tags = {}
        for theme in draw(st.lists(st.sampled_from(THEMES), max_size=3)):
            start = draw(st.integers(0, len(words) - 1))
            end = draw(st.integers(start + 1, len(words)))
            tags[theme, start, end] = Tag(theme, draw(st.floats(0, 1)), (start, end))
        given = tuple(sorted(tags.values(), key=lambda tag: -tag.probability))
        role = draw(st.sampled_from(("finding", "context", "")))
        passages.append(
            TaggedPassage(
                passage=Passage(
                    text=words,
                    index=index,
                    start=len(text),
                    end=len(text) + len(words),
                    page=draw(st.none() | st.integers(1, 999)),
                    paragraph=draw(maybe),
                    section=draw(maybe),
                    kind=draw(st.sampled_from(("paragraph", "bullet", "row"))),
                ),
                role=role,
                role_probability=draw(st.floats(0, 1)) if role else 0.0,
                tags=given,
                candidates=given,
            )
        )
        text += words + draw(gap)
    document = Document(
        path=draw(worded_text(3)),
        title=draw(worded_text(3)),
        text=text,
        passages=tuple(passage.passage for passage in passages),
        n_pages=draw(st.none() | st.integers(1, 999)),
        warnings=tuple(draw(st.lists(worded_text(2), max_size=2))),
    )
    return TaggedDocument(document=document, passages=tuple(passages), coder=draw(coders()))


def coders() -> st.SearchStrategy[str]:
    """Names of coders: people and models."""
    return st.sampled_from(("accurate 1.0.0", "Ann", "Zoë O'Hara", "李雷"))
