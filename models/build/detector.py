"""BlazeFace, the model for faces farther away: a small SSD whose blocks are one depthwise and one pointwise convolution.

In: RGB, 0..255, [1, 3, H, W], H and W multiples of 32. Out, for each of two grids (a cell each 16 and 32 pixels), raw:
scores_S [1, anchors, H/S, W/S], before the sigmoid; boxes_S [1, anchors * 16, H/S, W/S], where channel = anchor * 16 +
{0: x, 1: y of the box's centre, 2: width, 3: height, then x and y of left eye, right eye, nose tip, mouth, left ear,
right ear}, in pixels of the input, positions from the middle of the cell.

Bazarevsky et al. 2019, arXiv 1907.05047. The package's own file is for 256 x 256; nothing in it depends on that size.
"""

from dataclasses import replace
from pathlib import Path

import onnx

from graph_model import convert, read_graph_model
from weights import BuildError

NET = "blazeface"
# Long side of a picture in a full search: of the sizes tried, the least that finds nine of ten faces of 40 pixels in a
# picture of 640; one of 4:3 then fits 224 x 160. Less is enough for faces near the camera.
# A face that is followed is 29 px wide in its square, whatever its size.
FULL_PX, NEAR_PX, FOLLOW_PX = 213, 128, 64
STRIDE_PX = 32
"""Where the outputs leave the network, before the original strings them together to one list of anchors."""
HEADS = {
    "StatefulPartitionedCall/functional_1/conv2d_33/BiasAdd": "scores_16",
    "StatefulPartitionedCall/functional_1/conv2d_35/BiasAdd": "boxes_16",
    "StatefulPartitionedCall/functional_1/conv2d_34/BiasAdd": "scores_32",
    "StatefulPartitionedCall/functional_1/conv2d_36/BiasAdd": "boxes_32",
}
GRIDS = [{"stridePx": 16, "anchors": 2}, {"stridePx": 32, "anchors": 6}]


def detector(package: Path) -> onnx.ModelProto:
    """Draw the detector, for pictures of any size, from the files inside the npm package @vladmandic/human."""
    original = read_graph_model(package / "models", NET)
    kept = [node for node in original.nodes if node["op"] not in ("Reshape", "Identity")]
    model = convert(replace(original, nodes=kept), "detector", outputs=HEADS, scale=1 / 127, offset=-1.0)
    return _any_size(model)


def _any_size(model: onnx.ModelProto) -> onnx.ModelProto:
    """Leave height and width of input and outputs open."""
    for value in [*model.graph.input, *model.graph.output]:
        for dim, side in zip(value.type.tensor_type.shape.dim[2:], ("height", "width")):
            dim.dim_param = side if value.name == "input" else f"{side}_of_{value.name}"
    if any(node.op_type == "Reshape" for node in model.graph.node):
        raise BuildError(f"{NET} reshapes a picture on its way: it cannot take other sizes.")
    onnx.checker.check_model(model, full_check=True)
    return model
