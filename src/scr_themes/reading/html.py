"""HTML pages: the words of the page, without the furniture of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree
from lxml import html as lxml_html

from scr_themes.documents import Document
from scr_themes.errors import ReadingError
from scr_themes.reading.blocks import Block, BlockKind, assemble
from scr_themes.reading.decoding import decode


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_LEFT_OUT = _names(
    "script style noscript template nav footer aside form button select option textarea input "
    "svg math iframe object audio video canvas map dialog head title"
)
_LEFT_OUT_ROLES = _names("navigation banner contentinfo complementary search menu")
_HEADINGS = _names("h1 h2 h3 h4 h5 h6")
_PARTS = _names(
    "address article blockquote body caption center dd details div dl dt fieldset figcaption "
    "figure header hr html li main ol p pre section summary table tbody td tfoot th thead tr "
    "ul"
)
_BLOCKS = _PARTS | _HEADINGS
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NOTE_MARK = re.compile(r"\s*[\[(]?(?:\d{1,3}|[*†‡§a-z])[\])]?\s*")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_SPACE = re.compile(r"\s+")
_PARAGRAPH_BREAK = re.compile(r"\n[ \t]*\n\s*")


def read_html(path: Path, data: bytes, encoding: str | None = None) -> Document:
    r"""Read an HTML page.

    Parameters
    ----------
    path : Path
        The file.
    data : bytes
        What it holds.
    encoding : str, optional
        Its encoding, where known; else what the page declares counts.

    Returns
    -------
    Document
        Without scripts, menus, headers, footers, asides, forms and hidden parts. Where the page
        marks one part as its main part or article, and most words are in it, only that.

    Raises
    ------
    ReadingError
        If it is not text.

    Examples
    --------
    >>> page = b"<title>News</title><nav>Home</nav><h2>Findings</h2><p>Nobody <b>asked</b>.</p>"
    >>> document = read_html(Path("news.html"), page)
    >>> document.title, document.passages[0].section, document.passages[0].text
    ('News', 'Findings', 'Nobody asked.')
    """
    text, warnings = decode(path, data, encoding)
    root = parse_page(path, text)
    blocks = page_blocks(main_part(root))
    named = root.findtext(".//title") or ""
    heading = next((block.text for block in blocks if block.kind == "heading"), path.stem)
    return assemble(
        blocks, path=str(path), title=named if named.strip() else heading, warnings=warnings
    )


def parse_page(path: Path, text: str) -> etree._Element:
    """Parse a page, however untidy, into a tree."""
    try:
        # As bytes: lxml refuses text that declares an encoding, even the right one.
        page = _DECLARATION.sub("", text).encode("utf-8", errors="replace")
        parser = lxml_html.HTMLParser(
            huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8"
        )
        return lxml_html.document_fromstring(page, parser=parser)
    except (etree.LxmlError, ValueError, RecursionError) as error:
        raise ReadingError(path, "could not be parsed as HTML", "save the page again") from error


def main_part(root: etree._Element) -> etree._Element:
    """Return the one ``main`` or ``article`` that holds most of the words, else the root."""
    total = _n_letters(root)
    for query in (".//main | .//*[@role='main']", ".//article"):
        found = root.xpath(query)
        if isinstance(found, list) and len(found) == 1:
            part = found[0]
            if isinstance(part, etree._Element) and _n_letters(part) > 0.5 * total:
                return part
    return root


def _n_letters(element: etree._Element) -> int:
    return sum(len(block.text) for block in page_blocks(element))


def page_blocks(root: etree._Element) -> list[Block]:
    """Walk a page and part its words into blocks."""
    walk = _Walk()
    events = etree.iterwalk(root, events=("start", "end"))
    for event, element in events:
        if event == "end":
            walk.leave(element, is_root=element is root)
        elif element is not root and _is_left_out(element):
            events.skip_subtree()
            walk.pass_over(element)
        elif element.tag == "tr" and _is_data_row(element):
            walk.add_row(element)
            events.skip_subtree()
        else:
            walk.enter(element)
    walk.flush()
    return walk.blocks


class _Walk:
    """The blocks so far, and the words since the last of them."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._words: list[str] = []
        self._within: list[str] = []
        self._passed: set[etree._Element] = set()

    def pass_over(self, element: etree._Element) -> None:
        self._passed.add(element)

    def add_row(self, row: etree._Element) -> None:
        self.flush()
        cells = [" ".join(_cell_words(cell)).strip() for cell in row.iterchildren("td", "th")]
        self.blocks.append(Block(" | ".join(cell for cell in cells if cell), "row"))
        self._passed.add(row)

    def enter(self, element: etree._Element) -> None:
        tag = str(element.tag)
        if tag in _BLOCKS:
            self.flush()
            self._within.append(tag)
        elif tag == "br":
            self._words.append("\n")
        self._add(element.text)

    def leave(self, element: etree._Element, *, is_root: bool) -> None:
        if element in self._passed:
            self._passed.discard(element)
            if str(element.tag) in _BLOCKS:
                self.flush()
        elif str(element.tag) in _BLOCKS:
            self.flush()
            self._within.pop()
        if not is_root:
            self._add(element.tail)

    def flush(self) -> None:
        """Make a block of the words so far; two line breaks part paragraphs."""
        kind = self._kind()
        for part in _PARAGRAPH_BREAK.split("".join(self._words)):
            if part.strip():
                self.blocks.append(Block(part.strip(), kind))
        self._words = []

    def _kind(self) -> BlockKind:
        for tag in reversed(self._within):
            if tag in _HEADINGS:
                return "heading"
            if tag == "li":
                return "bullet"
            if tag in ("td", "th", "blockquote"):
                return "paragraph"
        return "paragraph"

    def _add(self, text: str | None) -> None:
        if text:
            self._words.append(text if "pre" in self._within else _SPACE.sub(" ", text))


def _is_left_out(element: etree._Element) -> bool:
    tag = str(element.tag)
    if tag == "sup":  # a footnote mark, which would stand glued to its word
        linked = (
            element.find(".//a") is not None or next(element.iterancestors("a"), None) is not None
        )
        return linked and _NOTE_MARK.fullmatch(_text_of(element)) is not None
    if tag == "form" and _wraps_page(element):
        return False
    if tag == "header":
        return next(element.iterancestors("article", "main", "section"), None) is None
    return (
        tag in _LEFT_OUT
        or element.get("role", "").lower() in _LEFT_OUT_ROLES
        or element.get("aria-hidden") == "true"
        or element.get("hidden") is not None
        or _HIDING.search(element.get("style", "")) is not None
    )


def _wraps_page(form: etree._Element) -> bool:
    """Tell whether a form holds the page, as some servers make it, and not just its fields."""
    return form.find(".//h1") is not None or len(form.findall(".//p")) > 3


def _is_data_row(row: etree._Element) -> bool:
    """Tell a row of data from a row that only lays out the page."""
    if row.find(".//table") is not None:
        return False
    filled = [cell for cell in row.iterchildren("td", "th") if _text_of(cell).strip()]
    if len(filled) > 1:
        return not any(len(cell.findall(".//p")) > 3 for cell in filled)
    return not any(cell.find(f".//{tag}") is not None for cell in filled for tag in ("p", "h2"))


def _text_of(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext())


def _cell_words(cell: etree._Element) -> Iterator[str]:
    for block in page_blocks(cell):
        yield block.text
