"""Texts that are nearly the same, found through the runs of words that they share."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

ALIKE = 0.5  # Jaccard overlap of five-word runs from which two passages are the same one twice
_RUN = 5
_COMMON = 300  # a run in more texts than this is a phrase of the trade and tells nothing

_WORD = re.compile(r"\w+")


def runs(text: str, n: int = _RUN) -> set[tuple[str, ...]]:
    """Return every run of ``n`` words of a text, in lower case."""
    words = _WORD.findall(text.lower())
    return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}


def alike(texts: Sequence[str], least: float = ALIKE) -> dict[tuple[int, int], float]:
    """Return pairs of places in ``texts`` whose runs overlap by ``least`` or more.

    Examples
    --------
    >>> alike(["the note of the visit was lost", "a note of the visit was lost", "no note"])
    {(0, 1): 0.5}
    """
    found = [runs(text) for text in texts]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    shared: Counter[tuple[int, int]] = Counter()
    for i, runs_of_i in enumerate(found):
        for run in runs_of_i:
            if len(holders[run]) < _COMMON:
                shared.update((j, i) for j in holders[run])
                holders[run].append(i)
    overlaps = {(j, i): n / len(found[j] | found[i]) for (j, i), n in shared.items()}
    return {place: share for place, share in overlaps.items() if share >= least}
