"""Turn one of our ONNX networks into a TensorFlow.js GraphModel, without TensorFlow.

A GraphModel is two files: a description (topology and weight manifest, JSON) and the weights, one
after another. Inputs and outputs keep the names, the shapes and the NCHW order of the ONNX file,
so that callers need not know which of the two they run; inside, pictures are NHWC, because
TensorFlow.js knows nothing else.

Weights are stored as bytes with one scale and minimum per tensor (TensorFlow.js's own scheme):
a quarter of the size. face-api's own files are stored that way, so where nothing was folded into
them the same values come back, and nothing is lost. Tensors of middling size that are not bytes already become half
floats (the detector's are that from the start), small ones (biases, means) stay float32.
"""

import numpy as np
import onnx

from graph_model_frame import NHWC, GraphModelFrame, attributes
from tensorflow_form import INT, ints, same_pads, text, texts
from weights import BuildError

# Stands for minus infinity where a picture is padded before its maximum is taken; JSON has no infinity.
LOWEST = -3.0e38
ACTIVATIONS = {"Relu": "Relu", "LeakyRelu": "LeakyRelu", "Sigmoid": "Sigmoid"}


def graph_model(model: onnx.ModelProto, weights_file: str) -> tuple[bytes, bytes]:
    """The description, which names `weights_file`, and the bytes of that file."""
    return _Emitter(onnx.shape_inference.infer_shapes(model, strict_mode=True), weights_file).files()


