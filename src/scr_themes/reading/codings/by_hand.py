"""Tables that people make: a row a passage, or a row a code on a passage, under a header.

Columns are known by what people call them: the words by "text", "passage" or "segment", the codes
by "themes", "theme", "codes", "code" or "tag"; ``COLUMNS`` holds them all. Codes in one cell are
parted by semicolons or line ends; "none" or "-" is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from scr_themes.codings import Codings, Unmapped
from scr_themes.documents import Passage, Tag, TaggedDocument
from scr_themes.errors import ReadingError
from scr_themes.reading.codings.cells import (
    as_it_is,
    page_of,
    probability,
    whole,
    words,
    words_in,
)
from scr_themes.reading.codings.mapping import NO_THEME, folded
from scr_themes.reading.codings.rebuilding import rebuilt, tagged_passage

# What people, and the programs that they export from, call a column; the first that is there.
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "text": (
            *("text", "passage text", "passage", "segment", "coded segment", "content"),
            *("text content", "quotation content", "excerpt"),
        ),
        "themes": ("themes", "theme", "codes", "code", "tags", "tag", "labels", "label"),
        "document": ("document", "document name", "file", "file name", "filename", "review"),
        "title": ("title", "document title"),
        "coder": ("coder", "coded by", "created by", "annotator", "user"),
        "passage": ("passage number", "passage"),
        "page": ("page", "pages", "page number"),
        "paragraph": ("paragraph", "para", "paragraph number"),
        "section": ("section", "heading"),
        "role": ("role",),
        "evidence": ("evidence", "evidence words", "quote", "quotation", "words"),
        "probability": ("probability", "score", "confidence"),
    }
)
_PARTED = re.compile(r"[;\r\n]+")


class Line(NamedTuple):
    """A row of a table and where it stands, for errors."""

    place: str
    cells: Mapping[str, Any]


@dataclass(slots=True)
class _Coded:
    """A passage, and what its rows say of it."""

    passage: Passage
    role: str = ""
    tags: dict[tuple[str, tuple[int, int]], Tag] = field(default_factory=dict)


def columns_of(names: Iterable[str]) -> dict[str, str]:
    """Return which column of a table is which.

    Examples
    --------
    >>> columns_of(["Document name", "Code", "Segment"])
    {'text': 'Segment', 'themes': 'Code', 'document': 'Document name'}
    """
    there = {folded(name): name for name in reversed(list(names)) if name}
    found = {
        own: next((there[name] for name in called if name in there), None)
        for own, called in COLUMNS.items()
    }
    if found["text"] is None:
        found["text"] = found["evidence"]
    if found["passage"] == found["text"]:
        found["passage"] = None
    return {own: name for own, name in found.items() if name is not None}


def from_table(
    path: Path, lines: Sequence[Line], coder: str | None, *, own: bool = False
) -> Codings:
    """Read the codings of a table.

    Parameters
    ----------
    path : Path
        The file, for errors and as the document's name where the table gives none.
    lines : sequence of Line
        Its rows, each with the cells of every column.
    coder : str or None
        The coder where a row names none; None for the file's name.
    own : bool, default False
        Whether it is a table of ours: cells are then taken as they are, and hold one code each.

    Returns
    -------
    Codings
        Rows with the same words at the same place are one passage. A code stands on the evidence
        that its row gives, and on the whole passage where there is none or it is not in the text.
        Codes of rows without words are in ``unmapped``.

    Raises
    ------
    ReadingError
        If there is no column of words or of codes, or a probability is none.

    Examples
    --------
    >>> rows = [Line("p.csv:2", {"text": "Nobody asked.", "codes": "child_voice; recording"})]
    >>> from_table(Path("p.csv"), rows, "Ann").documents[0].passages[0].themes
    ('child_voice', 'recording')
    """
    names = list(dict.fromkeys(name for line in lines for name in line.cells))
    columns = columns_of(names)
    _need(path, columns, names)
    found: dict[tuple[str, str], dict[object, _Coded]] = {}
    titles: dict[str, str] = {}
    unmapped: list[Unmapped] = []
    read = as_it_is if own else words
    for line in lines:
        row = {column: line.cells.get(name) for column, name in columns.items()}
        text = row["text"] if isinstance(row["text"], str) else words(row["text"])
        codes = [read(row["themes"])] if own else _codes(row["themes"])
        document = read(row.get("document")) or path.stem
        who = read(row.get("coder")) or coder or path.stem
        if not text.strip():
            unmapped += [
                Unmapped(
                    coder=who,
                    document=document,
                    code=code,
                    quote=words(row.get("evidence")),
                    reason="its row has no words",
                )
                for code in codes
            ]
            continue
        titles.setdefault(document, read(row.get("title")) or document)
        where = {name: read(row.get(name)) or None for name in ("paragraph", "section")}
        coded = _at(found.setdefault((document, who), {}), row, text, where)
        coded.role = coded.role or read(row.get("role"))
        chance = probability(line.place, row.get("probability"))
        for code in codes:
            evidence = words_in(text, row.get("evidence")) or (0, len(text))
            coded.tags.setdefault((code, evidence), Tag(code, chance, evidence))
    return Codings(
        documents=tuple(
            _document(name, titles[name], who, list(passages.values()))
            for (name, who), passages in found.items()
        ),
        unmapped=tuple(unmapped),
    )


def _need(path: Path, columns: Mapping[str, str], names: Sequence[str]) -> None:
    for own, called in (("text", "'text'"), ("themes", "'themes' or 'theme'")):
        if own not in columns:
            there = ", ".join(repr(name) for name in names if name) or "none"
            raise ReadingError(
                path,
                f"has no column {called} (columns found: {there})",
                "give a table with the columns text and themes, and a row below them",
            )


def _at(
    passages: dict[object, _Coded], row: Mapping[str, Any], text: str, where: dict[str, str | None]
) -> _Coded:
    """Return the passage that a row is about, new where it is the first of it."""
    number = whole(row.get("passage"))
    page = page_of(row.get("page"))
    key = (number, text, page, *where.values())
    if key not in passages:
        index = len(passages) if number is None else number
        passages[key] = _Coded(
            Passage(
                text=text,
                index=index,
                page=page,
                paragraph=where["paragraph"],
                section=where["section"],
            )
        )
    return passages[key]


def _document(name: str, title: str, coder: str, coded: list[_Coded]) -> TaggedDocument:
    passages = [
        tagged_passage(one.passage, one.role, 1.0, one.tags.values())
        for one in sorted(coded, key=lambda one: one.passage.index)
    ]
    return rebuilt({"path": name, "title": title}, coder, passages, (), None)


def _codes(cell: Any) -> list[str]:
    if isinstance(cell, list | tuple):
        return [code for code in map(words, cell) if code]
    codes = dict.fromkeys(code.strip() for code in _PARTED.split(words(cell)))
    return [code for code in codes if code and code.casefold() not in NO_THEME]
