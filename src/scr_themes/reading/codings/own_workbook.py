"""Workbooks that :mod:`scr_themes.writing.xlsx` wrote, whatever people have done to them since.

The sheet Tags says what is coded. Rows may be sorted, deleted or added and columns moved; a tag
with another coder's name is that coder's. A theme that stands in the sheet Passages only, and a tag
whose passage is not there, are ``unmapped``.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scr_themes.codings import Codings, Unmapped
from scr_themes.documents import Passage, Tag, TaggedDocument
from scr_themes.errors import ReadingError
from scr_themes.reading.codings.cells import probability, whole, words, words_in
from scr_themes.reading.codings.mapping import folded
from scr_themes.reading.codings.rebuilding import kind_of, rebuilt, tagged_passage
from scr_themes.reading.codings.workbooks import SheetRow
from scr_themes.workbook import (
    BETWEEN,
    DOCUMENTS,
    LONG_TEXTS,
    PASSAGES,
    TAGS,
    from_cell,
    number_of,
)

_NEEDED = {
    PASSAGES: ("passage", "text", "document"),
    TAGS: ("document", "passage", "theme"),
}


@dataclass(slots=True)
class _Row:
    """A row: where it is, and its cells by column; texts as they were before they went in cells."""

    place: str
    cells: Mapping[str, Any]

    def text(self, column: str) -> str:
        cell = self.cells.get(column)
        return cell if isinstance(cell, str) else words(cell)

    def number(self, column: str) -> int | None:
        return whole(self.cells.get(column))


@dataclass(slots=True)
class _File:
    """A document's rows."""

    about: dict[str, Any]
    coder: str
    length: int | None = None
    passages: list[tuple[_Row, Passage]] = field(default_factory=list)
    by_index: dict[int, Passage] = field(default_factory=dict)
    tags: dict[tuple[str, int], list[Tag]] = field(default_factory=lambda: defaultdict(list))
    pieces: list[tuple[int, str]] = field(default_factory=list)


def is_own(sheets: Mapping[str, list[SheetRow]]) -> bool:
    """Tell whether a workbook is one of ours."""
    return all(
        sheets.get(name) and {*_NEEDED[name]} <= {folded(words(c)) for c in sheets[name][0].cells}
        for name in _NEEDED
    )


def read_own(path: Path, sheets: Mapping[str, list[SheetRow]], coder: str | None) -> Codings:
    """Read the codings of a workbook of ours; see :func:`scr_themes.read_codings`."""
    book = _Book(path, sheets)
    files = _Files(coder or path.stem)
    for row in book.rows(DOCUMENTS):
        file = files.of(row)
        file.about |= {"title": row.text("title"), "n_pages": row.number("pages")}
        file.about["warnings"] = _entries(row.text("warnings"))
        file.length = row.number("characters")
    for row in book.rows(PASSAGES):
        file = files.of(row)
        passage = _passage(row, len(file.passages))
        file.passages.append((row, passage))
        file.by_index.setdefault(passage.index, passage)
    for row in book.rows(BETWEEN):
        known = files.found.get(row.number("document number"))
        if known is not None:
            known.pieces.append((row.number("start") or 0, row.text("text")))
    unmapped = []
    for row in book.rows(TAGS):
        if row.text("theme"):
            unmapped += _place(row, files)
    for file in files.found.values():
        unmapped += _only_listed(file)
    documents = tuple(one for file in files.found.values() for one in _documents(file))
    return Codings(documents=documents, unmapped=tuple(unmapped))


class _Files:
    """The documents of a workbook, found by their number, else by their name."""

    def __init__(self, coder: str) -> None:
        self.coder = coder  # where a row names none
        self._names: dict[tuple[str, str], Hashable] = {}
        self.found: dict[Hashable, _File] = {}

    def known(self, row: _Row) -> _File | None:
        """Return the document that a row is about; None where there is none such yet."""
        name, number = row.text("document"), row.number("document number")
        if number is not None:
            return self.found.get(number)
        anyone = self._names.get((name, ""))
        return self.found.get(self._names.get((name, row.text("coder")), anyone))

    def of(self, row: _Row) -> _File:
        """Return the document that a row is about, new where it is the first of it."""
        file = self.known(row)
        if file is None:
            name, coder = row.text("document"), row.text("coder")
            number = row.number("document number")
            key: Hashable = (name, coder) if number is None else number
            file = _File({"path": name, "title": row.text("title") or name}, coder or self.coder)
            self.found[key] = file
            self._names.setdefault((name, coder), key)
            self._names.setdefault((name, ""), key)
        return file


