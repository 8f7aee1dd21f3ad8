"""A worksheet to code passages in: XLSX for people, or CSV and JSONL for their own programs.

What is filled in is labelled data: :func:`scr_themes.reading.labelled.read_labelled` reads it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from scr_themes.codebook import Codebook
from scr_themes.documents import Passage
from scr_themes.errors import WritingError
from scr_themes.reading.blocks import normalise
from scr_themes.reading.labelled import UNSETTLED
from scr_themes.writing.csv import defused
from scr_themes.writing.files import save_file, write_file
from scr_themes.writing.worksheet_xlsx import save_workbook

SUFFIXES = (".xlsx", ".jsonl", ".csv")
TO_FILL_IN = ("themes", "role", "comment")
_LEAST = 0.05  # probabilities below it are not shown


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A passage to be coded by hand.

    Attributes
    ----------
    id : str
        What tells it from the others; may be empty.
    document : str
        The document it is from.
    passage : Passage
        Its words, page and paragraph.
    themes : mapping of str to (sequence of str or None)
        Coder to the themes that the coder gave it; None where not coded.
    roles : mapping of str to (str or None)
        Coder to the role given.
    probabilities : mapping of str to float
        A model's probability of each theme.
    """

    id: str
    document: str
    passage: Passage
    themes: Mapping[str, Sequence[str] | None] = field(default_factory=dict)
    roles: Mapping[str, str | None] = field(default_factory=dict)
    probabilities: Mapping[str, float] = field(default_factory=dict)


def write_worksheet(
    rows: Sequence[SheetRow], path: Path, *, codebook: Codebook, blind: bool = False
) -> None:
    """Write passages to be coded by hand.

    Parameters
    ----------
    rows : sequence of SheetRow
        In the order in which they are to be coded.
    path : Path
        ``.xlsx``: a sheet "to code" whose columns ``themes``, ``role`` and ``comment`` are to be
        filled in, one with the codebook and one with instructions. ``.csv`` or ``.jsonl``: the
        same columns, with a question mark for themes that are to be given.
    codebook : Codebook
        The themes and roles to choose from.
    blind : bool, default False
        Leave out what coders and models gave, so that nobody is led by it.

    Raises
    ------
    WritingError
        If the file cannot be written, or its ending stands for none of these.
    MissingExtraError
        If XlsxWriter is not installed.

    Examples
    --------
    >>> import tempfile
    >>> row = SheetRow(id="1", document="a.txt", passage=Passage(text="Nobody asked."))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "sheet.csv")
    ...     write_worksheet([row], file, codebook=Codebook.load())
    ...     print(file.read_text(encoding="utf-8"))
    document,page,paragraph,text,themes,role,comment,id
    a.txt,,,Nobody asked.,?,,,1
    <BLANKLINE>
    """
    table = [cells(row, blind=blind) for row in rows]
    last = (*TO_FILL_IN, "id")
    columns = list(dict.fromkeys(name for row in table for name in row if name not in last))
    columns += last
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        save_file(partial(save_workbook, columns, table, codebook), path, lambda: 0)
    elif suffix == ".jsonl":
        write_file(_jsonl(table), path, lambda: 0)
    elif suffix == ".csv":
        write_file(_csv(columns, table), path, lambda: 0)
    else:
        raise WritingError(path, "is no worksheet", f"end its name in {' '.join(SUFFIXES)}")


def cells(row: SheetRow, *, blind: bool = False) -> dict[str, Any]:
    """Return the cells of a passage by column."""
    passage = row.passage
    found: dict[str, Any] = {
        "document": row.document,
        "page": passage.page,
        "paragraph": passage.paragraph,
        "text": normalise(passage.text),  # as it is read back: no characters that XML forbids
    }
    if not blind:
        found |= {f"{coder}: themes": _named(themes) for coder, themes in row.themes.items()}
        found |= {f"{coder}: role": role or "" for coder, role in row.roles.items()}
        if row.probabilities:
            found["model"] = _chances(row.probabilities)
    return found | dict.fromkeys(TO_FILL_IN, "") | {"id": row.id}


def _named(themes: Sequence[str] | None) -> str:
    """Return themes as a cell; "none" where coded with none, empty where not coded."""
    return "" if themes is None else "; ".join(themes) or "none"


def _chances(probabilities: Mapping[str, float]) -> str:
    ranked = sorted(probabilities.items(), key=lambda entry: -entry[1])
    shown = [f"{theme} {chance:.2f}" for theme, chance in ranked if chance >= _LEAST]
    return "; ".join(shown) or f"all below {_LEAST}"


def _jsonl(table: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for row in table:
        given = {name: value for name, value in row.items() if name not in TO_FILL_IN}
        yield json.dumps(given | {"themes": UNSETTLED}, ensure_ascii=False) + "\n"


def _csv(columns: Sequence[str], table: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    def line(values: Sequence[Any]) -> str:
        stream = io.StringIO(newline="")
        csv.writer(stream).writerow(
            [defused(value) if isinstance(value, str) else value for value in values]
        )
        return stream.getvalue()

    yield line(columns)
    for row in table:
        yield line([UNSETTLED if name == "themes" else row.get(name) for name in columns])
