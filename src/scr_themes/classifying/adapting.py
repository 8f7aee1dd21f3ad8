"""Learning from corrections: a fitted classifier's heads, moved no further than they must be.

A hundred settled passages are too few to fit heads to, but enough to mend those of a model that
was fitted to thousands: each theme's weights start from the model's own, and a penalty holds them
there. In the terms of Chelba and Acero (2006), *Adaptation of maximum entropy capitalizer: Little
data can help a lot*, Computer Speech and Language 20, 382-399, the model is the prior and the
corrections are the data: MAP adaptation. How much weight the prior gets is told by corrections
held out, and "all of it" is among the choices, so that corrections that teach nothing change
nothing.

How often a theme occurs is not learnt. Passages to settle are chosen, for being hard, and hold each
theme more often than passages at large do; a model that learnt that would tag too much everywhere.
So each theme has a shift of its own while it learns, which takes up how the corrections were chosen
and is then left out. (With it learnt, core F1 on passages held out fell by one to two points:
``benchmarks/corrections.py``.)
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.model_selection import GroupKFold

from scr_themes.classifying.attention import Attended, AttentionHeads, columns_of, shares
from scr_themes.classifying.classifier import ThemeClassifier
from scr_themes.classifying.features import extract, read_tokens
from scr_themes.classifying.heads import Heads, joint_scores, linear_scores, log_expit
from scr_themes.classifying.inputs import group_names
from scr_themes.encoding.protocol import TokenVectors, multiplied
from scr_themes.errors import LabelsError, ModelError
from scr_themes.labels import indicator

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Rows = NDArray[np.intp]
AnyHeads = TypeVar("AnyHeads", Heads, AttentionHeads, Heads | AttentionHeads)

# Strengths of the penalty that are tried, the weakest first; with the last nothing is learnt.
STRENGTHS = (1.0, 3.0, 10.0, 30.0, 100.0, np.inf)
# Of the penalty on the shift: so weak that it does no more than keep it finite.
FREE = 0.1
N_FOLDS = 5
FEWEST = 10  # corrections: of fewer, folds tell nothing


@dataclass(frozen=True, slots=True)
class Terms:
    """What the heads make of some passages, parted so that their weights can be moved.

    Attributes
    ----------
    vectors : ndarray, shape (n_passages, n_themes or 1, n_dimensions)
        What each theme's weights are multiplied with.
    linear : ndarray, shape (n_passages, n_themes)
        The products, and the biases.
    rest : ndarray, shape (n_passages,)
        What a passage's score has beside: of its role (attention heads), or the score of something
        gone wrong (linear heads).
    joint : bool
        Whether the score is that of linear heads: log of the product of two probabilities.
    """

    vectors: Floats
    linear: Floats
    rest: Floats
    joint: bool

    def scores(self, linear: Floats, rows: Rows) -> tuple[Floats, Floats]:
        """Return scores of one theme, and their slopes, for other values of its linear terms."""
        if not self.joint:
            return linear + self.rest[rows], np.ones(len(linear))
        return joint_scores(linear[:, None], self.rest[rows])[:, 0], expit(-linear)

    def of(self, theme: int) -> Floats:
        """Return the vectors of a theme: shape (n_passages, n_dimensions)."""
        return self.vectors[:, theme if self.vectors.shape[1] > 1 else 0]


@dataclass(frozen=True, slots=True)
class Move:
    """By how much a theme's weights and bias are moved, and the shift that is left out."""

    weights: Floats
    bias: float
    shift: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """Corrections, and the heads that are to learn from them.

    Attributes
    ----------
    heads : Heads or AttentionHeads
    terms : Terms
        What these heads make of the passages corrected.
    target : ndarray of bool, shape (n_passages, n_themes)
        The themes that each carries.
    counted : ndarray of bool, shape (n_passages, n_themes)
        False where a theme was left open.
    """

    heads: Heads | AttentionHeads
    terms: Terms
    target: Bools
    counted: Bools

    def moves(self, rows: Rows, strength: float) -> list[Move]:
        """Return how far each theme moves for some of the passages, at a penalty's strength.

        The penalty is on the square of the change in scores that a move brings to vectors of mean
        length, so that it means the same for every encoder.
        """
        return [self._move(theme, rows, strength) for theme in range(self.target.shape[1])]

    def _move(self, theme: int, rows: Rows, strength: float) -> Move:
        kept = rows[self.counted[rows, theme]]
        slope, intercept = self.heads.slopes[theme], self.heads.intercepts[theme]
        if not len(kept) or slope == 0:
            return Move(np.zeros(self.terms.vectors.shape[2]), 0.0, 0.0)
        vectors = self.terms.of(theme)[kept]
        centre = vectors.mean(axis=0)
        length = float(np.sqrt(((vectors - centre) ** 2).sum(axis=1).mean())) or 1.0
        fixed = np.isinf(strength)
        scaled = np.zeros((len(kept), 0)) if fixed else (vectors - centre) / length
        penalties = np.append(np.full(scaled.shape[1], strength), FREE)
        at, goal = self.terms.linear[kept, theme], self.target[kept, theme].astype(np.float64)

        def loss(move: Floats) -> tuple[float, Floats]:
            scores, slopes = self.terms.scores(at + scaled @ move[:-1], kept)
            z = slope * scores + intercept + move[-1]
            value = -float((goal * log_expit(z) + (1 - goal) * log_expit(-z)).sum())
            gap = expit(z) - goal
            gradient = np.append(scaled.T @ (gap * slope * slopes), gap.sum())
            return value + float(penalties @ move**2) / 2, gradient + penalties * move

        found = minimize(loss, np.zeros(len(penalties)), jac=True, method="L-BFGS-B").x
        weights = np.zeros(len(centre)) if fixed else found[:-1] / length
        return Move(weights, -float(weights @ centre), float(found[-1]))

    def loss(self, rows: Rows, moves: Sequence[Move]) -> float:
        """Return the log loss of some passages, summed over the themes that count in them."""
        total = 0.0
        for theme, move in enumerate(moves):
            vectors = self.terms.of(theme)[rows]
            linear = self.terms.linear[rows, theme] + vectors @ move.weights + move.bias
            scores, _ = self.terms.scores(linear, rows)
            z = self.heads.slopes[theme] * scores + self.heads.intercepts[theme] + move.shift
            likely = log_expit(np.where(self.target[rows, theme], z, -z))
            total -= float(likely[self.counted[rows, theme]].sum())
        return total

    def strength(self, folds: Sequence[tuple[Rows, Rows]]) -> float:
        """Return the strength under which corrections held out are most probable."""
        losses = [
            sum(self.loss(held_out, self.moves(learnt, strength)) for learnt, held_out in folds)
            for strength in STRENGTHS
        ]
        # Without folds nothing tells that anything was learnt.
        return STRENGTHS[int(np.argmin(losses)) if folds else -1]


