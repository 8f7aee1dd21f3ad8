"""What the heads see of a passage: its vector, or those of its tokens."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from scr_themes.encoding.protocol import Encoder, TokenEncoder, TokenVectors
from scr_themes.errors import ModelError
from scr_themes.reading.blocks import normalise


def extract(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """Encode passages.

    Parameters
    ----------
    encoder : Encoder
        What turns texts into vectors.
    texts : sequence of str
        Passages. They are normalised first: typographic and straight quotes are other tokens to
        an encoder and the same to a reader. A text that stands twice is encoded once.

    Returns
    -------
    ndarray of float32, shape (n_texts, n_dimensions)

    Raises
    ------
    ModelError
        If the encoder does not give one finite vector a text.
    """
    whole, rows = _once_each(texts)
    vectors = np.asarray(encoder.encode(whole), dtype=np.float32)
    if vectors.ndim != 2 or len(vectors) != len(whole):
        raise ModelError(
            encoder,
            f"gave an array of shape {vectors.shape} for {len(whole)} texts",
            "encode() must return one row a text",
        )
    if not np.isfinite(vectors).all():
        raise ModelError(encoder, "gave a vector that is not finite", "check the encoder's weights")
    return np.asarray(vectors[rows], dtype=np.float32)


def read_tokens(encoder: Encoder, texts: Sequence[str]) -> list[TokenVectors]:
    """Encode passages token by token; normalised, and each text once, as in :func:`extract`.

    Parameters
    ----------
    encoder : Encoder
        One with ``tokens``.
    texts : sequence of str

    Returns
    -------
    list of TokenVectors
        One a text.

    Raises
    ------
    ModelError
        If the encoder gives no token vectors, or not one finite array a text.
    """
    if not hasattr(encoder, "tokens"):
        raise ModelError(
            encoder, "gives no token vectors, which this model's heads read",
            "use the encoder that the model was saved with",
        )  # fmt: skip
    whole, rows = _once_each(texts)
    passages = cast(TokenEncoder, encoder).tokens(whole)
    if len(passages) != len(whole):
        raise ModelError(
            encoder,
            f"gave {len(passages)} arrays of token vectors for {len(whole)} texts",
            "tokens() must return one a text",
        )
    # The sum of squares is finite if all are, and the quickest way to see it.
    if not all(math.isfinite(np.vdot(tokens.vectors, tokens.vectors)) for tokens in passages):
        raise ModelError(encoder, "gave a vector that is not finite", "check the encoder's weights")
    return [passages[row] for row in rows]


def _once_each(texts: Sequence[str]) -> tuple[list[str], NDArray[np.intp]]:
    """Return the texts that differ, normalised, and which of them each text is."""
    places: dict[str, int] = {}
    rows = np.array([places.setdefault(normalise(text), len(places)) for text in texts], np.intp)
    # Half a surrogate pair, as broken JSON and PDF files hold, is no text to a tokenizer.
    return [text.encode("utf-8", "replace").decode() for text in places], rows
