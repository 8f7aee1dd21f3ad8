"""What the paragraph styles of a Word document mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

from docx.oxml.ns import qn
from lxml import etree

_HEADING = re.compile(r"heading \d|title$|subtitle$", re.IGNORECASE)
_CONTENTS = re.compile(r"toc(?: \d| ?heading)|table of (?:figures|authorities)", re.IGNORECASE)
_BULLET = re.compile(r"list bullet", re.IGNORECASE)
_BODY_LEVEL = 9  # the outline level that Word gives to what is no heading


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style, with what it takes over from the styles it is based on."""

    style_id: str = ""
    is_heading: bool = False
    is_title: bool = False
    is_contents: bool = False
    is_bullet: bool = False
    number_id: str | None = None
    depth: int | None = None


class Styles:
    """The paragraph styles of a document.

    Parameters
    ----------
    root : lxml element
        The root of ``styles.xml``.
    """

    def __init__(self, root: etree._Element) -> None:
        self._elements = {
            element.get(qn("w:styleId")) or "": element
            for element in root.iterchildren(qn("w:style"))
            if element.get(qn("w:type")) in (None, "paragraph")
        }
        self._default = next(
            (i for i, e in self._elements.items() if e.get(qn("w:default")) in ("1", "true")), ""
        )
        self._known: dict[str, Style] = {}

    def of(self, paragraph: etree._Element) -> Style:
        """Return a paragraph's style; its own outline level makes it a heading too."""
        named = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        style_id = self._default if named is None else named.get(qn("w:val")) or ""
        if style_id not in self._known:
            self._known[style_id] = self._read(style_id)
        style = self._known[style_id]
        level = _outline_level(paragraph)
        if level is None or level >= _BODY_LEVEL or style.is_heading:
            return style
        return Style(style_id, is_heading=True, number_id=style.number_id, depth=style.depth)

    def list_of(self, paragraph: etree._Element) -> tuple[str | None, int | None]:
        """Return the id and level of the list that a paragraph is in; (None, None) for none."""
        number_id, depth = _list(paragraph)
        style = self.of(paragraph)
        if number_id is None:
            number_id = style.number_id
            depth = style.depth if depth is None else depth
        return (None, None) if number_id in (None, "0") else (number_id, depth)

    def _read(self, style_id: str) -> Style:
        first = style_id
        names: list[str] = []
        number_id: str | None = None
        depth: int | None = None
        level: int | None = None
        seen: set[str] = set()
        while style_id in self._elements and style_id not in seen:
            seen.add(style_id)
            element = self._elements[style_id]
            names.append(_child(element, "w:name") or "")
            own_id, own_depth = _list(element)
            number_id = own_id if number_id is None else number_id
            depth = own_depth if depth is None else depth
            level = _outline_level(element) if level is None else level
            style_id = _child(element, "w:basedOn") or ""
        return Style(
            style_id=first,
            is_heading=any(_HEADING.match(name) for name in names)
            or (level is not None and level < _BODY_LEVEL),
            is_title=any(name.lower() == "title" for name in names),
            is_contents=any(_CONTENTS.match(name) for name in names),
            is_bullet=any(_BULLET.match(name) for name in names),
            number_id=number_id,
            depth=depth,
        )


def _child(element: etree._Element, name: str) -> str | None:
    """Return ``w:val`` of a child, or None."""
    child = element.find(qn(name))
    return None if child is None else child.get(qn("w:val"))


def _outline_level(element: etree._Element) -> int | None:
    level = element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    value = "" if level is None else level.get(qn("w:val")) or ""
    return int(value) if value.isdigit() else None


def _list(element: etree._Element) -> tuple[str | None, int | None]:
    """Return the list id and level that an element states itself."""
    found = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
    if found is None:
        return None, None
    depth = _child(found, "w:ilvl") or ""
    return _child(found, "w:numId"), int(depth) if depth.isdigit() else None
