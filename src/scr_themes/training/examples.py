"""What models are taught from: passages with hard labels, or with what a teacher thinks of them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scr_themes.codebook import Codebook
from scr_themes.errors import LabelsError
from scr_themes.labels import indicator
from scr_themes.reading.blocks import normalise, normalised_starts
from scr_themes.reading.sentences import cover_each_other, sentence_spans

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One passage to learn from.

    Attributes
    ----------
    text : str
        Its words.
    themes : frozenset of str
        The themes it carries.
    either : frozenset of str
        Themes left open: nothing is learnt of them here.
    role : str or None
        Its role, where one was coded.
    pair : str or None
        Two examples with the same ``pair`` are a minimal pair: they are shown side by side, and
        the side that carries a theme must score above the side that does not.
    evidence : mapping of str to sequence of (int, int)
        For a theme, the marked sentences, as character spans of ``text``.
    """

    text: str
    themes: frozenset[str] = frozenset()
    either: frozenset[str] = frozenset()
    role: str | None = None
    pair: str | None = None
    evidence: Mapping[str, Spans] = field(default_factory=dict)

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Example:
        """Make an example of a labelled row: a mapping with ``text``, ``themes`` and so on.

        Examples
        --------
        >>> Example.of({"text": "No one asked.", "themes": ["child_voice"]}).themes
        frozenset({'child_voice'})
        """
        return cls(
            text=row["text"],
            themes=frozenset(row["themes"]),
            either=frozenset(row.get("either") or ()),
            role=row.get("role"),
            pair=row.get("pair"),
            evidence={k: [(a, b) for a, b in v] for k, v in (row.get("evidence") or {}).items()},
        )


@dataclass(frozen=True, slots=True)
class Targets:
    """What examples are to be scored as, one row an example.

    Attributes
    ----------
    texts : tuple of str
        Normalised, as the model will read them.
    themes : ndarray of float32, shape (n, n_themes)
        1, 0, or a teacher's probability.
    counted : ndarray of float32, shape (n, n_themes)
        0 where nothing is to be learnt of a theme, else 1.
    coded : ndarray of float32, shape (n, n_themes)
        1 where coders said whether the theme is there; 0 where they left it open, or only a
        teacher was asked.
    roles : ndarray of float32, shape (n, n_roles)
        A distribution over roles; all 0 where none is known.
    pairs : tuple of (str or None)
        As :attr:`Example.pair`.
    sentences : tuple of tuple of int
        Where in the text each sentence begins.
    marks : tuple of mapping of int to frozenset of int
        For the column of a theme, the sentences that show it.
    """

    texts: tuple[str, ...]
    themes: NDArray[np.float32]
    counted: NDArray[np.float32]
    coded: NDArray[np.float32]
    roles: NDArray[np.float32]
    pairs: tuple[str | None, ...]
    sentences: tuple[tuple[int, ...], ...]
    marks: tuple[Mapping[int, frozenset[int]], ...]

    def __len__(self) -> int:
        return len(self.texts)

    def __add__(self, other: Targets) -> Targets:
        return Targets(
            self.texts + other.texts,
            np.concatenate([self.themes, other.themes]),
            np.concatenate([self.counted, other.counted]),
            np.concatenate([self.coded, other.coded]),
            np.concatenate([self.roles, other.roles]),
            self.pairs + other.pairs,
            self.sentences + other.sentences,
            self.marks + other.marks,
        )

    def digest(self) -> str:
        """Return a checksum of everything in it."""
        state = hashlib.sha256(
            repr((self.texts, self.pairs, self.sentences)).encode("utf-8", "replace")
        )
        for array in (self.themes, self.counted, self.coded, self.roles):
            state.update(np.ascontiguousarray(array).tobytes())
        marks = [sorted((k, sorted(v)) for k, v in row.items()) for row in self.marks]
        state.update(repr(marks).encode())
        return state.hexdigest()


