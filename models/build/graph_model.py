"""Turn a TensorFlow.js GraphModel (model.json and its .bin) into ONNX.

    model = read_graph_model(Path("node_modules/@vladmandic/human/models"), "faceres")
    onnx_model = convert(model, "faceres", outputs={"global_pooling/Mean": "features"})

TensorFlow's pictures are NHWC, ours NCHW: pictures (values of rank 4) are kept as NCHW throughout, weights are turned
here, and only where the original reshapes a picture is it turned back. Sizes are fixed, the batch is 1.

What the original expects as `x * scale + offset` is folded into its first convolution, so that the result takes RGB of
0..255 as it is. Where that convolution pads with zeros, the raw value that means zero is padded instead: exact.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx

from graph import Graph
from graph_model_attributes import Attributes
from weights import BuildError, slice_weights

TO_NCHW, TO_NHWC = (0, 3, 1, 2), (0, 2, 3, 1)
ACTIVATIONS = {"Relu": "Relu", "Sigmoid": "Sigmoid", "Tanh": "Tanh", "Elu": "Elu"}
ARITHMETIC = {"Add": "Add", "AddV2": "Add", "Sub": "Sub", "Mul": "Mul", "RealDiv": "Div", "Maximum": "Max"}


@dataclass
class GraphModel:
    """What model.json says: operators in an order in which they can be computed, constants by name."""

    nodes: list[dict]
    constants: dict[str, np.ndarray]


@dataclass
class Value:
    """Something computed: its name in ONNX and its shape in TensorFlow's order."""

    name: str
    shape: tuple[int, ...]
    raw: bool = False
    """The picture before normalisation: only a pad or a convolution may take it."""

    @property
    def picture(self) -> bool:
        return len(self.shape) == 4


def read_graph_model(folder: Path, name: str) -> GraphModel:
    """Read `folder`/`name`.json and the weights beside it (float32, or quantized to float16 or uint8)."""
    file = folder / f"{name}.json"
    try:
        described = json.loads(file.read_text())
        constants: dict[str, np.ndarray] = {}
        for group in described["weightsManifest"]:
            data = b"".join((folder / path).read_bytes() for path in group["paths"])
            constants |= slice_weights(group["weights"], data)
        return GraphModel(_in_order(described["modelTopology"]["node"]), constants)
    except (OSError, ValueError, KeyError) as cause:
        raise BuildError(f"Cannot read the GraphModel {file} ({cause}): run `npm install`.") from cause


def _in_order(nodes: list[dict]) -> list[dict]:
    """Every node after those that it needs; in the file they may come in any order."""
    by_name, done, order = {node["name"]: node for node in nodes}, set(), []

    def visit(node: dict) -> None:
        if node["name"] in done:
            return
        done.add(node["name"])
        for needed in _inputs(node):
            visit(by_name[needed])
        order.append(node)

    for node in nodes:
        visit(node)
    return order


def _inputs(node: dict) -> list[str]:
    return [name.split(":")[0] for name in node.get("input", []) if not name.startswith("^")]


def convert(model: GraphModel, name: str, *, outputs: dict[str, str], scale=1.0, offset=0.0, size=None) -> onnx.ModelProto:
    """Draw `model` as ONNX with the input `input` [1, 3, H, W], RGB 0..255, and `outputs` (its names for ours).

    `size` (height, width) where the original leaves it open. Outputs of rank 4 come as NCHW.
    """
    return _Conversion(model, name, scale, offset, size).run(outputs)


