"""Footnotes at the foot of a column, apart from the text they interrupt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scr_themes.reading.lines import Line
from scr_themes.reading.page_rows import text_of
from scr_themes.reading.page_tables import TableRow
from scr_themes.reading.paragraphs import Style

Element = Line | TableRow

_SMALL = 0.9  # of the size of running text: footnotes are set smaller
_HIGHEST = 200  # the highest number that a footnote without a raised mark is believed to have


def split_footnotes(
    elements: Sequence[Element], style: Style
) -> tuple[list[Element], list[list[Line]]]:
    """Part the small print at the foot of a column from the text above it.

    Parameters
    ----------
    elements : sequence of Line or TableRow
        A column, from the top down.
    style : Style
        What is usual in the document.

    Returns
    -------
    text : list of Line or TableRow
        The column without its footnotes.
    notes : list of list of Line
        The lines of each footnote. Small print that no mark opens is no footnote, unless it goes
        on from the page before.
    """
    start = len(elements)
    for i in range(len(elements) - 1, -1, -1):
        element = elements[i]
        if not isinstance(element, Line) or element.size > _SMALL * style.size:
            break
        if _opens(element):
            start = i
    notes: list[list[Line]] = []
    for element in elements[start:]:
        assert isinstance(element, Line)
        if _opens(element) or not notes:
            notes.append([])
        notes[-1].append(_without_mark(element) if _marks(element) else element)
    return list(elements[:start]), notes


def _opens(line: Line) -> bool:
    """Whether a footnote begins with this line of small print."""
    hanging = line.number is not None and line.number.isdigit() and int(line.number) <= _HIGHEST
    return line.note or hanging or _marks(line)


def _marks(line: Line) -> bool:
    """Whether the line's first word is the note's number, set like the words after it."""
    first = line.words[0].text
    if line.mark is not None or line.note or len(line.words) < 2 or not first.isdigit():
        return False
    return int(first) <= _HIGHEST and line.words[1].text[:1].isupper()


def _without_mark(line: Line) -> Line:
    words = line.words[1:]
    return replace(line, words=words, x0=words[0].x0, text=text_of(words))
