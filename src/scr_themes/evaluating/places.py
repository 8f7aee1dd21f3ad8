"""The place of each passage in its document, so that coders' passages meet where their words do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from scr_themes.evaluating.coded import CodedPassage
from scr_themes.evaluating.naming import common_names


class Place(NamedTuple):
    """Where a passage stands.

    Attributes
    ----------
    document : str or None
        The name of its document for all coders; None where that is not known.
    words : str
        The passage, normalised.
    which : (str, int)
        Which of the places in the document that have these words.
    """

    document: str | None
    words: str
    which: tuple[str, int]


def find_places(held: Mapping[str, Sequence[CodedPassage]]) -> dict[str, dict[Place, int]]:
    """Tell where each passage of each coder stands.

    Parameters
    ----------
    held : mapping of str to sequence of CodedPassage
        Coder to passages, in reading order.

    Returns
    -------
    dict of str to dict of Place to int
        Coder to places, and which passage of the coder's stands there. Words that stand once in a
        document for each coder are one place. If they stand there more often, they are one place
        where the offsets are the same; those of a file without offsets, and what is left, are
        paired in reading order.
    """
    names = common_names(
        {
            coder: list(dict.fromkeys(one.document for one in passages if one.document is not None))
            for coder, passages in held.items()
        }
    )
    only = _documents_by_words(held, names)
    # Document and words -> coder -> which of the coder's passages
    standing: dict[tuple[str | None, str], dict[str, list[int]]] = defaultdict(dict)
    for coder, passages in held.items():
        for i, one in enumerate(passages):
            if one.document is not None:
                document: str | None = names[coder, one.document]
            else:
                document = only.get(one.words)
            standing[document, one.words].setdefault(coder, []).append(i)
    places: dict[str, dict[Place, int]] = {coder: {} for coder in held}
    for (document, words), rows in standing.items():
        for coder, found in _tell_apart(held, rows).items():
            for which, i in found.items():
                places[coder][Place(document, words, which)] = i
    return {
        coder: dict(sorted(found.items(), key=lambda entry: entry[1]))
        for coder, found in places.items()
    }


def _documents_by_words(
    held: Mapping[str, Sequence[CodedPassage]], names: Mapping[tuple[str, str], str]
) -> dict[str, str]:
    """Return the document of words that stand in one alone, for files that name no documents."""
    if all(one.document is not None for passages in held.values() for one in passages):
        return {}
    holding: dict[str, set[str]] = defaultdict(set)
    for coder, passages in held.items():
        for one in passages:
            if one.document is not None:
                holding[one.words].add(names[coder, one.document])
    return {words: min(found) for words, found in holding.items() if len(found) == 1}


def _tell_apart(
    held: Mapping[str, Sequence[CodedPassage]], rows: Mapping[str, Sequence[int]]
) -> dict[str, dict[tuple[str, int], int]]:
    """Pair the places in one document that have the same words."""
    starts = {
        coder: [held[coder][i].tagged.passage.start if held[coder][i].placed else None for i in at]
        for coder, at in rows.items()
    }
    shared: list[int] = []
    if any(len(at) > 1 for at in rows.values()):
        times = Counter(start for given in starts.values() for start in set(given))
        shared = sorted(start for start, n in times.items() if start is not None and n > 1)
    found: dict[str, dict[tuple[str, int], int]] = {}
    for coder, at in rows.items():
        mine = found[coder] = {}
        for time, (i, start) in enumerate(zip(at, starts[coder], strict=True)):
            # A file that says nothing of places has the first of them first.
            place = shared[time] if start is None and time < len(shared) else start
            if place in shared and ("at", place) not in mine:
                mine["at", place] = i
            else:
                mine["time", sum(kind == "time" for kind, _ in mine)] = i
    return found
