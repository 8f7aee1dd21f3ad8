"""The ONNX graph of a BERT, laid out for the processors that tag.

What ``torch.onnx`` writes of it takes a quarter longer and more: it keeps the shapes of batches,
and copies what it turns. Here a passage is one row of tokens, and products read the parts of a head
where they lie; onnxruntime's operator for attention, which copies them first, takes longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import ModelProto

from scr_themes.training.graphs import LARGEST_WEIGHT, RUNTIME, Graph, array, rounded


def is_bert(model: Any) -> bool:
    """Tell whether :func:`bert_graph` can lay a transformers model out."""
    config = model.config
    return (
        config.model_type == "bert"
        and config.hidden_act == "gelu"
        and getattr(config, "position_embedding_type", "absolute") == "absolute"
        and not getattr(config, "is_decoder", False)
    )


def bert_graph(model: Any, layers: Sequence[int], *, int8: bool) -> ModelProto:
    """Lay a BERT out as a graph from ``input_ids`` (n_tokens,) to its layers.

    In int8 the linear layers take the scale of their input from the passage itself (dynamic int8),
    and so give other vectors if several passages went through in one call: they cannot here.

    Parameters
    ----------
    model : transformers.BertModel
    layers : sequence of int
        Hidden layers to give, from 0 for the embeddings; the last is given in any case.
    int8 : bool
        Round the weights to integers.

    Returns
    -------
    onnx.ModelProto
        Its outputs, named by :func:`output_of`, have shape (n_tokens, width); it gives
        ``products`` of the last layer, too: see :meth:`~.graphs.Graph.multiplied`.
    """
    model = model.eval()
    n_layers, width = int(model.config.num_hidden_layers), int(model.config.hidden_size)
    graph = _Bert(int8=int8)
    given = {output_of(layer, n_layers) for layer in (*layers, n_layers)}
    x = graph.embedded(model.embeddings, output_of(0, n_layers))
    for number, layer in enumerate(model.encoder.layer):
        x = graph.layer(f"{number}.", layer, x, output_of(number + 1, n_layers))
    graph.multiplied("tokens", width)
    return graph.model(dict.fromkeys(sorted(given), width))


def output_of(layer: int, n_layers: int) -> str:
    """Return the name of the output that gives a layer; the last one's is ``tokens``.

    Examples
    --------
    >>> output_of(2, 6), output_of(-1, 6)
    ('layer.2', 'tokens')
    """
    layer = layer % (n_layers + 1)
    return "tokens" if layer == n_layers else f"layer.{layer}"


class _Bert(Graph):
    def __init__(self, *, int8: bool) -> None:
        super().__init__()
        self._int8 = int8
        self._whole: dict[str, list[str]] = {}

    def embedded(self, embeddings: Any, output: str) -> str:
        words = self.embeddings(array(embeddings.word_embeddings.weight), int8=self._int8)
        # Of the two types of token there is the first only.
        types = array(embeddings.token_type_embeddings.weight)[0]
        places = self.constant("places", array(embeddings.position_embeddings.weight) + types)
        self.constant("first", np.array([0]))
        there = self.node("Slice", places, "first", self.node("Shape", "input_ids"), "first")
        return self._normed("norm", embeddings.LayerNorm, self.node("Add", words, there), output)

    def layer(self, name: str, layer: Any, x: str, output: str) -> str:
        after = layer.attention.output
        made = self._linear(f"{name}attended", after.dense, self._attended(name, layer, x))
        x = self._normed(f"{name}attended.norm", after.LayerNorm, self.node("Add", made, x))
        made = self._linear(f"{name}widen", layer.intermediate.dense, x)
        made = self.node("Gelu", made, domain=RUNTIME)
        made = self._linear(f"{name}narrow", layer.output.dense, made)
        norm = layer.output.LayerNorm
        return self._normed(f"{name}norm", norm, self.node("Add", made, x), output)

    def _attended(self, name: str, layer: Any, x: str) -> str:
        within = layer.attention.self
        size = within.attention_head_size
        by_head = self.constant("by_head", np.array([0, within.num_attention_heads, size]))
        query, key, value = (
            self.node("Reshape", self._linear(f"{name}{part}", getattr(within, part), x), by_head)
            for part in ("query", "key", "value")
        )
        # Each (token, head, channel); transBatch takes heads for the batch without moving them.
        rests = self.node(
            "FusedMatMul", query, key,
            domain=RUNTIME, transBatchA=1, transBatchB=1, transB=1, alpha=size**-0.5,
        )  # fmt: skip
        rests = self.node("Softmax", rests, axis=-1)
        made = self.node("FusedMatMul", rests, value, domain=RUNTIME, transBatchB=1)
        made = self.node("Transpose", made, perm=[1, 0, 2])
        whole = self.constant("whole", np.array([0, within.num_attention_heads * size]))
        return self.node("Reshape", made, whole)

    def _linear(self, name: str, layer: Any, x: str) -> str:
        weight, shift = array(layer.weight), self.constant(f"{name}.bias", array(layer.bias))
        if not self._int8:
            return self.node("Gemm", x, self.constant(name, weight), shift, transB=1)
        whole, steps = rounded(weight.T, LARGEST_WEIGHT)
        x, step, nought = self._quantized(x)
        # Weights have no nought of their own: one a column, though all are 0, would cost.
        return self.node(
            "MatMulIntegerToFloat",
            x, self.constant(name, whole), step, self.constant(f"{name}.steps", steps),
            nought, "", shift,
            domain=RUNTIME,
        )  # fmt: skip

    def _quantized(self, x: str) -> list[str]:
        """Return a vector's integers, step and nought; made once for query, key and value."""
        if x not in self._whole:
            self._whole[x] = self.nodes("DynamicQuantizeLinear", x, outputs=["", "", ""])
        return self._whole[x]

    def _normed(self, name: str, norm: Any, x: str, output: str = "") -> str:
        return self.node(
            "LayerNormalization",
            x, self.constant(name, array(norm.weight)),
            self.constant(f"{name}.bias", array(norm.bias)),
            output=output, axis=-1, epsilon=norm.eps,
        )  # fmt: skip
