"""The classifier: a scikit-learn estimator from texts to themes and roles."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import repeat
from numbers import Real
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import f1_score
from sklearn.utils.validation import check_is_fitted, validate_data

from scr_themes.classifying.attention import (
    AttentionHeads,
    AttentionRoleHead,
    probabilities_of_both,
)
from scr_themes.classifying.evidence import Span, attended_evidence, find_evidence
from scr_themes.classifying.features import extract, read_tokens
from scr_themes.classifying.fitting import FitSettings, Rotation, fit_heads, fit_role_head
from scr_themes.classifying.heads import Heads, RoleHead
from scr_themes.classifying.inputs import (
    CHUNK,
    Distinct,
    EncoderLike,
    bare_passage,
    check_texts,
    chunked,
    group_names,
    items_of,
    open_encoder,
    themes_of,
)
from scr_themes.classifying.threads import blas, in_order
from scr_themes.codebook import Codebook
from scr_themes.documents import Passage, Tag, TaggedPassage
from scr_themes.encoding.onnx import OnnxEncoder
from scr_themes.encoding.protocol import Encoder, TokenVectors
from scr_themes.errors import LabelsError
from scr_themes.labels import indicator

# Evidence is sought from this share of a threshold on, so that a lower cut still has sentences.
NEAR = 0.5

Threshold = str | float | Mapping[str, str | float] | None
# What heads read: an array of vectors, or the token vectors of each passage.
Inputs = NDArray[np.float32] | list[TokenVectors]
# Probabilities of one passage: of its themes, and of its roles.
Chances = tuple[NDArray[np.float32], NDArray[np.float32] | None]
_Made = TypeVar("_Made")
MANY = 256  # passages that another's encoder is given at once: it may have batches of its own


class ThemeClassifier(ClassifierMixin, BaseEstimator):
    """Tags passages with failure themes and with their role.

    A frozen encoder under one linear head a theme, each calibrated on held-out folds and with a
    threshold of its own, and one head for the role.

    Parameters
    ----------
    encoder : Encoder, str, path-like or None, default "accurate"
        What turns texts into vectors: the name of a bundled model, the folder of an exported
        encoder or of a sentence-transformers model (extra ``train``), or any object with
        ``encode(texts)``. ``None``: ``X`` is not texts but features, shape (n, n_features),
        encoded beforehand; such a classifier has no :meth:`tag`.
    codebook : Codebook, optional
        Fixes the themes, their order and the roles. By default the themes are those of the
        labels, sorted by id.
    C : float, default 0.003
        Inverse strength of the heads' L2 penalty, on standardised features.
    n_folds : int, default 5
        Held-out folds for calibration and thresholds, at least 2.
    max_iter : int, default 1000
        Iterations of a head's fit.
    random_state : int, default 0
        Seed of the folds.

    Attributes
    ----------
    codebook_ : Codebook
        The themes and roles, in column order.
    heads_ : Heads or AttentionHeads
        Arrays of the theme heads: linear ones over passage vectors from :meth:`fit`, attention
        over token vectors from :func:`scr_themes.training.fine_tune`, as in the bundled models.
    role_head_ : RoleHead, AttentionRoleHead or None
        Arrays of the role head; None where roles were not given to :meth:`fit`.
    encoder_ : Encoder or None
        The encoder itself.
    classes_ : ndarray of bool, shape (n_themes, 2)
        ``[False, True]`` for each theme, in the form that scikit-learn's scorers and
        cross-validation take for many labels at once.
    n_features_in_ : int
        Width of the features.
    coder_ : str
        What the classifier signs its tags with.

    Examples
    --------
    Any object with ``encode`` will do as encoder:

    >>> class Vowels:
    ...     def encode(self, texts):
    ...         return np.array([[t.count(v) for v in "aeiou"] for t in texts], dtype=np.float32)
    >>> texts = ["aaa", "eee", "aa", "ee", "aaaa", "eeee"]
    >>> labels = [{"a"}, {"e"}, {"a"}, {"e"}, {"a"}, {"e"}]
    >>> classifier = ThemeClassifier(encoder=Vowels(), C=1.0, n_folds=2).fit(texts, labels)
    >>> classifier.themes
    ('a', 'e')
    >>> classifier.predict(["aaaaa", "eeeee"]).tolist()
    [[True, False], [False, True]]
    """

    def __init__(
        self,
        encoder: EncoderLike = "accurate",
        *,
        codebook: Codebook | None = None,
        C: float = 0.003,
        n_folds: int = 5,
        max_iter: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.encoder = encoder
        self.codebook = codebook
        self.C = C
        self.n_folds = n_folds
        self.max_iter = max_iter
        self.random_state = random_state

    def fit(
        self,
        X: Iterable[str] | NDArray[np.floating],
        y: Any,
        *,
        roles: Sequence[str] | None = None,
        groups: Sequence[Any] | None = None,
        topics: Any = None,
    ) -> Self:
        """Fit the heads.

        Parameters
        ----------
        X : iterable of str, or array of shape (n, n_features) where ``encoder`` is None
            Passages.
        y : list of sets of theme ids, or indicator matrix of shape (n, n_themes)
            Their themes. A matrix needs a codebook of as many themes, or its columns are called
            ``theme_0``, ``theme_1`` and so on.
        roles : sequence of str, optional
            Their roles; without them no role is predicted.
        groups : sequence, optional
            The document of each passage: passages of one document are held out together when
            heads are calibrated. Give it wherever a document has more than one passage.
        topics : as ``y``, optional
            The themes that each passage is about, whether or not anything went wrong: passages of
            good practice and policy on a theme's topic. They teach the classifier to tell the
            topic from the failing; without them ``y`` stands in.

        Returns
        -------
        ThemeClassifier
            Itself.

        Raises
        ------
        LabelsError
            If labels, roles or groups do not fit the passages, or name an unknown theme.
        CodebookError
            If there is no codebook and the labels make none: an id that is not lower-case words
            joined by underscores, or a single role.
        """
        if self.encoder is not None and not isinstance(X, str):
            X = list(X)
        if isinstance(y, Iterator):
            y = list(y)
        if y is None:
            raise LabelsError(
                "ThemeClassifier.fit", "requires y to be passed, but the target y is None",
                "give the themes of each passage",
            )  # fmt: skip
        self.encoder_ = open_encoder(self.encoder)
        features = self._features(X, self.encoder_, reset=True)
        themes = self.codebook.theme_ids if self.codebook else themes_of(y)
        target = self._target(y, themes, len(features))
        role_ids, codes = self._roles(roles, len(features))
        codebook = self.codebook or Codebook.of(themes, role_ids)
        names = group_names(groups, len(features))
        about = target if topics is None else target | self._target(topics, themes, len(target))
        settings = FitSettings(
            C=self.C,
            groups=names,
            n_folds=self.n_folds,
            seed=self.random_state,
            max_iter=self.max_iter,
        )
        self.role_head_: RoleHead | AttentionRoleHead | None = None
        # On one thread: many small fits wait for more threads than they gain by them, and the
        # same data gives the same heads whatever the number of cores.
        with blas().limit(limits=1, user_api="blas"):
            rotation = Rotation.fit(features)
            rotated = rotation.apply(features)
            self.heads_: Heads | AttentionHeads = fit_heads(
                rotation, rotated, target, about, settings
            )
            if codes is not None:
                self.role_head_ = fit_role_head(rotation, rotated, codes, len(role_ids), settings)
        self.codebook_ = codebook
        self.classes_ = np.array([[False, True]] * len(themes))
        self.coder_ = "ThemeClassifier"
        self.checksum_: str | None = None  # of the files of a model that was read
        return self

    @staticmethod
    def _target(y: Any, themes: tuple[str, ...], n: int) -> NDArray[np.bool_]:
        target = indicator(y, themes)
        if len(target) != n:
            raise LabelsError(
                "labels", f"there are {len(target)} for {n} passages", "give one set a passage"
            )
        return target

    def _roles(
        self, roles: Sequence[str] | None, n: int
    ) -> tuple[tuple[str, ...], NDArray[np.intp] | None]:
        if roles is None:
            return (), None
        if len(roles) != n:
            raise LabelsError(
                "roles", f"there are {len(roles)} for {n} passages", "give one role a passage"
            )
        ids = self.codebook.role_ids if self.codebook else tuple(sorted(set(map(str, roles))))
        place = {role: i for i, role in enumerate(ids)}
        unknown = next((role for role in roles if role not in place), None)
        if unknown is not None:
            raise LabelsError(
                "roles", f"{unknown!r} is not a role of the codebook", f"use {', '.join(ids)}"
            )
        return ids, np.array([place[role] for role in roles], dtype=np.intp)

    def _features(
        self, X: Any, encoder: Encoder | None, *, reset: bool = False
    ) -> NDArray[np.float32]:
        """Encode texts, or check that an array is what it should be."""
        if encoder is None:
            return np.asarray(validate_data(self, X, reset=reset, dtype=np.float32))
        texts = check_texts(X)
        if reset and not texts:
            raise LabelsError("texts", "there are none", "give at least two passages")
        found = extract(encoder, texts)
        if reset:
            self.n_features_in_ = found.shape[1]
        elif texts:
            self._check_width(found.shape[1])
        return found

    def _check_width(self, width: int) -> None:
        if width != self.n_features_in_:
            raise LabelsError(
                "encoder",
                f"gives {width} features where the heads take {self.n_features_in_}",
                "use the encoder that the classifier was fitted with",
            )

    def _inputs(self, X: Any, encoder: Encoder | None) -> Any:
        """Return what the heads read of some texts, or of features given as such."""
        if isinstance(self.heads_, AttentionHeads) and encoder is not None:
            found = read_tokens(encoder, check_texts(X))
            if found:
                self._check_width(found[0].vectors.shape[1])
            return found
        return self._features(X, encoder)

    def _map(
        self, function: Callable[[Any, Encoder | None], Sequence[_Made]], X: Any
    ) -> tuple[list[_Made], NDArray[np.intp]]:
        """Apply a function to chunks of texts and an encoder, several at once where it may be.

        Returns
        -------
        made : list
            One for each text that differs from the last ``REMEMBERED`` before it.
        rows : ndarray of int, shape (n_texts,)
            Which of these each text is.
        """
        check_is_fitted(self, "heads_")
        if self.encoder_ is None:
            found = function(X, None)
            return list(found), np.arange(len(found))
        encoder, n_threads, size = self.encoder_, 1, MANY
        if isinstance(encoder, OnnxEncoder):
            encoder, n_threads, size = encoder.alone(), encoder.n_threads, CHUNK
        distinct = Distinct(items_of(X), lambda item: getattr(item, "text", item))
        made: list[_Made] = []
        # The threads are these: BLAS would else start its own for a long passage, on every one.
        with blas().limit(limits=1, user_api="blas"):
            chunks = chunked(distinct, size)
            for part in in_order(lambda chunk: function(chunk, encoder), chunks, n_threads):
                made += part
        return made, np.array(distinct.rows, dtype=np.intp)

    def _probabilities(self, X: Any, encoder: Encoder | None) -> list[Chances]:
        """Return of each text the probabilities of themes and, where there are any, of roles."""
        themes, roles = self._judge(self._inputs(X, encoder))
        return list(zip(themes, roles if roles is not None else repeat(None), strict=False))

    def _judge(self, inputs: Any) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        heads, role_head = self.heads_, self.role_head_
        if isinstance(heads, AttentionHeads):
            if isinstance(role_head, AttentionRoleHead):
                return probabilities_of_both(heads, role_head, inputs)
            return heads.probabilities(inputs), None
        # Linear heads know good practice themselves.
        roles = None if role_head is None else role_head.probabilities(inputs)
        return heads.probabilities(inputs), roles

    @property
    def themes(self) -> tuple[str, ...]:
        """Theme ids, in column order."""
        check_is_fitted(self, "heads_")
        return self.codebook_.theme_ids

    @property
    def roles(self) -> tuple[str, ...]:
        """Role ids; empty where no roles were learnt."""
        check_is_fitted(self, "heads_")
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
        check_is_fitted(self, "heads_")
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
        themes = np.array([row for row, _ in made], dtype=np.float32)
        return themes.reshape(len(made), len(self.themes))[rows]

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
        check_is_fitted(self, "heads_")
        if self.role_head_ is None:
            raise LabelsError(
                "ThemeClassifier", "was fitted without roles", "give fit(..., roles=...)"
            )
        made, rows = self._map(self._probabilities, X)
        roles = np.array([row for _, row in made], dtype=np.float32)
        return roles.reshape(len(made), len(self.roles))[rows]

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
        check_is_fitted(self, "heads_")
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

        made, rows = self._map(partial(self._tag_chunk, cuts=cuts), each())
        return [
            made[row] if made[row].passage is passage else replace(made[row], passage=passage)
            for row, passage in zip(rows.tolist(), passages, strict=True)
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
        judged: tuple[NDArray[np.float32], NDArray[np.float32] | None],
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

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the mean F1 of the themes.

        Subset accuracy, scikit-learn's default for many labels, would reward leaving rare themes
        out.
        """
        target = indicator(y, self.themes)
        return float(
            f1_score(
                target, self.predict(X), average="macro", zero_division=0.0,
                sample_weight=sample_weight,
            )
        )  # fmt: skip

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Write the classifier to a folder of plain files; see :mod:`.storage`.

        Raises
        ------
        ModelError
            If the folder holds something else, or the classifier works on features.
        """
        from scr_themes.classifying.storage import save  # noqa: PLC0415 - it imports this module

        check_is_fitted(self, "heads_")
        save(self, folder)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.classifier_tags.multi_label = True
        tags.target_tags.single_output = False
        tags.target_tags.multi_output = True
        tags.target_tags.two_d_labels = True
        tags.input_tags.string = self.encoder is not None
        tags.input_tags.two_d_array = self.encoder is None
        return tags


def assemble(
    encoder: EncoderLike,
    codebook: Codebook,
    heads: Heads | AttentionHeads,
    role_head: RoleHead | AttentionRoleHead | None,
    *,
    coder: str = "ThemeClassifier",
    n_features: int | None = None,
    **settings: Any,
) -> ThemeClassifier:
    """Put a fitted classifier together from heads that were fitted elsewhere.

    Parameters
    ----------
    encoder : Encoder, str or path-like
        What the heads read.
    codebook : Codebook
        Themes and roles, in the order of the heads.
    heads : Heads or AttentionHeads
    role_head : RoleHead, AttentionRoleHead or None
    coder : str, default "ThemeClassifier"
        What it signs its tags with.
    n_features : int, optional
        Width of what the heads read; by default that of their weights.
    **settings
        Parameters of :class:`ThemeClassifier`, for fitting it anew.

    Returns
    -------
    ThemeClassifier
    """
    classifier = ThemeClassifier(encoder, codebook=codebook, **settings)
    classifier.encoder_ = open_encoder(encoder)
    classifier.heads_ = heads
    classifier.role_head_ = role_head
    classifier.codebook_ = codebook
    classifier.classes_ = np.array([[False, True]] * len(codebook.themes))
    classifier.n_features_in_ = heads.weights.shape[1] if n_features is None else n_features
    classifier.coder_ = coder
    classifier.checksum_ = None
    return classifier
