"""The shipped embedder: two nets that err differently look at one chip, and one template says what both saw.

In: RGB, 0..255, [N, 3, 192, 192]: dlib's chip with more around it, 100 px for the mean face's width as dlib has it.
dlib's ResNet sees the 150 px in the middle, straight and in the mirror, and the mean counts: a face is nearly
symmetric, the net's errors are not. FaceRes sees the whole chip. Out: [N, 256]: 128 numbers of each, of unit length
and weighted, so that a cosine of two answers is the weighted mean of the two nets' cosines.

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
# dlib's chip begins here; its mirror image begins where the mean face's axis, not the picture's, stays in place.
CHIP_AT, MIRRORED_FROM = 21, 169
# Cosines of strangers spread 3.5 times as wide in FaceRes as in dlib's net: weighted down to a third of its say.
FACERES_WEIGHT = 0.33
PROJECTION_FILE = Path(__file__).parent / "projection.f32"


def embedder(packages: Path) -> onnx.ModelProto:
    """Draw the embedder from the weights of its nets, in the npm packages below `packages`."""
    g = Graph("embedder", ["n", 3, SIZE_PX, SIZE_PX])
    g.node("Concat", [_dlib(g, packages), _faceres(g, packages)], "parts", axis=1)
    return g.model("embedding", ["n", DIMENSIONS])


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


def _dlib(g: Graph, packages: Path) -> str:
    end = CHIP_AT + resnet.SIZE_PX
    rows = g.slice("input", "rows", axis=2, start=CHIP_AT, end=end)
    straight = g.slice(rows, "straight", axis=3, start=CHIP_AT, end=end)
    mirrored = g.slice(rows, "mirrored", axis=3, start=MIRRORED_FROM, end=MIRRORED_FROM - resnet.SIZE_PX, step=-1)
    both = g.node("Concat", [straight, mirrored], "both", axis=0)
    unit = g.unit(resnet.resnet(g, both, read_weights(packages / "face-api", resnet.NET)), "dlib/unit")
    pairs = g.node("Reshape", [unit, g.constant("dlib/pairs/shape", np.array([2, -1, PER_NET]))], "dlib/pairs")
    return g.unit(g.node("ReduceMean", [pairs], "dlib/mean", axes=[0], keepdims=0), "dlib")


def _faceres(g: Graph, packages: Path) -> str:
    directions = g.constant("faceres/directions", _projection().T)
    unit = g.unit(g.node("Gemm", [_spread(g, packages), directions], "faceres/projected"), "faceres/unit")
    return g.node("Mul", [unit, g.constant("faceres/weight", FACERES_WEIGHT)], "faceres")


def _spread(g: Graph, packages: Path) -> str:
    weights = read_graph_model(packages / "human" / "models", faceres.NET).constants
    return g.unit(g.node("Sqrt", [faceres.faceres(g, "input", weights)], "faceres/roots"), "faceres/spread")
