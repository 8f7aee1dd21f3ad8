"""What a fitted classifier does with passages, without scikit-learn: that is slow to import."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from numbers import Real
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from scr_themes.chunks import chunked
from scr_themes.classifying.attention import (
    Attended,
    AttentionHeads,
    AttentionRoleHead,
    Look,
    columns_of,
    probabilities_of,
)
from scr_themes.classifying.evidence import Span, attended_evidence, find_evidence
from scr_themes.classifying.features import check_width, extract, read_products
from scr_themes.classifying.heads import Heads, RoleHead
from scr_themes.classifying.inputs import Distinct, bare_passage, check_texts, items_of
from scr_themes.classifying.threads import blas, in_order
from scr_themes.codebook import Codebook
from scr_themes.documents import Passage, Tag, TaggedPassage
from scr_themes.encoding.onnx import OnnxEncoder
from scr_themes.encoding.protocol import Encoder
from scr_themes.errors import LabelsError

# Evidence is sought from this share of a threshold on, so that a lower cut still has sentences.
NEAR = 0.5
MANY = 256  # passages that another's encoder is given at once: it may have batches of its own

Threshold = str | float | Mapping[str, str | float] | None
# What heads read: an array of vectors, or what attention sees in each passage.
Inputs = NDArray[np.float32] | Attended | list[Look]
# Probabilities of passages: of their themes, and of their roles.
Chances = tuple[NDArray[np.float32], NDArray[np.float32] | None]
_Made = TypeVar("_Made")


class ThemeReader:
    """A classifier that is fitted: it reads passages and says what is in them.

    :class:`~scr_themes.ThemeClassifier` is one that can be fitted, too, and adds what scikit-learn
    asks of an estimator. Whatever only reads takes this, and starts half a second sooner.

    Attributes
    ----------
    encoder_ : Encoder or None
        What turns texts into vectors; without one, it reads features.
    heads_ : Heads or AttentionHeads
        Arrays of the theme heads.
    role_head_ : RoleHead, AttentionRoleHead or None
        Arrays of the role head; None where no roles were learnt.
    codebook_ : Codebook
        The themes and roles, in column order.
    n_features_in_ : int
        Width of what the heads read.
    coder_ : str
        What it signs its tags with.
    checksum_ : str or None
        Of the files of a model that was read from a folder.
    """

    encoder_: Encoder | None
    heads_: Heads | AttentionHeads
    role_head_: RoleHead | AttentionRoleHead | None
    codebook_: Codebook
    n_features_in_: int
    coder_: str
    checksum_: str | None

    def _check_is_fitted(self) -> None:
        if not hasattr(self, "heads_"):
            from sklearn.exceptions import NotFittedError  # noqa: PLC0415 - slow to import

            raise NotFittedError(
                f"This {type(self).__name__} instance is not fitted yet. Call 'fit' with "
                "appropriate arguments before using this estimator."
            )

    def _features(
        self, X: Any, encoder: Encoder | None, *, reset: bool = False
    ) -> NDArray[np.float32]:
        """Encode texts, or check that an array is what it should be."""
        if encoder is None:
            from sklearn.utils.validation import validate_data  # noqa: PLC0415 - slow to import

            return np.asarray(validate_data(self, X, reset=reset, dtype=np.float32))
        texts = check_texts(X)
        if reset and not texts:
            raise LabelsError("texts", "there are none", "give at least two passages")
        found = extract(encoder, texts)
        if reset:
            self.n_features_in_ = found.shape[1]
        elif texts:
            check_width(found.shape[1], self.n_features_in_)
        return found

    def _inputs(self, X: Any, encoder: Encoder | None) -> Any:
        """Return what the heads read of some texts, or of features given as such."""
        if isinstance(self.heads_, AttentionHeads) and encoder is not None:
            matrix = columns_of(self.heads_, self.attentive_role_head)
            return Attended(read_products(encoder, check_texts(X), matrix))
        return self._features(X, encoder)

    @property
    def attentive_role_head(self) -> AttentionRoleHead | None:
        """The role head, if it reads token vectors as attention heads do."""
        return self.role_head_ if isinstance(self.role_head_, AttentionRoleHead) else None

    def _map(
        self, function: Callable[[Any, Encoder | None], _Made], X: Any
    ) -> tuple[list[_Made], NDArray[np.intp] | slice]:
        """Apply a function to chunks of texts and an encoder, several at once where it may be.

        Returns
        -------
        made : list
            One for each chunk: of the texts that differ from the last ``REMEMBERED`` before them.
        rows : ndarray of int, shape (n_texts,), or slice
            Which of these each text is; a slice of all where they are the texts as given.
        """
        self._check_is_fitted()
        if self.encoder_ is None:
            return [function(X, None)], slice(None)
        encoder, n_threads, size = self.encoder_, 1, MANY
        if isinstance(encoder, OnnxEncoder):
            encoder, n_threads, size = encoder.alone(), encoder.n_threads, self._batch(encoder)
        distinct = Distinct(items_of(X), lambda item: getattr(item, "text", item))
        # The threads are these: BLAS would else start its own for a long passage, on every one.
        with blas().limit(limits=1, user_api="blas"):
            chunks = chunked(distinct, size)
            made = list(in_order(lambda chunk: function(chunk, encoder), chunks, n_threads))
        return made, np.array(distinct.rows, dtype=np.intp)

    def _batch(self, encoder: OnnxEncoder) -> int:
        """Return how many passages a thread is given at once."""
        return encoder.batch

    def _probabilities(self, X: Any, encoder: Encoder | None) -> Chances:
        """Return the probabilities of themes and, where there are any, of roles."""
        return self._judge(self._inputs(X, encoder))

    def _judge(self, inputs: Any) -> Chances:
        heads, role_head = self.heads_, self.role_head_
        if isinstance(heads, AttentionHeads):
            return probabilities_of(heads, self.attentive_role_head, inputs)
        # Linear heads know good practice themselves.
        roles = None if role_head is None else role_head.probabilities(inputs)
        return heads.probabilities(inputs), roles

    @property
    def themes(self) -> tuple[str, ...]:
        """Theme ids, in column order."""
        self._check_is_fitted()
        return self.codebook_.theme_ids

    @property
    def roles(self) -> tuple[str, ...]:
        """Role ids; empty where no roles were learnt."""
        self._check_is_fitted()
        return self.codebook_.role_ids if self.role_head_ is not None else ()

    @property
    def thresholds(self) -> dict[str, float]:
        """The probability from which each theme is tagged."""
        return self.cuts(None)

    def cuts(self, threshold: Threshold) -> dict[str, float]:
        """Return the probability from which each theme is tagged, under a wish of the caller's.

        Parameters
        ----------
        threshold : "precise", float, mapping of str to these, or None
            ``None``: the stored thresholds of best F1. ``"precise"``: those at which nine of ten
            held-out tags were right, at the price of tags lost. A number: the same for every
            theme. A mapping: one of these for each theme named, the stored one for the others.

        Returns
        -------
        dict of str to float

        Raises
        ------
        LabelsError
            If it is another word, names an unknown theme, or is no probability.

        Examples
        --------
        >>> from scr_themes import load
        >>> load().cuts({"recording": 0.9})["recording"]
        0.9
        """
        self._check_is_fitted()
        stored = dict(zip(self.themes, map(float, self.heads_.thresholds), strict=True))
        precise = dict(zip(self.themes, map(float, self.heads_.precise), strict=True))
        wanted: Mapping[str, Any] = {}
        if isinstance(threshold, Mapping):
            wanted = threshold
        elif threshold is not None:
            wanted = dict.fromkeys(stored, threshold)
        cuts = dict(stored)
        for theme, cut in wanted.items():
            if theme not in stored:
                raise LabelsError(
                    "threshold", f"{theme!r} is not a theme of the model", "see .themes"
                )
            if isinstance(cut, Real) and 0 <= float(cut) <= 1:
                cuts[theme] = float(cut)
            elif isinstance(cut, str) and cut == "precise":
                cuts[theme] = precise[theme]
            else:
                raise LabelsError(
                    "threshold", f"{cut!r} is neither a probability nor 'precise'",
                    "give one of these for all themes, or a mapping of theme ids to them",
                )  # fmt: skip
        return cuts

    def predict_proba(self, X: Iterable[str] | NDArray[np.floating]) -> NDArray[np.float32]:
        """Return calibrated probabilities.

        Parameters
        ----------
        X : iterable of str, or array where ``encoder`` is None
            Passages. An iterator is read in chunks.

        Returns
        -------
        ndarray of float32, shape (n_texts, n_themes)
            The same for a text whatever stands beside it.
        """
        made, rows = self._map(self._probabilities, X)
        return _rows([themes for themes, _ in made], len(self.themes))[rows]

    def predict(
        self, X: Iterable[str] | NDArray[np.floating], *, threshold: Threshold = None
    ) -> NDArray[np.bool_]:
        """Return which themes reach their thresholds: bool, shape (n_texts, n_themes).

        ``threshold`` is that of :meth:`cuts`.
        """
        cuts = np.array(list(self.cuts(threshold).values()))
        return np.asarray(self.predict_proba(X) >= cuts)

    def predict_role_proba(self, X: Iterable[str] | NDArray[np.floating]) -> NDArray[np.float32]:
        """Return calibrated probabilities of roles: float32, shape (n_texts, n_roles).

        Raises
        ------
        LabelsError
            If the classifier was fitted without roles.
        """
        self._check_is_fitted()
        if self.role_head_ is None:
            raise LabelsError(
                "ThemeClassifier", "was fitted without roles", "give fit(..., roles=...)"
            )
        made, rows = self._map(self._probabilities, X)
        return _rows([roles for _, roles in made if roles is not None], len(self.roles))[rows]

    def predict_role(self, X: Iterable[str] | NDArray[np.floating]) -> NDArray[np.str_]:
        """Return the most probable role of each passage: str, shape (n_texts,).

        Raises
        ------
        LabelsError
            If the classifier was fitted without roles.
        """
        codes = self.predict_role_proba(X).argmax(axis=1)
        return np.asarray(np.array(self.roles)[codes], dtype=np.str_)

    def tag(
        self, X: Iterable[str | Passage], *, threshold: Threshold = None
    ) -> list[TaggedPassage]:
        """Tag passages: themes with probability and evidence, and the role.

        Parameters
        ----------
        X : iterable of str or Passage
            Passages; a bare text becomes one without page or number.
        threshold : optional
            As in :meth:`cuts`.

        Returns
        -------
        list of TaggedPassage
            One a passage, in order. Without a role head the role is an empty string.

        Raises
        ------
        LabelsError
            If the classifier works on features and not on texts.
        """
        self._check_is_fitted()
        if self.encoder_ is None:
            raise LabelsError(
                "ThemeClassifier", "works on features, and evidence needs the words",
                "give it an encoder",
            )  # fmt: skip
        cuts = np.array(list(self.cuts(threshold).values()))
        passages: list[Passage] = []

        def each() -> Iterator[Passage]:
            for i, item in enumerate(items_of(X)):
                passages.append(item if isinstance(item, Passage) else bare_passage(item, i))
                yield passages[-1]

        chunks, rows = self._map(partial(self._tag_chunk, cuts=cuts), each())
        made = [tagged for chunk in chunks for tagged in chunk]
        return [
            made[row] if made[row].passage is passage else replace(made[row], passage=passage)
            for row, passage in zip(np.arange(len(made))[rows].tolist(), passages, strict=True)
        ]

    def _tag_chunk(
        self, passages: Sequence[Passage], encoder: Encoder | None, cuts: NDArray[np.float64]
    ) -> list[TaggedPassage]:
        inputs = self._inputs([passage.text for passage in passages], encoder)
        return self._tagged(passages, inputs, self._judge(inputs), encoder, cuts)

    def _tagged(
        self,
        passages: Sequence[Passage],
        inputs: Inputs,
        judged: Chances,
        encoder: Encoder | None,
        cuts: NDArray[np.float64],
    ) -> list[TaggedPassage]:
        probabilities, roles = judged
        near = (probabilities >= np.minimum(NEAR * self.heads_.thresholds, cuts)).any(axis=1)
        evidence = self._evidence(passages, np.flatnonzero(near), inputs, encoder)
        tagged = []
        themes, names = self.themes, self.roles
        reached = (probabilities >= cuts).tolist()
        for row, (passage, chances) in enumerate(
            zip(passages, probabilities.tolist(), strict=True)
        ):
            candidates = tuple(map(Tag, themes, chances, evidence[row]))
            tags = [tag for tag, enough in zip(candidates, reached[row], strict=True) if enough]
            code = 0 if roles is None else int(roles[row].argmax())
            tagged.append(
                TaggedPassage(
                    passage=passage,
                    role="" if roles is None else names[code],
                    role_probability=0.0 if roles is None else float(roles[row, code]),
                    tags=tuple(sorted(tags, key=lambda tag: -tag.probability)),
                    candidates=candidates,
                )
            )
        return tagged

    def _evidence(
        self,
        passages: Sequence[Passage],
        near: NDArray[np.intp],
        inputs: Inputs,
        encoder: Encoder | None,
    ) -> list[list[Span]]:
        """Find evidence where a theme is tagged or nearly so; elsewhere it is the whole passage.

        Most passages of a review carry nothing, and finding evidence by occlusion costs several
        readings.
        """
        spans = [[(0, len(passage.text))] * len(self.themes) for passage in passages]
        if encoder is None or not len(near):
            return spans
        texts = [passages[i].text for i in near]
        if isinstance(self.heads_, AttentionHeads):
            found = attended_evidence(self.heads_, texts, [inputs[i] for i in near])
        else:
            found = find_evidence(encoder, self.heads_, texts)
        for i, evidence in zip(near, found, strict=True):
            spans[i] = evidence
        return spans


def _rows(parts: list[NDArray[np.float32]], width: int) -> NDArray[np.float32]:
    return np.concatenate(parts) if parts else np.empty((0, width), np.float32)
