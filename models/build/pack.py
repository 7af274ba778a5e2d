"""Write pack.json: what each file is, how to feed it, where it came from, how good it is.

Figures that need pictures or another program (accuracy, impostor quantiles) are measured later and
kept in measured.json beside it. They belong to one embedder, so they name its sha256, and are
taken over only while that is still the embedder in the pack.
"""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import detector
import embedder
import faceres
import landmarks
import resnet
from weights import HUMAN, PACKAGE

MIT = "MIT (face-api)"
INPUT = {"name": "input", "layout": "NCHW", "channels": "RGB", "range": [0, 255]}


def write_pack(out: Path, versions: dict[str, str]) -> dict:
    """Describe the networks in `out` and write `out`/pack.json."""
    roles = {"detector": _detector(), "landmarks": _landmarks(), "embedder": _embedder()}
    networks = [*roles.values(), roles["embedder"]["second"]]
    for network in networks:
        name = Path(network["file"]).stem
        network |= _identity(out, network["file"])
        network["graphModel"] = {
            **_identity(out, f"{name}.tfjs.json"), "weights": _identity(out, f"{name}.tfjs.bin"),
        }
    measured = _measured(out / "measured.json", roles["embedder"]["sha256"])
    pack = {
        "format": 1,
        "name": "faceapi",
        "title": "BlazeFace detector, 68 landmarks, two recognition nets in one (human, face-api, dlib)",
        "licence": "MIT; Apache-2.0 (detector); half of the embedder's original weights (dlib) are in the public domain",
        "provenance": {
            "packages": versions,
            "script": "models/build/build.py",
            "tools": {tool: version(tool) for tool in ("numpy", "onnx", "onnxruntime")},
        },
        **roles,
        "figures": {
            "fileBytes": sum(network["bytes"] for network in networks),
            "graphModelBytes": sum(network["graphModel"]["weights"]["bytes"] for network in networks),
            **measured.get("figures", {}),
        },
        "calibration": measured.get("calibration"),
        "glimpseCalibration": measured.get("glimpseCalibration"),
    }
    (out / "pack.json").write_text(json.dumps(pack, indent=2, ensure_ascii=False) + "\n")
    return pack


def _identity(out: Path, name: str) -> dict:
    """How to know a file again."""
    data = (out / name).read_bytes()
    return {"file": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def _detector() -> dict:
    return {
        "id": "blazeface-back/1",
        "file": "detector.onnx",
        "precision": "fp32",
        "origin": f"{HUMAN}: models/{detector.NET}; Google's BlazeFace for the back camera (MediaPipe)",
        "licence": "MIT (human); Apache-2.0 (MediaPipe)",
        "decoder": "blazeface",
        "input": {
            **INPUT, "widthPx": detector.FULL_PX, "heightPx": detector.FULL_PX, "multipleOfPx": detector.STRIDE_PX,
            # Who stands at a door fills enough of the picture to be found at a smaller size, for a third of the work.
            "dynamic": True, "nearPx": detector.NEAR_PX, "followPx": detector.FOLLOW_PX,
            "fit": "letterbox-top-left", "fill": 0,
        },
        "output": {"grids": detector.GRIDS},
        "scoreThreshold": 0.5,
        "iouThreshold": 0.4,
    }


def _landmarks() -> dict:
    return {
        "id": "faceapi-landmarks-68/1",
        "file": "landmarks.onnx",
        "precision": "fp32",
        "origin": f"{PACKAGE}: {landmarks.NET}",
        "licence": MIT,
        "decoder": "points-68",
        "input": {
            **INPUT, "widthPx": landmarks.SIZE_PX, "heightPx": landmarks.SIZE_PX,
            "crop": {
                "from": "detector-box", "round": "floor", "clip": "picture",
                "square": "letterbox-centre", "fill": 0,
            },
        },
        "output": {"name": "points", "points": landmarks.POINTS, "unit": "share-of-square-side"},
    }


def _embedder() -> dict:
    return {
        "id": "faceapi-dlib-faceres-int8/2",
        "file": "embedder.onnx",
        "precision": "int8",
        "origin": f"{PACKAGE}: {resnet.NET} (dlib's dlib_face_recognition_resnet_model_v1)",
        "licence": "MIT (face-api); dlib's original weights: public domain",
        "dimensions": embedder.DIMENSIONS,
        "metric": "cosine",
        # The first net gains most by the mirror, and only it looks there.
        "mirror": True,
        "alignment": {"template": "dlib-chip-68", "sizePx": embedder.SIZE_PX, "paddingRatio": embedder.PADDING},
        "input": {**INPUT, "widthPx": embedder.SIZE_PX, "heightPx": embedder.SIZE_PX},
        "output": {"name": "embedding", "normalised": False},
        "second": {
            "id": "faceres-int8/2",
            "file": "embedder-second.onnx",
            "precision": "int8",
            "origin": f"{HUMAN}: {faceres.NET} (HSE-FaceRes)",
            "licence": "MIT (human)",
            "dimensions": embedder.PER_NET,
            "weight": embedder.FACERES_WEIGHT,
            "output": {"name": "embedding", "normalised": False},
        },
        # The first net, once, without the mirror.
        "glimpse": {"id": "faceapi-dlib-int8/2", "marginPx": embedder.CHIP_AT},
    }


def _measured(file: Path, embedder_sha256: str) -> dict:
    """The figures of measured.json, if they were measured on this very embedder."""
    if not file.exists():
        return {}
    measured = json.loads(file.read_text())
    if measured.get("embedderSha256") != embedder_sha256:
        print(f"{file.name} belongs to another embedder: pack.json goes without its figures until they are measured anew.")
        return {}
    return measured
