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
from scr_themes.reading.rows import TEXT_COLUMNS, Row, csv_rows, find_column, jsonl_rows
from scr_themes.reading.worksheet import TO_CODE, Worksheet, read_worksheet

UNSETTLED = "?"  # what stands for themes that are still to be given
_ZIP = b"PK\x03\x04"


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
    ids : tuple of str or None
        What identifies it; None where not every row has one.
    either : tuple of frozenset of str or None
        Themes that its coders left open, defensible with and without; None where the file has no
        such column.
    n_unsettled : int
        How many rows were left out because nobody has settled their themes yet.
    """

    texts: tuple[str, ...]
    themes: tuple[frozenset[str], ...]
    roles: tuple[str, ...] | None = None
    documents: tuple[str, ...] | None = None
    ids: tuple[str, ...] | None = None
    either: tuple[frozenset[str], ...] | None = None
    n_unsettled: int = 0

    def __len__(self) -> int:
        return len(self.texts)


def read_labelled(
    path: str | os.PathLike[str], *, text_column: str | None = None, need_text: bool = True
) -> Labelled:
    r"""Read labelled passages.

    Parameters
    ----------
    path : path
        JSONL whose objects hold ``text`` and ``themes`` (a list of theme ids), or CSV with the
        columns ``text`` and ``themes`` (ids joined by ``;``); both may hold ``role``,
        ``document``, ``id`` and ``either`` (as ``themes``). Or a worksheet, XLSX, with the same
        columns: themes and roles may be given by their titles there, and ``none`` stands for no
        theme. Rows with a question mark for themes, or in a sheet "to code" with nothing, are not
        settled: they are left out and counted.
    text_column : str, optional
        The column with the words; "text" or "passage" where not given.
    need_text : bool, default True
        If False, a file whose rows have ids may be without a column of words; its texts are then
        empty.

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
    data = load_bytes(file)
    sheet = _worksheet(file, data)
    if sheet is not None:
        named = f"{file}, sheet {sheet.name!r}, row "
        given = list(sheet.rows)
    else:
        named = f"{file}:"
        text, _ = decode(file, data)
        parse = jsonl_rows if text_format(file, text) == "JSONL" else csv_rows
        given = list(parse(file, text, LabelsError, text_column))
    if not given:
        raise LabelsError(file, "holds no labelled passage", "give rows with text and themes")
    rows = [
        row for row in given if not _is_open(row, blank=sheet is not None and sheet.name == TO_CODE)
    ]
    if not rows:
        raise LabelsError(
            file, f"has {len(given)} rows, and themes in none", "fill the column 'themes' in"
        )
    if sheet is not None:
        rows = [_with_ids(sheet, row, f"{named}{row.line}") for row in rows]
    columns = list(dict.fromkeys(name for row in rows for name in row.cells))
    ids = _ids(rows)
    texts = ("",) * len(rows)
    if need_text or ids is None or _has_column(columns, text_column):
        text_name = find_column(file, columns, text_column, LabelsError)
        texts = tuple(_text(named, row, text_name) for row in rows)
    return Labelled(
        texts=texts,
        themes=tuple(_themes(named, row) for row in rows),
        roles=_all_or_none(named, rows, "role"),
        documents=_all_or_none(named, rows, "document"),
        ids=ids,
        either=_either(named, rows),
        n_unsettled=len(given) - len(rows),
    )


def _worksheet(file: Path, data: bytes) -> Worksheet | None:
    """Read a workbook; None where it is none."""
    if file.suffix.lower() not in (".xlsx", ".xlsm") and not data.startswith(_ZIP):
        return None
    return read_worksheet(file, data)


def _is_open(row: Row, *, blank: bool) -> bool:
    """Tell whether a row is still to be settled."""
    value = _cell(row, "themes")
    words = value.strip() if isinstance(value, str) else value
    return words == UNSETTLED or (blank and not words)


def _with_ids(sheet: Worksheet, row: Row, where: str) -> Row:
    """Return a row of a worksheet with ids where people wrote titles."""
    cells = dict(row.cells)
    for name in ("themes", "either"):
        if name in cells:
            cells[name] = sorted(sheet.theme_ids(cells[name], where))
    if "role" in cells:
        cells["role"] = sheet.role_id(cells["role"], where)
    return Row(row.line, cells)


def _has_column(columns: Sequence[str], text_column: str | None) -> bool:
    """Tell whether there is a column of words; one asked for by name is taken to be there."""
    return text_column is not None or any(
        name.strip().casefold() in TEXT_COLUMNS for name in columns
    )


def _cell(row: Row, name: str) -> Any:
    """Return a cell; the case of its column's name does not count."""
    if name in row.cells:
        return row.cells[name]
    return next((v for key, v in row.cells.items() if key.strip().casefold() == name), None)


def _text(named: str, row: Row, name: str) -> str:
    value = row.cells.get(name)
    text = normalise(value) if isinstance(value, str) else ""
    if not text:
        fault = "no text" if value is None or isinstance(value, str) else f"{name!r} is not text"
        raise LabelsError(f"{named}{row.line}", fault, "give its words or leave the row out")
    return text


def _themes(named: str, row: Row) -> frozenset[str]:
    themes = _theme_ids(named, row, "themes")
    if themes is None:
        raise LabelsError(
            f"{named}{row.line}", "no 'themes'", "give a list of theme ids; empty for none"
        )
    return themes


def _ids(rows: Sequence[Row]) -> tuple[str, ...] | None:
    ids = tuple(str(_cell(row, "id") or "").strip() for row in rows)
    return ids if all(ids) else None


def _either(named: str, rows: Sequence[Row]) -> tuple[frozenset[str], ...] | None:
    left_open = [_theme_ids(named, row, "either") for row in rows]
    if all(themes is None for themes in left_open):
        return None
    return tuple(themes or frozenset() for themes in left_open)


def _theme_ids(named: str, row: Row, name: str) -> frozenset[str] | None:
    """Return the theme ids that a cell lists, None where there is no such cell."""
    value = _cell(row, name)
    if value is None:
        return None
    if isinstance(value, str):
        value = [theme for theme in value.split(";") if theme.strip()]
    if not isinstance(value, list) or not all(isinstance(theme, str) for theme in value):
        raise LabelsError(
            f"{named}{row.line}",
            f"{name!r} is not a list of theme ids",
            "give a list of theme ids in JSONL, or ids joined by ';' in CSV; empty for none",
        )
    themes = frozenset(theme.strip() for theme in value)
    if "" in themes:
        raise LabelsError(f"{named}{row.line}", "a theme id is blank", "take it out")
    return themes


def _all_or_none(named: str, rows: Sequence[Row], name: str) -> tuple[str, ...] | None:
    values = [_cell(row, name) for row in rows]
    words = ["" if value is None else str(value).strip() for value in values]
    if not any(words):
        return None
    missing = next((row for row, word in zip(rows, words, strict=True) if not word), None)
    if missing is not None:
        raise LabelsError(
            f"{named}{missing.line}",
            f"no {name!r}, though other rows have one",
            f"give every row a {name} or none",
        )
    return tuple(words)
