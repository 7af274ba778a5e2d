"""What a node of a TensorFlow.js GraphModel is told besides its inputs."""

import base64


class Attributes:
    """The attributes of one node, out of their protobuf-as-JSON wrapping."""

    def __init__(self, node: dict):
        self.all = node.get("attr", {})

    def text(self, name: str) -> str:
        return base64.b64decode(self.all[name]["s"]).decode()

    def texts(self, name: str) -> list[str]:
        return [base64.b64decode(s).decode() for s in self.all.get(name, {}).get("list", {}).get("s", [])]

    def numbers(self, name: str, otherwise=None) -> list[int]:
        found = self.all.get(name, {}).get("list", {}).get("i", otherwise)
        if found is None:
            raise KeyError(name)
        return [int(n) for n in found]

    def number(self, name: str, otherwise: float) -> float:
        return float(self.all.get(name, {}).get("f", otherwise))

    def flag(self, name: str) -> bool:
        return bool(self.all.get(name, {}).get("b", False))

    def shape(self) -> list[int]:
        return [int(dim["size"]) for dim in self.all["shape"]["shape"]["dim"]]

    def pads(self, size, kernel, strides, dilations) -> tuple[tuple[int, int], ...]:
        """What to add before and after rows and columns."""
        kind = self.text("padding")
        if kind == "VALID":
            return ((0, 0), (0, 0))
        if kind != "SAME":
            raise KeyError(f"padding {kind}")
        missing = [
            max((-(-side // stride) - 1) * stride + (k - 1) * dilation + 1 - side, 0)
            for side, k, stride, dilation in zip(size, kernel, strides, dilations)
        ]
        return tuple((n // 2, n - n // 2) for n in missing)
