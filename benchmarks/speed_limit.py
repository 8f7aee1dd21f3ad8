"""How near the bundled models are to what the processor can do: ``speed.py --limit``.

The limit of ``accurate`` is the time that the products of its linear layers would take alone, each
as fast as onnxruntime does such a product by itself, in integers, on all cores. Besides: where the
time of both graphs goes, by onnxruntime's own profiler; and what looking up token ids takes of the
time of ``fast``, with the proof that they are those of the package ``tokenizers``.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np

from models.tables import table
from scr_themes import ThemeClassifier, load
from scr_themes.encoding.onnx import TOKENIZER_FILE, OnnxEncoder, usable_cores
from scr_themes.encoding.windows import window_spans
from scr_themes.reading.blocks import normalise

LAYERS = 6
# Of one layer of MiniLM, (in, out): query, key and value in one; what attention gives; and the two
# of the feed-forward part. In all 4 * 384 * 384 + 2 * 384 * 1536 multiply-adds a token.
SHAPES = ((384, 1152), (384, 384), (384, 1536), (1536, 384))
COPIES = LAYERS  # of each product in a call, every one with weights of its own, as in the model
PRODUCTS = frozenset(
    ["MatMul", "MatMulInteger", "MatMulIntegerToFloat", "DynamicQuantizeMatMul", "QGemm", "Gemm",
     "FusedGemm"]
)  # fmt: skip
ATTENTION = frozenset(["FusedMatMul", "Softmax"])  # its products, and what is between them


def limit(
    texts: Sequence[str], many: Sequence[str], everything: Sequence[str], options: Any
) -> dict[str, Any]:
    """Measure.

    Parameters
    ----------
    texts, many : sequence of str
        What ``accurate`` and the graphs are timed on, and the token ids of ``fast``.
    everything : sequence of str
        What token ids are compared on.
    options : argparse.Namespace
        ``rounds``, and ``seconds`` of each product in a round.
    """
    texts, many = ([normalise(text) for text in part] for part in (texts, many))
    accurate = load("accurate")
    tokens = statistics.fmean(tokens_of(accurate, texts))
    rows = round(tokens)
    multiply_adds = LAYERS * sum(n_in * n_out for n_in, n_out in SHAPES) * tokens
    accurate.predict_proba(texts[:64])
    rounds = []
    for _ in range(options.rounds):
        rates = {kind: product_rate(kind, rows, options.seconds) for kind in ("int8", "fp32")}
        began = time.perf_counter()
        accurate.predict_proba(texts)
        measured = len(texts) / (time.perf_counter() - began)
        possible = {kind: rate / multiply_adds for kind, rate in rates.items()}
        rounds.append(
            {
                **{f"{kind}_multiply_adds_per_second": rate for kind, rate in rates.items()},
                **{f"{kind}_limit_passages_per_second": rate for kind, rate in possible.items()},
                "accurate_passages_per_second": measured,
                "reached": measured / possible["int8"],
            }
        )
    return {
        "passages": len(texts),
        "tokens_a_passage": tokens,
        "rows": rows,
        "multiply_adds_a_passage": multiply_adds,
        **{key: statistics.median(one[key] for one in rounds) for key in rounds[0]},
        "rounds": rounds,
        "time_in_graph": {name: graph_shares(name, texts) for name in ("accurate", "fast")},
        "token_ids": token_ids(many, everything),
    }


def tokens_of(classifier: ThemeClassifier, texts: Sequence[str]) -> list[int]:
    """Return how many tokens go through the graph for each text, both special ones included."""
    encoder: Any = classifier.encoder_
    spans = (window_spans(len(ids), encoder.window - 2) for ids in encoder._pieces.ids(texts))
    return [sum(end - start + 2 for start, end in windows) for windows in spans]


def product_rate(kind: str, rows: int, seconds: float) -> float:
    """Return multiply-adds a second of a layer's products, on all cores, a thread on each."""
    n_threads = usable_cores()
    together = Barrier(n_threads)
    with ThreadPoolExecutor(n_threads) as pool:
        calls = [products(kind, rows) for _ in range(n_threads)]
        counts = list(pool.map(lambda call: calls_a_second(call, seconds, together), calls))
    return sum(counts) * COPIES * rows * sum(n_in * n_out for n_in, n_out in SHAPES)


