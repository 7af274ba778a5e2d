"""Measure two things on rendered people, who do not exist: how large each activation of the embedder gets, and along
which directions FaceRes' answers differ. Kept as figures in ranges.json and projection.f32.

    python models/build/calibrate.py --packages node_modules/@vladmandic --people test/people

Run it only to change what the embedder is made of: build.py reads the committed figures.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Iterable

import numpy as np
import onnx
import onnxruntime as ort

import embedder
from chips import rendered_chips
from quantize import RANGES_FILE
from weights import BuildError


def measure(model: onnx.ModelProto, inputs: Iterable[np.ndarray]) -> dict[str, list[float]]:
    """Lowest and highest value of every tensor of `model` over all `inputs` (each one a batch of 1)."""
    names = [output for node in model.graph.node for output in node.output]
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    del probe.graph.output[:]
    probe.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    session = ort.InferenceSession(probe.SerializeToString(), providers=["CPUExecutionProvider"])

    low, high = {}, {}
    for one in inputs:
        values = dict(zip(names, session.run(names, {"input": one[None]})), input=one)
        for name, value in values.items():
            low[name] = min(low.get(name, np.inf), float(value.min()))
            high[name] = max(high.get(name, -np.inf), float(value.max()))
    return {name: [_figure(low[name]), _figure(high[name])] for name in low}


def _figure(value: float) -> float:
    """Six digits: enough, and the same on every machine."""
    return float(f"{value:.6g}")


def principal_directions(model: onnx.ModelProto, inputs: Iterable[np.ndarray], count: int) -> np.ndarray:
    """[count, features]: the directions in which the answers over all `inputs` differ most."""
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    answers = np.concatenate([session.run(None, {"input": one[None]})[0] for one in inputs]).astype(np.float64)
    _, _, directions = np.linalg.svd(answers - answers.mean(0), full_matrices=False)
    return directions[:count]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packages", type=Path, default=Path("node_modules/@vladmandic"))
    parser.add_argument("--people", type=Path, default=Path("test/people"))
    options = parser.parse_args()

    features = embedder.feature_net(options.packages)
    directions = principal_directions(features, rendered_chips(options.people), embedder.PER_NET)
    directions.astype("<f4").tofile(embedder.PROJECTION_FILE)
    nets = {"embedder": embedder.first(options.packages), "embedder-second": embedder.second(options.packages)}
    ranges = {name: measure(net, rendered_chips(options.people, only="enrol-")) for name, net in nets.items()}
    about = "Lowest and highest value of each tensor over aligned chips of rendered people, by calibrate.py."
    lines = ",\n".join(
        f'    "{role}": {{\n' + ",\n".join(f'      "{name}": {json.dumps(r)}' for name, r in tensors.items()) + "\n    }"
        for role, tensors in ranges.items()
    )
    RANGES_FILE.write_text(f'{{\n  "about": "{about}",\n  "ranges": {{\n{lines}\n  }}\n}}\n')
    print(f"{RANGES_FILE.name}: {', '.join(f'{len(t)} tensors of the {r}' for r, t in ranges.items())}")


if __name__ == "__main__":
    try:
        main()
    except BuildError as error:
        sys.exit(str(error))
