"""Plain text: lines into paragraphs, bullets and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scr_themes.documents import Document
from scr_themes.reading.blocks import Block, assemble, split_bullet, split_number
from scr_themes.reading.decoding import decode
from scr_themes.reading.hyphens import Joiner

_STOPS = (".", "!", "?", ";", ":", ",", "...")
_CLOSERS = "\"'”’»)]}"
_PAGE_NUMBER = re.compile(r"(?:page\s+)?[-–—\s]*\d{1,4}[-–—\s]*(?:of\s+\d{1,4}|/\s*\d{1,4})?", re.I)
_DATE = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b.*\d|\d{1,2}:\d{2}", re.I
)
_LONGEST_WRAP = 120  # characters: lines longer than this were not broken to fit a page
_HEADING_WORDS = 10


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    indent: int
    page: int | None

    @property
    def is_marked(self) -> bool:
        """Whether a bullet mark or a printed number stands in front."""
        return split_bullet(self.text)[0] or split_number(self.text)[0] is not None


def read_plain(path: Path, data: bytes, encoding: str | None = None) -> Document:
    r"""Read a plain text file.

    Parameters
    ----------
    path : Path
        The file.
    data : bytes
        What it holds.
    encoding : str, optional
        Its encoding, where known.

    Returns
    -------
    Document
        Pages are counted where form feeds part them, as in what pdftotext writes.

    Raises
    ------
    ReadingError
        If it is not text.

    Examples
    --------
    >>> document = read_plain(Path("note.txt"), b"Findings\n\nNobody told the\nschool of it.\n")
    >>> document.passages[0].section, document.passages[0].text
    ('Findings', 'Nobody told the school of it.')
    """
    text, warnings = decode(path, data, encoding)
    blocks = text_blocks(text)
    heading = next((block.text for block in blocks if block.kind == "heading"), "")
    pages = text.rstrip("\f\n ").count("\f") + 1 if "\f" in text else None
    return assemble(
        blocks, path=str(path), title=heading or path.stem, n_pages=pages, warnings=warnings
    )


def text_blocks(text: str) -> list[Block]:
    r"""Part running text into blocks.

    Parameters
    ----------
    text : str
        Text whose paragraphs are parted by blank lines, or stand one on each long line; lines
        broken to fit a width are joined again and words broken with them mended.

    Returns
    -------
    list of Block
        Headings (short lines alone, without a stop, in front of a paragraph) and paragraphs;
        bullet marks and printed numbers are left in front of the text.

    Examples
    --------
    >>> [block.text for block in text_blocks("No informa-\ntion came.\n\n- One\n- Two")]
    ['No information came.', '- One', '- Two']
    """
    chunks = _chunks(text)
    lines = [line for chunk in chunks for line in chunk]
    joiner = Joiner([line.text for line in lines])
    width = _wrap_width(chunks)
    paragraphs: list[list[_Line]] = []
    last_of_several: set[int] = set()  # ids of lines
    for chunk in chunks:
        parts = list(_paragraphs(chunk, width))
        paragraphs += parts
        if len(parts) > 1:
            last_of_several.add(id(parts[-1][0]))
    paragraphs = _joined_across_pages(paragraphs)
    blocks = [Block(joiner.join([line.text for line in p]), page=p[0].page) for p in paragraphs]
    return [
        # The last line of a group is a byline or a caption: what it heads would follow at once.
        block if id(paragraphs[place][0]) in last_of_several else _as_heading(blocks, place)
        for place, block in enumerate(blocks)
    ]


def _as_heading(blocks: list[Block], place: int) -> Block:
    """Return the block at ``place``, made a heading where it looks like one."""
    block = blocks[place]
    if place == 0:  # a title may be longer than a heading, and a byline may follow it
        follows = any(_has_stop(after.text) for after in blocks[1:])
        found = follows and _looks_like_heading(block.text, 2 * _HEADING_WORDS)
    else:
        after = blocks[place + 1].text if place + 1 < len(blocks) else ""
        follows = _has_stop(after) or len(after.split()) > _HEADING_WORDS
        found = follows and _looks_like_heading(block.text, _HEADING_WORDS)
    return Block(block.text, "heading", block.page) if found else block


def _chunks(text: str) -> list[list[_Line]]:
    """Part the text at blank lines, rules of marks and form feeds."""
    chunks: list[list[_Line]] = []
    pages = text.split("\f")
    for number, page in enumerate(pages, start=1):
        for group in _groups(page.splitlines()):
            lines = [
                _Line(
                    text=line.strip(),
                    indent=len(line.expandtabs()) - len(line.expandtabs().lstrip()),
                    page=number if len(pages) > 1 else None,
                )
                for line in group
            ]
            alone = len(lines) == 1 and len(pages) > 1
            if not (alone and _PAGE_NUMBER.fullmatch(lines[0].text)):
                chunks.append(lines)
    return chunks


def _groups(lines: list[str]) -> Iterator[list[str]]:
    group: list[str] = []
    for line in lines:
        if any(c.isalnum() for c in line):
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _wrap_width(chunks: list[list[_Line]]) -> int | None:
    """Return the width that lines were broken to fit, or None where they were not."""
    every = [len(line.text) for chunk in chunks for line in chunk]
    n_long = sum(length > _LONGEST_WRAP for length in every)
    together = sorted(len(line.text) for chunk in chunks if len(chunk) > 1 for line in chunk)
    if not together or n_long > 0.1 * len(every):
        return None
    return together[int(0.95 * (len(together) - 1))]


def _paragraphs(chunk: list[_Line], width: int | None) -> Iterator[list[_Line]]:
    part = [chunk[0]]
    for line in chunk[1:]:
        if width is None or _begins_paragraph(part, line, width):
            yield part
            part = [line]
        else:
            part.append(line)
    yield part


def _begins_paragraph(part: list[_Line], line: _Line, width: int) -> bool:
    """Tell whether ``line`` begins a paragraph or goes on with ``part``."""
    if line.is_marked:
        return True
    before = part[-1]
    if part[0].is_marked and line.indent > part[0].indent:
        return False  # hangs under its bullet
    if line.text[0].islower():
        return False
    if _has_stop(before.text):
        first_word = line.text.split(maxsplit=1)[0]
        had_room = len(before.text) + 1 + len(first_word) < 0.85 * width
        return had_room or line.indent >= before.indent + 2
    return len(before.text) < 0.5 * width


def _has_stop(text: str) -> bool:
    return text.rstrip(_CLOSERS).endswith(_STOPS)


def _joined_across_pages(paragraphs: list[list[_Line]]) -> list[list[_Line]]:
    joined: list[list[_Line]] = []
    for part in paragraphs:
        before = joined[-1] if joined else None
        if (
            before is not None
            and before[-1].page != part[0].page
            and part[0].text[0].islower()
            and not part[0].is_marked
            and not _has_stop(before[-1].text)
        ):
            before.extend(part)
        else:
            joined.append(part)
    return joined


def _looks_like_heading(text: str, n_words: int) -> bool:
    """Tell whether a text is short, without a stop, and no bullet, table row or date."""
    if split_bullet(text)[0] or "|" in text or _DATE.search(text):
        return False
    title = split_number(text)[1].strip("\"'‘’“”")
    return (
        len(title.split()) <= n_words
        and len(title) <= 12 * n_words
        and not title[:1].islower()
        and not _has_stop(title)
    )
