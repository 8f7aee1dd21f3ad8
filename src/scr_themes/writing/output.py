"""``write``: to a file, whole or not at all, or to a stream."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO, TypeAlias

from scr_themes.codebook import Codebook
from scr_themes.documents import TaggedDocument
from scr_themes.errors import BatchError, WritingError
from scr_themes.writing.files import save_file, saved_aside, to_bytes, write_file
from scr_themes.writing.formats import FORMATS, Save, guess_format
from scr_themes.writing.settings import Settings

Target: TypeAlias = str | os.PathLike[str] | TextIO

_NARROWEST, _WIDEST = 60, 120  # columns: a table needs the one; longer lines are hard to follow


def write(
    documents: Iterable[TaggedDocument],
    target: Target,
    *,
    format: str | None = None,
    codebook: Codebook | None = None,
    limit: int = 5,
    bom: bool = False,
) -> None:
    """Write tagged documents, each as soon as it comes.

    Parameters
    ----------
    documents : iterable of TaggedDocument
        What :func:`scr_themes.tag` gives.
    target : path or text stream
        The file to write, in UTF-8; ``"-"`` is standard output.
    format : {"table", "csv", "jsonl", "html", "xlsx", "parquet", "sqlite", "qdpx", \
"label-studio", "doccano"}, optional
        By default told by the file's ending; a table on a stream.
    codebook : Codebook, optional
        Where titles of themes come from, such as ``classifier.codebook_``; by default the bundled
        one.
    limit : int, default 5
        Passages shown a theme in a table; 0 for all.
    bom : bool, default False
        Begin a CSV with a byte order mark, by which Excel knows that it is UTF-8.

    Raises
    ------
    WritingError
        If there is no such format, the file cannot be written, or a format that is not text is
        asked for on a stream of text.
    MissingExtraError
        If the format needs a package that is not installed.

    Notes
    -----
    A file is written under its name with ``.part`` added and gets its name when all is done, so
    it never holds half of what it should. If an error or Ctrl-C ends the writing, the documents
    finished stay in the ``.part`` file, and a note on the exception says so.

    Examples
    --------
    >>> import io
    >>> from scr_themes.documents import Document
    >>> document = Document(path="a.txt", title="A", text="", passages=())
    >>> stream = io.StringIO()
    >>> write([TaggedDocument(document=document, passages=(), coder="accurate 1")], stream,
    ...       format="csv")
    >>> stream.getvalue()[:29]
    'document,passage,page,paragra'
    """
    path, stream = _opened(target)
    if format is None:
        format = "table" if path is None else guess_format(path)
    if format not in FORMATS:
        raise WritingError(format, "is not a format", f"use {', '.join(FORMATS)}")
    settings = Settings(codebook=codebook or Codebook.load(), limit=limit, bom=bom)
    if stream is not None and stream.isatty():
        settings = replace(settings, width=_width(), colour=_has_colour())
    watched = _Watched(documents)
    if not FORMATS[format].streams:
        _save(FORMATS[format].load_save(), watched, settings, path, stream)
        if watched.failures is not None:
            raise watched.failures
        return
    pieces = FORMATS[format].load()(watched, settings)
    if stream is not None:
        _to_stream(pieces, stream, verbatim=format != "table")
    elif path is not None:
        write_file(pieces, path, lambda: watched.n_finished)
    if watched.failures is not None:
        raise watched.failures


def _save(
    save: Save, watched: _Watched, settings: Settings, path: Path | None, stream: TextIO | None
) -> None:
    """Write a format that does not stream."""

    def write_to(place: Path) -> None:
        save(watched, settings, place)

    if path is not None:
        save_file(write_to, path, lambda: watched.n_finished)
        return
    binary = getattr(stream, "buffer", None)
    if binary is None:
        raise WritingError("the stream", "takes text only", "name a file")
    with saved_aside(write_to) as whole:
        binary.write(whole.read_bytes())
        binary.flush()


def _opened(target: Target) -> tuple[Path | None, TextIO | None]:
    """Tell a file to be written from a stream."""
    if target == "-":
        return None, sys.stdout
    if isinstance(target, str | os.PathLike):
        return Path(target), None
    return None, target


class _Watched:
    """Documents on their way to a format: how many it has finished, and which files failed.

    Attributes
    ----------
    n_finished : int
        Documents whose successor was asked for, which a format does when it is done with them.
    failures : BatchError or None
        Kept back until the format has written its end: all other documents are done.
    """

    def __init__(self, documents: Iterable[TaggedDocument]) -> None:
        self.documents = documents
        self.n_finished = 0
        self.failures: BatchError | None = None

    def __iter__(self) -> Iterator[TaggedDocument]:
        try:
            for tagged in self.documents:
                yield tagged
                self.n_finished += 1
        except BatchError as error:
            self.failures = error


def _width() -> int:
    return min(max(shutil.get_terminal_size().columns, _NARROWEST), _WIDEST)


def _has_colour() -> bool:
    return "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def _to_stream(pieces: Iterator[str], stream: TextIO, *, verbatim: bool) -> None:
    binary = getattr(stream, "buffer", None)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    for piece in pieces:
        if verbatim and binary is not None:  # always UTF-8, and line ends as the format has them
            binary.write(to_bytes(piece))
        elif verbatim:
            stream.write(piece)
        else:
            stream.write(piece.encode(encoding, "replace").decode(encoding))
        stream.flush()
