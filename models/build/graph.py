"""A thin pen for ONNX graphs: each call draws one node and returns the name of its output.

Layout is NCHW. Weights come in TensorFlow's order (height, width, in, out) and are turned here.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
IR_VERSION = 8  # understood by every onnxruntime since 1.13


class Graph:
    """One network under construction."""

    def __init__(self, name: str, input_shape: list[int | str]):
        self.name = name
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self.input = helper.make_tensor_value_info("input", TensorProto.FLOAT, input_shape)

    def constant(self, name: str, values: np.ndarray) -> str:
        """Keep `values` in the file, floats as float32."""
        array = np.asarray(values)
        if array.dtype.kind == "f":
            array = array.astype(np.float32)
        self.initializers.append(numpy_helper.from_array(np.asarray(array, order="C"), name))
        return name

    def node(self, op: str, inputs: list[str], name: str, **attributes) -> str:
        """Any operator; the output is named after the node."""
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def conv(self, x: str, name: str, filters: np.ndarray, bias: np.ndarray, *, stride=1, pads=(0, 0, 0, 0)) -> str:
        """A dense convolution. `pads` is top, left, bottom, right."""
        return self._conv(x, name, filters.transpose(3, 2, 0, 1), bias, stride, pads, group=1)

    def separable(self, x: str, name: str, depthwise, pointwise, bias, *, stride=1, pads=(1, 1, 1, 1)) -> str:
        """A depthwise convolution, then a 1x1 one, with nothing in between."""
        channels = depthwise.shape[2]
        inner = self._conv(
            x, f"{name}/depthwise", depthwise.transpose(2, 3, 0, 1), None, stride, pads, group=channels
        )
        return self.conv(inner, f"{name}/pointwise", pointwise, bias)

    def depthwise(self, x: str, name: str, filters, bias, *, stride=1, pads=(0, 0, 0, 0)) -> str:
        """A convolution of each channel by itself; `filters` are (height, width, channels, 1)."""
        return self._conv(x, name, filters.transpose(2, 3, 0, 1), bias, stride, pads, group=filters.shape[2])

    def slice(self, x: str, name: str, *, axis: int, start: int, end: int, step: int = 1) -> str:
        """A part of one axis; backwards with a negative step."""
        numbers = {"starts": start, "ends": end, "axes": axis, "steps": step}
        inputs = [self.constant(f"{name}/{key}", np.array([value], np.int64)) for key, value in numbers.items()]
        return self.node("Slice", [x, *inputs], name)

    def unit(self, x: str, name: str) -> str:
        """Each row at length 1."""
        length = self.node("ReduceL2", [x], f"{name}/length", axes=[1], keepdims=1)
        return self.node("Div", [x, length], name)

    def _conv(self, x, name, weights, bias, stride, pads, group) -> str:
        inputs = [x, self.constant(f"{name}/weights", weights)]
        if bias is not None:
            inputs.append(self.constant(f"{name}/bias", bias))
        return self.node(
            "Conv", inputs, name,
            kernel_shape=weights.shape[2:], strides=[stride, stride], pads=list(pads), group=group,
        )

    def relu(self, x: str) -> str:
        """max(0, x)."""
        return self.node("Relu", [x], f"{x}/relu")

    def add(self, a: str, b: str, name: str) -> str:
        """a + b."""
        return self.node("Add", [a, b], name)

    def model(self, output: str, output_shape: list[int | str]) -> onnx.ModelProto:
        """Close the graph: rename the last value to `output`, check, and hand over."""
        return self.close({self.nodes[-1].output[0]: (output, output_shape)})

    def close(self, outputs: dict[str, tuple[str, list[int | str]]]) -> onnx.ModelProto:
        """Close the graph: rename the values that go out (to a name, with a shape), check, and hand over."""
        for node in self.nodes:
            for names in (node.input, node.output):
                for i, name in enumerate(names):
                    names[i] = outputs[name][0] if name in outputs else name
        results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.values()]
        graph = helper.make_graph(self.nodes, self.name, [self.input], results, self.initializers)
        model = helper.make_model(
            graph, producer_name="limen", opset_imports=[helper.make_opsetid("", OPSET)]
        )
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model, full_check=True)
        return model


def fold_input(filters: np.ndarray, bias: np.ndarray, mean_rgb) -> tuple[np.ndarray, np.ndarray]:
    """Move (x - mean) / 255 into a convolution. Exact only where the convolution pads nothing."""
    scaled = filters / 255
    return scaled, bias - np.einsum("hwio,i->o", scaled, np.asarray(mean_rgb))
