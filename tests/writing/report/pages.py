"""Reports to look into: written, and parsed as a browser would."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from lxml import etree, html

from scr_themes.codebook import Codebook
from scr_themes.documents import TaggedDocument
from scr_themes.writing import Settings
from scr_themes.writing.report import save

_REPLACED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def written(documents: Iterable[TaggedDocument], *, codebook: bool = True, **settings) -> str:
    """Write a report and return its text."""
    given = Settings(codebook=Codebook.load() if codebook else None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "report.html")
        save(documents, given, path, **settings)
        return path.read_bytes().decode("utf-8")


def parsed(*documents: TaggedDocument, **settings) -> etree._Element:
    """Write a report and return it as a tree."""
    return html.document_fromstring(written(documents, **settings))


def one(tree: etree._Element, selector: str) -> etree._Element:
    """Return the only element that an XPath finds."""
    (found,) = tree.xpath(selector)
    return found


def said(element: etree._Element) -> str:
    """Return the words of an element, white space as one space."""
    return " ".join(element.text_content().split())


def as_shown(text: str) -> str:
    """Return a text as HTML can hold it."""
    return _REPLACED.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
