"""doccano: one line a passage, for a project of the type "Sequence labeling".

Offsets are UTF-16 code units, as doccano's editor counts as long as "Count grapheme clusters as one
character" is off in the project (``TextSelector`` of https://github.com/doccano/v-annotator;
https://github.com/doccano/doccano/issues/2290): leave it off, and tick "Allow overlapping spans",
or doccano drops every theme but the first of a sentence. The labels become those of the person who
imports the file; others see them only where the project shares annotations.

All that doccano need not understand stands under ``meta``, which it keeps and exports as it is;
single keys beside ``text`` would become columns, where a missing page turns into a NaN. The role is
among it: such a project has no place where people could change one. Lines are ASCII, as doccano
guesses the encoding of a file.

A document without passages has no line, and so leaves no trace.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from scr_themes.documents import TaggedDocument
from scr_themes.utf16 import Utf16Offsets
from scr_themes.writing.passage_records import passage_record
from scr_themes.writing.settings import Settings


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
        yield "".join(f"{_line(tagged, place)}\n" for place in range(len(tagged.passages)))


def _line(tagged: TaggedDocument, place: int) -> str:
    passage = tagged.passages[place]
    offsets = Utf16Offsets(passage.text)
    record = {
        "text": passage.text,
        "label": [[*map(offsets.units, tag.evidence), tag.theme] for tag in passage.tags],
        "meta": {
            **passage_record(tagged.document, place),
            "role": passage.role or None,
            "role_probability": passage.role_probability if passage.role else None,
            "probabilities": [tag.probability for tag in passage.tags],
            "coder": tagged.coder,
        },
    }
    return json.dumps(record)
