"""Hypothesis strategies: the texts that break readers, taggers and writers."""

from __future__ import annotations

from hypothesis import strategies as st

_AWKWARD = (
    "",
    " ",
    "\u00a0",
    "\n\n",
    "\r\n",
    "\f",
    "\x00",
    "\ufeff",
    "\u00ad",
    "\u200b",
    "\u2028",
    "ﬁ",
    "ﬀ",
    "…",
    "...",
    "‘",
    "“",
    "–",
    "\x93",
    "e\u0301",
    "👩‍👧",
    "𝒜",
    "ß",
    "İ",
    "مرحبا",
    "子ども。",
    "4.12 ",
    "• ",
    "- ",
    "(a) ",
    "No. 4",
    "e.g. ",
    "Dr. ",
    "s.47",
    '."',
    ".)",
    "?!",
    ";",
    "| ",
    "<p>",
    "&amp;",
    "# ",
    "=SUM(1)",
    "a" * 300,
)


def awkward_text(max_pieces: int = 12) -> st.SearchStrategy[str]:
    """Text of words, odd characters and the marks that readers look for, in any order."""
    words = st.sampled_from(
        ("The", "child", "was", "not", "seen", "alone", ".", ". ", " ", ", ", "nurse", "told")
    )
    anything = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
    piece = st.one_of(words, st.sampled_from(_AWKWARD), anything)
    return st.lists(piece, max_size=max_pieces).map("".join)


def worded_text(max_pieces: int = 12) -> st.SearchStrategy[str]:
    """Awkward text that holds at least one word."""
    return awkward_text(max_pieces).map(lambda text: f"School {text}")
