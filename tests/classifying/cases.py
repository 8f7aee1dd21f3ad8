"""Labelled passages of one to three sentences, in the shapes that classifiers are given."""

from __future__ import annotations

import numpy as np

from scr_themes.classifying import ThemeClassifier
from tests.coded import coded_passages
from tests.encoding.fakes import WordCounts

ROWS = coded_passages()
# Every other passage gets the next one's sentence too, so that some have two themes.
TEXTS = [
    row.text if i % 2 else f"{row.text} {ROWS[(i + 3) % len(ROWS)].text}"
    for i, row in enumerate(ROWS)
]
LABELS = [
    set(row.themes) if i % 2 else set(row.themes | ROWS[(i + 3) % len(ROWS)].themes)
    for i, row in enumerate(ROWS)
]
ROLES = [row.role for row in ROWS]
GROUPS = [row.document for row in ROWS]
THEMES = ("child_voice", "information_sharing", "recording")
MATRIX = np.array([[theme in labels for theme in THEMES] for labels in LABELS])

# What no one trained on, in the forms that passages take in real files.
UNSEEN = [
    "The school was not told. The plan was clear. Nobody asked the boy how he felt!",
    "Nothing in the file says who decided, or when.",
    "Dr. A. Smith saw Child B on 4.12.2009. No note was kept.",
    "the boy",
    "",
    "   ",
    "\n\n",
    "…",
    "« La police n’a rien dit. » The nurse was not told.",
    "أُغلق الملف. لم يُسأل الطفل.",
    "Half a pair \ud83d of surrogates. No one asked.",
    "The file 👩‍👧 was missing\x00 for a year.",
    "told " * 400 + "no one.",
]


def tiny(**settings) -> ThemeClassifier:
    """Return an unfitted classifier of word counts that fits in milliseconds."""
    return ThemeClassifier(**{"encoder": WordCounts(), "C": 1.0, "n_folds": 3, **settings})


def features(texts=TEXTS) -> np.ndarray:
    return WordCounts().encode(texts)
