"""``agree_on_characters``: how far coders give the same words the same themes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from scr_themes.errors import LabelsError
from scr_themes.evaluating.agreement import FIGURES, Agreement, CodeAgreement
from scr_themes.evaluating.coded import CodedPassage
from scr_themes.evaluating.figures import FloatArray
from scr_themes.evaluating.groups import IntArray, group_numbers
from scr_themes.evaluating.inputs import check_bootstrap
from scr_themes.evaluating.intervals import measure
from scr_themes.evaluating.matching import Matched
from scr_themes.evaluating.reliability import MISSING, Reliability
from scr_themes.reading.blocks import normalise

# Of each theme: where its words begin and end in a passage.
_Spans = Mapping[str, list[tuple[int, int]]]


class _Stretch(NamedTuple):
    """Characters of a passage that every coder gave the same themes."""

    passage: int
    size: int
    codes: list[list[int]]  # (n_themes, n_coders)


def agree_on_characters(
    matched: Matched,
    *,
    n_resamples: int = 1000,
    confidence: float = 0.95,
    random_state: int | np.random.Generator | None = 0,
) -> Agreement:
    """Measure how far coders agree on the words that carry each theme, character by character.

    Parameters
    ----------
    matched : Matched
        The passages that two coders or more have, from
        :func:`~scr_themes.evaluating.match_codings`.
    n_resamples : int, default 1000
        Bootstrap draws for the intervals; 0 for none (all NaN).
    confidence : float, default 0.95
        Level of the intervals.
    random_state : int, numpy.random.Generator or None, default 0
        Seed of the bootstrap, which draws whole documents.

    Returns
    -------
    Agreement
        As :func:`scr_themes.agree` gives it, with characters for passages: ``n_given`` counts them,
        and ``specific`` is the share of the characters given a theme by either of two coders on
        average that both gave it (Dice's coefficient). There are no roles: they are given to whole
        passages.

    Raises
    ------
    LabelsError
        If the passages come without words.

    Notes
    -----
    Each character of a passage that two coders or more have is a unit: coded with the theme by a
    coder, or not. Kappa over these is what NVivo's coding comparison calls its kappa coefficient
    [1]_; it counts the characters of a whole document, headings and blank lines with them, which
    are left out here. Alpha over these is Krippendorff's for nominal data [2]_ with
    characters as units. Where a labelled file gives a theme to a passage, every character of it
    is coded. A model marks the sentence that carries a theme, and people often mark more or
    less: agreement on characters is lower than on passages, and says something else.

    References
    ----------
    .. [1] NVivo 12 help, Coding comparison query.
       https://help-nv.qsrinternational.com/12/win/v12.1.90-d3ea61/Content/queries/coding-comparison-query.htm
    .. [2] K. Krippendorff (2011), Computing Krippendorff's alpha-reliability. University of
       Pennsylvania, Annenberg School for Communication.

    Examples
    --------
    >>> from scr_themes.evaluating import match_codings
    >>> from scr_themes.reading.labelled import Labelled
    >>> texts = ("Nobody asked her.", "He rang.")
    >>> ann = Labelled(texts, (frozenset({"child_voice"}), frozenset()))
    >>> found = agree_on_characters(match_codings({"Ann": ann, "Ben": ann}))
    >>> found.n_characters, found["child_voice"].n_given, found["child_voice"].kappa
    (25, (17, 17), 1.0)
    """
    check_bootstrap(n_resamples, confidence)
    names = tuple(matched.coded)
    stretches = list(_stretches(matched))
    if not stretches:
        raise LabelsError(
            ", ".join(names), "have no words to compare", "give files that hold the passages"
        )
    rows = np.array([stretch.passage for stretch in stretches], dtype=np.intp)
    sizes: FloatArray = np.array([stretch.size for stretch in stretches], dtype=np.float64)
    codes: IntArray = np.array([stretch.codes for stretch in stretches], dtype=np.intp)
    codes = np.moveaxis(codes, 0, 1)  # (n_themes, n_stretches, n_coders)
    groups = group_numbers(matched.documents, len(matched.keys), name="documents")[rows]
    _, groups = np.unique(groups, return_inverse=True)
    found = measure(
        Reliability(codes, 2, groups, sizes),
        n_resamples=n_resamples,
        confidence=confidence,
        random_state=random_state,
    )
    given = ((codes == 1) * sizes[:, None]).sum(axis=1)
    return Agreement(
        coders=names,
        themes=tuple(
            CodeAgreement(
                code=theme,
                n_given=tuple(int(count) for count in given[j]),
                **found.arguments("each", FIGURES, j),
            )
            for j, theme in enumerate(matched.theme_ids)
        ),
        role=None,
        n_passages=len(np.unique(rows)),
        n_documents=None if matched.documents is None else int(groups.max()) + 1,
        confidence=confidence,
        n_resamples=n_resamples,
        n_characters=int(sizes.sum()),
    )


def _stretches(matched: Matched) -> Iterator[_Stretch]:
    """Cut each passage where a coder's words begin or end."""
    for i in range(len(matched.keys)):
        given = [passages[i] for passages in matched.coded.values()]
        # Where all have the same text, its own characters count; else those left when normalised.
        texts = {one.tagged.text for one in given if one is not None}
        alike = len(texts) == 1
        words = texts if alike else {one.words for one in given if one is not None}
        length = max(map(len, words))
        spans = [None if one is None else _spans(one, length, alike=alike) for one in given]
        cuts = {0, length}
        cuts.update(
            end
            for mine in spans if mine is not None
            for places in mine.values()
            for place in places
            for end in place
        )  # fmt: skip
        for start, end in pairwise(sorted(cut for cut in cuts if 0 <= cut <= length)):
            codes = [
                [_code(theme, one, mine, start) for one, mine in zip(given, spans, strict=True)]
                for theme in matched.theme_ids
            ]
            yield _Stretch(i, end - start, codes)


def _spans(one: CodedPassage, length: int, *, alike: bool) -> _Spans:
    """Return the words that a coder gave each theme; the whole passage in a labelled file."""
    if not one.placed:
        return {theme: [(0, length)] for theme in one.themes}
    found: dict[str, list[tuple[int, int]]] = {}
    for tag in one.tagged.tags:
        start, end = tag.evidence
        if not alike:
            text = one.tagged.text
            start, end = len(normalise(text[:start])), len(normalise(text[:end]))
        found.setdefault(tag.theme, []).append((start, end))
    return found


def _code(theme: str, one: CodedPassage | None, spans: _Spans | None, at: int) -> int:
    if one is None or spans is None or theme in one.either:
        return MISSING
    return int(any(start <= at < end for start, end in spans.get(theme, ())))
