"""Where the corpus lies, and how its rows are read. Needs nothing but Python.

Written passages have their text here. Coded ones have only their labels: their text is that of
published documents, and ``attach.py`` puts it to them.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]

HERE = Path(__file__).resolve().parent
WRITTEN = HERE / "written"
CODED = HERE / "coded"
SPLITS = HERE / "splits.toml"
SPLIT_NAMES = ("train", "development", "test")


def read_jsonl(*paths: Path) -> Iterator[Row]:
    """Yield the rows of some files, in the order of files and lines."""
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def author(row: Row) -> str:
    """Return who wrote a row: the part of its document before the dash."""
    name, _, _ = str(row["document"]).partition("-")
    return name


def read_splits() -> dict[str, Any]:
    """Return ``splits.toml`` as plain data."""
    return tomllib.loads(SPLITS.read_text(encoding="utf-8"))


def read_written(folder: Path = WRITTEN) -> list[Row]:
    """Return the written passages as the files hold them, in the order of files and lines."""
    return list(read_jsonl(*sorted(folder.glob("*.jsonl"))))


def read_coded(folder: Path = CODED) -> list[Row]:
    """Return the labels of the coded passages, in the order of files and lines."""
    return list(read_jsonl(*sorted(folder.glob("labels-*.jsonl"))))


def read_documents(folder: Path = CODED) -> list[Row]:
    """Return the documents that the coded passages come from, with the split of each."""
    return list(read_jsonl(folder / "documents.jsonl"))


def split_of_written() -> dict[str, str]:
    """Return the split of each author of the written corpus."""
    written = read_splits()["written"]
    return {name: split for split in SPLIT_NAMES for name in written[split]}


def split_of_coded() -> dict[str, str]:
    """Return the split of each document of the coded corpus."""
    return {row["document"]: row["split"] for row in read_documents()}


def written_of(split: str) -> list[Row]:
    """Return the written passages of one split."""
    splits = split_of_written()
    return [row for row in read_written() if splits[author(row)] == split]


def coded_of(split: str) -> list[Row]:
    """Return the coded labels of one split."""
    splits = split_of_coded()
    return [row for row in read_coded() if splits[row["document"]] == split]


def marks_of_written(folder: Path = HERE / "codings") -> dict[str, dict[str, list[list[int]]]]:
    """Return, for each written passage, the spans that its second coder marked for each theme."""
    codings = read_jsonl(folder / "written-second.jsonl")
    return {coding["id"]: coding["evidence"] for coding in codings}


def checksum(rows: Iterable[Row]) -> str:
    """Return the SHA-256 of what a test split is: its whole rows, in whatever order.

    Examples
    --------
    >>> row = {"id": "1", "themes": ["a", "b"], "sort": None}
    >>> checksum([row]) == checksum([row | {"themes": ["b", "a"]}])
    True
    >>> checksum([row]) == checksum([row | {"sort": "policy"}])
    False
    """
    lines = sorted(
        json.dumps(
            {
                key: sorted(value) if key in ("themes", "either", "about") else value
                for key, value in row.items()
            },
            ensure_ascii=False,
            sort_keys=True,
        )
        for row in rows
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