def targets_of(examples: Iterable[Example], codebook: Codebook) -> Targets:
    """Turn examples into the arrays that training reads.

    Parameters
    ----------
    examples : iterable of Example
    codebook : Codebook
        Fixes the columns.

    Returns
    -------
    Targets

    Raises
    ------
    LabelsError
        If an example has a theme or role that the codebook lacks, or there is none.
    """
    rows = list(examples)
    if not rows:
        raise LabelsError("examples", "there are none", "give labelled passages")
    roles = np.zeros((len(rows), len(codebook.role_ids)), dtype=np.float32)
    for i, row in enumerate(rows):
        if row.role is None:
            continue
        if row.role not in codebook.role_ids:
            raise LabelsError(
                "examples", f"{row.role!r} is not a role of the codebook",
                f"use {', '.join(codebook.role_ids)}",
            )  # fmt: skip
        roles[i, codebook.role_ids.index(row.role)] = 1
    cut = [_sentences(row.text) for row in rows]
    for pair, n in Counter(row.pair for row in rows if row.pair is not None).items():
        if n > 2:
            raise LabelsError("examples", f"{n} have the pair {pair!r}", "a pair has two sides")
    known = set(codebook.theme_ids)
    themes = indicator([row.themes for row in rows], codebook.theme_ids, name="examples")
    open_themes = indicator([row.either & known for row in rows], codebook.theme_ids)
    closed = 1 - open_themes.astype(np.float32)
    return Targets(
        tuple(normalise(row.text) for row in rows),
        themes.astype(np.float32),
        closed,
        closed,
        roles,
        tuple(row.pair for row in rows),
        tuple(starts for _, starts in cut),
        tuple(_marks(row, spans, codebook) for row, (spans, _) in zip(rows, cut, strict=True)),
    )


def soft_targets(
    texts: Sequence[str],
    themes: NDArray[np.floating],
    roles: NDArray[np.floating],
    marks: Sequence[Mapping[int, frozenset[int]]],
) -> Targets:
    """Turn what a teacher thinks of some texts into targets; arguments as in :class:`Targets`."""
    return Targets(
        tuple(normalise(text) for text in texts),
        np.asarray(themes, dtype=np.float32),
        np.ones(np.shape(themes), dtype=np.float32),
        np.zeros(np.shape(themes), dtype=np.float32),
        np.asarray(roles, dtype=np.float32),
        (None,) * len(texts),
        tuple(_sentences(text)[1] for text in texts),
        tuple(marks),
    )


def blend(labels: Targets, opinions: Targets, share: float) -> Targets:
    """Mix labels with what a teacher thinks of the same texts.

    Parameters
    ----------
    labels, opinions : Targets
        Of the same texts, in the same order.
    share : float
        How much the teacher counts, below 0.5, so that a label is never overruled.

    Returns
    -------
    Targets
        With the labels' pairs and marks; a theme left open by the coders is taught by the teacher.
    """
    if not 0 <= share < 0.5:
        raise ValueError(f"share is {share}; give 0 or more, and less than 0.5")
    mixed = (1 - share) * labels.themes + share * opinions.themes
    known = labels.roles.any(axis=1, keepdims=True)
    roles = (1 - share) * labels.roles + share * opinions.roles
    return replace(
        labels,
        themes=np.where(labels.counted > 0, mixed, opinions.themes).astype(np.float32),
        counted=np.ones_like(labels.counted),
        roles=np.where(known, roles, opinions.roles).astype(np.float32),
    )


def _sentences(text: str) -> tuple[list[tuple[int, int]], tuple[int, ...]]:
    """Return the sentences of a text, and where each begins in the normalised text."""
    spans = sentence_spans(text) or [(0, len(text))]
    return spans, tuple(normalised_starts(text, [start for start, _ in spans]))


def _marks(
    row: Example, spans: Sequence[tuple[int, int]], codebook: Codebook
) -> dict[int, frozenset[int]]:
    """Return which sentences each theme's spans stand for: those they share most of."""
    found = {}
    for theme, marked in row.evidence.items():
        shown = frozenset(
            n
            for n, sentence in enumerate(spans)
            if any(cover_each_other(sentence, mark) for mark in marked)
        )
        if shown and theme in row.themes:
            found[codebook.theme_ids.index(theme)] = shown
    return found
