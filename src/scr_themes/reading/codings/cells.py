"""What people and spreadsheets put in a cell: words, numbers, probabilities, places in a text."""

from __future__ import annotations

import math
import re
from typing import Any

from scr_themes.errors import ReadingError

_BLANK = frozenset({"", "nan", "#n/a"})


def words(cell: Any) -> str:
    """Return a cell's words, blank where it holds none; a whole number without its point.

    Examples
    --------
    >>> words(4.0), words(" 4.10 "), words(float("nan")), words(None)
    ('4', '4.10', '', '')
    """
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip()
    return "" if text.casefold() in _BLANK else text


def whole(cell: Any) -> int | None:
    """Return a whole number, be it typed as text; None where the cell is none.

    Examples
    --------
    >>> whole("12"), whole(12.0), whole("12.0"), whole("iv")
    (12, 12, 12, None)
    """
    try:
        number = float(words(cell))
        return int(number) if number.is_integer() else None
    except (ValueError, OverflowError):
        return None


def probability(place: str, cell: Any) -> float:
    """Return a probability; 1 where the cell is blank, as for a person's code.

    Raises
    ------
    ReadingError
        If it is none.
    """
    text = words(cell)
    if not text:
        return 1.0
    try:
        percent = text.endswith("%")
        number = (
            float(cell) if isinstance(cell, float) else float(text.strip("% ").replace(",", "."))
        )
        number = number / 100 if percent else number
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        raise ReadingError(place, f"{text!r} is no probability", "give a number from 0 to 1")
    return number


def words_in(text: str, cell: Any) -> tuple[int, int] | None:
    r"""Return where words stand in a text, line ends and spaces taken for the same.

    Examples
    --------
    >>> words_in("Nobody  asked her.", "asked\nher"), words_in("Nobody asked.", "told")
    ((8, 17), None)
    """
    wanted = as_it_is(cell)
    start = text.find(wanted)
    if wanted and start >= 0:
        return start, start + len(wanted)
    if not wanted.strip():
        return None
    loose = r"\s+".join(map(re.escape, wanted.split()))
    found = re.search(loose, text) or re.search(loose, text, re.IGNORECASE)
    return found.span() if found else None


def as_it_is(cell: Any) -> str:
    """Return a cell's text, spaces and all."""
    return cell if isinstance(cell, str) else words(cell)


def page_of(cell: Any) -> int | None:
    """Return a page's number, of "p. 12" and "12-13" as well."""
    found = re.search(r"\d{1,9}", words(cell))
    return int(found[0]) if found else None
