"""What the heads see of a passage: its vector, or those of its tokens."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from scr_themes.encoding.onnx import OnnxEncoder
from scr_themes.encoding.protocol import (
    Encoder,
    TokenEncoder,
    TokenProducts,
    TokenVectors,
    multiplied,
)
from scr_themes.errors import LabelsError, ModelError
from scr_themes.reading.blocks import normalise

Singles = NDArray[np.float32]


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
    """Encode passages token by token; normalised, as in :func:`extract`.

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
    return _tokens(encoder, [_readable(normalise(text)) for text in texts])


def _tokens(encoder: Encoder, whole: Sequence[str]) -> list[TokenVectors]:
    if not hasattr(encoder, "tokens"):
        raise ModelError(
            encoder, "gives no token vectors, which this model's heads read",
            "use the encoder that the model was saved with",
        )  # fmt: skip
    passages = cast(TokenEncoder, encoder).tokens(whole)
    if len(passages) != len(whole):
        raise ModelError(
            encoder,
            f"gave {len(passages)} arrays of token vectors for {len(whole)} texts",
            "tokens() must return one a text",
        )
    for tokens in passages:
        _check_finite(encoder, tokens.vectors)
    return passages


def read_products(encoder: Encoder, texts: Sequence[str], matrix: Singles) -> TokenProducts:
    """Encode passages token by token, and multiply the vectors by a matrix; texts normalised.

    Parameters
    ----------
    encoder : Encoder
        One with ``tokens``.
    texts : sequence of str
    matrix : ndarray of float32, shape (n_dimensions, n_columns)

    Returns
    -------
    TokenProducts

    Raises
    ------
    ModelError
        As :func:`read_tokens`.
    LabelsError
        If the encoder's vectors are of another width than the matrix.
    """
    whole = [_readable(normalise(text)) for text in texts]
    if isinstance(encoder, OnnxEncoder):
        check_width(encoder.width or len(matrix), len(matrix))
        products = encoder.products(whole, matrix)
        _check_finite(encoder, products.values)
        return products
    passages = _tokens(encoder, whole)
    for tokens in passages:
        check_width(tokens.vectors.shape[1], len(matrix))
    return multiplied(passages, matrix)


def check_width(width: int, expected: int) -> None:
    """Raise LabelsError where an encoder gives vectors that the heads cannot read."""
    if width != expected:
        raise LabelsError(
            "encoder",
            f"gives {width} features where the heads take {expected}",
            "use the encoder that the classifier was fitted with",
        )


def _check_finite(encoder: Encoder, values: Singles) -> None:
    # The sum of squares is finite if all are, and the quickest way to see it.
    if not math.isfinite(np.vdot(values, values)):
        raise ModelError(encoder, "gave a vector that is not finite", "check the encoder's weights")


def _once_each(texts: Sequence[str]) -> tuple[list[str], NDArray[np.intp]]:
    """Return the texts that differ, normalised, and which of them each text is."""
    places: dict[str, int] = {}
    rows = np.array([places.setdefault(normalise(text), len(places)) for text in texts], np.intp)
    return list(map(_readable, places)), rows


def _readable(text: str) -> str:
    # Half a surrogate pair, as broken JSON and PDF files hold, is no text to a tokenizer.
    return text.encode("utf-8", "replace").decode()
