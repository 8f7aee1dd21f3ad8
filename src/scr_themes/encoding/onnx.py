"""The encoder that ships: an ONNX graph run by onnxruntime, nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from scr_themes.encoding.protocol import TokenProducts, TokenVectors, multiplied
from scr_themes.encoding.windows import window_cores, window_spans
from scr_themes.encoding.wordpieces import WordPieces
from scr_themes.errors import ModelError

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
CONFIG_FILE = "encoder.json"
_Made = TypeVar("_Made")
# Tokens in one call of a graph that takes several texts. The graph itself gains nothing by them;
# but a thread that comes back from it must wait for Python's lock, and so should come back seldom.
TOGETHER = 5000
# Texts that a thread should be given at once: few where they take long, so that no thread is left
# with the last, and else as many as fill a call or two.
FEW, MANY = 8, 64
_NOTHING = -1  # the id between two texts


class _Window(NamedTuple):
    """What the graph reads at once of a text."""

    text: int
    ids: NDArray[np.int64]
    # The tokens that are taken from here; those before and after, another window has deeper inside.
    first: int
    last: int


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

    Attributes
    ----------
    dimensions, width : int
        Of a text's vector and of a token's; ``width`` is None where there are no token vectors.

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
        # A plan of memory is kept for every length met: few of single texts, no end of several.
        options.enable_mem_pattern = self._gap is None
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
        self.width = outputs.get("tokens")
        # Graphs that were traced take a batch and its mask; those laid out by us one row of ids.
        inputs = {given.name for given in session.get_inputs()}
        self._batched = "attention_mask" in inputs
        self._multiplies = "columns" in inputs
        self._no_columns = np.empty((self.width or 0, 0), dtype=np.float32)
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
        self._check_tokens()
        return [tokens for group in self._in_groups(self._tokens, texts) for tokens in group]

    def products(self, texts: Sequence[str], matrix: NDArray[np.float32]) -> TokenProducts:
        """Return each text's token vectors times a matrix; made by the graph, where it can.

        Parameters
        ----------
        texts : sequence of str
        matrix : ndarray of float32, shape (width, n_columns)

        Returns
        -------
        TokenProducts
            The same for a text whatever stands beside it.

        Raises
        ------
        ModelError
            If the encoder was exported without token vectors.
        """
        if not self._multiplies:
            return multiplied(self.tokens(texts), matrix)
        self._check_tokens()
        values = [np.empty((0, matrix.shape[1]), dtype=np.float32)]
        runs, of_text, begun = [], [], 0
        for pack, (made,) in self._packs(["products"], self._windows(texts), matrix):
            for window, start, _ in pack:
                if len(window.ids):
                    first = begun + start + 1  # after the special token
                    runs.append((first + window.first, first + window.last))
                    of_text.append(window.text)
            values.append(made)
            begun += len(made)
        return TokenProducts(
            # Of short texts one call makes all, which need not be copied then.
            values[-1] if len(values) < 3 else np.concatenate(values),
            np.array(runs, dtype=np.intp).reshape(-1, 2),
            np.array(of_text, dtype=np.intp),
            len(texts),
            lambda i: self._starts(texts[i]),
        )

    def _check_tokens(self) -> None:
        if "tokens" not in self._outputs:
            raise ModelError(self.folder, "gives no token vectors", "export the encoder again")

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
        rows: list[list[NDArray[np.float32]]] = [[] for _ in texts]
        for pack, made in self._packs(self._layers, self._windows(texts)):
            for window, start, end in pack:
                rows[window.text].append(self._pooled(made, start, end))
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for i, of_text in enumerate(rows):
            stacked = np.stack(of_text)
            vectors[i] = np.where(self._poolings, stacked.max(axis=0), stacked.mean(axis=0))
        return vectors

    def _pooled(
        self, layers: Sequence[NDArray[np.float32]], start: int, end: int
    ) -> NDArray[np.float32]:
        if "embedding" in self._outputs:  # pooled by the graph, which takes one text
            return layers[0]
        return np.concatenate(
            [
                layer[start:end].max(axis=0) if kind == "max" else layer[start:end].mean(axis=0)
                for layer in layers
                for kind in self._kinds
            ]
        )

    def _tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        parts: list[list[NDArray[np.float32]]] = [[] for _ in texts]
        for pack, (vectors,) in self._packs(["tokens"], self._windows(texts)):
            for window, start, _ in pack:
                first = start + 1  # after the special token
                parts[window.text].append(vectors[first + window.first : first + window.last])
        return [
            TokenVectors(
                of_text[0] if len(of_text) == 1 else np.concatenate(of_text),
                partial(self._starts, text),
            )
            for text, of_text in zip(texts, parts, strict=True)
        ]

    def _starts(self, text: str) -> NDArray[np.intp]:
        return np.array(self._pieces.starts(text), dtype=np.intp)

    def _windows(self, texts: Sequence[str]) -> Iterator[_Window]:
        """Yield what the graph reads at once, for a long text several overlapping windows."""
        size = self.window - 2
        for i, ids in enumerate(self._pieces.ids(texts)):
            if len(ids) <= size:  # as nearly all are
                yield _Window(i, ids, 0, len(ids))
                continue
            spans = window_spans(len(ids), size)
            for (start, end), (first, last) in zip(spans, window_cores(spans), strict=True):
                yield _Window(i, ids[start:end], first - start, last - start)

    def _packs(
        self,
        outputs: Sequence[str],
        windows: Iterable[_Window],
        columns: NDArray[np.float32] | None = None,
    ) -> Iterator[tuple[list[tuple[_Window, int, int]], list[NDArray[np.float32]]]]:
        """Yield windows that went through the graph in one call, and what it made of them.

        With each window stands where its rows begin and end, those of both special tokens too.
        """
        gap, most = (0, -1) if self._gap is None else (self._gap, TOGETHER)
        for pack in _packed(windows, most):
            row = np.full(sum(len(window.ids) + 2 + gap for window in pack) - gap, _NOTHING)
            places, start = [], 0
            for window in pack:
                end = start + len(window.ids) + 2
                row[start], row[end - 1] = self._first, self._last
                row[start + 1 : end - 1] = window.ids
                places.append((window, start, end))
                start = end + gap
            yield places, self._run(outputs, row, columns)

    def _run(
        self,
        outputs: Sequence[str],
        row: NDArray[np.int64],
        columns: NDArray[np.float32] | None,
    ) -> list[NDArray[np.float32]]:
        if self._batched:
            batch = {"input_ids": row[None], "attention_mask": np.ones_like(row)[None]}
            return [made[0] for made in self._session.run(outputs, batch)]
        feed: dict[str, NDArray[Any]] = {"input_ids": row}
        if self._multiplies:
            feed["columns"] = self._no_columns if columns is None else columns
        return list(self._session.run(outputs, feed))

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


def _packed(windows: Iterable[_Window], most: int) -> Iterator[list[_Window]]:
    """Put windows together, in order, to at most so many tokens; a longer one stays alone."""
    pack: list[_Window] = []
    length = 0
    for window in windows:
        if pack and length + len(window.ids) > most:
            yield pack
            pack, length = [], 0
        pack.append(window)
        length += len(window.ids)
    if pack:
        yield pack


def usable_cores() -> int:
    """Return how many cores this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS or Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
