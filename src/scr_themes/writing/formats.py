"""The formats there are, as data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from scr_themes.documents import TaggedDocument
from scr_themes.errors import WritingError
from scr_themes.writing.settings import Settings

Render: TypeAlias = Callable[[Iterable[TaggedDocument], Settings], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Format:
    """A way of writing tags.

    Attributes
    ----------
    name : str
        What it is called.
    module : str
        The module of it. Its ``render(documents, settings)`` yields text: each piece ends with
        a whole document, and a document's piece is yielded before the next document is asked for.
    suffixes : tuple of str
        Endings of file names that stand for it.
    """

    name: str
    module: str
    suffixes: tuple[str, ...]

    def load(self) -> Render:
        """Import the format's module and return its ``render``."""
        render: Render = import_module(self.module).render
        return render


_FORMATS = (
    Format("table", "scr_themes.writing.table", (".txt",)),
    Format("csv", "scr_themes.writing.csv", (".csv",)),
    Format("jsonl", "scr_themes.writing.jsonl", (".jsonl", ".ndjson")),
)
FORMATS: Mapping[str, Format] = MappingProxyType({entry.name: entry for entry in _FORMATS})


def guess_format(path: str | Path) -> str:
    """Tell the format by a file's name.

    Parameters
    ----------
    path : path
        The file to be written.

    Returns
    -------
    str
        A key of ``FORMATS``.

    Raises
    ------
    WritingError
        If the name's ending stands for none.

    Examples
    --------
    >>> guess_format("out/tags.CSV")
    'csv'
    """
    suffix = Path(path).suffix.lower()
    for entry in FORMATS.values():
        if suffix in entry.suffixes:
            return entry.name
    endings = " ".join(ending for entry in FORMATS.values() for ending in entry.suffixes)
    raise WritingError(
        path,
        f"its ending {suffix!r} stands for no format" if suffix else "its name has no ending",
        f"name the format ({', '.join(FORMATS)}) or end the name in one of {endings}",
    )
