"""JSONL: tags as :mod:`scr_themes.writing.jsonl` writes them; doccano's goes to its own module."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scr_themes.codings import Codings
from scr_themes.documents import Passage, Tag, TaggedDocument, TaggedPassage
from scr_themes.errors import ReadingError
from scr_themes.reading.codings.rebuilding import rebuilt, tagged_passage
from scr_themes.reading.decoding import decode
from scr_themes.reading.loading import load_bytes
from scr_themes.reading.rows import Row, jsonl_rows


def read(path: Path, coder: str | None) -> Codings:
    """Read the tags of a JSONL file; see :func:`scr_themes.read_codings`."""
    text, _ = decode(path, load_bytes(path), "utf-8")
    rows = list(jsonl_rows(path, text, ReadingError))
    if rows and "themes" not in rows[0].cells:
        from scr_themes.reading.codings.doccano import from_rows  # noqa: PLC0415

        return from_rows(path, rows, coder)
    return tagged_rows(path, rows, coder)


def tagged_rows(path: Path, rows: list[Row], coder: str | None) -> Codings:
    """Put the passages of a table of tags together again, by document and coder.

    Parameters
    ----------
    path : Path
        The file, for errors.
    rows : list of Row
        Passages, with the cells that the format ``jsonl`` gives them.
    coder : str or None
        The coder where a row names none; None for the file's name.

    Raises
    ------
    ReadingError
        If a row is no tagged passage; it names the line.
    """
    found: dict[tuple[str, str], list[tuple[Row, TaggedPassage]]] = defaultdict(list)
    for row in rows:
        try:
            name = str(row.cells.get("document") or path.stem)
            who = str(row.cells.get("coder") or coder or path.stem)
            found[name, who].append((row, _passage(row.cells, len(found[name, who]))))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ReadingError(
                f"{path}:{row.line}",
                f"is no tagged passage ({type(error).__name__}: {error})",
                "give a file that `scr-themes tag --format jsonl` wrote",
            ) from error
    return Codings(
        documents=tuple(_document(name, who, given) for (name, who), given in found.items())
    )


def _passage(cells: Mapping[str, Any], place: int) -> TaggedPassage:
    text = cells["text"]
    if not isinstance(text, str):
        raise TypeError(f"text is {text!r}")
    start = int(cells.get("start") or 0)
    tags = [_tag(entry, len(text)) for entry in cells["themes"]]
    role = cells.get("role") or ""
    chance = cells.get("role_probability")
    passage = Passage(
        text=text,
        index=int(cells.get("passage", place)),
        start=start,
        end=start + len(text),
        page=cells.get("page"),
        paragraph=cells.get("paragraph"),
        section=cells.get("section"),
        kind=cells.get("kind") or "paragraph",
    )
    return tagged_passage(
        passage, role, float(chance) if role and chance is not None else 1.0, tags
    )


def _tag(entry: Any, length: int) -> Tag:
    if isinstance(entry, str):  # passages coded by hand: themes only
        return Tag(entry, 1.0, (0, length))
    start, end = (int(place) for place in entry.get("evidence") or (0, length))
    return Tag(str(entry["theme"]), float(entry.get("probability", 1.0)), (start, end))


def _document(name: str, coder: str, given: list[tuple[Row, TaggedPassage]]) -> TaggedDocument:
    cells = given[0][0].cells
    title = cells.get("title")
    about = {
        "path": name,
        "title": title if isinstance(title, str) else name,
        "n_pages": cells.get("n_pages"),
        "warnings": tuple(map(str, cells.get("warnings") or ())),
    }
    return rebuilt(about, coder, [tagged for _, tagged in given], (), None)
