"""The review's source: ``review.toml`` read into blocks that both writers set."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

BlockKind = Literal["subheading", "paragraph", "bullet", "numbered", "quotation", "table"]
SpanKind = Literal["plain", "bold", "mark"]

_NUMBERED = re.compile(r"(?P<number>\d+)\.\s+(?P<text>.+)")
_PARAGRAPH = re.compile(r"(?P<number>\d+\.\d+)\s+(?P<text>.+)")
_SPAN = re.compile(r"\*\*(?P<bold>.+?)\*\*|\[\^(?P<mark>\d+)\]")


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a section.

    Attributes
    ----------
    kind : str
        What it is.
    text : str
        Its words, with marks for bold and footnotes (see :func:`spans`); empty for a table.
    number : str
        The printed number of a paragraph or numbered bullet, else empty.
    rows : tuple of tuple of str
        A table's rows, the first of them its heading.
    """

    kind: BlockKind
    text: str = ""
    number: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its heading as printed and its blocks; ``columns`` sets it in two columns."""

    heading: str
    blocks: tuple[Block, ...]
    columns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The whole review."""

    publisher: str
    kind: str
    title: str
    byline: str
    date: str
    notice: str
    running: str
    notes: tuple[str, ...]
    hyphens: tuple[str, ...]
    sections: tuple[Section, ...]


def _block(line: str) -> Block:
    for mark, kind in (("## ", "subheading"), ("- ", "bullet"), ("> ", "quotation")):
        if line.startswith(mark):
            return Block(kind, line.removeprefix(mark))  # type: ignore[arg-type]
    if line.startswith("|"):
        return Block("table", rows=(tuple(cell.strip() for cell in line.strip("|").split("|")),))
    if found := _PARAGRAPH.fullmatch(line):
        return Block("paragraph", found["text"], found["number"])
    if found := _NUMBERED.fullmatch(line):
        return Block("numbered", found["text"], found["number"])
    return Block("paragraph", line)


def _blocks(body: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for line in filter(None, map(str.strip, body.splitlines())):
        block = _block(line)
        if block.kind == "table" and blocks and blocks[-1].kind == "table":
            blocks[-1] = Block("table", rows=blocks[-1].rows + block.rows)
        else:
            blocks.append(block)
    return tuple(blocks)


def load(path: Path) -> Review:
    """Read a review's source.

    Parameters
    ----------
    path : Path
        The TOML file.

    Returns
    -------
    Review
        Sections numbered from 1, but for those marked ``numbered = false``.
    """
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    sections: list[Section] = []
    for entry in data.pop("sections"):
        numbered = entry.get("numbered", True)
        heading = f"{len(sections) + 1}. {entry['title']}" if numbered else entry["title"]
        sections.append(Section(heading, _blocks(entry["body"]), entry.get("columns", False)))
    notes, hyphens = tuple(data.pop("notes")), tuple(data.pop("hyphens"))
    return Review(**data, notes=notes, hyphens=hyphens, sections=tuple(sections))


def spans(text: str) -> Iterator[tuple[SpanKind, str]]:
    """Split a text at its ``**bold**`` words and ``[^1]`` footnote marks.

    Examples
    --------
    >>> list(spans("**Finding 1.** Nobody asked.[^4]"))
    [('bold', 'Finding 1.'), ('plain', ' Nobody asked.'), ('mark', '4')]
    """
    done = 0
    for found in _SPAN.finditer(text):
        if found.start() > done:
            yield "plain", text[done : found.start()]
        if found["bold"] is not None:
            yield "bold", found["bold"]
        else:
            yield "mark", found["mark"]
        done = found.end()
    if done < len(text):
        yield "plain", text[done:]
