"""Files of coders' work to coders, each with what is theirs."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scr_themes.codebook import Codebook
from scr_themes.codings import Unmapped
from scr_themes.errors import LabelsError
from scr_themes.evaluating.coded import Coded
from scr_themes.reading.coded_files import is_labelled
from scr_themes.reading.codings import read_codings
from scr_themes.reading.labelled import Labelled, read_labelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Coders:
    """Who coded what, from one file or many.

    Attributes
    ----------
    coded : dict of str to (Labelled or tuple of TaggedDocument)
        Coder to the coder's work, as :func:`~scr_themes.evaluating.match_codings` takes it.
    unmapped : tuple of Unmapped
        Codings that stand for no theme of the codebook.
    """

    coded: dict[str, Coded] = field(repr=False)
    unmapped: tuple[Unmapped, ...] = ()


def read_coders(
    paths: Sequence[str | os.PathLike[str]],
    *,
    codebook: Codebook | None = None,
    mapping: str | os.PathLike[str] | Mapping[str, str] | None = None,
    coders: Collection[str] = (),
    text_column: str | None = None,
) -> Coders:
    """Read what coders have coded.

    Parameters
    ----------
    paths : sequence of path
        Labelled files, each one coder's, who is named by it; or files of codings, whose coders are
        named in them.
    codebook : Codebook, optional
        What codes are mapped to; the bundled one by default.
    mapping : path or mapping, optional
        Other names for codes, as for :func:`scr_themes.read_codings`.
    coders : collection of str, optional
        The coders wanted; all by default.
    text_column : str, optional
        The column with the words, in labelled files.

    Returns
    -------
    Coders
        Coders of one name in two files are two, told apart by the files' names.

    Raises
    ------
    LabelsError
        If a file is given twice, or there is none of the coders wanted.
    ReadingError, CodebookError, MissingExtraError
        As the readers do.
    """
    files = [Path(path) for path in paths]
    twice = next((file for file in files if files.count(file) > 1), None)
    if twice is not None:
        raise LabelsError(twice, "is given twice", "give a file for each coder")
    stems = Counter(file.stem for file in files)
    found: list[tuple[str, str, Coded]] = []
    unmapped: list[Unmapped] = []
    for file in files:
        named = file.stem if stems[file.stem] == 1 else str(file)
        if is_labelled(file):
            labelled = read_labelled(file, text_column=text_column, need_text=False)
            found.append((named, named, labelled))
            continue
        codings = read_codings(file, codebook=codebook, mapping=mapping, coder=named)
        found += [(coder, named, codings.of(coder)) for coder in codings.coders]
        unmapped += codings.unmapped
    times = Counter(coder for coder, _, _ in found)
    coded = {
        coder if times[coder] == 1 else f"{coder} ({file})": work for coder, file, work in found
    }
    return _wanted(Coders(coded=coded, unmapped=tuple(unmapped)), coders)


def _wanted(found: Coders, coders: Collection[str]) -> Coders:
    missing = next((coder for coder in coders if coder not in found.coded), None)
    if missing is not None:
        raise LabelsError(
            missing, "is none of the coders", f"name some of: {', '.join(found.coded)}"
        )
    if not coders:
        return found
    return Coders(
        coded={coder: work for coder, work in found.coded.items() if coder in coders},
        unmapped=tuple(entry for entry in found.unmapped if entry.coder in coders),
    )


def n_without_theme(coded: Coded) -> tuple[int, int]:
    """Return how many passages a coder has, and how many of them without a theme."""
    if isinstance(coded, Labelled):
        return len(coded), sum(not themes for themes in coded.themes)
    passages = [passage for document in coded for passage in document.passages]
    return len(passages), sum(not passage.tags for passage in passages)
