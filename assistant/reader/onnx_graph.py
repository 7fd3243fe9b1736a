"""The trained encoder as an ONNX graph, drawn from its weights in memory: no second copy of them is kept anywhere, and no torch is needed.

The graph is BERT (Devlin and others 2019) for one input without padding: embedded tokens of shape (1, tokens, size) in, last states of
the same shape out. Operators of ONNX Runtime's own domain do what several standard ones would.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

_OPSET = 17
_OWN = "com.microsoft"


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a BERT configuration shapes the graph."""

    size: int
    heads: int
    layers: int
    epsilon: float


def encoder_graph(weights: Mapping[str, FloatArray], shape: Shape, *, quantised: bool) -> bytes:
    """The serialised model; `weights` have the names of transformers' BertModel.

    With `quantised` the weights of its matrices are int8, a scale a column, and what they are multiplied with is quantised as it comes
    (dynamic quantisation): about half the time where the processor has instructions for it.

    Raises:
        ImportError: the package onnx is not installed.
        KeyError: a weight is missing.
    """
    from onnx import TensorProto, helper

    drawing = _Drawing(weights, shape, quantised)
    state = drawing.normalised("embedded", "embeddings.LayerNorm")
    for layer in range(shape.layers):
        state = drawing.layer(state, f"encoder.layer.{layer}")
    drawing.add("Identity", [state], output="states")
    width: list[str | int] = [1, "tokens", shape.size]
    graph = helper.make_graph(
        drawing.nodes,
        "reader",
        [helper.make_tensor_value_info("embedded", TensorProto.FLOAT, width)],
        [helper.make_tensor_value_info("states", TensorProto.FLOAT, width)],
        drawing.constants,
    )
    versions = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_OWN, 1)]
    content: bytes = helper.make_model(graph, opset_imports=versions, ir_version=8).SerializeToString()
    return content


class _Drawing:
    """Nodes and constants as they are drawn."""

    def __init__(self, weights: Mapping[str, FloatArray], shape: Shape, quantised: bool) -> None:
        self.weights, self.shape, self.quantised = weights, shape, quantised
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def layer(self, state: str, name: str) -> str:
        """One layer: attention, then the wider network, each added to what came in and normalised."""
        inner = f"{name}.attention"
        asked = [self.linear(state, f"{inner}.self.{part}") for part in ("query", "key", "value")]
        attended = self.add("MultiHeadAttention", asked, num_heads=self.shape.heads, domain=_OWN)
        mixed = self.linear(attended, f"{inner}.output.dense")
        state = self.normalised(self.add("Add", [mixed, state]), f"{inner}.output.LayerNorm")
        wide = self.add("Gelu", [self.linear(state, f"{name}.intermediate.dense")], domain=_OWN)
        narrow = self.linear(wide, f"{name}.output.dense")
        return self.normalised(self.add("Add", [narrow, state]), f"{name}.output.LayerNorm")

    def linear(self, state: str, name: str) -> str:
        """A matrix and a bias."""
        matrix, bias = self.weights[f"{name}.weight"].T, self.constant(f"{name}.bias", self.weights[f"{name}.bias"])
        if not self.quantised:
            return self.add("Add", [self.add("MatMul", [state, self.constant(f"{name}.weight", matrix)]), bias])
        scale = np.abs(matrix).max(axis=0) / _INT8
        whole = np.rint(matrix / np.where(scale > 0, scale, 1)).astype(np.int8)
        scales = self.constant(f"{name}.scale", scale.astype(np.float32))
        return self.add("DynamicQuantizeMatMul", [state, self.constant(f"{name}.weight", whole), scales, "", bias], domain=_OWN)

    def normalised(self, state: str, name: str) -> str:
        """Layer normalisation."""
        scale, bias = (self.constant(f"{name}.{part}", self.weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.add("LayerNormalization", [state, scale, bias], epsilon=self.shape.epsilon)

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        """An array of the graph."""
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, operator: str, inputs: list[str], output: str = "", domain: str = "", **attributes: Any) -> str:
        """A node; returns the name of its output."""
        from onnx import helper

        output = output or f"at{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output


_INT8 = 64
"""Weights are rounded to -64 … 64: where a processor adds two products in 16 bits (AVX2 without VNNI), larger ones would overflow."""
