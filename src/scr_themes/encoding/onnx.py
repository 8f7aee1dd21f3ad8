"""The encoder that ships: an ONNX graph run by onnxruntime, nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
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
# Tokens in one call of a graph that takes several texts. The graph itself gains nothing by them;
# but a thread that comes back from it must wait for Python's lock, and so should come back seldom.
TOGETHER = 2400
# Texts that a thread should be given at once: few where they take long, so that no thread is left
# with the last, and else as many as fill a call or two.
FEW, MANY = 8, 64
_NOTHING = -1  # the id between two texts


class OnnxEncoder:
    """A transformer encoder exported by :func:`scr_themes.training.export.export_encoder`.

    Calls of the graph are on one thread each, several threads side by side. A transformer's are of
    one text: dynamic int8 takes the scale of its activations from everything in a call, so a text
    would otherwise get another vector in other company; it is also the fastest way measured. Where
    scales are fixed (:mod:`scr_themes.training.convolution_graph`) some texts go together, and get
    the same bits as alone.
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
            self._kinds = tuple(config["poolings"])
            self._gap = config.get("gap")
            self._layers = tuple(config.get("outputs", ["embedding"]))
            self._poolings = np.repeat(
                [kind == "max" for _ in config["layers"] for kind in self._kinds],
                self.dimensions // (len(config["layers"]) * len(self._kinds)),
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
        options.enable_mem_pattern = False  # it would keep a plan for every length of text met
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
        if set(self._layers) <= set(outputs) - {"embedding"}:  # they are pooled here
            width = len(self._kinds) * sum(outputs[layer] for layer in self._layers)
        first, last = (tokenizer.token_to_id(mark) for mark in ("[CLS]", "[SEP]"))
        if width != self.dimensions or first is None or last is None:
            raise ModelError(
                self.folder,
                f"holds files that do not fit together (graph {width}, tokens {[first, last]})",
                "export the encoder again",
            )
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._outputs = tuple(outputs)
        # Graphs that were traced take a batch and its mask; those laid out by us one row of ids.
        self._batched = "attention_mask" in {given.name for given in session.get_inputs()}
        self._first, self._last = first, last
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
        found = self._in_groups(self._encode, texts)
        return np.concatenate(found) if found else np.empty((0, self.dimensions), dtype=np.float32)

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
        return [tokens for group in self._in_groups(self._tokens, texts) for tokens in group]

    @property
    def batch(self) -> int:
        """How many texts a thread should be given at once."""
        return FEW if self._gap is None else MANY

    def alone(self) -> OnnxEncoder:
        """Return this encoder on one thread: for a caller that has threads of its own."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__, n_threads=1)
        return twin

    def _in_groups(
        self, function: Callable[[Sequence[str]], _Made], texts: Sequence[str]
    ) -> list[_Made]:
        """Apply a function to groups of texts: of one the ids are looked up while another runs."""
        size = max(1, len(texts))
        if self.n_threads > 1:
            size = max(1, min(self.batch, len(texts) // (2 * self.n_threads)))
        groups = [texts[i : i + size] for i in range(0, len(texts), size)]
        if len(groups) < 2:
            return list(map(function, groups))
        with ThreadPoolExecutor(self.n_threads) as pool:
            return list(pool.map(function, groups))

    def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for i, (_, made) in enumerate(self._read(texts, self._layers)):
            rows = np.stack([self._pooled(layers) for layers in made])
            vectors[i] = np.where(self._poolings, rows.max(axis=0), rows.mean(axis=0))
        return vectors

    def _pooled(self, layers: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        if "embedding" in self._outputs:  # pooled by the graph
            return layers[0]
        return np.concatenate(
            [
                layer.max(axis=0) if kind == "max" else layer.mean(axis=0)
                for layer in layers
                for kind in self._kinds
            ]
        )

    def _tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        found = []
        for text, (spans, made) in zip(texts, self._read(texts, ["tokens"]), strict=True):
            parts = [
                vectors[1 + first - start : 1 + last - start]
                for (vectors,), (start, _), (first, last) in zip(
                    made, spans, window_cores(spans), strict=True
                )
            ]
            vectors = parts[0] if len(parts) == 1 else np.concatenate(parts)
            found.append(TokenVectors(vectors, partial(self._starts, text)))
        return found

    def _starts(self, text: str) -> NDArray[np.intp]:
        return np.array(self._pieces.starts(text), dtype=np.intp)

    def _read(
        self, texts: Sequence[str], outputs: Sequence[str]
    ) -> Iterator[tuple[Sequence[tuple[int, int]], list[list[NDArray[np.float32]]]]]:
        """Yield for each text the windows of its tokens, and what the graph makes of each."""
        ids = self._pieces.ids(texts)
        spans = [window_spans(len(of_text), self.window - 2) for of_text in ids]
        windows = (
            of_text[start:end]
            for of_text, of_windows in zip(ids, spans, strict=True)
            for start, end in of_windows
        )
        made = self._each(outputs, windows)
        for of_windows in spans:
            yield of_windows, [next(made) for _ in of_windows]

    def _each(
        self, outputs: Sequence[str], windows: Iterable[NDArray[np.int64]]
    ) -> Iterator[list[NDArray[np.float32]]]:
        """Yield what the graph makes of each window, several in a call where it can take them."""
        gap, most = (0, -1) if self._gap is None else (self._gap, TOGETHER)
        for pack in _packed(windows, most):
            row = np.full(sum(len(window) + 2 + gap for window in pack) - gap, _NOTHING)
            places, start = [], 0
            for window in pack:
                end = start + len(window) + 2
                row[start], row[end - 1] = self._first, self._last
                row[start + 1 : end - 1] = window
                places.append((start, end))
                start = end + gap
            made = self._run(outputs, row)
            if len(pack) == 1:  # nor is there anything to cut where the graph pools
                yield made
                continue
            for start, end in places:
                yield [layer[start:end] for layer in made]

    def _run(self, outputs: Sequence[str], row: NDArray[np.int64]) -> list[NDArray[np.float32]]:
        if not self._batched:
            return list(self._session.run(outputs, {"input_ids": row}))
        feed = {"input_ids": row[None], "attention_mask": np.ones_like(row)[None]}
        return [made[0] for made in self._session.run(outputs, feed)]

    def __getstate__(self) -> dict[str, Any]:
        """Leave the session out: a copy in another process opens its own."""
        state = self.__dict__.copy()
        del state["_session"], state["_pieces"]
        state["folder"] = self.folder.absolute()  # a worker may work in another folder
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._session, self._pieces = self._open()

    def __repr__(self) -> str:
        return f"OnnxEncoder({str(self.folder)!r})"


def _packed(windows: Iterable[NDArray[np.int64]], most: int) -> Iterator[list[NDArray[np.int64]]]:
    """Put windows together, in order, to at most so many tokens; a longer one stays alone."""
    pack: list[NDArray[np.int64]] = []
    length = 0
    for window in windows:
        if pack and length + len(window) > most:
            yield pack
            pack, length = [], 0
        pack.append(window)
        length += len(window)
    if pack:
        yield pack


def usable_cores() -> int:
    """Return how many cores this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS or Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
