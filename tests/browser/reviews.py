"""Four reviews that never were, tagged, with passages that would break a careless page."""

from __future__ import annotations

from dataclasses import replace

from scr_themes.documents import Passage, Tag, TaggedDocument, TaggedPassage
from tests.tagged import tagged_document

HOSTILE = '</script></li><script>window.broken = 1</script><img src=x onerror="window.broken=1">'


def passage(
    index: int, text: str, tags: dict[str, tuple[float, str]], role: str = "finding", **where
) -> TaggedPassage:
    """Make a passage of its tags: for each theme, the probability and the words that show it."""
    given = []
    for theme, (probability, words) in tags.items():
        start = text.index(words)
        given.append(Tag(theme, probability, (start, start + len(words))))
    given.sort(key=lambda tag: -tag.probability)
    return TaggedPassage(
        passage=Passage(text=text, index=index, end=len(text), **where),
        role=role,
        role_probability=0.91,
        tags=tuple(given),
        candidates=tuple(given),
    )


def reviews() -> list[TaggedDocument]:
    """Return the reviews."""
    heron = tagged_document(
        passage(0, "The panel met four times.", {}, "context", page=1, section="Method"),
        passage(1, "The family had moved twice.", {}, "context", page=2, section="Events"),
        passage(
            2,
            "The nurse rang on Monday. Her call was never written down. Nobody told the school.",
            {
                "recording": (0.943, "Her call was never written down."),
                "information_sharing": (0.71, "Nobody told the school."),
            },
            page=2,
            paragraph="2.1",
            section="Events",
        ),
        passage(
            3,
            "Nobody asked her what she wanted.",
            {"child_voice": (0.55, "Nobody asked her what she wanted.")},
            page=3,
            paragraph="2.2",
            section="Events",
        ),
        passage(4, "The rota was changed in May.", {}, "good_practice", page=3, section="Events"),
        title="Heron: a review, 2019",
        name="reviews/heron.pdf",
        n_pages=3,
        warnings=("pages 4, 5 hold no text",),
    )
    wren = tagged_document(
        passage(
            0,
            "The worker\u2019s notes of the visit were lost.",
            {"recording": (0.35, "The worker\u2019s notes of the visit were lost.")},
            page=7,
        ),
        passage(1, "Notes should be made on the day.", {}, "recommendation", page=8),
        title="Wren: a review",
        name="wren-12-march-2021.pdf",
        n_pages=9,
    )
    awkward = tagged_document(
        passage(0, HOSTILE, {"recording": (0.8, HOSTILE)}, section=HOSTILE, paragraph="<b>4</b>"),
        passage(1, "\u0644\u0645 \u064a\u0633\u0623\u0644 \u0623\u062d\u062f. \u202eabc", {}),
        passage(2, "\x00\x1b[31m" + "A long word: " + "a" * 900, {}),
        passage(3, "caf\udce9\r\nand\tmore", {"child_voice": (0.6, "caf\udce9")}),
        title=f"{HOSTILE} \u202e& \udce9",
        name="c:\\reviews\\odd \udce9.txt",
    )
    empty = tagged_document(title="A review of nothing", name="empty.txt")
    return [replace(one, coder="tiny 1.0") for one in (heron, wren, awkward, empty)]
