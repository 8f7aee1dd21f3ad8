"""The classifier: a scikit-learn estimator from texts to themes and roles."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import f1_score
from threadpoolctl import threadpool_limits

from scr_themes.classifying.attention import AttentionHeads, AttentionRoleHead
from scr_themes.classifying.cascade import CascadeReader
from scr_themes.classifying.fitting import FitSettings, Rotation, fit_heads, fit_role_head
from scr_themes.classifying.heads import Heads, RoleHead
from scr_themes.classifying.inputs import (
    EncoderLike,
    check_texts,
    group_names,
    open_encoder,
    themes_of,
)
from scr_themes.classifying.reader import ThemeReader
from scr_themes.codebook import Codebook
from scr_themes.errors import LabelsError, ModelError
from scr_themes.labels import indicator


class ThemeClassifier(ThemeReader, ClassifierMixin, BaseEstimator):
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
        self.role_head_ = None
        # On one thread: many small fits wait for more threads than they gain by them, and the
        # same data gives the same heads whatever the number of cores.
        with threadpool_limits(1, user_api="blas"):
            rotation = Rotation.fit(features)
            rotated = rotation.apply(features)
            self.heads_ = fit_heads(rotation, rotated, target, about, settings)
            if codes is not None:
                self.role_head_ = fit_role_head(rotation, rotated, codes, len(role_ids), settings)
        self.codebook_ = codebook
        self.classes_ = np.array([[False, True]] * len(themes))
        self.coder_ = "ThemeClassifier"
        self.checksum_ = None
        return self

    def learn(
        self,
        X: Iterable[str],
        y: Any,
        *,
        either: Sequence[Collection[str]] | None = None,
        groups: Sequence[Any] | None = None,
        random_state: int = 0,
    ) -> ThemeClassifier:
        """Return a copy that has learnt from corrections, such as a settled worksheet holds.

        Each theme's weights start from this classifier's own and move no further than passages
        held out bear out; where they bear nothing out, nothing moves. Roles, thresholds, and how
        often each theme occurs stay as they are: corrections are chosen, not drawn at random.

        Parameters
        ----------
        X : iterable of str
            Passages that were settled, ten or more; a hundred or more do better.
        y : list of sets of theme ids, or indicator matrix of shape (n, n_themes)
            Their themes. A theme that the classifier has not cannot be learnt so: use :meth:`fit`.
        either : sequence of sets of theme ids, optional
            Themes left open on each passage, of which nothing is learnt.
        groups : sequence, optional
            The document of each passage: those of one document are held out together.
        random_state : int, default 0
            Seed of the folds.

        Returns
        -------
        ThemeClassifier
            A new one; its tags are signed with how many corrections it has learnt from.

        Raises
        ------
        LabelsError
            If there are fewer than ten passages, the labels do not fit them, or a theme is unknown.
        ModelError
            If the classifier works on features.

        Notes
        -----
        MAP adaptation of a logistic model, after Chelba and Acero (2006); see
        :mod:`scr_themes.classifying.adapting`. ``benchmarks/corrections.py`` measures what a
        hundred corrections bring.

        Examples
        --------
        >>> from scr_themes import load
        >>> model = load("fast")
        >>> settled = ["The GP was not told.", "Nobody asked the girl what she wanted."] * 5
        >>> labels = [{"information_sharing"}, {"child_voice"}] * 5
        >>> model.learn(settled, labels).coder_.endswith("10 corrections")
        True
        """
        from scr_themes.classifying.adapting import learn  # noqa: PLC0415 - it imports this module

        self._check_is_fitted()
        passages = check_texts(X)
        target = self._target(y, self.themes, len(passages))
        return learn(
            self, passages, target, either=either, groups=groups, random_state=random_state
        )

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

        self._check_is_fitted()
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


class Cascade(CascadeReader, ThemeClassifier):
    """Two fitted classifiers in a row, as :func:`~scr_themes.load` gives them.

    Parameters and errors are those of :class:`~scr_themes.classifying.cascade.CascadeReader`.
    """

    def __init__(
        self,
        first: ThemeClassifier,
        second: ThemeClassifier,
        unsure: Mapping[str, tuple[float, float]],
        coder: str = "cascade",
    ) -> None:
        ThemeClassifier.__init__(self, second.encoder, codebook=second.codebook)
        CascadeReader.__init__(self, first, second, unsure, coder)
        self.classes_ = second.classes_

    def __sklearn_clone__(self) -> Self:
        return self  # it cannot be fitted, and so has nothing that a copy should be without

    def fit(self, X: Any, y: Any = None, **_: Any) -> Self:  # noqa: ARG002 - as an estimator's
        """Raise: a cascade is put together of fitted classifiers."""
        raise ModelError(self.coder_, "cannot be fitted", "fit its two models")

    def learn(self, X: Any, y: Any, **_: Any) -> NoReturn:  # noqa: ARG002 - as a classifier's
        """Raise: its models learn one by one, and its bands were set for those they were."""
        raise ModelError(self.coder_, "cannot learn", "let its second model learn, and use that")

    def save(self, folder: str | os.PathLike[str]) -> NoReturn:
        """Raise: its models are saved one by one."""
        raise ModelError(folder, "a cascade cannot be saved", "save its two models")


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
