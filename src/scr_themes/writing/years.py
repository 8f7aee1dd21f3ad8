"""The year a review was published, where that is plain; guessing it would bend every trend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from scr_themes.documents import Document, TaggedDocument

_FIRST = 1990
_FIRST_LINES = 15  # passages of a document without pages that count as its front page

# A span of years says when things happened, or a financial year. A date is no span.
_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)([-_. ]?)(?:0[1-9]|1[0-2])\2(?:0[1-9]|[12]\d|3[01])(?!\d)"
)
_SPAN = re.compile(
    r"(?<!\d)(?:19|20)\d\d\s*(?:[-–—/_]|to|and)\s*(?:(?:19|20)\d\d|\d\d)(?!\d)", re.I
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
# Years of laws and of guidance, and of what the review is about.
_ELSE = re.compile(
    r"\b(?:acts?|regulations|order|bill|guidance|together|children|framework|born|died|killed"
    r"|in|since|during|from|between|before|after|until|by)[\s\-_.,(]+"
    r"(?:\d{1,2}[\s\-_.]+)?(?:[a-z]+[\s\-_.]+)?(?:19|20)\d\d(?!\d)",
    re.I,
)
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_WRITTEN = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{_MONTHS})\.?,?\s+((?:19|20)\d\d)(?!\d)"
    r"|\d{1,2}[./]\d{1,2}[./]((?:19|20)\d\d)(?!\d)"
)
_MARK = (
    r"(?:(?:(?:final|overview)\s+)?(?:report|review)\s*)?"
    r"(?:(?:first\s+)?published|publication\s+date|date\s+of\s+(?:the\s+|this\s+)?"
    r"(?:publication|report)|date|dated)?"
)
_MARKED = re.compile(rf"{_MARK}(?:\s+(?:on|in))?[\s:|,–-]+(?:{_WRITTEN})", re.I)
_PUBLISHED = re.compile(
    rf"\bpublished(?:\s+(?:on|in))?[\s:|,–-]+(?:{_WRITTEN}|((?:19|20)\d\d))", re.I
)
_BARE = re.compile(rf"(?:{_WRITTEN})\.?", re.I)


def year_of(tagged: TaggedDocument) -> int | None:
    """Return the year in which a document was published; None where it does not say so plainly.

    Parameters
    ----------
    tagged : TaggedDocument
        The document. Its title is asked first, then the name of its file, then a line of its
        front page such as "Published March 2024". A title or name with several years, or with
        the year of a law or of the events, does not say when it was published.

    Returns
    -------
    int or None
        A year from 1990 to the next one.

    Examples
    --------
    >>> document = Document(path="child-r-14-july-2017.pdf", title="Child R", text="", passages=())
    >>> year_of(TaggedDocument(document=document, passages=(), coder="fast 1.0.0"))
    2017
    """
    document = tagged.document
    for name in (document.title, _stem(document.path or "")):
        year = _only(_years(name))
        if year is not None:
            return year
    return _only(_printed(document))


def _stem(path: str) -> str:
    return re.sub(r"\.[A-Za-z]{1,5}$", "", re.split(r"[\\/]", path)[-1])


def _only(years: Iterable[int]) -> int | None:
    found = {year for year in years if _FIRST <= year <= date.today().year + 1}
    return found.pop() if len(found) == 1 else None


def _years(name: str) -> Iterator[int]:
    """Yield the years in a title or a name that may be the year of publication."""
    said = [int(next(filter(None, match.groups()))) for match in _PUBLISHED.finditer(name)]
    if said:
        yield from said
        return
    dates = [int(match[1]) for match in _DATE.finditer(name)]
    rest = _DATE.sub(" ", name)
    if _SPAN.search(rest):
        return
    yield from dates
    yield from (int(match[1]) for match in _YEAR.finditer(_ELSE.sub(" ", rest)))


def _printed(document: Document) -> Iterator[int]:
    """Yield the years of the lines on the front page that say when it was published."""
    for passage in document.passages[:_FIRST_LINES]:
        if passage.page not in (1, None):
            break
        for line in (passage.section or "", passage.text):
            match = _BARE.fullmatch(line.strip()) or _MARKED.match(line.strip())
            if match is not None:
                yield int(match[1] or match[2])
