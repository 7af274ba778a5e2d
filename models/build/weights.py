"""Read the weights that ship inside the npm packages @vladmandic/face-api and @vladmandic/human.

Each net of face-api is a manifest (JSON: names, shapes, quantization) and one .bin file. Every tensor is
stored as uint8 with its own scale and minimum: value = byte * scale + min.
"""

import json
from pathlib import Path

import numpy as np

PACKAGE = "@vladmandic/face-api"
VERSION = "1.7.15"
HUMAN, HUMAN_VERSION = "@vladmandic/human", "3.3.6"


class BuildError(Exception):
    """What went wrong, and the mend, in one sentence."""


def package_version(folder: Path, name: str = PACKAGE, version: str = VERSION) -> str:
    """The version of the package `name` in `folder`; refuses any other than the pinned one."""
    try:
        found = json.loads((folder / "package.json").read_text())["version"]
    except (OSError, ValueError, KeyError) as cause:
        raise BuildError(f"No {name} package at {folder}: run `npm install`, or name the folder of a copy.") from cause
    if found != version:
        raise BuildError(
            f"{folder} holds {name} {found}, this build knows {version}: run `npm install --save-dev {name}@{version}`."
        )
    return found


def read_weights(package: Path, net: str) -> dict[str, np.ndarray]:
    """All tensors of one net as float64, by their name in the manifest.

    Float64, so that folding (batch norm, input normalisation) rounds to float32 only once.
    """
    manifest_file = package / "model" / f"{net}-weights_manifest.json"
    try:
        groups = json.loads(manifest_file.read_text())
        tensors: dict[str, np.ndarray] = {}
        for group in groups:
            data = b"".join((manifest_file.parent / path).read_bytes() for path in group["paths"])
            tensors |= slice_weights(group["weights"], data)
        return tensors
    except (OSError, ValueError, KeyError) as cause:
        raise BuildError(
            f"Cannot read the weights of {net} ({cause}): reinstall {PACKAGE}@{VERSION}."
        ) from cause


def slice_weights(entries: list[dict], data: bytes) -> dict[str, np.ndarray]:
    """Cut one data file into its tensors, in manifest order; quantized ones (uint8, float16) as what they stand for."""
    tensors, offset = {}, 0
    for entry in entries:
        count = int(np.prod(entry["shape"]))
        quantization = entry.get("quantization")
        stored = np.dtype(quantization["dtype"] if quantization else entry["dtype"])
        values = np.frombuffer(data, stored, count, offset).astype(np.float64)
        offset += count * stored.itemsize
        if quantization and "scale" in quantization:
            values = values * quantization["scale"] + quantization["min"]
            # The JavaScript original keeps float32: round where it rounds.
            values = values.astype(np.float32).astype(np.float64)
        tensors[entry["name"]] = values.reshape(entry["shape"])
    if offset != len(data):
        raise ValueError(f"{len(data) - offset} bytes are left over")
    return tensors
