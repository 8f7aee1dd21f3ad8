"""Words of a page into lines: rows by baseline, raised marks, bullets and hanging numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from scr_themes.reading.page_rows import (
    BULLETS,
    DASHES,
    DINGBATS,
    LETTER,
    NUMBER,
    is_mark,
    text_of,
)
from scr_themes.reading.page_text import Word

_NOTE_MARK = re.compile(r"[\d,\s]{1,6}|[*†‡§]{1,3}|[\[(]\d{1,3}[\])]")
_UNITS = frozenset(["m", "km", "cm", "mm", "ft"])

HANGING = 0.55  # of the font size: a gap wider than this after a mark is more than a space


@dataclass(slots=True, eq=False)
class Line:
    """Words that stand on one baseline in one column.

    Attributes
    ----------
    words : list of Word
        From left to right, without bullet or hanging number.
    page : int
        The page, from 1.
    mark : str or None
        The bullet or hanging number in front.
    note : bool
        Whether a raised note mark stood in front, as at a footnote.
    x0 : float
        Where the words begin; ``left`` is where the mark does.
    right : float
        Where the column's longest lines end.
    """

    words: list[Word]
    page: int
    mark: str | None = None
    note: bool = False
    x0: float = 0.0
    left: float = 0.0
    x1: float = 0.0
    y: float = 0.0
    right: float = 0.0
    size: float = 0.0
    bold: bool = False
    text: str = field(default="", repr=False)

    @property
    def first_width(self) -> float:
        """Width of the first word."""
        return self.words[0].x1 - self.words[0].x0

    @property
    def number(self) -> str | None:
        """The hanging number, bare, where the mark is one."""
        if self.mark is None:
            return None
        found = NUMBER.fullmatch(self.mark)
        if found:
            return found["number"]
        lettered = LETTER.fullmatch(self.mark)
        return (lettered["a"] or lettered["b"]) if lettered and self.mark != "o" else None


def line_of(words: Sequence[Word], page: int, right: float) -> Line | None:
    """Make a line of a row's words: mark in front taken off, note marks left out.

    Returns
    -------
    Line or None
        None where nothing but a note mark was there.
    """
    size = _main_size(words)
    kept: list[Word] = []
    note = False
    for word in words:
        if _is_note_mark(word, size, kept):
            note = note or not kept
        else:
            kept.append(word)
    if not kept:
        return None
    mark, left = None, kept[0].x0
    if len(kept) > 1 and _leads(kept[0], kept[1], size):
        mark = kept[0].text
        if (mark not in DASHES and len(mark) == 1 and not mark.isalnum()) or (
            len(mark) == 1 and DINGBATS.search(kept[0].look.font)
        ):
            mark = "•"
        kept = kept[1:]
    n_letters = sum(len(word.text) for word in kept)
    return Line(
        words=kept,
        page=page,
        mark=mark,
        note=note,
        x0=kept[0].x0,
        left=left,
        x1=max(word.x1 for word in kept),
        y=_baseline(kept, size),
        right=right,
        size=size,
        bold=sum(len(word.text) for word in kept if word.look.bold) > 0.95 * n_letters,
        text=text_of(kept),
    )


def _main_size(words: Sequence[Word]) -> float:
    """Return the size that most characters have; the larger of two with as many."""
    weights: dict[float, int] = {}
    for word in words:
        weights[word.size] = weights.get(word.size, 0) + len(word.text)
    return max(weights, key=lambda size: (weights[size], size))


def _baseline(words: Sequence[Word], size: float) -> float:
    return next((word.y for word in words if word.size >= 0.9 * size), words[0].y)


def _is_note_mark(word: Word, size: float, before: Sequence[Word]) -> bool:
    """Whether a word is a small raised reference to a note, and not a power such as m2."""
    if word.size >= 0.85 * size or not _NOTE_MARK.fullmatch(word.text):
        return False
    return not (before and word.glued and before[-1].text.lower() in _UNITS)


def _leads(first: Word, second: Word, size: float) -> bool:
    """Whether the first word is a mark hanging in front of the line."""
    gap = second.x0 - first.x1
    text = first.text
    if text in BULLETS:
        return True
    if len(text) == 1 and DINGBATS.search(first.look.font):
        return True
    if second.glued:
        return text[:1].isdigit() and text.endswith((".", ")"))  # "11.The", printed too tight
    return is_mark(first) and gap > HANGING * size
