"""JSONL: one object a passage, tagged or not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from scr_themes.documents import TaggedDocument, TaggedPassage
from scr_themes.writing.settings import Settings

# Valid inside JSON strings, but lines end there for str.splitlines and its like; and many raw DEL
# make a file look like no text.
_LINE_ENDS = {ord(c): f"\\u{ord(c):04x}" for c in "\x7f\x85\u2028\u2029"}


def render(documents: Iterable[TaggedDocument], settings: Settings) -> Iterator[str]:
    """Yield the lines of each document.

    Parameters
    ----------
    documents : iterable of TaggedDocument
        What to write.
    settings : Settings
        Nothing of it is needed.

    Yields
    ------
    str
        Zero or more whole lines.
    """
    del settings  # part of every format's signature
    for tagged in documents:
        yield "".join(f"{_line(tagged, passage)}\n" for passage in tagged.passages)


def _line(tagged: TaggedDocument, passage: TaggedPassage) -> str:
    plain = json.dumps(_record(tagged, passage), ensure_ascii=False)
    return plain.translate(_LINE_ENDS)


def _record(tagged: TaggedDocument, passage: TaggedPassage) -> dict[str, Any]:
    where = passage.passage
    return {
        "document": tagged.document.name,
        "passage": where.index,
        "page": where.page,
        "paragraph": where.paragraph,
        "section": where.section,
        "start": where.start,
        "end": where.end,
        "text": where.text,
        "role": passage.role or None,
        "role_probability": round(passage.role_probability, 4) if passage.role else None,
        "themes": [
            {
                "theme": tag.theme,
                "probability": round(tag.probability, 4),
                "evidence": list(tag.evidence),
            }
            for tag in passage.tags
        ],
        "coder": tagged.coder,
        "kind": where.kind,
        "title": tagged.document.title,
        "n_pages": tagged.document.n_pages,
        **({"warnings": list(tagged.document.warnings)} if tagged.document.warnings else {}),
    }