class _Emitter(GraphModelFrame):
    """One or a few TensorFlow nodes for each ONNX node."""

    def _conv(self, node, a) -> None:
        x, weights = node.input[0], self.constants[node.input[1]]
        bias = self.constants[node.input[2]] if len(node.input) > 2 else None
        groups, channels = a.get("group", 1), self.shapes[x][1]
        depthwise = groups == channels and groups > 1
        if groups != 1 and not depthwise:
            raise BuildError(f"No GraphModel of {self.graph.name}: {node.name} has {groups} groups.")
        name = node.name or node.output[0]
        if depthwise:
            out, _, height, width = weights.shape
            filters = weights.reshape(groups, out // groups, height, width).transpose(2, 3, 0, 1)
        else:
            filters = weights.transpose(2, 3, 1, 0)
        padding = self._padding(node, a)
        activation = self._only_activation(node)
        # TensorFlow.js's fused depthwise convolution knows no explicit padding.
        fused = bias is not None and not (depthwise and "explicit_paddings" in padding)
        inputs = [self.names[x], self.constant(f"{name}/filters", filters)]
        common = {
            "data_format": text("NHWC"), "strides": ints([1, *a.get("strides", [1, 1]), 1]),
            "dilations": ints([1, *a.get("dilations", [1, 1]), 1]), **padding,
        }
        if not fused:
            op = "DepthwiseConv2dNative" if depthwise else "Conv2D"
            if bias is None:
                return self._emit(node, op, inputs, **common)
            plain = self.node(op, f"{name}/plain", inputs, **common)
            return self._emit(node, "BiasAdd", [plain, self.constant(f"{name}/bias", bias)], data_format=text("NHWC"))
        inputs.append(self.constant(f"{name}/bias", bias))
        ops = ["BiasAdd"]
        last = node
        if activation is not None:
            ops.append(ACTIVATIONS[activation.op_type])
            self.done.add(activation.output[0])
            last = activation
            if activation.op_type == "LeakyRelu":
                common["leakyrelu_alpha"] = {"f": _alpha(activation)}
        op = "FusedDepthwiseConv2dNative" if depthwise else "_FusedConv2D"
        self._emit(last, op, inputs, **common, num_args={"i": "1"}, fused_ops=texts(ops))

    def _only_activation(self, node):
        """The activation that alone takes what `node` gives: it can run inside of it."""
        users = self.consumers.get(node.output[0], [])
        is_result = node.output[0] in self.results
        return users[0] if len(users) == 1 and not is_result and users[0].op_type in ACTIVATIONS else None

    def _padding(self, node, a) -> dict:
        """'SAME' where TensorFlow pads the same, 'VALID' for none, else figures."""
        top, left, bottom, right = _pads(node, a)
        if (top, left, bottom, right) == (0, 0, 0, 0):
            return {"padding": text("VALID")}
        if self._is_same(node, a):
            return {"padding": text("SAME")}
        return {"padding": text("EXPLICIT"), "explicit_paddings": ints([0, 0, top, bottom, left, right, 0, 0])}

    def _is_same(self, node, a) -> bool:
        pads = _pads(node, a)
        kernel = a["kernel_shape"] if "kernel_shape" in a else self.constants[node.input[1]].shape[2:]
        sizes = self.shapes[node.input[0]][2:]
        strides, dilations = a.get("strides", [1, 1]), a.get("dilations", [1, 1])
        return all(
            same_pads(size, (k - 1) * d + 1, s) == (pads[i], pads[i + 2])
            for i, (size, k, s, d) in enumerate(zip(sizes, kernel, strides, dilations))
        )

    def _maxpool(self, node, a) -> None:
        x, padding = self.names[node.input[0]], self._padding(node, a)
        if "explicit_paddings" in padding:
            top, left, bottom, right = _pads(node, a)
            x = self._grown(node, [[0, 0], [top, bottom], [left, right], [0, 0]], LOWEST)
            padding = {"padding": text("VALID")}
        self._pool(node, a, "MaxPool", x, padding)

    def _averagepool(self, node, a) -> None:
        padding = self._padding(node, a)
        if "explicit_paddings" in padding or (_pads(node, a) != (0, 0, 0, 0) and a.get("count_include_pad", 0)):
            raise BuildError(f"No GraphModel of {self.graph.name}: {node.name} pads its average as TensorFlow cannot.")
        self._pool(node, a, "AvgPool", self.names[node.input[0]], padding)

    def _pool(self, node, a, op, x, padding) -> None:
        if a.get("ceil_mode", 0):
            raise BuildError(f"No GraphModel of {self.graph.name}: {node.name} rounds its size up.")
        sizes = {"ksize": ints([1, *a["kernel_shape"], 1]), "strides": ints([1, *a.get("strides", [1, 1]), 1])}
        self._emit(node, op, [x], data_format=text("NHWC"), **sizes, **padding)

    def _grown(self, node, pads: list[list[int]], value: float, name: str | None = None) -> str:
        name = name or f"{node.output[0]}/padded"
        inputs = [self.constant(f"{name}/pads", pads, np.int32), self.constant(f"{name}/value", value)]
        return self.node("PadV2", name, [self.names[node.input[0]], *inputs], Tpaddings=INT)

    def _pad(self, node, a) -> None:
        if a.get("mode", b"constant") != b"constant":
            raise BuildError(f"No GraphModel of {self.graph.name}: {node.name} pads with {a['mode'].decode()}.")
        flat = self.constants[node.input[1]]
        pads = [list(pair) for pair in zip(flat[: len(flat) // 2].tolist(), flat[len(flat) // 2 :].tolist())]
        if len(pads) == 4:
            pads = [pads[i] for i in NHWC]
        value = self.constants[node.input[2]].item() if len(node.input) > 2 and node.input[2] else 0.0
        self.names[node.output[0]] = self._grown(node, pads, value, self._name(node))

    def _globalaveragepool(self, node, a) -> None:
        axes = self.constant(f"{node.output[0]}/axes", [1, 2], np.int32)
        self._emit(node, "Mean", [self.names[node.input[0]], axes], Tidx=INT, keep_dims={"b": True})

    def _flatten(self, node, a) -> None:
        if a.get("axis", 1) != 1:
            raise BuildError(f"No GraphModel of {self.graph.name}: {node.name} flattens from axis {a['axis']}.")
        dims = self.shapes[node.input[0]]
        if None in dims[1:]:
            raise BuildError(f"No GraphModel of {self.graph.name}: {node.name} flattens what has no fixed size.")
        self._reshaped(node, [-1, int(np.prod(dims[1:]))])

    def _transpose(self, node, a) -> None:
        """To NHWC, which it is here already, before it is laid flat; any other is not known here."""
        result = node.output[0]
        users = self.consumers.get(result, [])
        if a["perm"] != NHWC or result in self.results or any(user.op_type not in ("Reshape", "Flatten") for user in users):
            raise BuildError(f"No GraphModel of {self.graph.name}: {node.name} turns to {a['perm']}.")
        self.names[result] = self.names[node.input[0]]
        self.turned.add(result)

    def _reshape(self, node, a) -> None:
        self._reshaped(node, self.constants[node.input[1]].tolist())

    def _reshaped(self, node, shape: list[int]) -> None:
        x = self._flat(node.input[0])
        if 0 in shape or len(shape) == 4:
            raise BuildError(f"No GraphModel of {self.graph.name}: {node.name} reshapes to {shape}.")
        self._emit(node, "Reshape", [x, self.constant(f"{node.output[0]}/shape", shape, np.int32)], Tshape=INT)

    def _gemm(self, node, a) -> None:
        weights = self.constants[node.input[1]]
        weights = (weights.T if a.get("transB", 0) else weights) * np.float32(a.get("alpha", 1.0))
        bias = self.constants[node.input[2]] * np.float32(a.get("beta", 1.0)) if len(node.input) > 2 else None
        name = node.name or node.output[0]
        inputs = [self.names[node.input[0]], self.constant(f"{name}/matrix", weights)]
        turns = {"transpose_a": {"b": bool(a.get("transA", 0))}, "transpose_b": {"b": False}}
        if bias is None:
            return self._emit(node, "MatMul", inputs, **turns)
        plain = self.node("MatMul", f"{name}/product", inputs, **turns)
        self._emit(node, "AddV2", [plain, self.constant(f"{name}/bias", bias)])

    def _concat(self, node, a) -> None:
        rank = len(self.shapes[node.output[0]])
        axis = a["axis"] % rank
        if rank == 4:
            axis = NHWC.index(axis)
        inputs = [self._operand(name, node.output[0]) for name in node.input]
        end = self.constant(f"{node.output[0]}/axis", axis, np.int32)
        self._emit(node, "ConcatV2", [*inputs, end], N={"i": str(len(inputs))}, Tidx=INT)

    def _binary(self, node, op) -> None:
        self._emit(node, op, [self._operand(name, node.output[0]) for name in node.input])

    def _add(self, node, a) -> None:
        self._binary(node, "AddV2")

    def _sub(self, node, a) -> None:
        self._binary(node, "Sub")

    def _mul(self, node, a) -> None:
        self._binary(node, "Mul")

    def _div(self, node, a) -> None:
        self._binary(node, "RealDiv")

    def _prelu(self, node, a) -> None:
        self._binary(node, "Prelu")

    def _relu(self, node, a) -> None:
        self._emit(node, "Relu", [self.names[node.input[0]]])

    def _sigmoid(self, node, a) -> None:
        self._emit(node, "Sigmoid", [self.names[node.input[0]]])

    def _leakyrelu(self, node, a) -> None:
        self._emit(node, "LeakyRelu", [self.names[node.input[0]]], alpha={"f": _alpha(node)})

    def _matmul(self, node, a) -> None:
        matrix = self.constant(f"{node.name or node.output[0]}/matrix", self.constants[node.input[1]])
        turns = {"transpose_a": {"b": False}, "transpose_b": {"b": False}}
        self._emit(node, "MatMul", [self.names[node.input[0]], matrix], **turns)

    def _clip(self, node, a) -> None:
        low, high = (float(self.constants[name]) for name in node.input[1:3])
        limits = [self.constant(f"{node.output[0]}/{end}", value) for end, value in (("low", low), ("high", high))]
        self._emit(node, "ClipByValue", [self.names[node.input[0]], *limits])

    def _sqrt(self, node, a) -> None:
        self._emit(node, "Sqrt", [self.names[node.input[0]]])

    def _reducel2(self, node, a) -> None:
        self._reduced(node, a, "EuclideanNorm")

    def _reducemean(self, node, a) -> None:
        self._reduced(node, a, "Mean")

    def _reduced(self, node, a, op) -> None:
        if len(self.shapes[node.input[0]]) == 4:
            raise BuildError(f"No GraphModel of {self.graph.name}: {node.name} reduces a picture.")
        axes = self.constant(f"{node.output[0]}/axes", a["axes"], np.int32)
        self._emit(node, op, [self.names[node.input[0]], axes], Tidx=INT, keep_dims={"b": bool(a.get("keepdims", 1))})

    def _slice(self, node, a) -> None:
        starts, ends, axes, steps = (self.constants[name].tolist() for name in node.input[1:5])
        rank = len(self.shapes[node.input[0]])
        begin, end, stride = [0] * rank, [0] * rank, [1] * rank
        whole = set(range(rank))
        for first, last, axis, step in zip(starts, ends, axes, steps):
            at = NHWC.index(axis) if rank == 4 else axis
            begin[at], end[at], stride[at] = first, last, step
            whole.remove(at)
        numbers = {"begin": begin, "end": end, "strides": stride}
        inputs = [self.constant(f"{node.output[0]}/{key}", value, np.int32) for key, value in numbers.items()]
        mask = {"i": str(sum(1 << at for at in whole))}
        none = {name: {"i": "0"} for name in ("ellipsis_mask", "new_axis_mask", "shrink_axis_mask")}
        here = [self.names[node.input[0]], *inputs]
        self._emit(node, "StridedSlice", here, Index=INT, begin_mask=mask, end_mask=mask, **none)

    def _softmax(self, node, a) -> None:
        if len(self.shapes[node.output[0]]) == 4 or a.get("axis", -1) not in (-1, len(self.shapes[node.output[0]]) - 1):
            raise BuildError(f"No GraphModel of {self.graph.name}: {node.name} is no softmax over the last axis.")
        self._emit(node, "Softmax", [self.names[node.input[0]]])


def _alpha(node: onnx.NodeProto) -> float:
    """LeakyRelu's slope as a short decimal: 0.1, not the digits of its nearest float32."""
    return float(f"{attributes(node).get('alpha', 0.01):.7g}")


def _pads(node, a) -> tuple[int, int, int, int]:
    if a.get("auto_pad", b"NOTSET") != b"NOTSET":
        raise BuildError(f"{node.name} says auto_pad: draw it with pads.")
    return tuple(a.get("pads", (0, 0, 0, 0)))
