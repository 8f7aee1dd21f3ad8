"""CSV and JSONL, row by row, with the line that each row stands on."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from scr_themes.errors import ScrThemesError

TEXT_COLUMNS = ("text", "passage")
_DELIMITERS = (",", ";", "\t")


class Row(NamedTuple):
    """A row of a table.

    Attributes
    ----------
    line : int
        The line of the file that it ends on, or its number where there are no lines; from 1.
    cells : mapping of str to object
        What it holds, by column.
    """

    line: int
    cells: Mapping[str, Any]


def find_column(
    path: Path, columns: Sequence[str], wanted: str | None, error: type[ScrThemesError]
) -> str:
    """Find the column with the words.

    Parameters
    ----------
    path : Path
        The file, for errors.
    columns : sequence of str
        The columns there are.
    wanted : str or None
        The column asked for; None for "text" or "passage". Case does not count.
    error : type of ScrThemesError
        What to raise.

    Returns
    -------
    str
        The column's name as the file writes it.

    Examples
    --------
    >>> find_column(Path("p.csv"), ["Id", "Text"], None, ScrThemesError)
    'Text'
    """
    if wanted in columns:
        return str(wanted)
    folded = {name.strip().casefold(): name for name in reversed(columns)}
    for name in TEXT_COLUMNS if wanted is None else (wanted,):
        if name.casefold() in folded:
            return folded[name.casefold()]
    asked = "'text' or 'passage'" if wanted is None else repr(wanted)
    found = ", ".join(repr(name) for name in columns) or "none"
    raise error(
        path,
        f"no column {asked} (columns found: {found})",
        "name the column with the words: text_column= / --text-column",
    )


def csv_rows(
    path: Path,
    text: str | Iterable[str],
    error: type[ScrThemesError],
    text_column: str | None = None,
) -> Iterator[Row]:
    r"""Read CSV with a header, parted by commas, semicolons or tabs.

    Parameters
    ----------
    path : Path
        The file, for errors.
    text : str or iterable of str
        What it holds, whole or line by line with the line ends.
    error : type of ScrThemesError
        What to raise for a malformed row.
    text_column : str, optional
        The column with the words, which helps to tell the delimiter.

    Yields
    ------
    Row
        Its cells are all ``str``.

    Examples
    --------
    >>> [row.cells["text"] for row in csv_rows(Path("p.csv"), "id;text\n1;Why?", ScrThemesError)]
    ['Why?']
    """
    lines = iter(io.StringIO(text, newline="") if isinstance(text, str) else text)
    top: list[str] = []
    for line in lines:
        top.append(line)
        if line.strip():
            break
    delimiter = _delimiter("".join(top), text_column)
    reader = csv.reader(chain(top, lines), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
                _refuse_duplicates(path, header, error)
                continue
            if any(cell.strip() for cell in cells[len(header) :]):
                raise error(
                    f"{path}:{reader.line_num}",
                    f"the row has {len(cells)} cells, the header {len(header)}",
                    f"put cells that hold {delimiter!r} in double quotes",
                )
            yield Row(reader.line_num, dict(zip(header, cells, strict=False)))
    except csv.Error as fault:
        raise error(
            f"{path}:{reader.line_num}", f"is not well-formed CSV ({fault})", "mend that row"
        ) from fault


def _delimiter(text: str, text_column: str | None) -> str:
    """Tell the delimiter by the header: the one that shows the column of words, or most columns."""
    header = text.lstrip().partition("\n")[0].strip("\r")
    wanted = (text_column.casefold(),) if text_column else TEXT_COLUMNS

    def fit(delimiter: str) -> tuple[bool, int]:
        cells = next(csv.reader([header], delimiter=delimiter), [])
        return any(cell.strip().casefold() in wanted for cell in cells), len(cells)

    return max(_DELIMITERS, key=fit)


def _refuse_duplicates(path: Path, header: Sequence[str], error: type[ScrThemesError]) -> None:
    named = [name for name in header if name]
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice is not None:
        raise error(path, f"two columns are called {twice!r}", "rename one of them")


def jsonl_rows(
    path: Path,
    text: str | Iterable[str],
    error: type[ScrThemesError],
    text_column: str | None = None,
) -> Iterator[Row]:
    """Read JSONL: one object a line; blank lines are passed over.

    Parameters
    ----------
    path : Path
        The file, for errors.
    text : str or iterable of str
        What it holds, whole or line by line, parted at line feeds only.
    error : type of ScrThemesError
        What to raise for a malformed line.
    text_column : str, optional
        Not needed here; the signature is that of :func:`csv_rows`.

    Yields
    ------
    Row
        Its cells are what the object holds.

    Examples
    --------
    >>> [row.cells for row in jsonl_rows(Path("p.jsonl"), '{"text": "Why?"}', ScrThemesError)]
    [{'text': 'Why?'}]
    """
    del text_column
    # Not splitlines(): JSON may hold U+2028 and its like inside a string.
    lines = text.split("\n") if isinstance(text, str) else text
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as fault:
            reason = getattr(fault, "msg", "nested too deep")
            raise error(
                f"{path}:{number}", f"is not JSON ({reason})", "write one object a line"
            ) from fault
        if not isinstance(value, dict):
            raise error(
                f"{path}:{number}",
                f"holds a JSON {type(value).__name__}, not an object",
                'write one object a line, such as {"text": "..."}',
            )
        yield Row(number, value)
