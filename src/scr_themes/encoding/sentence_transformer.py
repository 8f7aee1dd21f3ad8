"""Any sentence-transformers model as an encoder (extra ``train``)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scr_themes.encoding.windows import window_spans
from scr_themes.errors import MissingExtraError


class SentenceTransformerEncoder:
    """A sentence-transformers model, read in fp32 and never cut off silently.

    Parameters
    ----------
    model : str, path-like or SentenceTransformer
        A model, or the folder or name to load it from. A folder needs no network.
    batch_size : int, default 1
        How many windows to run at once. With more, which is faster on a GPU, the last digits of a
        text's vector depend on what it is padded and summed beside.

    Raises
    ------
    MissingExtraError
        If sentence-transformers is not installed.
    """

    def __init__(self, model: Any, *, batch_size: int = 1) -> None:
        if isinstance(model, str | os.PathLike):
            try:
                from sentence_transformers import SentenceTransformer  # noqa: PLC0415
            except ImportError as error:
                raise MissingExtraError("sentence-transformers", "train") from error
            model = SentenceTransformer(os.fspath(model))
        self.model = model
        self.batch_size = batch_size

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector a text: the mean of those of its overlapping windows.

        Parameters
        ----------
        texts : sequence of str

        Returns
        -------
        ndarray of float32, shape (n_texts, n_dimensions)
        """
        pieces: list[str] = []
        counts: list[int] = []
        for text in texts:
            windows = self._windows(text)
            pieces += windows
            counts.append(len(windows))
        vectors = np.asarray(
            self.model.encode(
                pieces,
                batch_size=self.batch_size,
                convert_to_numpy=True,
                show_progress_bar=False,
            ),
            dtype=np.float32,
        )
        if not len(texts):
            return np.empty((0, vectors.shape[-1] if vectors.ndim == 2 else 0), dtype=np.float32)
        starts = np.cumsum([0, *counts[:-1]])
        sums = np.add.reduceat(vectors, starts, axis=0)
        return np.asarray(sums / np.array(counts)[:, None], dtype=np.float32)

    def _windows(self, text: str) -> list[str]:
        limit = self.model.max_seq_length
        if not limit:
            return [text]
        offsets = self.model.tokenizer(
            text,
            add_special_tokens=False,
            return_offsets_mapping=True,
            truncation=False,
            verbose=False,
        )["offset_mapping"]
        if len(offsets) <= limit - 2:
            return [text]
        spans = window_spans(len(offsets), limit - 2)
        return [text[offsets[a][0] : offsets[b - 1][1]] for a, b in spans]
