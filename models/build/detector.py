"""face-api's tiny face detector: a small YOLO v2 with separable convolutions.

In: RGB, 0..255, [1, 3, H, W], H and W multiples of 32. Out: the raw grid [1, 25, H/32, W/32];
channel = anchor * 5 + {0: x, 1: y, 2: width, 3: height, 4: score}, all before sigmoid and exp.
"""

import onnx

from graph import Graph, fold_input

NET = "tiny_face_detector_model"
MEAN_RGB = (117.001, 114.697, 97.404)
STRIDE_PX = 32
ANCHORS = [
    [1.603231, 2.094468],
    [6.041143, 7.080126],
    [2.882459, 3.518061],
    [4.266906, 5.178857],
    [9.041765, 10.66308],
]


def detector(w: dict) -> onnx.ModelProto:
    """Draw the detector from its weights."""
    g = Graph("detector", [1, 3, "height", "width"])
    filters, bias = fold_input(w["conv0/filters"], w["conv0/bias"], MEAN_RGB)
    x = _leaky(g, g.conv("input", "conv0", filters, bias))
    for layer in range(1, 6):
        x = _halve(g, x, f"pool{layer - 1}", stride=2)
        name = f"conv{layer}"
        x = g.separable(x, name, w[f"{name}/depthwise_filter"], w[f"{name}/pointwise_filter"], w[f"{name}/bias"])
        x = _leaky(g, x)
    x = _halve(g, x, "pool5", stride=1)
    g.conv(x, "conv8", w["conv8/filters"], w["conv8/bias"])
    return g.model("grid", [1, 5 * len(ANCHORS), "rows", "columns"])


def _leaky(g: Graph, x: str) -> str:
    return g.node("LeakyRelu", [x], f"{x}/leaky", alpha=0.1)


def _halve(g: Graph, x: str, name: str, stride: int) -> str:
    """TensorFlow's 'same' pooling of 2x2: what is missing is added below and on the right."""
    return g.node("MaxPool", [x], name, kernel_shape=[2, 2], strides=[stride, stride], pads=[0, 0, 1, 1])
