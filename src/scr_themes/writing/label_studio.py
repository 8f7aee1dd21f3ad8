"""Label Studio: one task a passage, each coder's tags as a prediction on it.

Offsets are code points, as Label Studio's own editor saves them for plain text: it turns the
browser's UTF-16 offsets into code points ("in python and other modern tools complex unicode symbols
handled as code points", ``charsToCodePoints`` in ``web/libs/editor/src/utils/selection-tools.js``,
since https://github.com/HumanSignal/label-studio-frontend/pull/308). A carriage return and a line
feed count as one each.

People's tags go out as predictions too, under their names: an annotation must name a member of the
organisation that imports it, or the whole import is refused. Import the tasks into a project whose
labelling interface is :func:`labelling_config`.

A document without passages has no task, and so leaves no trace. Half a character (a lone surrogate,
as odd file names hold) comes back here, but Label Studio's converter refuses a file with one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from scr_themes.codebook import Codebook
from scr_themes.documents import TaggedDocument, TaggedPassage
from scr_themes.writing.colours import colour
from scr_themes.writing.files import to_bytes
from scr_themes.writing.passage_records import passage_record
from scr_themes.writing.settings import Settings

THEMES, ROLE, TEXT = "themes", "role", "text"  # names of the parts of the labelling interface


def save(documents: Iterable[TaggedDocument], settings: Settings, path: Path) -> None:
    """Write the tasks of each document; documents alike in a row, by several coders, share theirs.

    Parameters
    ----------
    documents : iterable of TaggedDocument
        What to write. If they end in an error, the file holds the documents before it.
    settings : Settings
        Nothing of it is needed.
    path : Path
        The file.
    """
    del settings  # part of every format's signature
    held: list[TaggedDocument] = []  # one document, by one or more coders
    with path.open("wb") as file:
        parting = b"[\n"

        def write_held() -> None:
            nonlocal parting
            for task in _tasks(held):
                # JSON leaves DEL as it is, which no text file should hold.
                plain = json.dumps(task, ensure_ascii=False).replace("\x7f", "\\u007f")
                file.write(parting + to_bytes(plain))
                parting = b",\n"
            held.clear()

        try:
            for tagged in documents:
                if held and not _belongs(tagged, held):
                    write_held()
                held.append(tagged)
        finally:
            write_held()
            file.write(b"[]\n" if parting == b"[\n" else b"\n]\n")


def _belongs(tagged: TaggedDocument, held: list[TaggedDocument]) -> bool:
    by_another = all(tagged.coder != other.coder for other in held)
    return by_another and tagged.document == held[0].document


def _tasks(held: list[TaggedDocument]) -> Iterator[dict[str, Any]]:
    for place in range(len(held[0].passages) if held else 0):
        record = passage_record(held[0].document, place)
        passage = held[0].passages[place].passage
        yield {
            "data": {TEXT: passage.text, "where": _where(record), **record},
            "predictions": [_prediction(tagged.passages[place], tagged.coder) for tagged in held],
        }


def _where(record: dict[str, Any]) -> str:
    """Return what the annotator sees above the passage."""
    page, paragraph, section = record["page"], record["paragraph"], record["section"]
    parts = [
        record["title"],
        "" if page is None else f"page {page}",
        f"paragraph {paragraph}" if paragraph else "",
        section or "",
    ]
    return ", ".join(part for part in parts if part)


def _prediction(passage: TaggedPassage, coder: str) -> dict[str, Any]:
    results = [
        _result(
            f"{place}",
            THEMES,
            tag.probability,
            start=tag.evidence[0],
            end=tag.evidence[1],
            text=passage.quote(tag),
            labels=[tag.theme],
        )
        for place, tag in enumerate(passage.tags)
    ]
    if passage.role:
        results.append(_result("role", ROLE, passage.role_probability, choices=[passage.role]))
    return {
        "model_version": coder,
        "score": max((tag.probability for tag in passage.tags), default=0.0),
        "result": results,
    }


def _result(own_id: str, name: str, score: float, **value: Any) -> dict[str, Any]:
    return {
        "id": own_id,
        "from_name": name,
        "to_name": TEXT,
        "type": "labels" if "labels" in value else "choices",
        "value": value,
        "score": score,
    }


def labelling_config(codebook: Codebook) -> str:
    """Return the labelling interface that a Label Studio project for these tags needs.

    Parameters
    ----------
    codebook : Codebook
        Its themes become labels, with their definitions as hints, and its roles choices. People
        see titles; ids are what is saved.

    Returns
    -------
    str
        XML, to be pasted in Settings, Labeling Interface, Code.

    Examples
    --------
    >>> config = labelling_config(Codebook.load())
    >>> config.splitlines()[3].strip()
    '<Labels name="themes" toName="text">'
    """
    labels = [
        _tag("Label", theme.title, theme.id, theme.definition, background=colour(place, 0.6))
        for place, theme in enumerate(codebook.themes)
    ]
    choices = [_tag("Choice", role.title, role.id, role.definition) for role in codebook.roles]
    lines = [
        "<View>",
        '  <Header value="$where" size="5"/>',
        f'  <Text name="{TEXT}" value="${TEXT}" granularity="word"/>',
        f'  <Labels name="{THEMES}" toName="{TEXT}">',
        *labels,
        "  </Labels>",
    ]
    if choices:
        lines += [
            f'  <Choices name="{ROLE}" toName="{TEXT}" choice="single" showInLine="true">',
            *choices,
            "  </Choices>",
        ]
    return "\n".join([*lines, "</View>", ""])


def _tag(element: str, title: str, own_id: str, hint: str, **more: str) -> str:
    attributes = {"value": title, "alias": own_id, **({"hint": hint} if hint else {}), **more}
    given = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items())
    return f"    <{element} {given}/>"
