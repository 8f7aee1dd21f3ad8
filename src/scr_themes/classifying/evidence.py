"""Evidence: the sentence that carries a theme.

Attention heads say themselves where they looked: two sentences in a row, if it was at both. Linear
heads see one vector a passage, and for them it is the sentence without which the passage would
least carry the theme: sentences are taken out one at a time and the rest is scored again
(occlusion, as in Zeiler and Fergus 2014, *Visualizing and understanding convolutional networks*);
of two with the same effect the longer is quoted. ``benchmarks/evidence.py`` compares it with
simpler ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scr_themes.classifying.attention import AttentionHeads, Look
from scr_themes.classifying.features import extract
from scr_themes.classifying.heads import Heads
from scr_themes.encoding.protocol import Encoder
from scr_themes.reading.blocks import normalised_starts
from scr_themes.reading.sentences import sentence_spans

Span = tuple[int, int]

# Taking one sentence out of n costs n readings of the passage; more sentences than this are cut
# into runs of at most so many, so that the cost grows with the text and not with its square.
RUN = 12

# How much a sentence's length, as its logarithm, counts beside the fall of the score: a fragment
# seldom carries a theme, whatever falls with it. Of 0, 0.5, 1 and 2, tried on the marked sentences
# of benchmarks/evidence.py, 1 and 2 did best and alike.
LENGTH = 1.0


def attended_evidence(
    heads: AttentionHeads, texts: Sequence[str], looks: Sequence[Look]
) -> list[list[Span]]:
    """Find the sentence of each passage that each theme's attention rests on, or the two.

    Parameters
    ----------
    heads : AttentionHeads
    texts : sequence of str
        Passages as they stand in their documents.
    looks : sequence of Look
        Where attention rests in each: in the normalised text, as
        :func:`~scr_themes.classifying.features.read_products` reads it.

    Returns
    -------
    list of list of (int, int)
        For each text, a span for each theme, whether or not it is tagged.
    """
    found = []
    for text, look in zip(texts, looks, strict=True):
        spans = sentence_spans(text) or [(0, len(text))]
        # Tokens begin where they do in the normalised text: so must sentences.
        starts = normalised_starts(text, [start for start, _ in spans])
        found.append(
            [(spans[i][0], spans[j][1]) for i, j in heads.sentences(look, starts).tolist()]
        )
    return found


def find_evidence(encoder: Encoder, heads: Heads, texts: Sequence[str]) -> list[list[Span]]:
    """Find the sentence that carries each theme of each passage.

    Parameters
    ----------
    encoder : Encoder
    heads : Heads
    texts : sequence of str

    Returns
    -------
    list of list of (int, int)
        For each text, a span for each theme of the heads, whether or not it is tagged.
    """
    spans = [sentence_spans(text) or [(0, len(text))] for text in texts]
    runs = [_runs(found) for found in spans]
    chosen = _likeliest_runs(encoder, heads, texts, runs)
    wanted = [(i, run) for i, picked in enumerate(chosen) for run in sorted(set(picked.tolist()))]
    pieces = [
        rest
        for i, run in wanted
        if len(runs[i][run]) > 1
        for rest in _without_each(texts[i], runs[i][run])
    ]
    scores = heads.scores(extract(encoder, pieces)) if pieces else np.empty((0, 0))
    best: dict[tuple[int, int], NDArray[np.intp]] = {}
    at = 0
    for i, run in wanted:
        n = len(runs[i][run])
        if n > 1:
            lengths = np.log([end - start for start, end in runs[i][run]])
            best[i, run] = (scores[at : at + n] - LENGTH * lengths[:, None]).argmin(axis=0)
            at += n
    return [
        [
            runs[i][run][best[i, run][k] if (i, run) in best else 0]
            for k, run in enumerate(picked.tolist())
        ]
        for i, picked in enumerate(chosen)
    ]


def _runs(spans: list[Span]) -> list[list[Span]]:
    """Cut a passage's sentences into runs of about equal length."""
    count = -(-len(spans) // RUN)
    edges = [round(i * len(spans) / count) for i in range(count + 1)]
    return [spans[start:end] for start, end in pairwise(edges)]


def _likeliest_runs(
    encoder: Encoder, heads: Heads, texts: Sequence[str], runs: list[list[list[Span]]]
) -> list[NDArray[np.intp]]:
    """Return, for each text and theme, which run carries it best; the only one of most texts."""
    long = [i for i, found in enumerate(runs) if len(found) > 1]
    pieces = [texts[i][run[0][0] : run[-1][1]] for i in long for run in runs[i]]
    chosen = [np.zeros(len(heads.slopes), dtype=np.intp) for _ in texts]
    if pieces:
        scores = heads.scores(extract(encoder, pieces))
        at = 0
        for i in long:
            chosen[i] = scores[at : at + len(runs[i])].argmax(axis=0)
            at += len(runs[i])
    return chosen


def _without_each(text: str, run: list[Span]) -> list[str]:
    """Return the run's text once for each of its sentences, with that sentence left out."""
    first, last = run[0][0], run[-1][1]
    return [text[first:start] + text[end:last] for start, end in run]
