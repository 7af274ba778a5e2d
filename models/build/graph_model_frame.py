"""A GraphModel on its way from ONNX: its nodes, its weights, its names, and the edges where pictures are turned."""

import json

import numpy as np
import onnx
from onnx import helper, numpy_helper

from tensorflow_form import FLOAT, INT, quantized, shape
from weights import BuildError

# Quantizing these gains nothing.
SMALL = 1024
NHWC, NCHW = [0, 2, 3, 1], [0, 3, 1, 2]


class GraphModelFrame:
    """Everything but the operators, which are methods of the class that is made of this one, by ONNX's names: `_conv`."""

    def __init__(self, model: onnx.ModelProto, weights_file: str):
        self.graph = model.graph
        self.weights_file = weights_file
        self.constants = {t.name: numpy_helper.to_array(t) for t in self.graph.initializer}
        values = [*self.graph.value_info, *self.graph.input, *self.graph.output]
        self.shapes = {v.name: _dims(v) for v in values}
        self.consumers: dict[str, list[onnx.NodeProto]] = {}
        for node in self.graph.node:
            for name in node.input:
                self.consumers.setdefault(name, []).append(node)
        self.results = [v.name for v in self.graph.output]
        self.nodes: list[dict] = []
        self.weights: list[tuple[dict, bytes]] = []
        # What a value of the ONNX graph is called here, pictures in NHWC.
        self.names: dict[str, str] = {}
        self.done: set[str] = set()
        # Pictures that the ONNX graph itself has turned to NHWC: they lie as ONNX has them.
        self.turned: set[str] = set()

    def files(self) -> tuple[bytes, bytes]:
        for value in self.graph.input:
            self._input(value)
        for node in self.graph.node:
            if node.output[0] not in self.done:
                handler = getattr(self, f"_{node.op_type.lower()}", None)
                if handler is None:
                    raise BuildError(f"No GraphModel of {self.graph.name}: the operator {node.op_type} is not known here.")
                handler(node, attributes(node))
        for name in self.results:
            self._result(name)
        return self._description(), b"".join(data for _, data in self.weights)

    # What the file is made of

    def node(self, op: str, name: str, inputs: list[str], **attributes) -> str:
        self.nodes.append({"name": name, "op": op, "input": inputs, "attr": {"T": FLOAT, **attributes}})
        return name

    def constant(self, name: str, values, dtype=np.float32) -> str:
        array = np.ascontiguousarray(values, dtype)
        spec = {"name": name, "shape": list(array.shape), "dtype": np.dtype(dtype).name}
        if array.dtype == np.float32 and array.size > SMALL:
            array, spec["quantization"] = quantized(array)
        self.weights.append((spec, array.tobytes()))
        kind = FLOAT if np.dtype(dtype) == np.float32 else INT
        self.nodes.append({"name": name, "op": "Const", "attr": {"dtype": kind, "value": {"tensor": {}}}})
        return name

    def _description(self) -> bytes:
        def signature(values):
            return {
                v.name: {"name": f"{v.name}:0", "dtype": "DT_FLOAT", "tensorShape": shape(_dims(v))} for v in values
            }

        # What a value is made of comes before it, as ONNX has it; inputs without use would still be listed.
        whole = {
            "format": "graph-model",
            "generatedBy": "limen models/build/emit_graph_model.py",
            "convertedBy": None,
            "signature": {"inputs": signature(self.graph.input), "outputs": signature(self.graph.output)},
            "modelTopology": {"node": self.nodes, "library": {}, "versions": {"producer": 1}},
            "weightsManifest": [{"paths": [self.weights_file], "weights": [spec for spec, _ in self.weights]}],
        }
        return (json.dumps(whole, separators=(",", ":")) + "\n").encode()

    # Edges: NCHW outside, NHWC inside

    def _input(self, value: onnx.ValueInfoProto) -> None:
        dims = _dims(value)
        name = self.node("Placeholder", value.name, [], dtype=FLOAT, shape={"shape": shape(dims)})
        self.names[value.name] = self._transposed(name, f"{name}/nhwc", NHWC) if len(dims) == 4 else name

    def _result(self, name: str) -> None:
        if len(self.shapes[name]) == 4:
            self._transposed(self.names[name], name, NCHW)
        elif self.names[name] != name:
            self.node("Identity", name, [self.names[name]])

    def _transposed(self, x: str, name: str, order: list[int]) -> str:
        return self.node("Transpose", name, [x, self.constant(f"{name}/order", order, np.int32)], Tperm=INT)

    def _flat(self, name: str) -> str:
        """A value whose elements lie as ONNX has them, for what looks at their order."""
        dims = self.shapes[name]
        here = self.names[name]
        if len(dims) != 4 or dims[2:] == [1, 1] or name in self.turned:
            return here
        return self._transposed(here, f"{here}/nchw", NCHW)

    def _operand(self, name: str, like: str) -> str:
        """An input of an elementwise operator: a value, or a constant turned as its partner is."""
        if name not in self.constants:
            return self.names[name]
        values = self.constants[name]
        rank = len(self.shapes[like])
        if rank == 4 and values.ndim in (3, 4):
            values = values.reshape((1,) * (4 - values.ndim) + values.shape).transpose(NHWC)
        elif rank == 4 and values.size > 1:
            raise BuildError(f"No GraphModel of {self.graph.name}: the constant {name} has {values.ndim} dimensions.")
        return self._once(f"{name}/constant", values)

    def _once(self, name: str, values) -> str:
        return name if any(spec["name"] == name for spec, _ in self.weights) else self.constant(name, values)

    def _name(self, node: onnx.NodeProto) -> str:
        """The name for what a node gives; a picture that leaves the graph is called otherwise until it is turned back."""
        result = node.output[0]
        is_turned_later = result in self.results and len(self.shapes[result]) == 4
        return f"{result}/nhwc" if is_turned_later else result

    def _emit(self, node: onnx.NodeProto, op: str, inputs: list[str], **attributes) -> None:
        self.names[node.output[0]] = self.node(op, self._name(node), inputs, **attributes)


def _dims(value: onnx.ValueInfoProto) -> list[int | None]:
    return [d.dim_value if d.HasField("dim_value") else None for d in value.type.tensor_type.shape.dim]


def attributes(node: onnx.NodeProto) -> dict:
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}
