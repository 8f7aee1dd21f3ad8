"""``suggest``: which passages to code by hand next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from scr_themes.errors import LabelsError
from scr_themes.evaluating.choosing import POOL, check_number, choose, uncertainty
from scr_themes.evaluating.figures import FloatArray
from scr_themes.reading.blocks import normalise

if TYPE_CHECKING:
    from scr_themes.classifying.reader import ThemeReader

_NAMED = 3  # themes that a reason names


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A passage to code by hand.

    Attributes
    ----------
    index : int
        Its place among the texts given.
    uncertainty : float
        How unsure the model is of it, in bits: the sum of what it is unsure of each theme.
    probabilities : mapping of str to float
        The model's probability of each theme.
    reason : str
        The themes that it is most unsure of, in words.
    """

    index: int
    uncertainty: float
    probabilities: Mapping[str, float] = field(repr=False)
    reason: str


def suggest(
    texts: Sequence[str],
    n: int,
    *,
    classifier: ThemeReader,
    coded: Iterable[str] = (),
    weights: Mapping[str, float] | None = None,
    random_state: int = 0,
) -> list[Suggestion]:
    """Pick the passages to code by hand next: those a model is unsure of, unlike one another.

    Parameters
    ----------
    texts : sequence of str
        Passages to pick from.
    n : int
        How many to pick.
    classifier : ThemeReader
        The model that is to learn from them.
    coded : iterable of str, optional
        Passages that are coded already, which are left out.
    weights : mapping of str to float, optional
        How much being unsure of a theme counts, for themes where that is not 1.
    random_state : int, default 0
        Seed of the clustering; the same one gives the same passages.

    Returns
    -------
    list of Suggestion
        The most uncertain first; fewer than ``n`` where there are fewer passages that differ.
        Passages are the same if their words are but for case, quotes and white space.

    Raises
    ------
    LabelsError
        If ``n`` is below 1, a theme of ``weights`` is not the model's, or it works on features and
        not on texts.

    Notes
    -----
    See :func:`scr_themes.evaluating.choose`. Vectors are asked of the encoder for the most
    uncertain passages only.

    Examples
    --------
    >>> import scr_themes
    >>> classifier = scr_themes.load("fast")
    >>> texts = ["Nobody asked her.", "The park has a pond.", "nobody asked her."]
    >>> [found.index for found in suggest(texts, 1, classifier=classifier)]
    [0]
    """
    from scr_themes.classifying.features import extract  # noqa: PLC0415

    encoder = classifier.encoder_
    if encoder is None:
        raise LabelsError("classifier", "works on features, not on texts", "give it an encoder")
    check_number(n)
    weighed = _weights(classifier.themes, weights or {})
    rows = _left_to_code(texts, coded)
    if not rows:
        return []
    chances = classifier.predict_proba([texts[row] for row in rows]).astype(np.float64)
    unsure = uncertainty(chances, weighed)
    pool = np.argsort(-unsure, kind="stable")[: POOL * n]
    vectors = extract(encoder, [texts[rows[i]] for i in pool])
    picked = choose(chances[pool], vectors, n, weights=weighed, random_state=random_state)
    return [
        Suggestion(
            index=rows[i],
            uncertainty=float(unsure[i]),
            probabilities=dict(zip(classifier.themes, chances[i].tolist(), strict=True)),
            reason=_reason(classifier.themes, chances[i], weighed),
        )
        for i in pool[picked].tolist()
    ]


def _weights(themes: Sequence[str], weights: Mapping[str, float]) -> FloatArray:
    unknown = next((theme for theme in weights if theme not in themes), None)
    if unknown is not None:
        raise LabelsError("weights", f"{unknown!r} is not a theme of the model", "see .themes")
    return np.array([weights.get(theme, 1.0) for theme in themes], dtype=np.float64)


def _left_to_code(texts: Sequence[str], coded: Iterable[str]) -> list[int]:
    """Return the first of each passage that is not coded yet."""
    seen = {normalise(text).casefold() for text in coded} | {""}
    rows = []
    for row, text in enumerate(texts):
        words = normalise(text).casefold()
        if words not in seen:
            seen.add(words)
            rows.append(row)
    return rows


def _reason(themes: Sequence[str], chances: FloatArray, weights: FloatArray) -> str:
    each = uncertainty(chances[:, None]) * weights
    most = np.argsort(-each, kind="stable")[:_NAMED]
    least = 0.5 * each[most[0]]  # themes of which it is half as unsure are not named
    named = [f"{themes[j]} ({chances[j]:.2f})" for j in most if each[j] >= least]
    return f"unsure of {', '.join(named)}"
