"""Which document of one coder is which of another's: by name, as programs change names."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping

from scr_themes.reading.detection import READABLE_SUFFIXES

# What a program may drop from a name when it takes a file in.
_ENDINGS = frozenset({*READABLE_SUFFIXES, ".doc", ".rtf", ".odt"})


def common_names(named: Mapping[str, Collection[str]]) -> dict[tuple[str, str], str]:
    """Give each document the name that it has for the first coder who has it.

    Parameters
    ----------
    named : mapping of str to collection of str
        Coder to the names of the coder's documents.

    Returns
    -------
    dict of (str, str) to str
        Coder and name to the name for all. Documents are the same whose whole names are; else
        whose file names are, without the folders; else whose file names are but for the ending
        (NVivo drops both). Case does not count in these, and where a coder has two of a name, none
        is taken for another's.

    Examples
    --------
    >>> found = common_names({"fast 1.0.0": ["pdf/Leeds.pdf"], "Ann": ["leeds"]})
    >>> found["Ann", "leeds"]
    'pdf/Leeds.pdf'
    """
    same: dict[str, dict[str, str]] = {}
    for coder, names in named.items():
        for name in names:
            same.setdefault(name, {})[coder] = name
    groups = list(same.items())
    for key in (file_name, _stem):
        groups = _joined(groups, key)
    return {pair: name for name, held in groups for pair in held.items()}


def file_name(name: str) -> str:
    r"""Return the last part of a path, in small letters.

    Examples
    --------
    >>> file_name("C:\\Reviews\\Leeds.PDF")
    'leeds.pdf'
    """
    return unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1]).casefold().strip()


def _stem(name: str) -> str:
    file = file_name(name)
    stem, point, ending = file.rpartition(".")
    return stem if f"{point}{ending}" in _ENDINGS else file


def _joined(
    groups: list[tuple[str, dict[str, str]]], key: Callable[[str], str]
) -> list[tuple[str, dict[str, str]]]:
    """Join the documents whose names have the same key, unless that gives a coder two."""
    alike: dict[str, list[tuple[str, dict[str, str]]]] = defaultdict(list)
    for name, held in groups:
        alike[key(name)].append((name, held))
    joined = []
    for found in alike.values():
        coders = [coder for _, held in found for coder in held]
        if len(set(coders)) < len(coders):
            joined += found
        else:
            joined.append((found[0][0], {c: name for _, held in found for c, name in held.items()}))
    return joined
