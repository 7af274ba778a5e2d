"""The shipped embedder: two nets that err differently look at one chip, and one template says what both saw.

In: RGB, 0..255, [N, 3, 192, 192]: dlib's chip with more around it, 100 px for the mean face's width as dlib has it.
dlib's ResNet sees the 150 px in the middle; limen shows it the chip and its mirror image, and the mean counts: a face is
nearly symmetric, the net's errors are not. FaceRes sees the whole chip. Out: [N, 128] each. A template holds both, at
unit length and weighted, so that a cosine of two templates is the weighted mean of the two nets' cosines. They are two
files, because one look of dlib's net alone is enough for most frames of a camera.

Of FaceRes' 1024 averages the square roots count, because a few large ones would drown the others, along the 128
directions in which rendered people differ most (projection.f32, by calibrate.py; nothing is lost against all 1024).
Their mean stays in: taking it off, as is usual, cost 4 points at 1 stranger in 100,000, for dlib's net alone even 20.
"""

from pathlib import Path

import numpy as np
import onnx

import faceres
import resnet
from graph import Graph
from graph_model import read_graph_model
from weights import BuildError, read_weights

SIZE_PX = 192
PADDING = 0.46
PER_NET = 128
DIMENSIONS = 2 * PER_NET
# dlib's chip begins here.
CHIP_AT = 21
# Cosines of strangers spread 3.5 times as wide in FaceRes as in dlib's net: weighted down to a third of its say.
FACERES_WEIGHT = 0.33
PROJECTION_FILE = Path(__file__).parent / "projection.f32"


def first(packages: Path) -> onnx.ModelProto:
    """Draw dlib's net on the middle of the chip, from the weights in the npm packages below `packages`."""
    g = Graph("embedder", ["n", 3, SIZE_PX, SIZE_PX])
    end = CHIP_AT + resnet.SIZE_PX
    rows = g.slice("input", "rows", axis=2, start=CHIP_AT, end=end)
    straight = g.slice(rows, "straight", axis=3, start=CHIP_AT, end=end)
    resnet.resnet(g, straight, read_weights(packages / "face-api", resnet.NET))
    return g.model("embedding", ["n", PER_NET])


def second(packages: Path) -> onnx.ModelProto:
    """Draw FaceRes on the whole chip, along the directions."""
    g = Graph("embedder-second", ["n", 3, SIZE_PX, SIZE_PX])
    directions = g.constant("faceres/directions", _projection().T)
    g.node("Gemm", [_spread(g, packages), directions], "faceres/projected")
    return g.model("embedding", ["n", PER_NET])


def feature_net(packages: Path) -> onnx.ModelProto:
    """FaceRes alone, up to what the projection is measured on."""
    g = Graph("features", ["n", 3, SIZE_PX, SIZE_PX])
    _spread(g, packages)
    return g.model("spread", ["n", faceres.FEATURES])


def _projection() -> np.ndarray:
    """[128, 1024]: the directions."""
    try:
        return np.fromfile(PROJECTION_FILE, "<f4").reshape(PER_NET, faceres.FEATURES).astype(np.float64)
    except (OSError, ValueError) as cause:
        raise BuildError(f"No projection in {PROJECTION_FILE}: run models/build/calibrate.py.") from cause


def _spread(g: Graph, packages: Path) -> str:
    weights = read_graph_model(packages / "human" / "models", faceres.NET).constants
    return g.unit(g.node("Sqrt", [faceres.faceres(g, "input", weights)], "faceres/roots"), "faceres/spread")
