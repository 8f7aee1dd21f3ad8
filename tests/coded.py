"""Coded passages for tests, invented and easy to tell apart, and a classifier fitted to them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scr_themes.codebook import Codebook
from tests.encoding.fakes import WordCounts

if TYPE_CHECKING:
    from scr_themes.classifying import ThemeClassifier


class Coded(NamedTuple):
    text: str
    themes: frozenset[str]
    role: str
    document: str


_BY_THEME = {
    ("information_sharing", "finding"): (
        "The school was never told about the bruise.",
        "Nobody told the nurse what the police knew.",
        "The letter was never shared with the doctor.",
        "What the clinic knew was not shared with the school.",
        "The police told no other agency of the arrest.",
        "The doctor was not told that the family had moved.",
        "Housing knew of the broken door and told no one.",
        "The nurse was never told of the earlier arrest.",
    ),
    ("child_voice", "finding"): (
        "No one asked the girl how she felt at home.",
        "She was never seen alone or asked what she wanted.",
        "Her wishes and feelings were not asked for.",
        "The boy was not listened to when he spoke.",
        "Nobody listened to what the boy felt.",
        "She was seen once, and never alone.",
        "His feelings were not asked about at any visit.",
        "The girl spoke and was not listened to.",
    ),
    ("recording", "finding"): (
        "There was no note of the visit in the file.",
        "The file holds no record of the decision.",
        "Records were missing for the whole of June.",
        "The minutes were not written until a year later.",
        "No record of the call was kept in the file.",
        "The note of the visit was undated and unsigned.",
        "Two volumes of the file are missing.",
        "Minutes of the meeting were not kept.",
    ),
    ("recording", "recommendation"): (
        "Every visit must be written in the file that day.",
        "Managers must ensure that minutes are kept.",
        "The trust must ensure that each record is dated.",
        "Staff must write down every decision.",
    ),
    ("information_sharing", "recommendation"): (
        "Schools must ensure that the nurse is told.",
        "The police must share every arrest with the school.",
        "Agencies must ensure that what they know is shared.",
        "The clinic must tell the doctor of every move.",
    ),
    ("", "context"): (
        "The town has two parks and a river.",
        "He was born in the spring of that year.",
        "The panel met four times in the town hall.",
        "Her sister was six and her brother was four.",
        "The family moved to the town in the spring.",
        "The review covers two years.",
        "There are nine schools in the town.",
        "The panel had an independent chair.",
    ),
    ("", "good_practice"): (
        "The teacher rang at once and did so very well.",
        "The plan was clear, prompt and well made.",
        "Good, prompt work by the midwife kept him safe.",
        "The visits were prompt and well planned.",
    ),
}


def coded_passages() -> list[Coded]:
    """Return 44 passages of five documents."""
    rows = [
        (text, frozenset({theme} if theme else ()), role)
        for (theme, role), texts in _BY_THEME.items()
        for text in texts
    ]
    return [Coded(*row, f"review-{place % 5}") for place, row in enumerate(rows)]


def write_reviews(folder: Path, number: int) -> Path:
    """Share the passages out among so many text files in a new folder."""
    folder.mkdir()
    rows = coded_passages()
    for k in range(number):
        words = "\n\n".join(row.text for row in rows[k::number])
        (folder / f"review {k}.txt").write_text(words, encoding="utf-8")
    return folder


def fit_tiny_classifier() -> ThemeClassifier:
    """Fit three themes and four roles on word counts, in a moment."""
    from scr_themes.classifying import ThemeClassifier  # noqa: PLC0415 - slow to import

    rows = coded_passages()
    themes = ("information_sharing", "child_voice", "recording")
    roles = ("finding", "recommendation", "good_practice", "context")
    codebook = Codebook.of(themes, roles)
    return ThemeClassifier(encoder=WordCounts(), codebook=codebook, C=1.0, n_folds=2).fit(
        [row.text for row in rows],
        [row.themes for row in rows],
        roles=[row.role for row in rows],
        groups=[row.document for row in rows],
    )