@dataclass
class _Conversion:
    model: GraphModel
    name: str
    scale: float
    offset: float
    size: tuple[int, int] | None
    values: dict[str, Value] = field(default_factory=dict)

    def run(self, outputs: dict[str, str]) -> onnx.ModelProto:
        for node in self.model.nodes:
            draw = getattr(self, f"_{node['op'].lstrip('_').lower()}", None)
            try:
                self.values |= {} if node["op"] == "Const" else {node["name"]: draw(node, Attributes(node))}
            except (TypeError, KeyError) as cause:
                raise BuildError(f"{self.name}: cannot convert {node['op']} {node['name']}: {cause!r}") from cause
        ends = [(self.values[theirs], ours) for theirs, ours in outputs.items()]
        return self.graph.close({end.name: (ours, _onnx_shape(end)) for end, ours in ends})

    # What goes in.

    def _placeholder(self, node, attributes) -> Value:
        if hasattr(self, "graph"):
            raise BuildError(f"{self.name} has more than one input.")
        _, height, width, channels = attributes.shape()
        if self.size:
            height, width = self.size
        self.graph = Graph(self.name, [1, channels, height, width])
        return Value("input", (1, height, width, channels), raw=self.scale != 1 or self.offset != 0)

    def _constant(self, name: str) -> np.ndarray:
        return self.model.constants[name]

    def _operand(self, name: str, other: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        """A value, or a constant turned so that it spreads over `other` as it did in TensorFlow."""
        if name in self.values:
            value = self.values[name]
            return self._cooked(value), value.shape
        values = self._constant(name)
        shape = values.shape
        if len(other) == 4 and values.ndim > 0:
            values = values.reshape((1,) * (4 - values.ndim) + values.shape).transpose(TO_NCHW)
        return self.graph.constant(f"{name}/onnx", values), shape

    def _cooked(self, value: Value) -> str:
        if value.raw:
            raise BuildError(f"{self.name}: the first operator after the input is neither a convolution nor a pad.")
        return value.name

    # Convolutions.

    def _fusedconv2d(self, node, attributes) -> Value:
        x, filters, *rest = _inputs(node)
        return self._convolution(node, attributes, x, self._constant(filters), [self._constant(name) for name in rest])

    _conv2d = _fusedconv2d

    def _fuseddepthwiseconv2dnative(self, node, attributes) -> Value:
        x, filters, *rest = _inputs(node)
        weights = self._constant(filters)
        height, width, channels, multiplier = weights.shape
        turned = weights.reshape(height, width, 1, channels * multiplier)
        return self._convolution(node, attributes, x, turned, [self._constant(name) for name in rest], group=channels)

    _depthwiseconv2dnative = _fuseddepthwiseconv2dnative

    def _convolution(self, node, attributes, x, filters, rest, group=1) -> Value:
        value, fused = self.values[x], attributes.texts("fused_ops")
        bias = rest.pop(0) if "BiasAdd" in fused else np.zeros(filters.shape[3])
        (_, *strides, _), (_, *dilations, _) = attributes.numbers("strides"), attributes.numbers("dilations", (1, 1, 1, 1))
        kernel = filters.shape[:2]
        pads = attributes.pads(value.shape[1:3], kernel, strides, dilations)
        size = _slid(value.shape[1:3], kernel, strides, dilations, pads)
        if value.raw:
            value = self._padded(value, f"{node['name']}/pad", ((0, 0), *pads, (0, 0)))
            pads = ((0, 0), (0, 0))
            bias = bias + self.offset * filters.sum((0, 1, 2))
            filters = filters * self.scale
        weights = self.graph.constant(f"{node['name']}/weights", filters.transpose(3, 2, 0, 1))
        out = self.graph.node(
            "Conv", [value.name, weights, self.graph.constant(f"{node['name']}/bias", bias)], node["name"],
            kernel_shape=kernel, strides=strides, dilations=dilations, pads=_onnx_pads(pads), group=group,
        )
        return self._activated(Value(out, (1, *size, filters.shape[3])), fused, rest, attributes)

    def _activated(self, value: Value, fused, rest, attributes) -> Value:
        for kind in (name for name in fused if name != "BiasAdd"):
            slope = rest.pop(0) if kind == "Prelu" else attributes.number("leakyrelu_alpha", 0.2)
            value = self._activation(kind, value, f"{value.name}/{kind.lower()}", slope)
        return value

    # Activations.

    def _activation(self, kind: str, value: Value, name: str, slope=None) -> Value:
        x = self._cooked(value)
        if kind in ACTIVATIONS:
            return Value(self.graph.node(ACTIVATIONS[kind], [x], name), value.shape)
        if kind == "Relu6":
            bounds = [self.graph.constant(f"{name}/{end}", np.array(end, np.float32)) for end in (0, 6)]
            return Value(self.graph.node("Clip", [x, *bounds], name), value.shape)
        if kind == "LeakyRelu":
            return Value(self.graph.node("LeakyRelu", [x], name, alpha=slope), value.shape)
        if kind == "Prelu":
            slopes = slope.reshape((1,) * (4 - slope.ndim) + slope.shape).transpose(TO_NCHW)[0] if value.picture else slope
            return Value(self.graph.node("PRelu", [x, self.graph.constant(f"{name}/slope", slopes)], name), value.shape)
        raise BuildError(f"{self.name}: no activation {kind} is known here.")

    def _relu(self, node, attributes) -> Value:
        slope = attributes.number("alpha", 0.2)
        return self._activation(node["op"], self.values[_inputs(node)[0]], node["name"], slope)

    _relu6 = _sigmoid = _tanh = _elu = _leakyrelu = _relu

    def _prelu(self, node, _) -> Value:
        x, slope = _inputs(node)
        return self._activation("Prelu", self.values[x], node["name"], self._constant(slope))

    def _softmax(self, node, _) -> Value:
        value = self.values[_inputs(node)[0]]
        return Value(self.graph.node("Softmax", [value.name], node["name"], axis=1 if value.picture else -1), value.shape)

    # Arithmetic.

    def _add(self, node, _) -> Value:
        shapes = [self.values[name].shape if name in self.values else self._constant(name).shape for name in _inputs(node)]
        widest = np.broadcast_shapes(*shapes)
        operands = [self._operand(name, widest) for name in _inputs(node)]
        if any(len(shape) != len(widest) for name, (_, shape) in zip(_inputs(node), operands) if name in self.values):
            raise BuildError(f"{self.name}: {node['name']} spreads a value over a picture, which is not known here.")
        return Value(self.graph.node(ARITHMETIC[node["op"]], [name for name, _ in operands], node["name"]), widest)

    _addv2 = _sub = _mul = _realdiv = _maximum = _add

    def _fusedmatmul(self, node, attributes) -> Value:
        x, weights, *rest = _inputs(node)
        value, matrix, fused = self.values[x], self._constant(weights), attributes.texts("fused_ops")
        if attributes.flag("transpose_a"):
            raise BuildError(f"{self.name}: {node['name']} turns its first factor, which is not known here.")
        matrix = matrix.T if attributes.flag("transpose_b") else matrix
        operands = [self._cooked(value), self.graph.constant(f"{node['name']}/weights", matrix)]
        rest = [self._constant(name) for name in rest]
        if "BiasAdd" in fused:
            operands.append(self.graph.constant(f"{node['name']}/bias", rest.pop(0)))
        out = Value(self.graph.node("Gemm", operands, node["name"]), (*value.shape[:-1], matrix.shape[1]))
        return self._activated(out, fused, rest, attributes)

    _matmul = _fusedmatmul

    # Pooling and shapes.

    def _maxpool(self, node, attributes) -> Value:
        value = self.values[_inputs(node)[0]]
        (_, *kernel, _), (_, *strides, _) = attributes.numbers("ksize"), attributes.numbers("strides")
        pads = attributes.pads(value.shape[1:3], kernel, strides, (1, 1))
        out = self.graph.node(
            "MaxPool" if node["op"] == "MaxPool" else "AveragePool", [self._cooked(value)], node["name"],
            kernel_shape=kernel, strides=strides, pads=_onnx_pads(pads),
        )
        return Value(out, (1, *_slid(value.shape[1:3], kernel, strides, (1, 1), pads), value.shape[3]))

    _avgpool = _maxpool

    def _mean(self, node, attributes) -> Value:
        x, axes = _inputs(node)
        value, rank = self.values[x], len(self.values[x].shape)
        gone = sorted(int(axis) % rank for axis in self._constant(axes).ravel())
        keep = attributes.flag("keep_dims")
        if value.picture and not keep and gone != [1, 2]:
            raise BuildError(f"{self.name}: {node['name']} averages a picture over axes {gone}, which is not known here.")
        axes = [TO_NCHW.index(axis) for axis in gone] if value.picture else gone
        out = self.graph.node("ReduceMean", [self._cooked(value)], node["name"], axes=axes, keepdims=int(keep))
        left = [1 if i in gone else side for i, side in enumerate(value.shape) if keep or i not in gone]
        return Value(out, tuple(left))

    def _pad(self, node, _) -> Value:
        x, pads, *rest = _inputs(node)
        if rest and float(self._constant(rest[0])) != 0:
            raise BuildError(f"{self.name}: {node['name']} pads with something else than zeros.")
        return self._padded(self.values[x], node["name"], [tuple(int(n) for n in pair) for pair in self._constant(pads)])

    _padv2 = _pad

    def _padded(self, value: Value, name: str, pads) -> Value:
        """Zeros around a value; around the raw picture, what means zero after normalisation."""
        if not any(n for pair in pads for n in pair):
            return value
        turned = [pads[axis] for axis in TO_NCHW] if value.picture else pads
        widths = self.graph.constant(f"{name}/pads", np.array([p[0] for p in turned] + [p[1] for p in turned], np.int64))
        fill = self.graph.constant(f"{name}/fill", np.array(-self.offset / self.scale if value.raw else 0.0))
        shape = tuple(side + sum(pair) for side, pair in zip(value.shape, pads))
        return Value(self.graph.node("Pad", [value.name, widths, fill], name), shape, value.raw)

    def _reshape(self, node, _) -> Value:
        x, shape = _inputs(node)
        return self._reshaped(self.values[x], [int(n) for n in self._constant(shape)], node["name"])

    def _reshaped(self, value: Value, wanted: list[int], name: str) -> Value:
        known = int(np.prod([side for side in wanted if side != -1]))
        shape = tuple(int(np.prod(value.shape)) // known if side == -1 else side for side in wanted)
        target = self.graph.constant(f"{name}/shape", np.array(shape, np.int64))
        out = self.graph.node("Reshape", [self._in_their_order(value), target], name)
        return Value(self._in_our_order(out, shape), shape)

    def _in_their_order(self, value: Value) -> str:
        x = self._cooked(value)
        if not value.picture or value.shape[1:3] == (1, 1):
            return x
        return self.graph.node("Transpose", [x], self._new_name(f"{x}/nhwc"), perm=TO_NHWC)

    def _in_our_order(self, name: str, shape: tuple[int, ...]) -> str:
        return self.graph.node("Transpose", [name], f"{name}/nchw", perm=TO_NCHW) if len(shape) == 4 else name

    def _new_name(self, name: str) -> str:
        taken = {node.name for node in self.graph.nodes}
        return name if name not in taken else self._new_name(f"{name}'")

    def _identity(self, node, _) -> Value:
        return self.values[_inputs(node)[0]]


def _slid(size, kernel, strides, dilations, pads) -> list[int]:
    """How many places a kernel has on a padded picture."""
    return [
        (side + sum(pad) - (k - 1) * dilation - 1) // stride + 1
        for side, k, stride, dilation, pad in zip(size, kernel, strides, dilations, pads)
    ]


def _onnx_pads(pads) -> list[int]:
    return [pad[0] for pad in pads] + [pad[1] for pad in pads]


def _onnx_shape(value: Value) -> list[int]:
    return [value.shape[axis] for axis in TO_NCHW] if value.picture else list(value.shape)