def learn(
    classifier: ThemeClassifier,
    texts: Sequence[str],
    target: Bools,
    *,
    either: Sequence[Collection[str]] | None = None,
    groups: Sequence[Any] | None = None,
    random_state: int = 0,
) -> ThemeClassifier:
    """Return a classifier that has learnt from corrections; see :meth:`ThemeClassifier.learn`."""
    n = len(texts)
    if n < FEWEST:
        raise LabelsError("texts", f"are {n} passages", f"settle {FEWEST} or more")
    counted = np.ones_like(target)
    if either is not None:
        counted &= ~indicator(either, classifier.themes, name="either")
    names = group_names(groups, n)
    lesson = Lesson(classifier.heads_, terms_of(classifier, texts), target, counted)
    strength = lesson.strength(list(held_out_folds(names, n, random_state)))
    adapted = copy.copy(classifier)
    adapted.heads_ = moved(lesson.heads, lesson.moves(np.arange(n), strength))
    adapted.coder_ = f"{classifier.coder_}, {n} corrections"
    adapted.checksum_ = None
    return adapted


def terms_of(classifier: ThemeClassifier, texts: Sequence[str]) -> Terms:
    """Read passages and return what the heads make of them."""
    heads, encoder = classifier.heads_, classifier.encoder_
    if encoder is None:
        raise ModelError("the classifier", "works on features", "give it an encoder")
    if isinstance(heads, AttentionHeads):
        tokens = read_tokens(encoder, texts)
        role_head = classifier.attentive_role_head
        attended = Attended(multiplied(tokens, columns_of(heads, role_head)))
        means, rest = np.split(attended.means, [len(heads.biases)], axis=1)
        roles = None if role_head is None else role_head.probabilities(rest)
        plain = heads.scores(means)
        return Terms(
            vectors=attended_vectors(tokens, heads.queries),
            linear=plain,
            rest=(heads.scores(means, roles) - plain)[:, 0],
            joint=False,
        )
    features = extract(encoder, texts)
    linear = linear_scores(features, heads.weights, heads.biases)
    return Terms(
        vectors=features[:, None].astype(np.float64),
        linear=linear[:, :-1],
        rest=linear[:, -1],
        joint=True,
    )


def attended_vectors(passages: Sequence[TokenVectors], queries: NDArray[np.float32]) -> Floats:
    """Return each passage's mean token vector under the attention of each column.

    Returns
    -------
    ndarray of float64, shape (n_passages, n_columns, n_dimensions)
        Nought where a passage has no token.
    """
    found = np.zeros((len(passages), *queries.shape))
    for i, tokens in enumerate(passages):
        found[i] = shares(tokens, queries).T @ tokens.vectors
    return found


def moved(heads: AnyHeads, moves: Sequence[Move]) -> AnyHeads:
    """Return heads with the weights and biases of their themes moved."""
    weights, biases = heads.weights.copy(), heads.biases.copy()
    weights[: len(moves)] += np.stack([move.weights for move in moves]).astype(np.float32)
    biases[: len(moves)] += np.array([move.bias for move in moves], dtype=np.float32)
    return replace(heads, weights=weights, biases=biases)


def held_out_folds(
    names: NDArray[np.object_] | None, n: int, seed: int
) -> Iterator[tuple[Rows, Rows]]:
    """Yield rows to learn from and rows held out, documents whole; none where there is but one."""
    groups = np.arange(n) if names is None else np.unique(names.astype(str), return_inverse=True)[1]
    n_folds = min(N_FOLDS, len(np.unique(groups)))
    if n_folds > 1:
        splitter = GroupKFold(n_folds, shuffle=True, random_state=seed)
        yield from splitter.split(groups, groups=groups)
