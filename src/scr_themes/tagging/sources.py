"""What a batch is made of: files found, documents given, and paths that lead nowhere."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from scr_themes.documents import Document
from scr_themes.errors import ReadingError
from scr_themes.reading.detection import find_files

Source: TypeAlias = str | os.PathLike[str] | Document


def find_sources(paths: Source | Iterable[Source]) -> list[Path | Document | ReadingError]:
    """List what is to be tagged, in order.

    Parameters
    ----------
    paths : path, Document, or iterable of these
        Files; folders, searched to any depth for readable files; documents already read.

    Returns
    -------
    list of Path, Document or ReadingError
        A path for every file, each file once; the error in its place where a path does not exist
        or a folder holds nothing readable, so that the others can still be done.

    Examples
    --------
    >>> print(*find_sources("no-such-file.pdf"))
    no-such-file.pdf: no such file or folder; check the path
    """
    given = [paths] if isinstance(paths, str | os.PathLike | Document) else paths
    found: list[Path | Document | ReadingError] = []
    seen: set[Path] = set()
    for entry in given:
        if isinstance(entry, Document):
            found.append(entry)
            continue
        try:
            files = find_files([entry])
        except ReadingError as error:
            found.append(error)
            continue
        for file in files:
            place = file.resolve()
            if place not in seen:
                seen.add(place)
                found.append(file)
    return found
