"""Lines into paragraphs, bullets and headings, across line, column and page breaks."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scr_themes.reading.lines import Line

_ENDS = re.compile(r"[.!?:;][\"'”’)\]]*$")
_LOOSE = 1.22  # of the usual pitch: a wider step between baselines parts two paragraphs
_DEFAULT_PITCH = 1.22  # of the font size
_INDENT = 0.6  # of the font size
_SPACE = 0.3  # of the font size
_SLACK = 0.2  # of the font size: how far a full line may end before the margin
_LONGEST_HEADING = 200  # characters
# On a cover: "Report published: 3 May 2014", "Lead reviewer: Ann Other"; a value, not a heading.
_COVER_ENTRY = re.compile(r"[A-Z][a-z]+(?: [a-z]+)?: (?:\d|[A-Z][\w'’.-]+ [A-Z])")


@dataclass(frozen=True, slots=True)
class Style:
    """What is usual in a document: the size and weight of its running text, its line pitch."""

    size: float
    bold: bool
    pitches: dict[int, float]

    def pitch(self, size: float) -> float:
        """Return the usual step from baseline to baseline, in points."""
        return self.pitches.get(round(size), _DEFAULT_PITCH) * size


def style_of(columns: Iterable[Sequence[Line]]) -> Style:
    """Measure what is usual in a document.

    Parameters
    ----------
    columns : iterable of sequence of Line
        Lines that follow each other down the page.

    Returns
    -------
    Style
        Weighted by characters; the pitch is taken after lines that fill their column, since a
        short line may end a paragraph.
    """
    sizes: Counter[float] = Counter()
    bold: Counter[bool] = Counter()
    steps: defaultdict[int, Counter[float]] = defaultdict(Counter)
    for column in columns:
        for i, line in enumerate(column):
            sizes[round(line.size * 2) / 2] += len(line.text)
            bold[line.bold] += len(line.text)
            before = column[i - 1] if i else None
            if before is None or abs(before.size - line.size) > 0.3 or line.mark:
                continue
            if before.x1 - before.left > 0.85 * (before.right - before.left):
                steps[round(line.size)][round((line.y - before.y) / line.size / 0.04) * 0.04] += 1
    pitches = {size: counts.most_common(1)[0][0] for size, counts in steps.items()}
    return Style(
        size=sizes.most_common(1)[0][0] if sizes else 12.0,
        bold=bold[True] > bold[False],
        pitches={size: pitch for size, pitch in pitches.items() if 0.8 < pitch < 3},
    )


def ends_sentence(text: str) -> bool:
    """Whether a line ends with a mark that may end a paragraph."""
    return bool(_ENDS.search(text.rstrip()))


def is_full(line: Line, following: Line, right: float, slack: float = _SLACK) -> bool:
    """Whether the first word after a line would not have fitted in it."""
    return line.x1 + _SPACE * line.size + following.first_width > right - slack * line.size


def continues(block: Sequence[Line], line: Line, style: Style, right: float) -> bool:
    """Whether a line below, in the same column, belongs to the block above it.

    Parameters
    ----------
    block : sequence of Line
        The lines of the block so far.
    line : Line
        The next line.
    style : Style
        What is usual in the document.
    right : float
        Where the longest line around the block ends.

    Returns
    -------
    bool
    """
    before = block[-1]
    step, widest = line.y - before.y, _LOOSE * style.pitch(max(line.size, before.size))
    if not _same_kind(block, line) or not 0 < step <= widest:
        return False
    full = is_full(before, line, right)
    heading = is_heading(block, style)
    if not heading and not _indented_alike(block, line, full):
        return False
    if full or (line.text[:1].islower() and not heading):
        return True
    if heading:
        # The lines of one heading are cut where their maker liked.
        return not ends_sentence(before.text) and line.bold == before.bold
    return not ends_sentence(before.text) and right - before.x1 - line.first_width < 0.8 * line.size


def continues_over_break(block: Sequence[Line], line: Line, style: Style, *, single: bool) -> bool:
    """Whether the first line of a column or page belongs to the last block of the one before.

    Parameters
    ----------
    block : sequence of Line
        The last block.
    line : Line
        The first line after the break.
    style : Style
        What is usual in the document.
    single : bool
        Whether no other line of its paragraph stands below it. Word processors leave no single
        line of a paragraph behind at a page's end, nor carry one over, if they can help it.

    Returns
    -------
    bool
    """
    before = block[-1]
    if not _same_kind(block, line) or is_heading(block, style) or is_heading([line], style):
        return False
    same_column = abs(before.right - line.right) < 3 * line.size
    if same_column and not _indented_alike(block, line, full=True):
        return False
    full = is_full(before, line, before.right)
    if line.text[:1].islower():
        return full or not before.text.rstrip().endswith((".", "!", "?", ":"))
    if not ends_sentence(before.text):
        return full
    left_behind = len(block) == 1 or block[-2].page != before.page
    if single or left_behind or before.text.rstrip().endswith(":"):
        return False
    # Without a number or bullet to tell where paragraphs begin, the line must be truly full.
    return is_full(before, line, before.right, _SLACK if block[0].mark else 0.0)


def is_heading(block: Sequence[Line], style: Style) -> bool:
    """Whether a block looks like a heading: short, and bolder or larger than running text."""
    text = " ".join(line.text for line in block)
    if len(block) > 4 or len(text) > _LONGEST_HEADING or block[0].mark == "•":
        return False
    if not any(character.isalpha() for character in text) or text.endswith((".", ";", ",")):
        return False
    if re.search(r"[.!?] [A-Z]", text) or (block[0].page == 1 and _COVER_ENTRY.match(text)):
        return False
    larger = all(line.size > 1.12 * style.size for line in block)
    larger = larger or (len(text) < 90 and len(block) == 1 and block[0].size > 1.04 * style.size)
    bolder = not style.bold and all(line.bold for line in block)
    capitals = len(block) <= 2 and text.isupper() and sum(map(str.isalpha, text)) > 3
    return larger or bolder or capitals


def _same_kind(block: Sequence[Line], line: Line) -> bool:
    """Whether nothing about the looks of the line speaks against its going on with the block."""
    before = block[-1]
    if line.mark is not None or line.note:
        return False
    if abs(line.size - before.size) > 0.1 * max(line.size, before.size):
        return False
    if before.bold and not line.bold:
        # A bold sentence may open a paragraph, or a few bold words fill a line within it.
        return line.words[0].look.bold or not block[0].bold
    if line.bold and not before.bold:
        return before.words[-1].look.bold or not ends_sentence(before.text)
    return True


def _indented_alike(block: Sequence[Line], line: Line, full: bool) -> bool:
    before = block[-1]
    slack = _INDENT * line.size
    if abs(line.x0 - before.x0) <= slack:
        return True
    # Only after its first line may a block go back to the margin, or hang.
    return len(block) == 1 and full and -6 * slack <= line.x0 - before.left <= 6 * slack
