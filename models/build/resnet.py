"""face-api's recognition net: dlib's ResNet, 27 convolutions, metric learning, 128 numbers.

In: RGB, 0..255, [N, 3, 150, 150], an aligned chip. Out: [N, 128], not yet of unit length.
"""

import numpy as np

from graph import Graph, fold_input

NET = "face_recognition_model"
MEAN_RGB = (122.782, 117.001, 104.298)
SIZE_PX = 150
STAGES = [
    ("conv32_1", "conv32_2", "conv32_3"),
    ("conv64_down", "conv64_1", "conv64_2", "conv64_3"),
    ("conv128_down", "conv128_1", "conv128_2"),
    ("conv256_down", "conv256_1", "conv256_2", "conv256_down_out"),
]
# The side of the shortcut and of the main branch after each halving: where the main branch is
# one short, dlib adds a row and a column of zeros.
SHORT_BY_ONE = {"conv256_down", "conv256_down_out"}
WIDENING = {"conv64_down": 32, "conv128_down": 64, "conv256_down": 128}


def resnet(g: Graph, picture: str, w: dict) -> str:
    """Draw the net, from its weights, on a picture of 150 px."""
    filters, bias = fold_input(*_folded(w, "conv32_down"), MEAN_RGB)
    x = g.relu(g.conv(picture, "conv32_down", filters, bias, stride=2))
    x = g.node("MaxPool", [x], "pool", kernel_shape=[3, 3], strides=[2, 2])
    for name in (name for stage in STAGES for name in stage):
        x = _halving(g, x, w, name) if "down" in name else _residual(g, x, w, name)
    x = g.node("GlobalAveragePool", [x], "average")
    x = g.node("Flatten", [x], "features", axis=1)
    return g.node("Gemm", [x, g.constant("fc/weights", w["fc"])], "fc")


def _folded(w: dict, name: str) -> tuple[np.ndarray, np.ndarray]:
    """A convolution with its scale layer multiplied in: exact."""
    scale = w[f"{name}/scale/weights"]
    return w[f"{name}/conv/filters"] * scale, w[f"{name}/conv/bias"] * scale + w[f"{name}/scale/biases"]


def _residual(g: Graph, x: str, w: dict, name: str) -> str:
    """Two convolutions, added to what came in."""
    out = g.relu(g.conv(x, f"{name}/conv1", *_folded(w, f"{name}/conv1"), pads=(1, 1, 1, 1)))
    out = g.conv(out, f"{name}/conv2", *_folded(w, f"{name}/conv2"), pads=(1, 1, 1, 1))
    return g.relu(g.add(out, x, f"{name}/sum"))


def _halving(g: Graph, x: str, w: dict, name: str) -> str:
    """A residual step that halves the picture; new channels of the shortcut are zeros."""
    out = g.relu(g.conv(x, f"{name}/conv1", *_folded(w, f"{name}/conv1"), stride=2))
    out = g.conv(out, f"{name}/conv2", *_folded(w, f"{name}/conv2"), pads=(1, 1, 1, 1))
    shortcut = g.node("AveragePool", [x], f"{name}/shortcut", kernel_shape=[2, 2], strides=[2, 2])
    if name in SHORT_BY_ONE:
        out = _pad(g, out, f"{name}/grown", [0, 0, 0, 0, 0, 0, 1, 1])
    if name in WIDENING:
        shortcut = _pad(g, shortcut, f"{name}/widened", [0, 0, 0, 0, 0, WIDENING[name], 0, 0])
    return g.relu(g.add(out, shortcut, f"{name}/sum"))


def _pad(g: Graph, x: str, name: str, pads: list[int]) -> str:
    return g.node("Pad", [x, g.constant(f"{name}/pads", np.array(pads, np.int64))], name)
