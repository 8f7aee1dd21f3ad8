"""Which files to read, and what each of them is."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from scr_themes.errors import ReadingError

Format = Literal["PDF", "DOCX", "HTML", "text", "Markdown", "CSV", "JSONL", "Parquet"]

_BY_SUFFIX: dict[str, Format] = {
    ".pdf": "PDF",
    ".docx": "DOCX",
    ".html": "HTML",
    ".htm": "HTML",
    ".xhtml": "HTML",
    ".txt": "text",
    ".text": "text",
    ".md": "Markdown",
    ".markdown": "Markdown",
    ".csv": "CSV",
    ".tsv": "CSV",
    ".jsonl": "JSONL",
    ".ndjson": "JSONL",
    ".parquet": "Parquet",
}
READABLE_SUFFIXES = tuple(sorted(_BY_SUFFIX))

_PAGE_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<(?:p|div|body|head|h[1-6]|br|span|table|ul|main|article)\b[^>]*>", re.I)


def suffix_format(path: Path) -> Format | None:
    """Return the format that a file's name promises, or None where it promises none.

    Examples
    --------
    >>> suffix_format(Path("Review.PDF"))
    'PDF'
    """
    return _BY_SUFFIX.get(path.suffix.lower())


def text_format(path: Path, text: str) -> Format:
    """Tell a text format from the text and, where that leaves it open, the file's suffix.

    Parameters
    ----------
    path : Path
        The file, for its suffix and for errors.
    text : str
        What it holds, decoded.

    Returns
    -------
    {"HTML", "JSONL", "CSV", "Markdown", "text"}
        The format.

    Raises
    ------
    ReadingError
        If it is JSON or XML of a kind that holds no passages.
    """
    promised = suffix_format(path)
    if _PAGE_START.match(text):
        return "HTML"
    if promised == "HTML":
        return "HTML" if _TAG.search(text) else "text"
    if _first_line_is_object(text) or promised == "JSONL":
        return "JSONL"
    if path.suffix.lower() == ".json":
        raise ReadingError(path, "is JSON, but not one object a line", "save it as .jsonl or .csv")
    if text.lstrip().startswith("<?xml"):
        raise ReadingError(path, "is XML", "convert it to DOCX, PDF, HTML or text")
    return promised if promised in ("CSV", "Markdown") else "text"


def _first_line_is_object(text: str) -> bool:
    line = text.lstrip().partition("\n")[0]
    if not line.startswith("{"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def find_files(paths: Iterable[str | os.PathLike[str]]) -> list[Path]:
    """List the files to read.

    Parameters
    ----------
    paths : iterable of path
        Files, taken as they are, and folders, searched to any depth for readable suffixes.
        Hidden files and Word's lock files are passed over.

    Returns
    -------
    list of Path
        In the order given, each folder's files sorted; a file that is met twice stands once.

    Raises
    ------
    ReadingError
        If a path does not exist, or a folder holds nothing readable.

    Examples
    --------
    >>> find_files([])
    []
    """
    given = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    found: dict[Path, Path] = {}
    for entry in given:
        path = Path(entry)
        if not path.exists():
            raise ReadingError(path, "no such file or folder", "check the path")
        for file in _in_folder(path) if path.is_dir() else [path]:
            found.setdefault(file.resolve(), file)
    return list(found.values())


def _in_folder(folder: Path) -> list[Path]:
    def refuse(error: OSError) -> None:
        raise ReadingError(
            error.filename or folder, "cannot be opened", "check its permissions"
        ) from error

    files: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [
            Path(root, name)
            for name in names
            if not name.startswith((".", "~")) and Path(name).suffix.lower() in _BY_SUFFIX
        ]
    if not files:
        raise ReadingError(
            folder, "holds no readable file", f"give one of {' '.join(READABLE_SUFFIXES)}"
        )
    return sorted(files, key=lambda file: file.parts)
