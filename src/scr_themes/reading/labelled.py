"""Labelled passages: what people have coded, for training and evaluating."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scr_themes.errors import LabelsError
from scr_themes.reading.blocks import normalise
from scr_themes.reading.decoding import decode
from scr_themes.reading.detection import text_format
from scr_themes.reading.loading import load_bytes
from scr_themes.reading.rows import Row, csv_rows, find_column, jsonl_rows


@dataclass(frozen=True, slots=True)
class Labelled:
    """Passages with the themes that a coder gave them, row by row.

    Attributes
    ----------
    texts : tuple of str
        The words of each passage, normalised.
    themes : tuple of frozenset of str
        Its theme ids; empty where it has none.
    roles : tuple of str or None
        Its role; None where the file gives no roles.
    documents : tuple of str or None
        The document it is from; None where the file gives no documents.
    """

    texts: tuple[str, ...]
    themes: tuple[frozenset[str], ...]
    roles: tuple[str, ...] | None = None
    documents: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.texts)


def read_labelled(path: str | os.PathLike[str], *, text_column: str | None = None) -> Labelled:
    r"""Read labelled passages.

    Parameters
    ----------
    path : path
        JSONL whose objects hold ``text`` and ``themes`` (a list of theme ids), or CSV with the
        columns ``text`` and ``themes`` (ids joined by ``;``); both may hold ``role`` and
        ``document``.
    text_column : str, optional
        The column with the words; "text" or "passage" where not given.

    Returns
    -------
    Labelled
        The passages, in the order of the file.

    Raises
    ------
    ReadingError
        If the file cannot be read as text.
    LabelsError
        If a row is malformed, has no words or no themes, or if only some rows have a role or a
        document; the error names the line.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name, "coded.csv")
    >>> _ = file.write_text("text,themes\nNobody asked her.,child_voice;recording\n")
    >>> labelled = read_labelled(file)
    >>> labelled.texts, sorted(labelled.themes[0]), labelled.roles
    (('Nobody asked her.',), ['child_voice', 'recording'], None)
    >>> folder.cleanup()
    """
    file = Path(path)
    text, _ = decode(file, load_bytes(file))
    jsonl = text_format(file, text) == "JSONL"
    parse = jsonl_rows if jsonl else csv_rows
    rows = list(parse(file, text, LabelsError, text_column))
    if not rows:
        raise LabelsError(file, "holds no labelled passage", "give rows with text and themes")
    columns = list(dict.fromkeys(name for row in rows for name in row.cells))
    text_name = find_column(file, columns, text_column, LabelsError)
    return Labelled(
        texts=tuple(_text(file, row, text_name) for row in rows),
        themes=tuple(_themes(file, row) for row in rows),
        roles=_all_or_none(file, rows, "role"),
        documents=_all_or_none(file, rows, "document"),
    )


def _cell(row: Row, name: str) -> Any:
    """Return a cell; the case of its column's name does not count."""
    if name in row.cells:
        return row.cells[name]
    return next((v for key, v in row.cells.items() if key.strip().casefold() == name), None)


def _text(file: Path, row: Row, name: str) -> str:
    value = row.cells.get(name)
    text = normalise(value) if isinstance(value, str) else ""
    if not text:
        fault = "no text" if value is None or isinstance(value, str) else f"{name!r} is not text"
        raise LabelsError(f"{file}:{row.line}", fault, "give its words or leave the row out")
    return text


def _themes(file: Path, row: Row) -> frozenset[str]:
    value = _cell(row, "themes")
    if isinstance(value, str):
        value = [theme for theme in value.split(";") if theme.strip()]
    if not isinstance(value, list) or not all(isinstance(theme, str) for theme in value):
        raise LabelsError(
            f"{file}:{row.line}",
            "no 'themes'" if value is None else "'themes' is not a list of theme ids",
            "give a list of theme ids in JSONL, or ids joined by ';' in CSV; empty for none",
        )
    themes = frozenset(theme.strip() for theme in value)
    if "" in themes:
        raise LabelsError(f"{file}:{row.line}", "a theme id is blank", "take it out")
    return themes


def _all_or_none(file: Path, rows: Sequence[Row], name: str) -> tuple[str, ...] | None:
    values = [_cell(row, name) for row in rows]
    words = ["" if value is None else str(value).strip() for value in values]
    if not any(words):
        return None
    missing = next((row for row, word in zip(rows, words, strict=True) if not word), None)
    if missing is not None:
        raise LabelsError(
            f"{file}:{missing.line}",
            f"no {name!r}, though other rows have one",
            f"give every row a {name} or none",
        )
    return tuple(words)
