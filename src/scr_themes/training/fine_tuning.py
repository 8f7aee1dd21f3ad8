"""From examples to a classifier: fine-tuning, learning from a teacher, calibration."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit, softmax

from scr_themes.chunks import chunked
from scr_themes.classifying.attention import (
    Attended,
    AttentionHeads,
    AttentionRoleHead,
    columns,
    weighed_by_role,
)
from scr_themes.classifying.calibration import (
    best_f1_threshold,
    fit_sigmoid,
    fit_temperature,
    precise_threshold,
)
from scr_themes.classifying.classifier import ThemeClassifier, assemble
from scr_themes.classifying.features import read_products
from scr_themes.classifying.heads import PRECISION
from scr_themes.codebook import Codebook
from scr_themes.encoding import OnnxEncoder, TokenEncoder
from scr_themes.errors import LabelsError
from scr_themes.training.examples import Example, Targets, soft_targets, targets_of
from scr_themes.training.export import export_encoder
from scr_themes.training.loop import LoopSettings, Progress, predict, train_network
from scr_themes.training.networks import AttentionNetwork, Tokens, TransformerEncoder

Floats = NDArray[np.float64]

ENOUGH = 10  # passages with a theme: fewer cannot calibrate it by themselves


@dataclass(frozen=True, slots=True)
class Teaching:
    """What a network is taught, and how it is reported.

    Attributes
    ----------
    tokenizer_file : Path
        The ``tokenizer.json`` of the network's vocabulary.
    settings : LoopSettings
    checkpoint : Path or None
        See :func:`~scr_themes.training.loop.train_network`.
    on_progress : callable or None
    """

    tokenizer_file: Path
    settings: LoopSettings
    checkpoint: Path | None = None
    on_progress: Callable[[Progress], object] | None = None


def fine_tune(
    train: Sequence[Example],
    development: Sequence[Example],
    *,
    base: str | Path,
    folder: str | Path,
    codebook: Codebook,
    settings: LoopSettings | None = None,
    checkpoint: str | Path | None = None,
    on_progress: Callable[[Progress], object] | None = None,
) -> ThemeClassifier:
    """Fine-tune a transformer on coded passages: for thousands of them, not for dozens.

    Parameters
    ----------
    train : sequence of Example
        What is learnt from.
    development : sequence of Example
        Passages of other documents, to calibrate probabilities and choose thresholds on.
    base : path-like
        A Hugging Face or sentence-transformers model folder of a BERT-like encoder.
    folder : path-like
        Where to put the exported encoder, which the classifier reads from.
    codebook : Codebook
        Themes and roles.
    settings : LoopSettings, optional
        By default three epochs.
    checkpoint, on_progress : optional
        See :func:`~scr_themes.training.loop.train_network`.

    Returns
    -------
    ThemeClassifier
        Fitted; ``save`` it to keep it with its encoder.

    Raises
    ------
    LabelsError
        If an example has a theme or role that the codebook lacks, or there is none.
    ModelError
        If ``base`` is not a model folder.
    """
    chosen = settings or LoopSettings(epochs=3)
    # What is wrong with either is said before hours of work.
    learnt, held = targets_of(train, codebook), targets_of(development, codebook)
    torch.manual_seed(chosen.seed)
    encoder = TransformerEncoder(base)
    network = AttentionNetwork(encoder, len(codebook.theme_ids) + len(codebook.role_ids))
    tokenizer = Path(base, "tokenizer.json")
    kept = None if checkpoint is None else Path(checkpoint)
    window = min(256, encoder.positions)
    chosen = replace(chosen, window=min(chosen.window, window))
    teach(network, learnt, Teaching(tokenizer, chosen, kept, on_progress))
    export_tuned(network, tokenizer, folder, window=window)
    return finish(network, OnnxEncoder(folder), held, codebook)


def export_tuned(
    network: AttentionNetwork,
    tokenizer_file: str | Path,
    folder: str | Path,
    *,
    layers: Sequence[int] = (-1,),
    poolings: Sequence[str] = ("mean", "max"),
    window: int = 256,
    int8: bool = True,
) -> Path:
    """Export the transformer under a trained network; arguments as in ``export_encoder``."""
    with tempfile.TemporaryDirectory() as scratch:
        cast(Any, network.encoder).model.save_pretrained(scratch)
        shutil.copyfile(tokenizer_file, Path(scratch, "tokenizer.json"))
        return export_encoder(
            scratch, folder, layers=layers, poolings=poolings, window=window, int8=int8
        )


def teach(network: AttentionNetwork, targets: Targets, teaching: Teaching) -> None:
    """Train a network on targets, in place."""
    tokens = Tokens(teaching.tokenizer_file, targets.texts, teaching.settings.window)
    train_network(
        network,
        tokens,
        targets,
        teaching.settings,
        checkpoint=teaching.checkpoint,
        on_progress=teaching.on_progress,
    )


def opinions(
    teacher: AttentionNetwork,
    tokenizer_file: Path,
    texts: Sequence[str],
    n_themes: int,
    *,
    window: int = 224,
) -> Targets:
    """Return what a teacher thinks of texts, as targets for a student.

    Parameters
    ----------
    teacher : AttentionNetwork
        A trained one.
    tokenizer_file : path-like
        The ``tokenizer.json`` of its vocabulary.
    texts : sequence of str
        Passages, or single sentences.
    n_themes : int
        The first so many columns are themes, the others roles.
    window : int, default 224

    Returns
    -------
    Targets
        Where a theme is at least as probable as not, the sentence that the teacher's attention
        rests on is a mark for the student.
    """
    roles = np.zeros((len(texts), 0), dtype=np.float32)
    plain = soft_targets(texts, np.zeros((len(texts), n_themes)), roles, [{}] * len(texts))
    scores, rests = predict(teacher, Tokens(tokenizer_file, plain.texts, window), plain)
    themes = expit(scores[:, :n_themes])
    marks = [
        {int(k): frozenset({int(sentences[k])}) for k in np.flatnonzero(row >= 0.5)}
        for row, sentences in zip(themes, rests, strict=True)
    ]
    known = scores[:, n_themes:]
    return soft_targets(texts, themes, softmax(known, axis=1) if known.size else known, marks)


def finish(
    network: AttentionNetwork,
    encoder: TokenEncoder,
    development: Targets,
    codebook: Codebook,
    *,
    sources: Sequence[Any] | None = None,
    real: Any = None,
    prevalence: Mapping[str, float] | None = None,
) -> ThemeClassifier:
    """Put a trained network's heads on its exported encoder, calibrated on development passages.

    The encoder that will run is the one that is calibrated: rounding to int8 shifts scores. Where
    the passages have roles, scores are weighed by them first
    (:func:`~scr_themes.classifying.attention.weighed_by_role`).

    Parameters
    ----------
    network : AttentionNetwork
        Its heads are taken.
    encoder : TokenEncoder
        Its encoder, exported.
    development : Targets
        Of passages that the network was not trained on.
    codebook : Codebook
        Fixes the columns.
    sources : sequence, optional
        Where each development passage is from. Thresholds are those of the best mean F1 over the
        sources that carry the theme, however many passages each has; so are the shares of each
        role's passages that carry one the mean over sources.
    real : sequence of bool, optional
        Which development passages are of the kind that probabilities are to hold for. A theme that
        at least ``ENOUGH`` of them carry is calibrated on these alone.
    prevalence : mapping of str to float, optional
        For a theme, the share of passages that carry it where probabilities are to hold. By
        default that of the development passages.

    Returns
    -------
    ThemeClassifier
        Fitted. A theme that no development passage carries keeps the threshold 0.5.
    """
    targets = development
    for what, given in (("sources", sources), ("real", real)):
        if given is not None and len(given) != len(targets):
            raise LabelsError(
                what, f"there are {len(given)} for {len(targets)} passages", "give one a passage"
            )
    queries, weights, biases = (
        value.detach().cpu().numpy().astype(np.float32)
        for value in (network.queries.weight, network.scores.weight, network.scores.bias)
    )
    matrix = columns(queries, weights)
    scores = np.concatenate(
        [
            Attended(read_products(encoder, texts, matrix)).means + biases
            for texts in chunked(targets.texts, 256)
        ]
    )
    n_themes = len(codebook.theme_ids)
    named = np.array([""] * len(targets) if sources is None else list(map(str, sources)))
    genuine = np.zeros(len(targets), bool) if real is None else np.asarray(real, dtype=bool)
    role_head, carrying = None, np.empty(0)
    known = targets.roles.any(axis=1)
    themes = scores[:, :n_themes]
    if len(codebook.role_ids) and known.any():
        temperature = fit_temperature(scores[known, n_themes:], targets.roles[known].argmax(axis=1))
        role_head = AttentionRoleHead(
            queries[n_themes:], weights[n_themes:], biases[n_themes:], temperature
        )
        carrying = carrying_by_role(targets, named)
        roles = softmax(scores[:, n_themes:] / temperature, axis=1)
        themes = weighed_by_role(themes, roles, carrying)
    calibrated = [
        _calibrate(
            themes[kept, k],
            targets.themes[kept, k] > 0,
            named[kept],
            genuine[kept],
            None if prevalence is None else prevalence.get(theme),
        )
        for k, theme in enumerate(codebook.theme_ids)
        for kept in [targets.counted[:, k] > 0]
    ]
    slopes, intercepts, thresholds, precise = np.array(calibrated, dtype=np.float64).T
    heads = AttentionHeads(
        queries[:n_themes], weights[:n_themes], biases[:n_themes],
        slopes, intercepts, thresholds, precise, carrying,
    )  # fmt: skip
    return assemble(encoder, codebook, heads, role_head)


def carrying_by_role(targets: Targets, sources: NDArray[Any]) -> Floats:
    """Return the share of each role's passages that carry a theme, all sources counting alike.

    Parameters
    ----------
    targets : Targets
        Passages without a role say nothing here, nor do those of which all that was given are
        themes left open.
    sources : ndarray of str, shape (n,)
        Where each is from.

    Returns
    -------
    ndarray, shape (n_roles,)
        In each source one passage more is counted, which carries a theme as often as passages do
        on the whole: so that a single passage settles nothing. A role that no passage has is left
        with that.
    """
    carries = np.asarray(targets.themes.any(axis=1))
    told = targets.roles.any(axis=1) & (carries | (targets.counted > 0).all(axis=1))
    whole = carries[told].mean() if told.any() else 1.0
    shares = np.full(targets.roles.shape[1], whole, dtype=np.float64)
    for role in np.flatnonzero(targets.roles[told].any(axis=0)):
        has = told & (targets.roles[:, role] > 0)
        each = [carries[has & (sources == source)] for source in np.unique(sources[has])]
        shares[role] = np.mean([(found.sum() + whole) / (len(found) + 1) for found in each])
    return shares


def _calibrate(
    scores: Floats,
    target: NDArray[np.bool_],
    sources: NDArray[Any],
    real: NDArray[np.bool_],
    prevalence: float | None,
) -> tuple[float, float, float, float]:
    """Return slope, intercept, threshold of best F1 and threshold of precision of one theme."""
    if target.all() or not target.any():
        return 1.0, 0.0, 0.5, PRECISION
    told = real if (target & real).sum() >= ENOUGH else np.ones_like(real)
    slope, intercept = fit_sigmoid(scores[told], target[told], prevalence=prevalence)
    probabilities = expit(slope * scores + intercept)
    threshold = best_f1_threshold(probabilities, target, sources=sources)
    return (
        slope,
        intercept,
        threshold,
        precise_threshold(probabilities, target, at_least=threshold),
    )