class _Book:
    """The sheets, each with those in which it goes on."""

    def __init__(self, path: Path, sheets: Mapping[str, list[SheetRow]]) -> None:
        self._path = path
        self._sheets = sheets
        self._long: dict[int, str] = {}
        parts: dict[int, dict[int, str]] = defaultdict(dict)
        for row in self.rows(LONG_TEXTS):
            parts[row.number("number") or 0][row.number("part") or 0] = row.text("text")
        self._long = {
            number: from_cell("".join(texts[part] for part in sorted(texts)))
            for number, texts in parts.items()
        }

    def rows(self, name: str) -> Iterator[_Row]:
        for title, rows in self._sheets.items():
            if rows and re.fullmatch(rf"{re.escape(name)}( \d+)?", title):
                columns = [folded(words(cell)) for cell in rows[0].cells]
                missing = next((c for c in _NEEDED.get(name, ()) if c not in columns), None)
                place = f"{self._path}, sheet {title!r}"
                if missing is not None:
                    raise ReadingError(place, f"has no column {missing!r}", "put it back")
                for row in rows[1:]:
                    cells = zip(columns, map(self._cell, row.cells), strict=False)
                    yield _Row(f"{place}, row {row.number}", dict(cells))

    def _cell(self, cell: Any) -> Any:
        if not isinstance(cell, str):
            return cell
        number = number_of(cell)
        return from_cell(cell) if number is None else self._long.get(number, from_cell(cell))


def _passage(row: _Row, place: int) -> Passage:
    index, start = row.number("passage"), row.number("start") or 0
    end = row.number("end")
    text = row.text("text")
    return Passage(
        text=text,
        index=place if index is None else index,
        start=start,
        end=start + len(text) if end is None else end,
        page=row.number("page"),
        paragraph=row.text("paragraph") or None,
        section=row.text("section") or None,
        kind=kind_of(row.text("kind")),
    )


def _place(row: _Row, files: _Files) -> list[Unmapped]:
    """Put a tag on its passage, or return it where there is none such."""
    file = files.known(row)
    index = row.number("passage")
    passage = None if file is None or index is None else file.by_index.get(index)
    if file is None or passage is None:
        return [
            Unmapped(
                coder=row.text("coder") or (files.coder if file is None else file.coder),
                document=row.text("document") if file is None else file.about["path"],
                code=row.text("theme"),
                quote=row.text("evidence"),
                reason=f"no passage {row.text('passage') or '(blank)'} in sheet {PASSAGES}",
            )
        ]
    chance = probability(row.place, row.cells.get("probability"))
    tag = Tag(row.text("theme"), chance, _evidence(row, passage.text))
    file.tags[row.text("coder") or file.coder, passage.index].append(tag)
    return []


def _evidence(row: _Row, text: str) -> tuple[int, int]:
    """Return where the evidence stands; on the whole passage where it is not in it."""
    said = row.text("evidence")
    start, end = row.number("evidence start"), row.number("evidence end")
    if start is not None and end is not None and 0 <= start <= end <= len(text):
        untouched = not said or text[start:end] == said
        if untouched:
            return start, end
    return words_in(text, said) or (0, len(text))


def _documents(file: _File) -> Iterator[TaggedDocument]:
    """Yield a document as its coder left it, then what others have put in."""
    order = sorted(file.passages, key=lambda entry: entry[1].index)
    for who in dict.fromkeys([file.coder, *(who for who, _ in file.tags)]):
        passages = []
        for row, passage in order:
            role = row.text("role") if who == file.coder else ""
            chance = probability(row.place, row.cells.get("role probability"))
            tags = file.tags.get((who, passage.index), ())
            passages.append(tagged_passage(passage, role, chance, tags))
        yield rebuilt(file.about, who, passages, file.pieces, file.length)


def _only_listed(file: _File) -> Iterator[Unmapped]:
    """Yield the themes that somebody wrote into the sheet of passages."""
    for row, passage in file.passages:
        given = [tag.theme for tag in file.tags.get((file.coder, passage.index), ())]
        cell = row.text("themes")
        if cell == "; ".join(dict.fromkeys(given)):
            continue
        for code in filter(None, map(str.strip, cell.split(";"))):
            if code not in given:
                yield Unmapped(
                    coder=file.coder,
                    document=file.about["path"],
                    code=code,
                    quote=passage.text,
                    reason=f"stands in sheet {PASSAGES}, but not in sheet {TAGS}",
                    start=passage.start,
                    end=passage.end,
                )


def _entries(cell: str) -> tuple[str, ...]:
    if cell.startswith("["):
        try:
            return tuple(map(str, json.loads(cell)))
        except (ValueError, TypeError):
            return (cell,)
    return tuple(cell.split("\n")) if cell else ()
