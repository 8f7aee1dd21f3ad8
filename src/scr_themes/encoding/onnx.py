"""The encoder that ships: an ONNX graph run by onnxruntime, nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from scr_themes.encoding.protocol import TokenVectors
from scr_themes.encoding.windows import window_cores, window_spans
from scr_themes.encoding.wordpieces import WordPieces
from scr_themes.errors import ModelError

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
CONFIG_FILE = "encoder.json"
_Made = TypeVar("_Made")


class OnnxEncoder:
    """A transformer encoder exported by :func:`scr_themes.training.export.export_encoder`.

    Texts go through the graph one at a time, each on one thread, several threads side by side.
    Dynamic int8 takes the scale of its activations from everything in a call, so a text would
    otherwise get another vector in other company; one a call is also the fastest way measured.
    A text longer than the window is read in overlapping windows, whose vectors are averaged
    (means) or whose maxima are taken (maxima): the same poolings that make one vector of tokens.

    Parameters
    ----------
    folder : path-like
        Where ``model.onnx``, ``tokenizer.json`` and ``encoder.json`` lie.
    n_threads : int, optional
        How many texts to run at once; by default one for each core this process may use.

    Raises
    ------
    ModelError
        If a file is missing or is not what it should be.
    """

    def __init__(self, folder: str | os.PathLike[str], *, n_threads: int | None = None) -> None:
        self.folder = Path(folder)
        for name in (CONFIG_FILE, MODEL_FILE, TOKENIZER_FILE):
            if not (self.folder / name).is_file():
                raise ModelError(self.folder, f"has no {name}", "give an exported encoder folder")
        try:
            config = json.loads((self.folder / CONFIG_FILE).read_text(encoding="utf-8"))
            self.window = int(config["window"])
            self.dimensions = int(config["dimensions"])
            self._poolings = np.repeat(
                [name == "max" for _ in config["layers"] for name in config["poolings"]],
                self.dimensions // (len(config["layers"]) * len(config["poolings"])),
            )
        except (ValueError, KeyError, TypeError, ZeroDivisionError) as error:
            raise ModelError(
                self.folder / CONFIG_FILE, f"is damaged ({error})", "export the encoder again"
            ) from error
        if self.window < 3 or len(self._poolings) != self.dimensions:
            raise ModelError(
                self.folder / CONFIG_FILE,
                f"is damaged (window {self.window}, {self.dimensions} dimensions)",
                "export the encoder again",
            )
        self.n_threads = n_threads or usable_cores()
        self._session, self._pieces = self._open()

    def _open(self) -> tuple[Any, WordPieces]:
        import onnxruntime  # noqa: PLC0415 - heavy, and not needed to describe the class
        from tokenizers import Tokenizer  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(
                str(self.folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
            )
            tokenizer = Tokenizer.from_file(str(self.folder / TOKENIZER_FILE))
        except Exception as error:  # both raise their own, undocumented exceptions
            raise ModelError(
                self.folder, f"does not open ({error})", "export the encoder again"
            ) from error
        outputs = {output.name: output.shape[-1] for output in session.get_outputs()}
        width = outputs.get("embedding")
        marks = [tokenizer.token_to_id(mark) for mark in ("[CLS]", "[SEP]")]
        if width != self.dimensions or None in marks:
            raise ModelError(
                self.folder,
                f"holds files that do not fit together (graph {width}, tokens {marks})",
                "export the encoder again",
            )
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._outputs = tuple(outputs)
        self._first, self._last = marks
        return session, WordPieces(tokenizer)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector a text.

        Parameters
        ----------
        texts : sequence of str
            Any number of texts of any length, the empty one included.

        Returns
        -------
        ndarray of float32, shape (n_texts, n_dimensions)
            The same for a text whatever stands beside it.
        """
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for i, vector in enumerate(self._map(self._vector, texts)):
            vectors[i] = vector
        return vectors

    def tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return the vectors of each text's tokens, without those of the two special ones.

        A token that two windows share has its vector from the one where it stands deeper inside.

        Parameters
        ----------
        texts : sequence of str

        Returns
        -------
        list of TokenVectors
            The same for a text whatever stands beside it.

        Raises
        ------
        ModelError
            If the encoder was exported without token vectors.
        """
        if "tokens" not in self._outputs:
            raise ModelError(self.folder, "gives no token vectors", "export the encoder again")
        return self._map(self._tokens, texts)

    def _map(
        self, function: Callable[[str, list[int]], _Made], texts: Sequence[str]
    ) -> list[_Made]:
        """Apply a function to each text and its token ids, several at once."""
        ids = self._pieces.ids(texts)
        if self.n_threads == 1 or len(texts) < 2:
            return list(map(function, texts, ids))
        # Longest first, so that no thread is left with a long text when the others are done.
        order = sorted(range(len(texts)), key=lambda i: -len(ids[i]))
        with ThreadPoolExecutor(self.n_threads) as pool:
            made = pool.map(lambda i: function(texts[i], ids[i]), order)
            found = dict(zip(order, made, strict=True))
        return [found[i] for i in range(len(texts))]

    def _run(self, output: str, ids: Sequence[int]) -> NDArray[np.float32]:
        window = np.array([[self._first, *ids, self._last]], dtype=np.int64)
        feed = {"input_ids": window, "attention_mask": np.ones_like(window)}
        return np.asarray(self._session.run([output], feed)[0][0], dtype=np.float32)

    def _vector(self, _: str, ids: list[int]) -> NDArray[np.float32]:
        spans = window_spans(len(ids), self.window - 2)
        rows = [self._run("embedding", ids[start:end]) for start, end in spans]
        if len(rows) == 1:
            return rows[0]
        stacked = np.stack(rows)
        pooled = np.where(self._poolings, stacked.max(axis=0), stacked.mean(axis=0))
        return np.asarray(pooled, dtype=np.float32)

    def _tokens(self, text: str, ids: list[int]) -> TokenVectors:
        spans = window_spans(len(ids), self.window - 2)
        parts = []
        for (start, end), (first, last) in zip(spans, window_cores(spans), strict=True):
            vectors = self._run("tokens", ids[start:end])
            parts.append(vectors[1 + first - start : 1 + last - start])
        return TokenVectors(
            np.concatenate(parts), lambda: np.array(self._pieces.starts(text), dtype=np.intp)
        )

    def __getstate__(self) -> dict[str, Any]:
        """Leave the session out: a copy in another process opens its own."""
        state = self.__dict__.copy()
        del state["_session"], state["_pieces"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._session, self._pieces = self._open()

    def __repr__(self) -> str:
        return f"OnnxEncoder({str(self.folder)!r})"


def usable_cores() -> int:
    """Return how many cores this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS or Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
