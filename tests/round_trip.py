"""Documents by several coders, to be written and read back."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from scr_themes.codings import Codings
from scr_themes.documents import Document, Passage, Tag, TaggedDocument, TaggedPassage
from scr_themes.reading.codings import read_as_coded
from scr_themes.writing import write
from tests.tagged import THEMES, coders, laid_out_documents

# What trips programs up: characters of two code units, marks that combine with the letter before,
# right to left, line ends, tabs, and half a character, as odd file names hold them.
AWKWARD = "Zoë\tsaid: 👩‍👧 e\u0301 مرحبا.\r\nNobody \U0001d49c asked caf\udce9 again."


@st.composite
def coded_documents(draw) -> list[TaggedDocument]:
    """Draw up to three documents of different names, each by one to three coders."""
    found = []
    for place, first in enumerate(draw(st.lists(laid_out_documents(), max_size=3))):
        document = replace(first.document, path=f"{place} {first.document.path}")
        found.append(replace(first, document=document))
        others = draw(st.lists(coders(), max_size=2, unique=True))
        for coder in others:
            if coder != first.coder:
                passages = tuple(draw(_by_another(passage)) for passage in first.passages)
                found.append(TaggedDocument(document=document, passages=passages, coder=coder))
    return found


@st.composite
def _by_another(draw, passage: TaggedPassage) -> TaggedPassage:
    start = draw(st.integers(0, len(passage.text) - 1))
    span = (start, draw(st.integers(start + 1, len(passage.text))))
    themes = draw(st.lists(st.sampled_from(THEMES), max_size=2, unique=True))
    tags = tuple(Tag(theme, 1.0, span) for theme in themes)
    return replace(passage, role="", role_probability=0.0, tags=tags, candidates=tags)


def awkward_document(*, half: str = "\udce9") -> TaggedDocument:
    """Return a document whose words are hard to count, tagged behind each trap.

    ``half`` stands where half a character would, for programs that take none.
    """
    words = AWKWARD.replace("\udce9", half)
    text = f"A heading 👩\r\n\r\n{words}\n\nThe end."
    passage = Passage(text=words, start=15, end=15 + len(words), page=3, paragraph="4.12")
    start = words.index("asked")
    tags = (
        Tag("recording", 0.1 + 0.2, (start, len(words))),
        Tag("recording", 1 / 3, (4, 9)),
        Tag("child_voice", 1e-17, (0, len(words))),
    )
    document = Document(
        path=f"caf{half}/a review.pdf", title="A review", text=text, passages=(passage,)
    )
    tagged = TaggedPassage(
        passage=passage, role="finding", role_probability=2 / 3, tags=tags, candidates=tags
    )
    return TaggedDocument(document=document, passages=(tagged,), coder="accurate 1.0.0")


def there_and_back(documents: Sequence[TaggedDocument], ending: str, format: str) -> Codings:
    """Write documents and read the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"tags{ending}")
        write(documents, path, format=format)
        return read_as_coded(path)


def json_values(names: Sequence[str]) -> st.SearchStrategy[object]:
    """Draw JSON of any shape, with the keys that a reader looks for."""
    plain = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(names)
    return st.recursive(
        plain,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(names), inner, max_size=6)
        ),
        max_leaves=30,
    )
