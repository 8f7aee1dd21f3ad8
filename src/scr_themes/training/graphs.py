"""ONNX graphs put together by hand: what the two kinds of encoder share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper
from torch import Tensor

Array = NDArray[Any]
RUNTIME = "com.microsoft"  # the domain of onnxruntime's own operators

# Weights of a layer that runs in integers lie within this. On processors without VNNI two products
# of an activation (at most 255) and a weight are added up in 16 bits: 2 * 255 * 63 just fits, and
# 127 would overflow and give other scores there.
LARGEST_WEIGHT = 63
LARGEST_EMBEDDING = 127


class Graph:
    """An ONNX graph from ``input_ids`` (n_tokens,), being put together."""

    def __init__(self) -> None:
        self._constants: dict[str, TensorProto] = {}
        self._nodes: list[Any] = []
        self._inputs = [
            helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["token"]),
        ]
        self._outputs: list[Any] = []

    def constant(self, name: str, array: Any) -> str:
        """Keep an array under a name."""
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def node(
        self, kind: str, *inputs: str, domain: str = "", output: str = "", **settings: Any
    ) -> str:
        """Add an operation; return the name of its output."""
        return self.nodes(kind, *inputs, domain=domain, outputs=[output], **settings)[0]

    def nodes(
        self, kind: str, *inputs: str, outputs: Sequence[str], domain: str = "", **settings: Any
    ) -> list[str]:
        """Add an operation of several outputs; return their names, made up where they are empty."""
        count = len(self._nodes)
        named = [output or f"{kind}.{count}.{i}" for i, output in enumerate(outputs)]
        self._nodes.append(helper.make_node(kind, inputs, named, domain=domain, **settings))
        return named

    def embeddings(self, table: Array, *, int8: bool, small: bool = False) -> str:
        """Look ids up in a table, shape (vocabulary, width).

        Of a small one onnxruntime makes floats once, when it opens the file; of a large one that
        would cost memory and time, and only the rows looked up become floats.
        """
        if not int8:
            return self.node("Gather", self.constant("embeddings", table), "input_ids")
        whole, steps = rounded(table.T, LARGEST_EMBEDDING)
        rows = self.constant("embeddings", whole.T)
        step = self.constant("embeddings.steps", steps[:, None])
        if not small:
            rows, step = (self.node("Gather", part, "input_ids") for part in (rows, step))
        scaled = self.node("Mul", self.node("Cast", rows, to=TensorProto.FLOAT), step)
        return self.node("Gather", scaled, "input_ids") if small else scaled

    def multiplied(self, x: str, width: int) -> None:
        """Give ``products``, too: the vectors ``x`` times a matrix that each call brings along.

        Its input is ``columns``, shape (width, n_columns), and the output (n_tokens, n_columns).
        So the products of heads are made here, where they are quickest, and yet the graph knows
        of no heads, which change when a model learns.
        """
        given = helper.make_tensor_value_info("columns", TensorProto.FLOAT, [width, "column"])
        self._inputs.append(given)
        self.node("MatMul", x, "columns", output="products")
        made = helper.make_tensor_value_info("products", TensorProto.FLOAT, ["token", "column"])
        self._outputs.append(made)

    def model(self, outputs: Mapping[str, int]) -> ModelProto:
        """Return the whole, with outputs of these widths: shape (n_tokens, width)."""
        made = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["token", width])
            for name, width in outputs.items()
        ]
        constants = list(self._constants.values())
        graph = helper.make_graph(
            self._nodes, "encoder", self._inputs, made + self._outputs, constants
        )
        versions = [helper.make_opsetid("", 17), helper.make_opsetid(RUNTIME, 1)]
        model = helper.make_model(graph, opset_imports=versions, producer_name="scr_themes")
        model.ir_version = 8  # of the oldest onnxruntime that we take, and of all since
        return model


def array(tensor: Tensor) -> Array:
    """Return a tensor's values."""
    return np.asarray(tensor.detach().cpu().numpy())


def rounded(columns: Array, largest: int) -> tuple[Array, Array]:
    """Return a matrix in whole numbers up to ``largest``, and the step of each column."""
    steps = np.abs(columns).max(axis=0) / largest
    steps[steps == 0] = 1
    return np.round(columns / steps).astype(np.int8), steps.astype(np.float32)
