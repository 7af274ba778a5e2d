"""The trunk of human's face description net: HSE-FaceRes by Andrey Savchenko, a MobileNet trained on who people are.

Its own heads tell age and gender; the averages below them tell people apart. In: RGB, 0..255, [N, 3, side, side].
Out: [N, 1024], none below zero. It was trained on blue, green, red with the mean of each taken off; human feeds it
red, green, blue as they are, which costs half of its accuracy (56.7 % instead of 38.6 % of LFW's people accepted at
1 stranger in 10,000).
"""

from graph import Graph

NET = "faceres"
MEAN_RGB = (123.68, 116.779, 103.939)
FEATURES = 1024
HALVING = {2, 4, 6, 12}
BLOCKS = 13


def faceres(g: Graph, picture: str, w: dict) -> str:
    """Draw the trunk, from its weights."""
    # The first convolution pads with zeros after the mean is taken off, so the mean stays a node of its own.
    centred = g.node("Sub", [picture, g.constant("faceres/mean", [[[[m]] for m in MEAN_RGB]])], "faceres/centred")
    to_rgb = w["conv1/convolution/merged_input"][:, :, ::-1]
    x = _relu6(g, g.conv(centred, "faceres/conv1", to_rgb, w["conv1_bn/batchnorm_1/sub"], stride=2, pads=(0, 0, 1, 1)))
    for block in range(1, BLOCKS + 1):
        depthwise, pointwise = f"conv_dw_{block}", f"conv_pw_{block}"
        filters = w[f"{depthwise}/depthwise_kernel"] * w[f"{depthwise}_bn/batchnorm_1/mul"].reshape(1, 1, -1, 1)
        how = {"stride": 2, "pads": (0, 0, 1, 1)} if block in HALVING else {"stride": 1, "pads": (1, 1, 1, 1)}
        x = _relu6(g, g.depthwise(x, f"faceres/{depthwise}", filters, w[f"{depthwise}_bn/batchnorm_1/sub"], **how))
        weights, bias = w[f"{pointwise}/convolution/merged_input"], w[f"{pointwise}_bn/batchnorm_1/sub"]
        x = _relu6(g, g.conv(x, f"faceres/{pointwise}", weights, bias))
    x = g.node("GlobalAveragePool", [x], "faceres/average")
    return g.node("Flatten", [x], "faceres/features", axis=1)


def _relu6(g: Graph, x: str) -> str:
    ends = [g.constant(f"{x}/{end}", float(end)) for end in (0, 6)]
    return g.node("Clip", [x, *ends], f"{x}/relu6")
