"""Blocks: what every format module hands over, and how they become a :class:`Document`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scr_themes.documents import Document, Passage, PassageKind

BlockKind = Literal["heading", "paragraph", "bullet", "row"]

_SINGLE = "‘’‚‛ʼʹ′´`\x91\x92"
_DOUBLE = "“”„‟″\x93\x94"
_FOLD = {ord(c): "'" for c in _SINGLE} | {ord(c): '"' for c in _DOUBLE}
_FOLD |= {ord("\x96"): "–", ord("\x97"): "—", ord("\x85"): "...", ord("…"): "..."}
_FOLD |= {0x2010: "-", 0x2011: "-", 0x2212: "-"}  # hyphen, non-breaking hyphen, minus
# Soft hyphens, zero-width characters and marks of writing direction cannot be seen.
_FOLD |= {ord(c): "" for c in "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"}
_FOLD |= dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "")
_FOLD |= {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st"}
_FOLD |= {0xFB06: "st"}
_FOLDED = re.compile(f"[{re.escape(''.join(map(chr, _FOLD)))}]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")  # halves of characters: no file can hold them
# "4.12", "4.12.3", "12." and "4.12)" in front of a sentence; a bare "12" is not enough, since
# "12 children were seen" begins a sentence, and so does "3.5 million was cut".
_MEASURE = (
    r"(?!(?:[ap]\.?m\b|%|(?:per\s?cent|percent|hundred|thousand|million|billion|times|hours?"
    r"|days?|weeks?|months?|years?|miles?|points?|fte|wte|full[- ]time|whole[- ]time)\b))"
)
_NUMBER = re.compile(
    r"^(?:\((?P<bracketed>\d{1,3}(?:\.\d{1,3}){0,3})\)|(?P<number>\d{1,3}(?:\.\d{1,3}){1,3})[.):]?"
    rf"|(?P<single>\d{{1,3}})[.)])\s+(?=\S){_MEASURE}",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^(?:[•●▪■◦‣⁃∙·►➢➤✓❖o*–—-]|\uf0b7|\uf0a7|\uf0d8|\uf0fc)\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, bullet or table row as found in a file, before cleaning.

    Attributes
    ----------
    text : str
        Its words; a printed number or bullet mark may still stand in front.
    kind : {"heading", "paragraph", "bullet", "row"}
        What it looks like.
    page : int or None
        The page it begins on, from 1.
    paragraph : str or None
        The printed paragraph number, where the format holds it apart from the text.
    section : str or None
        The heading it stands under, where the format holds that apart from the text; else the
        heading block before it counts.
    """

    text: str
    kind: BlockKind = "paragraph"
    page: int | None = None
    paragraph: str | None = None
    section: str | None = None


def normalise(text: str) -> str:
    r"""Fold ligatures, odd quotes, hyphens and white space; the words stay as printed.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The same words in NFC on one line: straight quotes, plain hyphens, single spaces, no
        ligatures, no soft hyphens, no invisible or control characters.

    Examples
    --------
    >>> normalise("The ‘ofﬁcer’\u00a0did\n not")
    "The 'officer' did not"
    """
    if text.isascii() and text.isprintable():  # as most are: of all that, they hold one mark only
        kept = text.replace("`", "'")
        tidy = "  " not in kept and kept[:1] != " " and kept[-1:] != " "
        return kept if tidy else " ".join(kept.split())
    # NFC on both sides: before, some quote marks have two forms; after, what stood between a
    # letter and its accent may be gone.
    kept = _FOLDED.sub(_fold, unicodedata.normalize("NFC", text))
    if not kept.isprintable():
        kept = _CONTROL.sub(" ", _SURROGATE.sub("\ufffd", kept))
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def _fold(found: re.Match[str]) -> str:
    return _FOLD[ord(found[0])]


def normalised_starts(text: str, starts: Sequence[int]) -> list[int]:
    """Return where some places of a text lie once it is normalised.

    Parameters
    ----------
    text : str
    starts : sequence of int
        Places in ``text`` where a word begins, in order: where its sentences do.

    Returns
    -------
    list of int
        Their places in ``normalise(text)``.

    Examples
    --------
    >>> text = "No.  The ‘ofﬁcer’  left.  Yes."
    >>> [normalise(text)[at:] for at in normalised_starts(text, [0, 5, 25])]
    ["No. The 'officer' left. Yes.", "The 'officer' left. Yes.", 'Yes.']
    """
    found, at, before = [], 0, 0
    for start in starts:
        piece = text[before:start]
        kept = normalise(piece)
        # One space is left of the white space in front, if there are words before it.
        at += len(kept) + (bool(kept) and normalise(f"{piece}.") != f"{kept}.")
        found.append(at)
        before = start
    return found


def split_number(text: str) -> tuple[str | None, str]:
    """Split a printed paragraph number from the front of a text.

    Examples
    --------
    >>> split_number("4.12 The school was told.")
    ('4.12', 'The school was told.')
    >>> split_number("12 children were seen.")
    (None, '12 children were seen.')
    """
    found = _NUMBER.match(text)
    if found is None:
        return None, text
    return found["bracketed"] or found["number"] or found["single"], text[found.end() :]


def split_bullet(text: str) -> tuple[bool, str]:
    """Split a bullet mark from the front of a text.

    Examples
    --------
    >>> split_bullet("• Check every reference.")
    (True, 'Check every reference.')
    """
    found = _BULLET.match(text)
    if found is None:
        return False, text
    return True, text[found.end() :]


def assemble(
    blocks: Iterable[Block],
    *,
    path: str | None,
    title: str,
    n_pages: int | None = None,
    warnings: Iterable[str] = (),
) -> Document:
    """Make a document of blocks: clean them, number them, and lay out the document's text.

    Parameters
    ----------
    blocks : iterable of Block
        In reading order.
    path : str or None
        The file they came from.
    title : str
        The document's title; where it is blank the file's name is taken.
    n_pages : int, optional
        Pages in the file.
    warnings : iterable of str, optional
        What the reader could not do.

    Returns
    -------
    Document
        ``document.text[p.start:p.end] == p.text`` for every passage.
    """
    pieces: list[str] = []
    passages: list[Passage] = []
    length = 0
    heading: str | None = None
    for block in blocks:
        text, number, kind = _cleaned(block)
        if not any(c.isalnum() for c in text):
            continue
        start = length
        pieces.append(text)
        length += len(text) + 2  # two line feeds
        if block.kind == "heading":
            heading = text
            continue
        section = heading if block.section is None else normalise(block.section) or None
        passages.append(
            Passage(
                text=text,
                index=len(passages),
                start=start,
                end=start + len(text),
                page=block.page,
                paragraph=number,
                section=section,
                kind=kind,
            )
        )
    return Document(
        path=path,
        title=normalise(title) or (Path(path).stem if path else "untitled"),
        text="\n\n".join(pieces),
        passages=tuple(passages),
        n_pages=n_pages,
        warnings=tuple(warnings),
    )


def _cleaned(block: Block) -> tuple[str, str | None, PassageKind]:
    """Return a block's words, its printed number and what it looks like."""
    text = normalise(block.text)
    number = normalise(block.paragraph or "") or None
    if block.kind == "row":
        return text, number, "row"
    if number is None:
        number, text = split_number(text)
    bulleted, text = split_bullet(text)
    return text, number, "bullet" if bulleted or block.kind == "bullet" else "paragraph"
