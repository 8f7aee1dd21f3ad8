"""Where the sentences of a passage begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CLOSERS = "\"'”’»)\\]}"
_OPENERS = "\"'“‘«([{"
# A stop, what closes with it, and then white space, the end, or (for a stop that lost its space,
# as in "was told.The school") a capital; or a full stop of a script that puts no space after it.
_STOP = re.compile(
    rf"(?<![.!?…؟।۔])(?P<stop>[.!?…؟।۔]++)(?P<close>[{_CLOSERS}]*+)(?:(?P<note>\d{{1,3}})(?=\s+[A-Z]))?"
    rf"(?=\s|$|(?P<glued>[{_OPENERS}]?[A-Z][a-z]))"
    r"|[。！？｡]+[」』）]*"
    r"|\n[^\S\n]*\n"
)
_WORD_BEFORE = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*$")
_NEXT = re.compile(rf"\s*[{_OPENERS}]*(?P<word>\w+|\S)")
_LOOK_BACK = 64  # characters: longer than any abbreviation, short enough to keep time linear
_LABEL = re.compile(r"\s*\(?(?:\d+(?:\.\d+)*|[ivxl]{1,7}|[A-Za-z])\)?[.)]+", re.IGNORECASE)
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]$")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Before a name, an example or a comparison: the stop never ends a sentence.
_NEVER = _words(
    "mr mrs ms mx dr drs prof rev revd fr sr hon cllr sgt insp supt det capt "
    "col gen lt messrs e.g eg i.e ie cf viz vs v approx incl esp"
)
# Before a number, as in "No. 4": the stop ends a sentence when anything else follows.
_BEFORE_NUMBER = _words(
    "no nos para paras par p pp s ss sec sect vol vols fig figs ch chap art arts cl reg regs sch "
    "r rr app annex ref ed edn c ca jan feb mar apr jun jul aug sep sept oct nov dec"
)
# Ends a sentence only when a word that begins sentences follows.
_SELDOM = _words("st jr ltd inc co dept tel et al")
# A single capital after these is a name in a review ("Child A."), not someone's initial.
_LETTERED = _words(
    "child baby adult mother father sibling brother sister parent carer partner family worker "
    "person young boy girl infant twin student pupil patient school nursery hospital ward trust "
    "council authority area agency officer home gp subject resident option appendix annex part "
    "group class grade table figure section schedule hepatitis vitamin and or"
)
_STARTERS = _words(
    "a after all although among an and another any as at because before both but by despite during "
    "each either even every finally following for from given had has have he her here his how "
    "however i if in indeed instead is it its later many more most much neither no nobody none nor "
    "not nothing of on once one only or other our out over she since so some such that the their "
    "then there therefore these they this those though through thus to two under until was we were "
    "what when where whether which while who why with within without you your yet"
)


def _before(text: str, start: int, at: int) -> str:
    """Return the word that ends at ``at``, with any dots and hyphens inside it."""
    found = _WORD_BEFORE.search(text, max(start, at - _LOOK_BACK), at)
    return found[0] if found else ""


def _is_initial(text: str, start: int, at: int, following: str) -> bool:
    """Tell whether the capital before ``at`` is an initial that a name follows."""
    if not following[0].isalpha() or (len(following) > 1 and following.lower() in _STARTERS):
        return False
    return _before(text, start, at - 2).lower() not in _LETTERED


def _stop_is_inside(text: str, start: int, at: int, following: str) -> bool:
    """Tell whether the full stop at ``at`` belongs to an abbreviation, initial or number."""
    word = _before(text, start, at)
    lower = word.lower()
    if lower in _NEVER:
        return len(word) == 1 or not word.isupper()  # "MS." is an illness
    if lower in _SELDOM or (_DOTTED.match(word) and lower not in ("a.m", "p.m")):
        return following.lower() not in _STARTERS
    if len(word) == 1 and word.isupper():
        return _is_initial(text, start, at, following)
    return following[0].isdigit() and lower in _BEFORE_NUMBER


def _is_slip(text: str, start: int, at: int) -> bool:
    """Tell whether a stop with a capital right after it is one that lost its space.

    Only after a whole word: "St.Mary", "U.K.Limited" and web addresses stay in one piece.
    """
    before = text[max(start, at - _LOOK_BACK) : at].rpartition(" ")[2]
    whole = re.search(r"[a-z]{3}$|\d{2}$|[)\"']$", before)
    return whole is not None and re.search(r"[/@]|www\b", before) is None


def _ends_sentence(text: str, start: int, found: re.Match[str]) -> bool:
    """Tell whether the stop at ``found`` ends the sentence that began at ``start``."""
    if found["stop"] is None:
        return True
    after = _NEXT.match(text, found.end())
    if after is None:
        return True
    following = after["word"]
    if following[0].islower() or following[0] in ",;:.!?)":
        return False
    if found["glued"] is not None and not _is_slip(text, start, found.start()):
        return False
    if found["stop"] != "." or found["close"]:
        return True
    return not _stop_is_inside(text, start, found.start(), following)


def _cuts(text: str) -> Iterator[int]:
    start = seen = 0
    worded = False
    for found in _STOP.finditer(text):
        # Marks alone ("...", "***.") and labels ("4.12.", "iv.)") are no sentence: they go with
        # the words after them.
        worded = worded or any(c.isalnum() for c in text[seen : found.end()])
        seen = found.end()
        if not worded or (seen - start < _LOOK_BACK and _LABEL.fullmatch(text, start, seen)):
            continue
        if _ends_sentence(text, start, found):
            start = seen
            worded = False
            yield start


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Find the sentences of a text.

    Parameters
    ----------
    text : str
        A passage, or any text.

    Returns
    -------
    list of (int, int)
        Start and end of each sentence in code points, half-open, in order, without the white
        space around it. Together they cover every character that is not white space. Empty for
        a text of white space only.

    Notes
    -----
    Titles, initials, "e.g.", "No. 4", decimals and printed paragraph numbers do not end a
    sentence; quotes and brackets that close after the stop belong to it; bullets joined by
    semicolons stay together.

    Examples
    --------
    >>> text = 'Dr. J. Smith saw Child A. "It is sad." He added no more, e.g. on No. 4.'
    >>> [text[start:end] for start, end in sentence_spans(text)]
    ['Dr. J. Smith saw Child A.', '"It is sad."', 'He added no more, e.g. on No. 4.']
    """
    spans: list[tuple[int, int]] = []
    begin = 0
    for cut in [*_cuts(text), len(text)]:
        piece = text[begin:cut]
        stripped = piece.strip()
        if stripped:
            start = begin + len(piece) - len(piece.lstrip())
            end = start + len(stripped)
            if spans and not any(c.isalpha() for c in stripped):
                spans[-1] = (spans[-1][0], end)  # marks or a number left over at the end
            else:
                spans.append((start, end))
        begin = cut
    return spans


def cover_each_other(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Tell whether two spans of a text share more than half of the shorter.

    Examples
    --------
    >>> cover_each_other((0, 10), (4, 30)), cover_each_other((0, 10), (5, 30))
    (True, False)
    """
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared > 0.5 * min(one[1] - one[0], other[1] - other[0])
