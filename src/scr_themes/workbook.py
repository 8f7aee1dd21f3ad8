"""How tags lie in a workbook (XLSX): its sheets and columns, and texts too long for a cell."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scr_themes.surrogates import kept, restored, spelt

PASSAGES = "Passages"
TAGS = "Tags"
THEMES = "Themes"
DOCUMENTS = "Documents"
TOGETHER = "Co-occurrence"
CODEBOOK = "Codebook"
BETWEEN = "Between passages"
LONG_TEXTS = "Long texts"

# Every sheet's columns, and how wide they are, in characters.
COLUMNS: Mapping[str, Mapping[str, int]] = {
    PASSAGES: {
        "document": 28,
        "title": 28,
        "passage": 9,
        "page": 7,
        "paragraph": 11,
        "section": 28,
        "kind": 11,
        "start": 9,
        "end": 9,
        "role": 16,
        "role probability": 11,
        "themes": 30,
        "text": 90,
        "coder": 16,
        "document number": 11,
    },
    TAGS: {
        "document": 28,
        "passage": 9,
        "page": 7,
        "paragraph": 11,
        "section": 28,
        "role": 16,
        "theme": 26,
        "theme title": 30,
        "probability": 11,
        "evidence": 90,
        "evidence start": 10,
        "evidence end": 10,
        "coder": 16,
        "document number": 11,
    },
    THEMES: {
        "theme": 26,
        "theme title": 40,
        "documents": 12,
        "share of documents": 12,
        "passages": 12,
    },
    DOCUMENTS: {
        "document": 40,
        "title": 40,
        "pages": 8,
        "passages": 11,
        "tagged": 11,
        "warnings": 60,
        "coder": 16,
        "document number": 11,
        "characters": 11,
    },
    CODEBOOK: {
        "kind": 8,
        "id": 26,
        "title": 30,
        "definition": 60,
        "counts": 60,
        "excludes": 60,
        "examples": 60,
        "counter examples": 60,
        "core": 7,
    },
    BETWEEN: {"document number": 11, "start": 9, "text": 90},
    LONG_TEXTS: {"number": 9, "part": 7, "text": 90},
}

_MOST = 32_767  # UTF-16 units that a cell may hold
PART = 16_000  # characters of a long text's part: of two units each at most
_SHOWN = 1_000
_ELSEWHERE = re.compile(r"… \[whole in sheet Long texts, number (\d{1,9})\]\Z")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def fits(text: str) -> bool:
    """Tell whether a text goes into a cell and comes back as itself."""
    if _ELSEWHERE.search(text):
        return False
    return len(text) <= _MOST // 2 or len(text.encode("utf-16-le")) <= 2 * _MOST


def shown(text: str, number: int) -> str:
    """Return what stands in a cell whose text is in the sheet of long texts.

    Examples
    --------
    >>> shown("Nobody asked. " * 9999, 3)[993:]
    ' Nobody… [whole in sheet Long texts, number 3]'
    """
    return f"{text[:_SHOWN]}… [whole in sheet {LONG_TEXTS}, number {number}]"


def number_of(cell: str) -> int | None:
    """Return the number of the long text that a cell stands for; None where it stands for none."""
    found = _ELSEWHERE.search(cell)
    return int(found[1]) if found else None


def to_cell(text: str) -> str:
    r"""Return a text as XlsxWriter can write it and openpyxl read it.

    Control characters are left to XlsxWriter, which escapes them as the file format has it. What
    looks like such an escape gets lost on the way, and a text in ``<r>`` tags would be mark-up.

    Examples
    --------
    >>> to_cell("a\r_b"), to_cell("_x000D_")[1:]
    ('a\r_b', '\\u005fx000D\\u005f')
    """
    if _ESCAPED.search(text):
        return spelt(text, "_")
    return spelt(text) if text.startswith("<r>") and text.endswith("</r>") else kept(text)


def unescaped(cell: str) -> str:
    r"""Return a cell's text without the escapes of the file format.

    Examples
    --------
    >>> unescaped("a_x000D_"), unescaped("a_x005F_x000D_")
    ('a\r', 'a_x000D_')
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell)


def from_cell(text: str) -> str:
    """Return the text that :func:`to_cell` was given."""
    return restored(text)