def calls_a_second(call: Callable[[], object], seconds: float, together: Barrier) -> float:
    for _ in range(5):
        call()
    together.wait()
    began, count = time.perf_counter(), 0
    while (taken := time.perf_counter() - began) < seconds:
        call()
        count += 1
    return count / taken


def products(kind: str, rows: int) -> Callable[[], object]:
    """Return a call that does the products of all layers."""
    import onnxruntime  # noqa: PLC0415 - with onnx, which only this section needs
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415

    operator, given, made, left, right = {
        "int8": ("MatMulInteger", TensorProto.UINT8, TensorProto.INT32, np.uint8, np.int8),
        "fp32": ("MatMul", TensorProto.FLOAT, TensorProto.FLOAT, np.float32, np.float32),
    }[kind]
    draw = np.random.default_rng(0)
    nodes, weights, inputs, outputs, shapes = [], [], {}, [], {}
    noughts = ["nought"] if kind == "int8" else []  # dynamic int8 has one, and it costs
    weights += [numpy_helper.from_array(np.uint8(3), nought) for nought in noughts]
    for number, (n_in, n_out) in enumerate(SHAPES):
        inputs[f"x{n_in}"] = draw.integers(0, 64, (rows, n_in)).astype(left)
        for copy in range(COPIES):
            name = f"y{number}.{copy}"
            weight = draw.integers(-63, 64, (n_in, n_out)).astype(right)
            weights.append(numpy_helper.from_array(weight, f"w{number}.{copy}"))
            takes_in = [f"x{n_in}", f"w{number}.{copy}", *noughts]
            nodes.append(helper.make_node(operator, takes_in, [name]))
            outputs.append(helper.make_tensor_value_info(name, made, [rows, n_out]))
            shapes[name] = (rows, n_out)
    takes = [helper.make_tensor_value_info(key, given, x.shape) for key, x in inputs.items()]
    graph = helper.make_graph(nodes, "products", takes, outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # As it stands: copies would else be taken for what they are, and done once.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    binding = session.io_binding()
    for key, x in inputs.items():
        binding.bind_cpu_input(key, x)
    # All of a shape write to one place, so that none waits for memory.
    places = {}
    for name, shape in shapes.items():
        kind_of = np.int32 if kind == "int8" else np.float32
        if shape not in places:
            places[shape] = onnxruntime.OrtValue.ortvalue_from_shape_and_type(shape, kind_of)
        binding.bind_ortvalue_output(name, places[shape])
    return lambda: session.run_with_iobinding(binding)


def graph_shares(name: str, texts: Sequence[str]) -> dict[str, Any]:
    """Return what part of a graph's time each kind of operation takes, on one thread."""
    import onnxruntime  # noqa: PLC0415

    bundled: Any = load(name).encoder_
    folder = bundled.folder
    with tempfile.TemporaryDirectory() as scratch:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_profiling = True
        options.profile_file_prefix = str(Path(scratch, "profile"))
        encoder = OnnxEncoder(folder, n_threads=1)
        encoder._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        encoder.tokens(texts)
        events = json.loads(Path(encoder._session.end_profiling()).read_text(encoding="utf-8"))
    spent: Counter[str] = Counter()
    for event in events:
        if event.get("cat") == "Node" and event["name"].endswith("_kernel_time"):
            spent[event["args"]["op_name"]] += event["dur"]
    total = spent.total()
    shares = {kind: microseconds / total for kind, microseconds in spent.most_common()}
    return {
        "products": sum(share for kind, share in shares.items() if kind in PRODUCTS),
        "attention": sum(share for kind, share in shares.items() if kind in ATTENTION),
        "by_operation": shares,
    }


def token_ids(texts: Sequence[str], everything: Sequence[str]) -> dict[str, Any]:
    """Return what looking ids up takes of the time of ``fast``; raise if one differs.

    On one thread, with no word met before, and with all of them met.
    """
    from tokenizers import Tokenizer  # noqa: PLC0415

    fast = load("fast")
    encoder: Any = fast.encoder_
    encoder.n_threads = 1
    pieces = encoder._pieces = Timed(encoder._pieces)
    found: dict[str, Any] = {"passages": len(texts)}
    for state in ("new", "known"):
        pieces.seconds = 0.0
        whole = seconds_of(lambda: fast.predict_proba(texts))
        found[f"share_words_{state}"] = pieces.seconds / whole
    tokenizer = Tokenizer.from_file(str(encoder.folder / TOKENIZER_FILE))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    found["times_tokenizers_words_known"] = (
        seconds_of(lambda: [tokenizer.encode(text, add_special_tokens=False) for text in texts])
        / pieces.seconds
    )
    every = [normalise(text) for text in everything]
    for text, ids in zip(every, pieces.ids(every), strict=True):
        if tokenizer.encode(text, add_special_tokens=False).ids != list(ids):
            raise ValueError(f"token ids differ from those of tokenizers: {text!r}")
    return {**found, "texts_with_the_same_ids": len(every)}


class Timed:
    """An encoder's word pieces, with a clock on them."""

    def __init__(self, pieces: Any) -> None:
        self._pieces = pieces
        self.seconds = 0.0

    def ids(self, texts: Sequence[str]) -> list[Any]:
        """Return the token ids of each text."""
        began = time.process_time()
        found: list[Any] = self._pieces.ids(texts)
        self.seconds += time.process_time() - began
        return found


def seconds_of(call: Callable[[], object]) -> float:
    began = time.process_time()  # all on one thread, so that what else runs does not count
    call()
    return time.process_time() - began


def limit_table(found: dict[str, Any]) -> str:
    """Return the Markdown tables of the section."""
    ids = found["token_ids"]
    lines = [
        ["tokens a passage", f"{found['tokens_a_passage']:.1f}"],
        ["multiply-adds of linear layers a passage", f"{found['multiply_adds_a_passage']:.3g}"],
        *(
            [f"{kind} products, billion multiply-adds/s",
             f"{found[f'{kind}_multiply_adds_per_second'] / 1e9:.0f}"]
            for kind in ("int8", "fp32")
        ),
        ["limit in int8, passages/s", f"{found['int8_limit_passages_per_second']:.0f}"],
        ["limit in fp32, passages/s", f"{found['fp32_limit_passages_per_second']:.0f}"],
        ["accurate, passages/s", f"{found['accurate_passages_per_second']:.0f}"],
        ["reached of the int8 limit", f"{found['reached']:.0%}"],
        *(
            [f"share of token ids in the time of fast, words {state}",
             f"{ids[f'share_words_{state}']:.1%}"]
            for state in ("new", "known")
        ),
        ["times as fast as tokenizers, words known", f"{ids['times_tokenizers_words_known']:.0f}"],
        ["texts with the same ids as by tokenizers", f"{ids['texts_with_the_same_ids']:,} of all"],
    ]  # fmt: skip
    shares = [
        [name, f"{graph['products']:.0%}", f"{graph['attention']:.0%}",
         ", ".join(f"{kind} {share:.0%}" for kind, share in graph["by_operation"].items()
                   if share >= 0.02)]
        for name, graph in found["time_in_graph"].items()
    ]  # fmt: skip
    header = ["Time in the graph of", "matrix products", "attention", "by operation"]
    return "\n\n".join([table(["accurate and the processor", ""], lines), table(header, shares)])
