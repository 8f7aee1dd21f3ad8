"""What the heads see of a passage: the whole of it, and its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scr_themes.encoding.protocol import Encoder
from scr_themes.errors import ModelError
from scr_themes.reading.blocks import normalise
from scr_themes.reading.sentences import sentence_spans

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Features:
    """Features of some passages, and of each of their sentences as if it were a passage.

    Attributes
    ----------
    passages : ndarray of float32, shape (n_texts, 3 * n_dimensions)
        The passage's vector, then the mean and the maximum of its sentences' vectors: one poor
        sentence among five neutral ones is lost in the first and stands out in the last.
    sentences : ndarray of float32, shape (n_sentences, 3 * n_dimensions)
        The same for every sentence by itself.
    spans : list of list of (int, int)
        Where each passage's sentences stand in it.
    """

    passages: NDArray[np.float32]
    sentences: NDArray[np.float32]
    spans: list[list[Span]]


def extract(encoder: Encoder, texts: Sequence[str]) -> Features:
    """Encode passages and their sentences.

    Parameters
    ----------
    encoder : Encoder
        What turns texts into vectors.
    texts : sequence of str
        Passages; blank ones count as one empty sentence.

    Returns
    -------
    Features

    Raises
    ------
    ModelError
        If the encoder does not give one finite vector a text.
    """
    spans = [sentence_spans(text) or [(0, len(text))] for text in texts]
    pieces: list[str] = []
    for text, found in zip(texts, spans, strict=True):
        if len(found) > 1:
            pieces.append(text)
        pieces += [text[start:end] for start, end in found]
    # A text said twice is encoded once: headings, refrains, repeated rows.
    places: dict[str, int] = {}
    # Typographic and straight quotes are other tokens to an encoder and the same to a reader.
    index = np.array([places.setdefault(normalise(piece), len(places)) for piece in pieces], int)
    vectors = _encode(encoder, list(places))[index]
    width = vectors.shape[1]
    passages = np.empty((len(texts), 3 * width), dtype=np.float32)
    sentences = []
    at = 0
    for row, found in enumerate(spans):
        whole = vectors[at]
        at += len(found) > 1
        parts = vectors[at : at + len(found)]
        at += len(found)
        passages[row] = np.concatenate([whole, parts.mean(axis=0), parts.max(axis=0)])
        sentences.append(parts)
    stacked = np.concatenate(sentences) if sentences else np.empty((0, width), dtype=np.float32)
    return Features(passages, np.tile(stacked, 3), spans)


def _encode(encoder: Encoder, texts: list[str]) -> NDArray[np.float32]:
    vectors = np.asarray(encoder.encode(texts), dtype=np.float32)
    if vectors.ndim != 2 or len(vectors) != len(texts):
        raise ModelError(
            encoder,
            f"gave an array of shape {vectors.shape} for {len(texts)} texts",
            "encode() must return one row a text",
        )
    if not np.isfinite(vectors).all():
        raise ModelError(encoder, "gave a vector that is not finite", "check the encoder's weights")
    return vectors
