"""Automatic numbers and bullets of Word documents, which stand in no paragraph's text."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from docx.oxml.ns import qn
from lxml import etree

_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list.

    ``pattern`` is its label, such as ``"%1.%2"``; ``style`` the paragraph style tied to it;
    ``legal`` tells whether the levels above are shown in plain figures.
    """

    form: str
    pattern: str
    start: int
    style: str | None
    legal: bool


@dataclass(frozen=True, slots=True)
class Label:
    """What stands in front of a list paragraph: ``number`` is None for a bullet."""

    number: str | None
    is_bullet: bool


class Numbering:
    """Counts through a document's lists as Word does.

    Parameters
    ----------
    root : lxml element or None
        The root of ``numbering.xml``; None where the document has none.
    """

    def __init__(self, root: etree._Element | None) -> None:
        self._levels: dict[str, dict[int, Level]] = {}
        self._abstract: dict[str, str] = {}
        self._restarts: dict[tuple[str, int], int] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        if root is not None:
            for found in root.iterchildren(qn("w:abstractNum")):
                levels = [(_number(lvl, "w:ilvl"), lvl) for lvl in found.iterchildren(qn("w:lvl"))]
                self._levels[_get(found, "w:abstractNumId")] = {i: _level(e) for i, e in levels}
            for found in root.iterchildren(qn("w:num")):
                self._add_instance(found)

    def _add_instance(self, found: etree._Element) -> None:
        number_id = _get(found, "w:numId")
        self._abstract[number_id] = _value(found, "w:abstractNumId")
        for override in found.iterchildren(qn("w:lvlOverride")):
            start = _value(override, "w:startOverride")
            if start.isdigit():
                self._restarts[number_id, _number(override, "w:ilvl")] = int(start)

    def level_of_style(self, number_id: str, style: str) -> int:
        """Return the level that a list ties to a paragraph style; 0 where it ties none."""
        levels = self._levels.get(self._abstract.get(number_id, ""), {})
        return next((i for i, level in levels.items() if level.style == style), 0)

    def label(self, number_id: str, depth: int) -> Label | None:
        """Count one paragraph on and return its label; None where the list is not known."""
        abstract = self._abstract.get(number_id, "")
        levels = self._levels.get(abstract, {})
        level = levels.get(depth)
        if level is None or level.form == "none":
            return None
        if level.form == "bullet":
            return Label(None, is_bullet=True)
        counts = self._counts[abstract]
        restart = self._restarts.pop((number_id, depth), None)
        counts[depth] = counts.get(depth, level.start - 1) + 1 if restart is None else restart
        for deeper in [i for i in counts if i > depth]:
            del counts[deeper]

        def shown(place: re.Match[str]) -> str:
            at = int(place[1]) - 1
            other = levels.get(at, level)
            form = "decimal" if level.legal and at != depth else other.form
            return _written(counts.get(at, other.start), form)

        number = _PLACE.sub(shown, level.pattern).strip().strip("().:").strip()
        is_item = level.form not in ("decimal", "decimalZero")
        return Label(number or None, is_bullet=is_item)


def _level(element: etree._Element) -> Level:
    start = _value(element, "w:start")
    return Level(
        form=_value(element, "w:numFmt") or "decimal",
        pattern=_value(element, "w:lvlText"),
        start=int(start) if start.isdigit() else 1,
        style=_value(element, "w:pStyle") or None,
        legal=element.find(qn("w:isLgl")) is not None,
    )


def _written(count: int, form: str) -> str:
    """Write a count as a list shows it."""
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman"):
        numeral = ""
        for value, sign in _ROMAN:
            numeral += sign * (count // value)
            count %= value
        return numeral.upper() if form == "upperRoman" else numeral
    return f"{count:02}" if form == "decimalZero" else str(count)


def _get(element: etree._Element, name: str) -> str:
    return element.get(qn(name)) or ""


def _number(element: etree._Element, name: str) -> int:
    value = _get(element, name)
    return int(value) if value.isdigit() else 0


def _value(element: etree._Element, name: str) -> str:
    """Return ``w:val`` of a child; empty where there is no such child."""
    child = element.find(qn(name))
    return "" if child is None else _get(child, "w:val")
