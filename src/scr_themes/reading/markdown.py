"""Markdown: its marks told apart from its words."""

from __future__ import annotations

import html
import re
from pathlib import Path

from scr_themes.documents import Document
from scr_themes.reading.blocks import Block, BlockKind, assemble
from scr_themes.reading.decoding import decode

_FRONT = re.compile(r"\A\s*---[ \t]*\n(?P<fields>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"^title[ \t]*:[ \t]*(?P<title>.+)$", re.MULTILINE | re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DEFINITION = re.compile(r"\s{0,3}\[[^\]]+\]:\s+\S")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_ATX = re.compile(r"\s{0,3}#{1,6}(?:\s+(?P<title>.*?))?(?:\s+#+)?\s*$")
_SETEXT = re.compile(r"\s{0,3}(?:=+|-{2,})\s*$")
_RULE = re.compile(r"\s{0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_BULLET = re.compile(r"\s*[-*+•]\s+(?:\[[ xX]\]\s+)?(?P<text>.*)$")
_NUMBERED = re.compile(r"\s*\d{1,3}(?:\.\d{1,3})*[.)]\s+\S")
_QUOTE = re.compile(r"\s{0,3}(?:>\s?)+")
_BELOW_HEADER = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_CELL_END = re.compile(r"(?<!\\)\|")
# Marks within a line, and what stays of them; in this order.
_INLINE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"!\[([^\]]*)\]\([^()]*(?:\([^()]*\)[^()]*)*\)"), r"\1"),
    (re.compile(r"\[\^[^\]]+\]"), ""),
    (re.compile(r"\[([^\[\]]+)\]\([^()]*(?:\([^()]*\)[^()]*)*\)"), r"\1"),
    (re.compile(r"\[([^\[\]]+)\]\[[^\[\]]*\]"), r"\1"),
    (re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>"), r"\1"),
    (re.compile(r"<br\s*/?>", re.IGNORECASE), " "),
    (re.compile(r"</?[a-zA-Z][^<>]*>"), ""),
    (re.compile(r"(?<!\\)`+([^`]*)`+"), r"\1"),
    (re.compile(r"(?<!\\)(\*{1,3})(?=\S)([^*]+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w\\])(_{1,3})(?=\S)([^_]+?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"~~(?=\S)([^~]+?)(?<=\S)~~"), r"\1"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)


def read_markdown(path: Path, data: bytes, encoding: str | None = None) -> Document:
    r"""Read a Markdown file.

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
        Titled by the front matter, else by the first heading. Table rows are passages, with
        the header row; code is kept as text.

    Raises
    ------
    ReadingError
        If it is not text.

    Examples
    --------
    >>> document = read_markdown(Path("note.md"), b"# Findings\n\nNobody *told* the\nschool.\n")
    >>> document.title, document.passages[0].text
    ('Findings', 'Nobody told the school.')
    """
    text, warnings = decode(path, data, encoding)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    front = _FRONT.match(text)
    title = ""
    if front is not None:
        named = _TITLE.search(front["fields"])
        title = named["title"].strip().strip("\"'") if named else ""
        text = text[front.end() :]
    blocks = _Parser().parse(_COMMENT.sub("", text))
    heading = next((block.text for block in blocks if block.kind == "heading"), path.stem)
    return assemble(blocks, path=str(path), title=title or heading, warnings=warnings)


def plain_words(text: str) -> str:
    """Strip the marks within a line: emphasis, links, images, code, HTML tags, escapes.

    Examples
    --------
    >>> plain_words("**No** [record](a.html) of `it`, snake_case_name")
    'No record of it, snake_case_name'
    """
    for mark, kept in _INLINE:
        text = mark.sub(kept, text)
    return html.unescape(text)


class _Parser:
    """Takes the lines one by one and keeps the paragraph that is open."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._open: list[str] = []
        self._kind: BlockKind = "paragraph"
        self._in_table = False

    def parse(self, text: str) -> list[Block]:
        lines = text.split("\n")
        fence = ""
        for line, after in zip(lines, [*lines[1:], ""], strict=True):
            fenced = _FENCE.match(line)
            if fence:
                if fenced and fenced[1].startswith(fence):
                    fence = ""
                    self._close(as_is=True)
                else:
                    self._open.append(line)
            elif fenced:
                self._close()
                fence = fenced[1]
            else:
                self._take(_QUOTE.sub("", line), after)
        self._close(as_is=bool(fence))
        return self.blocks

    def _take(self, line: str, after: str) -> None:
        heading = _ATX.match(line)
        if heading is not None:
            self._close()
            self._add(heading["title"] or "", "heading")
        elif self._open and self._kind == "paragraph" and _SETEXT.match(line):
            self._kind = "heading"
            self._close()
        elif not line.strip() or _RULE.match(line) or _DEFINITION.match(line):
            self._close()
        elif "|" in line and (self._in_table or _is_below_header(after)):
            self._close()
            self._in_table = True
            self._add_row(line)
        elif self._in_table and _BELOW_HEADER.match(line):
            pass
        else:
            self._take_words(line)

    def _take_words(self, line: str) -> None:
        bullet = _BULLET.match(line)
        if bullet is not None:
            self._close()
            self._kind = "bullet"
            line = bullet["text"]
        elif _NUMBERED.match(line):
            self._close()
        self._open.append(line)

    def _add_row(self, line: str) -> None:
        if _BELOW_HEADER.match(line):
            return
        cells = _CELL_END.split(line.strip().removeprefix("|").removesuffix("|"))
        words = [plain_words(cell.strip()) for cell in cells]
        self.blocks.append(Block(" | ".join(word for word in words if word), "row"))

    def _add(self, text: str, kind: BlockKind) -> None:
        self.blocks.append(Block(plain_words(text), kind))

    def _close(self, *, as_is: bool = False) -> None:
        """End the paragraph that is open, and any table."""
        if self._open:
            text = " ".join(self._open)
            self.blocks.append(Block(text if as_is else plain_words(text), self._kind))
        self._open = []
        self._kind = "paragraph"
        self._in_table = False


def _is_below_header(line: str) -> bool:
    return "|" in line and _BELOW_HEADER.match(line) is not None
