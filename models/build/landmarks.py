"""face-api's 68-point net: four dense blocks of separable convolutions and one linear layer.

In: RGB, 0..255, [N, 3, 112, 112]. Out: [N, 136] = x0, y0, x1, y1, ... as a share of the square's side.
"""

import numpy as np
import onnx

from graph import Graph

NET = "face_landmark_68_model"
MEAN_RGB = (122.782, 117.001, 104.298)
SIZE_PX = 112
POINTS = 68


def landmarks(w: dict) -> onnx.ModelProto:
    """Draw the landmark net from its weights."""
    g = Graph("landmarks", ["n", 3, SIZE_PX, SIZE_PX])
    # The first convolution pads with zeros *after* the mean is taken off, so the mean stays a
    # node of its own; only the division moves into the weights.
    mean = g.constant("mean", np.reshape(MEAN_RGB, (1, 3, 1, 1)))
    x = g.node("Sub", ["input", mean], "centred")
    for block in range(4):
        x = _dense(g, x, w, f"dense{block}", first=block == 0)
    x = g.node("GlobalAveragePool", [x], "average")
    x = g.node("Flatten", [x], "features", axis=1)
    g.node("Gemm", [x, g.constant("fc/weights", w["fc/weights"]), g.constant("fc/bias", w["fc/bias"])], "fc")
    return g.model("points", ["n", 2 * POINTS])


def _dense(g: Graph, x: str, w: dict, name: str, first: bool) -> str:
    """Each layer sees the sum of all before it; the first one halves the picture."""
    half = {"stride": 2, "pads": (0, 0, 1, 1)}
    if first:
        x = g.conv(x, f"{name}/conv0", w[f"{name}/conv0/filters"] / 255, w[f"{name}/conv0/bias"], **half)
    else:
        x = _separable(g, x, w, f"{name}/conv0", **half)
    total = g.relu(x)
    seen = total
    for layer in range(1, 4):
        out = _separable(g, seen, w, f"{name}/conv{layer}")
        total = g.add(total, out, f"{name}/sum{layer}")
        seen = g.relu(total)
    return seen


def _separable(g: Graph, x: str, w: dict, name: str, **options) -> str:
    return g.separable(
        x, name, w[f"{name}/depthwise_filter"], w[f"{name}/pointwise_filter"], w[f"{name}/bias"], **options
    )
