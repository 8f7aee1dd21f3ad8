"""``differences``: where coders differ, what teaches a model most to settle first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from scr_themes.documents import Passage
from scr_themes.evaluating.layout import plain
from scr_themes.evaluating.matching import Matched

if TYPE_CHECKING:
    from scr_themes.classifying.reader import ThemeReader

# One entry a passage: theme to probability.
Chances = Sequence[Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A passage to which coders gave different themes.

    Attributes
    ----------
    key : str
        What tells it from other passages: see :class:`~scr_themes.evaluating.Matched`.
    document : str or None
        The document it is from.
    passage : Passage
        Its words, page and paragraph.
    disagreed : tuple of str
        The themes that some gave it and others did not.
    themes : mapping of str to (tuple of str or None)
        Coder to the themes given, in the order of the codebook; None where not coded.
    roles : mapping of str to (str or None)
        Coder to the role given.
    probabilities : mapping of str to float
        A model's probability of each theme; empty without a model.
    score : float
        How much settling it would teach the model; without a model, how many themes are disagreed.
    """

    key: str
    document: str | None
    passage: Passage
    disagreed: tuple[str, ...]
    themes: Mapping[str, tuple[str, ...] | None]
    roles: Mapping[str, str | None]
    probabilities: Mapping[str, float] = field(default_factory=dict, repr=False)
    score: float

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON values."""
        values: dict[str, Any] = plain(asdict(self))
        passage = values.pop("passage")
        return {name: passage[name] for name in ("text", "page", "paragraph")} | values


def differences(
    matched: Matched,
    *,
    classifier: ThemeReader | None = None,
    core: Collection[str] = (),
) -> list[Difference]:
    """List the passages to which coders gave different themes, the most instructive first.

    Parameters
    ----------
    matched : Matched
        The passages that two coders or more have, from
        :func:`~scr_themes.evaluating.match_codings`.
    classifier : ThemeReader, optional
        The model to be taught. Without it, a coder's probabilities are used if a coder is a model
        whose candidates are there (as from :func:`scr_themes.tag`, not from a file, which holds
        those of the tags alone).
    core : collection of str, optional
        Core themes, which come first among passages that would teach as much.

    Returns
    -------
    list of Difference
        With probabilities, by the sum of ``p (1 - p)`` over the themes disagreed; without, by how
        many these are. A theme that a coder left open is not disagreed.

    Notes
    -----
    ``p (1 - p)`` is, but for a factor, the expected length of the gradient that the passage adds
    to the logistic loss of a theme's head [1]_ [2]_: the gradient is ``(p - y) x``, the label
    ``y`` is expected to be 1 with probability ``p``, and the vectors ``x`` are of one length.

    References
    ----------
    .. [1] B. Settles, M. Craven, S. Ray (2008), Multiple-instance active learning. Advances in
       Neural Information Processing Systems 20, 1289-1296.
    .. [2] B. Settles (2012), Active learning. Synthesis Lectures on Artificial Intelligence and
       Machine Learning 6(1), section 3.3. Morgan & Claypool.

    Examples
    --------
    >>> from scr_themes.evaluating import match_codings
    >>> from scr_themes.reading.labelled import Labelled
    >>> texts = ("Nobody asked her.", "He rang.")
    >>> ann = Labelled(texts, (frozenset({"child_voice"}), frozenset()))
    >>> ben = Labelled(texts, (frozenset(), frozenset()))
    >>> [found.disagreed for found in differences(match_codings({"Ann": ann, "Ben": ben}))]
    [('child_voice',)]
    """
    rows = [(i, found) for i in range(len(matched.keys)) if (found := _disagreed(matched, i))]
    if classifier is not None:
        chances: Chances = _asked(classifier, [matched.best(i).tagged.text for i, _ in rows])
    else:
        chances = _of_coders(matched, rows)
    core_ids = frozenset(core)

    def order(entry: tuple[int, Difference]) -> tuple[float, int, int, int]:
        i, found = entry
        n_core = len(core_ids.intersection(found.disagreed))
        return -round(found.score, 9), -n_core, -len(found.disagreed), i

    listed = [
        (i, _difference(matched, i, found, known))
        for (i, found), known in zip(rows, chances, strict=True)
    ]
    return [found for _, found in sorted(listed, key=order)]


def _disagreed(matched: Matched, i: int) -> tuple[str, ...]:
    """Return the themes that some coders gave a passage and others did not."""
    given = [one for passages in matched.coded.values() if (one := passages[i]) is not None]
    return tuple(
        theme
        for theme in matched.theme_ids
        if len({theme in one.themes for one in given if theme not in one.either}) > 1
    )


def _asked(classifier: ThemeReader, texts: Sequence[str]) -> Chances:
    found = classifier.predict_proba(texts).tolist() if texts else []
    return [dict(zip(classifier.themes, row, strict=True)) for row in found]


def _of_coders(matched: Matched, rows: Sequence[tuple[int, tuple[str, ...]]]) -> Chances:
    """Return the probabilities of the first coder who has those of all themes disagreed."""
    for passages in matched.coded.values():
        known = list(_candidates(passages, rows))
        if all(map(set.issuperset, map(set, known), (found for _, found in rows))) and any(
            chance not in (0.0, 1.0) for row in known for chance in row.values()
        ):
            return known
    return [{}] * len(rows)


def _candidates(
    passages: Sequence[object], rows: Sequence[tuple[int, tuple[str, ...]]]
) -> Iterator[dict[str, float]]:
    for i, _ in rows:
        candidates = getattr(getattr(passages[i], "tagged", None), "candidates", ())
        yield {tag.theme: tag.probability for tag in candidates}


def _difference(
    matched: Matched, i: int, disagreed: tuple[str, ...], chances: Mapping[str, float]
) -> Difference:
    best = matched.best(i)
    given = {name: passages[i] for name, passages in matched.coded.items()}
    if chances:
        known = [chances.get(theme, 0.0) for theme in disagreed]
        score = sum(chance * (1.0 - chance) for chance in known)
    else:
        score = float(len(disagreed))
    return Difference(
        key=matched.keys[i],
        document=best.document if matched.documents is None else matched.documents[i],
        passage=best.tagged.passage,
        disagreed=disagreed,
        themes={
            name: None if one is None else tuple(t for t in matched.theme_ids if t in one.themes)
            for name, one in given.items()
        },
        roles={name: None if one is None else one.role for name, one in given.items()},
        probabilities=chances,
        score=score,
    )
