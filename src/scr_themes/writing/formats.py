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
Save: TypeAlias = Callable[[Iterable[TaggedDocument], Settings, Path], None]


@dataclass(frozen=True, slots=True)
class Format:
    """A way of writing tags.

    Attributes
    ----------
    name : str
        What it is called.
    module : str
        The module of it. Where the format is text that grows document by document, its
        ``render(documents, settings)`` yields it: each piece ends with a whole document, and a
        document's piece is yielded before the next document is asked for. Any other format has
        ``save(documents, settings, path)``, which writes the file: if the documents end in an
        error, it leaves a sound file of those before, or none, and lets the error through.
    suffixes : tuple of str
        Endings of file names that stand for it; none for a format whose ending another has.
    streams : bool
        Whether it has ``render``.
    """

    name: str
    module: str
    suffixes: tuple[str, ...]
    streams: bool = True

    def load(self) -> Render:
        """Import the module of a format that streams and return its ``render``."""
        render: Render = import_module(self.module).render
        return render

    def load_save(self) -> Save:
        """Import the module of a format that does not stream and return its ``save``."""
        save: Save = import_module(self.module).save
        return save


_FORMATS = (
    Format("table", "scr_themes.writing.table", (".txt",)),
    Format("csv", "scr_themes.writing.csv", (".csv",)),
    Format("jsonl", "scr_themes.writing.jsonl", (".jsonl", ".ndjson")),
    Format("html", "scr_themes.writing.report", (".html", ".htm"), streams=False),
    Format("xlsx", "scr_themes.writing.xlsx", (".xlsx",), streams=False),
    Format("parquet", "scr_themes.writing.parquet", (".parquet",), streams=False),
    Format("sqlite", "scr_themes.writing.sqlite", (".sqlite", ".db"), streams=False),
    Format("qdpx", "scr_themes.writing.refi_qda", (".qdpx",), streams=False),
    Format("label-studio", "scr_themes.writing.label_studio", (".json",), streams=False),
    Format("doccano", "scr_themes.writing.doccano", ()),
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
