"""Words broken at a line's end: which hyphens to keep."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)*")
_BROKEN = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)[-‐\u00ad]")
_HYPHENS = ("-", "‐", "\u00ad")
_FIRST = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
# Prefixes that English keeps apart from the word after them.
_PREFIX_LIST = """
    all anti co cross ex half high ill inter intra long low mid multi non off one over part post
    pre pro quasi re self semi short sub three two under well
"""
# Ends of words that no compound has for its second half.
_ENDING_LIST = """
    able al ally ance ances ant ate ated ation ations cal cally cial cially cies dren ed ence ences
    ent er ers ful fully ible ic ical ing ings ised ising ity ive lar ling lished ly ment ments
    ness nity ning ous rity sion sional sionals sions sive tance ted tence ter ters tial tially
    ties tified ting tinue tion tional tions tive tively ture tures ty ual ular vice vices viour
"""
_PREFIXES = frozenset(_PREFIX_LIST.split())
_ENDINGS = frozenset(_ENDING_LIST.split())


class Joiner:
    """Joins lines into running text, knowing the words of the whole document.

    A hyphen at a line's end stays when the document writes the word with a hyphen elsewhere; it
    goes when the document has the joined word, or when the second half is an ending such as
    ``tion``. Where neither tells it stays, unless the document hyphenates words at line ends and a
    half is none of its words.

    Parameters
    ----------
    lines : iterable of str
        Every line of the document.

    Examples
    --------
    >>> joiner = Joiner(["multi-agency work and information", "multi-", "agency informa-", "tion"])
    >>> joiner.join(["The multi-", "agency informa-", "tion"])
    'The multi-agency information'
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._words: Counter[str] = Counter()
        breaks: list[tuple[str, str]] = []
        before = ""
        for line in lines:
            found = _WORD.findall(line.replace("\u00ad", "-").lower())
            broken = _broken(before)
            if broken and found:
                breaks.append((broken.lower(), found[0]))
                found = found[1:]
            if _broken(line) and found:
                found = found[:-1]
            self._words.update(found)
            before = line
        # A typesetter who hyphenates leaves halves such as "informa-" and "tion".
        fragments = sum(self._is_fragment(left, right) for left, right in breaks)
        self._hyphenates = fragments > 0.2 * len(breaks)

    def join(self, lines: Sequence[str]) -> str:
        """Join the lines of one passage into one text."""
        text = ""
        for line in lines:
            text = self._append(text, line) if text else line
        return text

    def _is_fragment(self, left: str, right: str) -> bool:
        """Whether a break certainly falls inside a word."""
        written = self._words[f"{left}-{right}"]
        return right in _ENDINGS or (self._words[left + right] > 0 and not written)

    def _is_word(self, part: str) -> bool:
        return any(half in _PREFIXES or self._words[half] > 0 for half in part.split("-"))

    def _append(self, text: str, line: str) -> str:
        if text.endswith("\u00ad"):
            return text[:-1] + line
        broken = _broken(text)
        following = _FIRST.match(line)
        if broken and following:
            return (text if self._keeps(broken, following[0]) else text[:-1]) + line
        if text[-1:] in "-/‐–—" and text[-2:-1].strip() and line[:1].strip():
            return text + line  # "2014–" + "15", "and/" + "or": no space was printed
        return f"{text} {line}"

    def _keeps(self, left: str, right: str) -> bool:
        """Whether the hyphen between two halves is part of the word."""
        if not right[0].islower():
            return True
        left, right = left.lower(), right.lower()
        hyphened, joined = self._words[f"{left}-{right}"], self._words[left + right]
        if hyphened or joined:
            return hyphened >= joined
        if left.rsplit("-", 1)[-1] in _PREFIXES:
            return True
        if right in _ENDINGS:
            return False
        return not self._hyphenates or (self._is_word(left) and self._is_word(right))


def _broken(text: str) -> str | None:
    """Return the part of a word that a hyphen at the text's end follows."""
    if not text.endswith(_HYPHENS):
        return None
    parts = _BROKEN.findall(text[text.rfind(" ") + 1 :])
    return parts[-1] if parts else None
