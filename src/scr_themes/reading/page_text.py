"""What one page holds, as plain data: words with their place and look, ruling lines, images."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from scr_themes.reading.rulings import Rule


@dataclass(frozen=True, slots=True)
class Look:
    """What a run of text looks like: effective size in points, bold, font, direction."""

    size: float
    bold: bool
    font: str
    angle: int
    visible: bool


@dataclass(slots=True, eq=False)
class Word:
    """A run of characters without a space, in points from the page's upper left corner.

    ``y`` is the baseline. ``glued`` says that no space stands between it and the word before.
    """

    text: str
    x0: float
    x1: float
    y: float
    look: Look
    glued: bool = False

    @property
    def size(self) -> float:
        """Effective font size in points."""
        return self.look.size


@dataclass(slots=True)
class PageText:
    """What one page holds.

    Attributes
    ----------
    number : int
        The page, from 1.
    width, height : float
        Size in points, as the text runs.
    words : list of Word
        In the order of the file.
    rules : list of Rule
        Straight horizontal and vertical lines.
    image_share : float
        Share of the page that images cover, at most 1.
    n_drawings : int
        How many drawn paths there are; text turned to outlines shows as thousands.
    """

    number: int
    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    image_share: float = 0.0
    n_drawings: int = 0


class Turn(NamedTuple):
    """From PDF space (y upward) to the page as its text runs (y downward, from its upper left)."""

    angle: int
    left: float
    bottom: float
    right: float
    top: float

    def word(self, word: Word) -> None:
        """Move a word."""
        x0, x1, y = word.x0, word.x1, word.y
        if self.angle == 0:
            x0, x1, y = x0 - self.left, x1 - self.left, self.top - y
        elif self.angle == 90:
            x0, x1, y = y - self.bottom, x1 - self.bottom, x0 - self.left
        elif self.angle == 180:
            x0, x1, y = self.right - x0, self.right - x1, y - self.bottom
        else:
            x0, x1, y = self.top - y, self.top - x1, self.right - x0
        word.x0, word.x1, word.y = x0, max(x0, x1), y

    def rule(self, rule: Rule) -> Rule:
        """Return a rule, moved."""
        x0, y0, x1, y1 = rule
        if self.angle == 0:
            return Rule(x0 - self.left, self.top - y1, x1 - self.left, self.top - y0)
        if self.angle == 90:
            return Rule(y0 - self.bottom, x0 - self.left, y1 - self.bottom, x1 - self.left)
        if self.angle == 180:
            return Rule(self.right - x1, y0 - self.bottom, self.right - x0, y1 - self.bottom)
        return Rule(self.top - y1, self.right - x1, self.top - y0, self.right - x0)
