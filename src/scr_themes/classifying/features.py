"""What the heads see of a passage: its vector."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scr_themes.encoding.protocol import Encoder
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
    places: dict[str, int] = {}
    rows = np.array([places.setdefault(normalise(text), len(places)) for text in texts], np.intp)
    # Half a surrogate pair, as broken JSON and PDF files hold, is no text to a tokenizer.
    whole = [text.encode("utf-8", "replace").decode() for text in places]
    vectors = np.asarray(encoder.encode(whole), dtype=np.float32)
    if vectors.ndim != 2 or len(vectors) != len(places):
        raise ModelError(
            encoder,
            f"gave an array of shape {vectors.shape} for {len(places)} texts",
            "encode() must return one row a text",
        )
    if not np.isfinite(vectors).all():
        raise ModelError(encoder, "gave a vector that is not finite", "check the encoder's weights")
    return np.asarray(vectors[rows], dtype=np.float32)
