"""Build the shipped model pack from the weights inside the npm packages @vladmandic/face-api and @vladmandic/human.

    python models/build/build.py --packages node_modules/@vladmandic --out models/faceapi

With the tools pinned in requirements.txt the files come out the same byte for byte. The float32
embedder, too large to ship, goes to models/build/.work/ for comparison.
"""

import argparse
import sys
from pathlib import Path

import onnx

import detector
import embedder
import landmarks
from emit_graph_model import graph_model
from pack import write_pack
from quantize import quantize, read_ranges
from weights import HUMAN, HUMAN_VERSION, PACKAGE, BuildError, package_version, read_weights

WORK = Path(__file__).parent / ".work"


def build(packages: Path, out: Path, work: Path = WORK) -> None:
    """Everything, from weights to pack.json."""
    package, human = packages / "face-api", packages / "human"
    versions = {PACKAGE: package_version(package), HUMAN: package_version(human, HUMAN, HUMAN_VERSION)}
    nets = {"embedder": embedder.first(packages), "embedder-second": embedder.second(packages)}

    _write_both(out, "detector", detector.detector(human))
    _write_both(out, "landmarks", landmarks.landmarks(read_weights(package, landmarks.NET)))
    for name, precise in nets.items():
        # The last layer turns averages into the numbers of a template: tiny, and worth its full precision.
        small = quantize(precise, read_ranges(name), skip=["fc", "faceres/projected"])
        _write_both(out, name, small, precise)
        _write(work / f"{name}.fp32.onnx", precise)
    pack = write_pack(out, versions)
    print(f"{out / 'pack.json'}: networks of {pack['figures']['fileBytes'] / 1e6:.1f} MB")


def _write_both(out: Path, role: str, model: onnx.ModelProto, precise: onnx.ModelProto | None = None) -> None:
    """A network as ONNX and as a TF.js GraphModel, which is made from the float32 form where the ONNX is int8."""
    _write(out / f"{role}.onnx", model)
    weights_file = f"{role}.tfjs.bin"
    description, weights = graph_model(precise or model, weights_file)
    (out / f"{role}.tfjs.json").write_bytes(description)
    (out / weights_file).write_bytes(weights)


def _write(file: Path, model: onnx.ModelProto) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(model.SerializeToString(deterministic=True))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packages", type=Path, default=Path("node_modules/@vladmandic"))
    parser.add_argument("--out", type=Path, default=Path("models/faceapi"))
    parser.add_argument("--work", type=Path, default=WORK)
    options = parser.parse_args()
    build(options.packages, options.out, options.work)


if __name__ == "__main__":
    try:
        main()
    except BuildError as error:
        sys.exit(str(error))
