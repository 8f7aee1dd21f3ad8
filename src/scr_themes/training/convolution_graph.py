"""The ONNX graph of a convolutional encoder, laid out for the processors that tag.

What ``torch.onnx`` writes of it takes twice as long. Here the first norm is folded into the
embeddings, scale and shift of the other norms into the layers after them, convolutions have the
form that onnxruntime runs channel-block by channel-block, and in int8 the two pointwise layers of
a block stay in integers from the first to the last, ReLU included.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from onnx import ModelProto, TensorProto
from torch import Tensor, nn

from scr_themes.training.graphs import LARGEST_WEIGHT, RUNTIME, Array, Graph, array, rounded
from scr_themes.training.networks import ConvolutionalEncoder

Layer = tuple[Array, Array]  # weight (n_out, n_in) and bias


def gap(encoder: ConvolutionalEncoder) -> int:
    """Return how many ids must lie between two texts so that neither sees the other."""
    return max(int(block["near"].padding[0]) for block in encoder.blocks)


def convolution_graph(
    encoder: ConvolutionalEncoder, texts: Iterable[Tensor] | None = None
) -> ModelProto:
    """Lay an encoder out as a graph from ``input_ids`` (n_tokens,) to ``tokens`` (n_tokens, width).

    It gives ``products`` of these, too; see :meth:`~.graphs.Graph.multiplied`.

    Several texts can go through it in one call with :func:`gap` times the id -1 between any two of
    them: there each block sees what it sees beyond the end of a text, which is nought.

    Parameters
    ----------
    encoder : ConvolutionalEncoder
    texts : iterable of Tensor, optional
        Token ids, shape (n_tokens,), of texts like those to be tagged: the scales of activations
        come from them, once and for all, so that a text has the same vectors in any company. With
        none the graph is fp32.

    Returns
    -------
    onnx.ModelProto
    """
    encoder.eval()
    graph = Graph()
    scales = None if texts is None else activation_scales(encoder, texts)
    with torch.no_grad():
        table = array(encoder.norm(encoder.embedding.weight))
    # The id -1 is the last row's.
    table = np.vstack([table, np.zeros_like(table[:1])])
    x = graph.embeddings(table, int8=scales is not None, small=True)
    within = graph.node("GreaterOrEqual", "input_ids", graph.constant("nought", np.array(0)))
    within = graph.node("Cast", within, to=TensorProto.FLOAT)
    within = graph.node("Unsqueeze", within, graph.constant("last", np.array([1])))
    for number, block in enumerate(encoder.blocks):
        if number:
            x = graph.node("Mul", x, within)
        near = _near(graph, f"{number}.", block["near"], x)
        narrow = block["narrow"]
        layers = (
            _folded(block["norm"], block["widen"]),
            (array(narrow.weight), array(narrow.bias)),
        )
        if scales is None:
            made = _pointwise(graph, f"{number}.", near, layers)
        else:
            made = _pointwise_int8(graph, f"{number}.", near, layers, scales[number])
        last = number + 1 == len(encoder.blocks)
        x = graph.node("Add", x, made, output="tokens" if last else "")
    graph.multiplied("tokens", encoder.width)
    return graph.model({"tokens": encoder.width})


def _near(graph: Graph, name: str, near: Any, x: str) -> str:
    """Mix neighbours and norm, without the scale and shift of the norm."""
    width, reach = near.out_channels, near.padding[0]
    image = graph.constant(f"{name}image", np.array([0, 1]))  # (1, 1, token, channel)
    # Channels first for the operator; onnxruntime folds both turns into its own layout.
    x = graph.node("Transpose", graph.node("Unsqueeze", x, image), perm=[0, 3, 1, 2])
    kernel = graph.constant(f"{name}near", array(near.weight)[:, :, None])
    bias = graph.constant(f"{name}near.bias", array(near.bias))
    mixed = graph.node(
        "Conv", x, kernel, bias,
        group=width, kernel_shape=[1, 2 * reach + 1], pads=[0, reach, 0, reach],
    )  # fmt: skip
    mixed = graph.node("Squeeze", graph.node("Transpose", mixed, perm=[0, 2, 3, 1]), image)
    ones = graph.constant(f"{name}ones", np.ones(width, dtype=np.float32))
    noughts = graph.constant(f"{name}noughts", np.zeros(width, dtype=np.float32))
    return graph.node("LayerNormalization", mixed, ones, noughts, axis=-1, epsilon=1e-5)


def _folded(norm: Any, layer: Any) -> Layer:
    """Return weight and bias of a layer that does the scale and shift of the norm before it."""
    weight = array(layer.weight)
    return weight * array(norm.weight), array(layer.bias) + weight @ array(norm.bias)


def _pointwise(graph: Graph, name: str, x: str, layers: tuple[Layer, Layer]) -> str:
    for part, (weight, bias) in zip(("widen", "narrow"), layers, strict=True):
        if part == "narrow":
            x = graph.node("Relu", x)
        names = graph.constant(name + part, weight), graph.constant(f"{name}{part}.bias", bias)
        x = graph.node("Gemm", x, *names, transB=1)
    return x


def _pointwise_int8(
    graph: Graph, name: str, x: str, layers: tuple[Layer, Layer], scales: tuple[float, float]
) -> str:
    """Add both layers in integers; hidden ones have none below nought, which makes the ReLU."""
    wide, narrow = layers
    normed, hidden = (
        (
            graph.constant(f"{name}{part}.step", np.float32(scale)),
            graph.constant(f"{name}{part}.nought", np.uint8(nought)),
        )
        for part, scale, nought in (("normed", scales[0], 128), ("hidden", scales[1], 0))
    )

    def layer(part: str, weight: Array, bias: Array, scale: float) -> tuple[str, str, str, str]:
        whole, steps = rounded(weight.T, LARGEST_WEIGHT)
        return (
            graph.constant(name + part, whole),
            graph.constant(f"{name}{part}.steps", steps),
            graph.constant(f"{name}{part}.noughts", np.zeros(len(steps), dtype=np.int8)),
            graph.constant(
                f"{name}{part}.bias", np.round(bias / (np.float32(scale) * steps)).astype(np.int32)
            ),
        )

    x = graph.node("QuantizeLinear", x, *normed)
    x = graph.node("QGemm", x, *normed, *layer("widen", *wide, scales[0]), *hidden, domain=RUNTIME)
    return graph.node("QGemm", x, *hidden, *layer("narrow", *narrow, scales[1]), domain=RUNTIME)


def activation_scales(
    encoder: ConvolutionalEncoder, texts: Iterable[Tensor]
) -> list[tuple[float, float]]:
    """Return for each block the steps of its normed and of its hidden activations.

    Of steps that clip more or less, the one with the least squared error, as in Nagel et al.
    (2021), *A white paper on neural network quantization*, arXiv:2106.08295, section 3.1.

    Parameters
    ----------
    encoder : ConvolutionalEncoder
    texts : iterable of Tensor
        Token ids, shape (n_tokens,).

    Raises
    ------
    ValueError
        If there is no text.
    """
    seen: list[tuple[list[Tensor], list[Tensor]]] = [([], []) for _ in encoder.blocks]
    hooks = []
    for (normed, hidden), block in zip(seen, encoder.blocks, strict=True):
        hooks += [
            block["norm"].register_forward_pre_hook(
                lambda _, given, kept=normed: kept.append(
                    nn.functional.layer_norm(given[0], given[0].shape[-1:]).flatten()
                )
            ),
            block["widen"].register_forward_hook(
                lambda _, __, made, kept=hidden: kept.append(made.relu().flatten())
            ),
        ]
    try:
        with torch.no_grad():
            for ids in texts:
                encoder(ids[None], torch.ones_like(ids)[None])
    finally:
        for hook in hooks:
            hook.remove()
    if not seen[0][0]:
        raise ValueError("no text to take the scales of activations from; give a few hundred")
    return [
        (_step(torch.cat(normed), -128, 127), _step(torch.cat(hidden), 0, 255))
        for normed, hidden in seen
    ]


def _step(values: Tensor, lowest: int, highest: int) -> float:
    largest = float(values.abs().max()) or 1.0
    tried = [float(share) * largest / highest for share in np.linspace(0.2, 1.0, 33)]

    def error(step: float) -> float:
        rounded = (values / step).round().clamp(lowest, highest) * step
        return float(((rounded - values) ** 2).mean().item())

    return min(tried, key=error)
