"""The words of one Word paragraph, and the page that they begin on."""

from __future__ import annotations

from dataclasses import dataclass

from docx.oxml.ns import qn
from lxml import etree

_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_LEFT_OUT = frozenset(
    qn(name) for name in ("w:pPr", "w:rPr", "w:del", "w:moveFrom", "w:rt", "w:sdtPr", "w:sdtEndPr")
)
_SPACES = frozenset(qn(name) for name in ("w:tab", "w:ptab", "w:cr"))
_OFF = ("0", "false", "none", "off")
_HEADING_WORDS = 12


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in a paragraph.

    Attributes
    ----------
    text : str
        Its words.
    page : int or None
        The page they begin on.
    boxes : tuple of lxml element
        Text boxes that hang on it.
    looks_like_heading : bool
        Whether it is short, all bold and without a stop at its end.
    """

    text: str
    page: int | None
    boxes: tuple[etree._Element, ...]
    looks_like_heading: bool


class Runs:
    """Reads paragraphs one after another and counts pages and fields on the way.

    Parameters
    ----------
    body : lxml element
        The document's body; pages are counted only where it tells where Word broke them.
    """

    def __init__(self, body: etree._Element) -> None:
        known = next(body.iter(qn("w:lastRenderedPageBreak")), None) is not None
        self.page: int | None = 1 if known else None
        self._broken = False  # a page break was asked for, and Word's own mark of it not yet met
        self._fields: list[str] = []  # the instructions of the fields that are open
        self._start()

    def _start(self) -> None:
        self._pieces: list[str] = []
        self._boxes: list[etree._Element] = []
        self._first_page: int | None = None
        self._all_bold = True

    def read(self, paragraph: etree._Element) -> Words:
        """Return the words of the next paragraph."""
        self._start()
        self._walk(paragraph, bold=False)
        text = "".join(self._pieces).strip()
        short = 0 < len(text.split()) <= _HEADING_WORDS and text[-1:] not in ".;:,!?"
        return Words(
            text=text,
            page=self._first_page,
            boxes=tuple(self._boxes),
            looks_like_heading=self._all_bold and short and any(c.isalpha() for c in text),
        )

    def _walk(self, holder: etree._Element, *, bold: bool) -> None:
        for element in holder.iterchildren(etree.Element):
            tag = element.tag
            if tag in _LEFT_OUT:
                continue
            if tag == qn("w:r"):
                if not _is_on(element, "w:vanish"):
                    self._walk(element, bold=_is_on(element, "w:b"))
            elif tag == qn("w:txbxContent"):
                self._boxes.append(element)
            elif tag == _ALTERNATE:  # the same thing said twice, for new and old readers
                chosen = element.find(_CHOICE)
                self._walk(element if chosen is None else chosen, bold=bold)
            elif tag == qn("w:fldSimple"):
                self._fields.append(element.get(qn("w:instr")) or "")
                self._walk(element, bold=bold)
                self._fields.pop()
            elif not self._take(element, bold=bold):
                self._walk(element, bold=bold)

    def _take(self, element: etree._Element, *, bold: bool) -> bool:
        """Take an element that holds no others; return False for one that may."""
        tag = element.tag
        if tag == qn("w:t"):
            self._add(element.text or "", bold=bold)
        elif tag in _SPACES:
            self._add(" ", bold=bold)
        elif tag == qn("w:noBreakHyphen"):
            self._add("-", bold=bold)
        elif tag == qn("w:br"):
            self._add(" ", bold=bold)
            if element.get(qn("w:type")) == "page":
                self._turn(marked=False)
        elif tag == qn("w:lastRenderedPageBreak"):
            self._turn(marked=True)
        elif tag == qn("w:fldChar"):
            self._mark_field(element.get(qn("w:fldCharType")) or "")
        elif tag == qn("w:instrText"):
            if self._fields:
                self._fields[-1] += element.text or ""
        else:
            return False
        return True

    def _add(self, text: str, *, bold: bool) -> None:
        if any(field.split()[:1] == ["TOC"] for field in self._fields):
            return  # a contents page
        if text.strip():
            if self._first_page is None:
                self._first_page = self.page
            self._broken = False
            self._all_bold = self._all_bold and bold
        self._pieces.append(text)

    def _turn(self, *, marked: bool) -> None:
        """Count a page; Word marks a break that was asked for once more where it fell."""
        if self.page is not None and not (marked and self._broken):
            self.page += 1
        self._broken = not marked

    def _mark_field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append("")
        elif kind == "end" and self._fields:
            self._fields.pop()


def _is_on(run: etree._Element, name: str) -> bool:
    """Tell whether a run switches a property on."""
    found = run.find(f"{qn('w:rPr')}/{qn(name)}")
    return found is not None and found.get(qn("w:val")) not in _OFF
