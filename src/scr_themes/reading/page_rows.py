"""Words of a page into rows by baseline, with raised and lowered words where they belong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from scr_themes.reading.page_text import Word

Row = list[Word]

BULLETS = frozenset("•●▪■◦‣⁃∙·►➢➤✓✔❖◆◼◾○□▫❑➔\uf0b7\uf0a7\uf0d8\uf0fc\uf06e\uf076\uf0a8")
DASHES = frozenset("–—-−―─*o")
DINGBATS = re.compile(r"wingding|symbol|dingbat|webding", re.IGNORECASE)
# The number of a paragraph or of a list item: 12, 12., 4.12, (a), iv)
NUMBER = re.compile(r"\(?(?P<number>\d{1,3}(?:\.\d{1,3}){0,3})[.):]?")
LETTER = re.compile(r"\((?P<a>[a-z]|[ivx]{1,5})\)|(?P<b>[a-zA-Z]|[ivx]{1,5})[.)]")
SEGMENT_GAP = 1.0  # of the font size: a gap wider than this may part two columns or cells
_STOPS = frozenset(",.;:)")


def rows_of(words: Iterable[Word]) -> list[Row]:
    """Group words by baseline, from the top of the page down, each row from left to right.

    Raised and lowered small words (note marks, ``st`` of ``1st``) join the row that they stand
    in; note marks are left out of running text.
    """
    ordered = sorted(words, key=lambda word: word.y)
    rows: list[Row] = []
    for word in ordered:
        row = rows[-1] if rows else None
        if row is not None and abs(word.y - row[0].y) <= 0.3 * min(word.size, row[0].size):
            row.append(word)
        else:
            rows.append([word])
    rows = _join_raised(rows)
    return [_without_doubles(sorted(row, key=lambda word: word.x0)) for row in rows]


def _without_doubles(row: Row) -> Row:
    """Leave out words that are drawn again on the same spot, as shadows and imitated bold are."""
    kept: Row = []
    for word in row:
        before = kept[-1] if kept else None
        if before is None or before.text != word.text or word.x0 - before.x0 > 0.3 * word.size:
            kept.append(word)
    return kept


def _join_raised(rows: list[Row]) -> list[Row]:
    """Move small words that stand between two baselines into the row that they belong to."""
    largest = [max(word.size for word in row) for row in rows]
    for i, row in enumerate(rows):
        near = [j for j in (i + 1, i + 2, i - 1) if 0 <= j < len(rows) and rows[j]]
        near = [j for j in near if abs(rows[j][0].y - row[0].y) < largest[j]] if row else []
        limit = 0.8 * max((largest[j] for j in near), default=0.0)
        for word in [word for word in row if word.size < limit and len(word.text) <= 6]:
            host = next((rows[j] for j in near if _is_host(rows[j], word)), None)
            if host is not None:
                host.append(word)
                row.remove(word)
    return [row for row in rows if row]


def _is_host(row: Sequence[Word], word: Word) -> bool:
    """Whether a small word stands raised or lowered beside a word of the row."""
    for other in row:
        rise, size = (other.y - word.y) / other.size, word.size / other.size
        after = (word.x0 - other.x1) / other.size
        before = (other.x0 - word.x1) / other.size
        # A mark in front of a footnote may stand a tab away from its words.
        if size < 0.8 and (
            (-0.3 < rise < 0.75 and -0.4 < after < 0.4)
            or (0.1 < rise < 0.75 and -0.1 < before < 2.5)
        ):
            return True
    return False


def segments_of(row: Sequence[Word]) -> list[Row]:
    """Cut a row at wide gaps; a mark stays with the words it stands in front of."""
    segments: list[Row] = []
    for i, word in enumerate(row):
        gap = word.x0 - row[i - 1].x1 if i else 0.0
        size = max(word.size, row[i - 1].size) if i else word.size
        after_mark = bool(segments) and len(segments[-1]) == 1 and is_mark(segments[-1][0])
        if i == 0 or (gap > SEGMENT_GAP * size and not (after_mark and gap < 5 * size)):
            segments.append([word])
        else:
            segments[-1].append(word)
    return segments


def is_mark(word: Word) -> bool:
    """Whether a word alone could be a bullet or a hanging number."""
    text = word.text
    return (
        text in BULLETS
        or text in DASHES
        or (len(text) == 1 and bool(DINGBATS.search(word.look.font)))
        or bool(NUMBER.fullmatch(text))
        or bool(LETTER.fullmatch(text))
    )


def text_of(words: Sequence[Word]) -> str:
    """Join words with spaces, save where the page has none between them."""
    parts: list[str] = []
    for i, word in enumerate(words):
        if i and not _follows_closely(word, word.x0 - words[i - 1].x1):
            parts.append(" ")
        parts.append(word.text)
    return "".join(parts)


def _follows_closely(word: Word, gap: float) -> bool:
    # A comma stays with its word when the note mark between the two was left out.
    return (word.glued and gap < 0.2 * word.size) or (word.text in _STOPS and gap < word.size)
