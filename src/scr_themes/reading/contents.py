"""Contents pages: lists of headings with page numbers, which are no passages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scr_themes.reading.page_rows import Row, segments_of, text_of

_HEADING = re.compile(r"(?:table of |list of )?contents(?: page| list)?:?", re.IGNORECASE)
_LEADER = re.compile(
    r"(?:\.\s?){4,}\s*(?:\d{1,3}|[ivxl]{1,5})?$|(?:…\s?){2,}\s*\d{0,3}$|_{6,}\s*\d+$"
)
_PAGE = re.compile(r"\d{1,3}|[ivxl]{1,5}")
_WRAPPED = 3  # rows that one entry may take


def without_contents(pages: Sequence[list[Row]]) -> list[list[Row]]:
    """Leave out contents lists.

    Parameters
    ----------
    pages : sequence of list of row
        The rows of each page, from the top down, without furniture.

    Returns
    -------
    list of list of row
        The same pages without every run of entries (a heading, dotted leaders or a wide gap, a
        page number) that stands under a heading ``Contents`` or holds three rows with leaders;
        a list that reaches a page's end is followed onto the next page.
    """
    kept: list[list[Row]] = []
    running = False
    for rows in pages:
        start = 0 if running else _start(rows)
        if start is None:
            kept.append(rows)
            continue
        end = _end(rows, start if running else start + 1, len(pages))
        n_entries = sum(_is_entry(row, len(pages)) for row in rows[start:end])
        if n_entries == 0:
            running = False
            kept.append(rows)
            continue
        running = end == len(rows)
        kept.append(rows[:start] + rows[end:])
    return kept


def _start(rows: list[Row]) -> int | None:
    for i, row in enumerate(rows):
        if _HEADING.fullmatch(text_of(row).strip()):
            return i
    leaders = [i for i, row in enumerate(rows) if _has_leader(row)]
    return max(0, leaders[0] - 1) if len(leaders) >= 3 else None


def _end(rows: list[Row], start: int, n_pages: int) -> int:
    """Return the row after the last entry of the run that starts at ``start``."""
    end = start
    for i in range(start, len(rows)):
        if _is_entry(rows[i], n_pages):
            end = i + 1
        elif i - end >= _WRAPPED:
            break
    return end


def _has_leader(row: Row) -> bool:
    text = text_of(row)
    dotted = ".." in text or ". ." in text or "…" in text or "___" in text
    return dotted and bool(_LEADER.search(text))


def _is_entry(row: Row, n_pages: int) -> bool:
    if _has_leader(row):
        return True
    segments = segments_of(row)
    last = segments[-1]
    if len(segments) < 2 or len(last) != 1 or not _PAGE.fullmatch(last[0].text.lower()):
        return False
    return not last[0].text.isdigit() or int(last[0].text) <= n_pages + 20
