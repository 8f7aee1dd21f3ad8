"""Word documents (DOCX): body, tables and text boxes, in reading order."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import docx
from docx.document import Document as WordFile
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from lxml import etree

from scr_themes.documents import Document
from scr_themes.errors import ReadingError
from scr_themes.reading.blocks import Block, BlockKind, assemble
from scr_themes.reading.docx_runs import Runs, Words
from scr_themes.reading.docx_styles import Styles
from scr_themes.reading.numbering import Label, Numbering

_HOLDERS = frozenset(
    qn(name) for name in ("w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:moveTo", "w:smartTag")
)
_DAMAGE = (
    *(KeyError, ValueError, OSError, RuntimeError, AttributeError, EOFError),
    *(zipfile.BadZipFile, zlib.error, struct.error, etree.LxmlError),
)
_EMPTY_TITLES = re.compile(r"(?:microsoft word|untitled|document ?\d*$|word document$)", re.I)


def read_docx(path: Path, data: bytes) -> Document:
    """Read a Word document.

    Parameters
    ----------
    path : Path
        The file.
    data : bytes
        What it holds.

    Returns
    -------
    Document
        Headings by style or outline level; list paragraphs as bullets or with the number that
        Word shows; a passage for each table row. Headers, footers, notes, comments, contents
        pages and deleted text are left out. Pages are those that Word last laid out, where the
        file keeps them, else None.

    Raises
    ------
    ReadingError
        If the file is damaged.
    """
    try:
        word = docx.Document(io.BytesIO(data))
        reader = _Reader(word)
        blocks = list(reader.read(word.element.body))
    except _DAMAGE as error:
        raise ReadingError(
            path, "is a damaged DOCX", "open it in Word or LibreOffice and save it again"
        ) from error
    return assemble(
        blocks,
        path=str(path),
        title=_title(word, reader, blocks) or path.stem,
        n_pages=reader.runs.page,
    )


def _title(word: WordFile, reader: _Reader, blocks: list[Block]) -> str:
    try:
        stated = str(word.core_properties.title).strip()
    except (KeyError, ValueError, etree.LxmlError):
        stated = ""
    if stated and not _EMPTY_TITLES.match(stated):
        return stated
    return reader.title or next((block.text for block in blocks if block.kind == "heading"), "")


class _Reader:
    """Walks a document's body and counts pages and list numbers on the way."""

    def __init__(self, word: WordFile) -> None:
        self._styles = Styles(word.styles.element)
        self._numbering = Numbering(_part(word, RELATIONSHIP_TYPE.NUMBERING))
        self.runs = Runs(word.element.body)
        self.title = ""

    def read(self, holder: etree._Element) -> Iterator[Block]:
        """Yield the blocks of a body, cell, text box or content control."""
        for element in holder.iterchildren():
            if element.tag == qn("w:p"):
                yield from self._paragraph(element)
            elif element.tag == qn("w:tbl"):
                yield from self._table(element)
            elif element.tag in _HOLDERS and not _is_contents(element):
                yield from self.read(element)

    def _paragraph(self, element: etree._Element) -> Iterator[Block]:
        words = self.runs.read(element)
        style = self._styles.of(element)
        if words.text and not style.is_contents:
            label = self._label(element)
            if style.is_title and not self.title:
                self.title = words.text
            yield self._block(words, label, is_heading=style.is_heading)
        for box in words.boxes:
            yield from self.read(box)

    def _block(self, words: Words, label: Label | None, *, is_heading: bool) -> Block:
        number = label.number if label else None
        if is_heading or (words.looks_like_heading and label is None):
            return Block(words.text, "heading", words.page, number)
        kind: BlockKind = "bullet" if label is not None and label.is_bullet else "paragraph"
        return Block(words.text, kind, words.page, number)

    def _label(self, element: etree._Element) -> Label | None:
        style = self._styles.of(element)
        number_id, depth = self._styles.list_of(element)
        if number_id is None:
            return Label(None, is_bullet=True) if style.is_bullet else None
        if depth is None:
            depth = self._numbering.level_of_style(number_id, style.style_id)
        return self._numbering.label(number_id, depth)

    def _table(self, table: etree._Element) -> Iterator[Block]:
        for row in _children(table, "w:tr"):
            if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None:
                continue
            cells = [cell for cell in _children(row, "w:tc") if not _goes_on(cell)]
            read = self._cells(cells)
            filled = [blocks for blocks in read if blocks]
            if len(filled) == 1 and (len(filled[0]) > 1 or len(cells) == 1):
                yield from filled[0]  # a box around paragraphs, not a row of data
            elif filled:
                text = " | ".join(" ".join(map(_in_cell, blocks)) for blocks in filled)
                yield Block(text, "row", filled[0][0].page)

    def _cells(self, cells: list[etree._Element]) -> list[list[Block]]:
        """Read the cells of a row, which stand side by side: each begins on the row's page."""
        first = last = self.runs.page
        read: list[list[Block]] = []
        for cell in cells:
            self.runs.page = first
            read.append(list(self.read(cell)))
            if self.runs.page is not None and last is not None:
                last = max(last, self.runs.page)
        self.runs.page = last
        return read


def _in_cell(block: Block) -> str:
    return f"{block.paragraph} {block.text}" if block.paragraph else block.text


def _children(holder: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield rows or cells, those inside content controls too."""
    for element in holder.iterchildren():
        if element.tag == qn(name):
            yield element
        elif element.tag in _HOLDERS:
            yield from _children(element, name)


def _goes_on(cell: etree._Element) -> bool:
    """Tell whether a cell only goes on with one that is merged from the row above."""
    merged = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    return merged is not None and merged.get(qn("w:val")) != "restart"


def _is_contents(element: etree._Element) -> bool:
    gallery = element.find(f"{qn('w:sdtPr')}/{qn('w:docPartObj')}/{qn('w:docPartGallery')}")
    return gallery is not None and gallery.get(qn("w:val")) == "Table of Contents"


def _part(word: WordFile, kind: str) -> etree._Element | None:
    """Return the root of the part that the document relates to, or None."""
    for related in word.part.rels.values():
        if related.reltype == kind and not related.is_external:
            return etree.fromstring(
                related.target_part.blob, etree.XMLParser(resolve_entities=False)
            )
    return None
