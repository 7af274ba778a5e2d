"""Face chips to measure with: pictures of rendered people who do not exist, aligned and varied.

Each picture gives one chip per variation (mirrored or not, shifted, darker, lighter).
"""

import json
from pathlib import Path
from typing import Iterator

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from embedder import CHIP_AT, SIZE_PX
from weights import BuildError

# Where dlib's 150 px chip, the middle of ours, puts the two eye centres.
LEFT_EYE, RIGHT_EYE = CHIP_AT + np.array([47.549, 46.599]), CHIP_AT + np.array([100.476, 46.599])
SHIFTS_PX = [(0, 0), (4, -3), (-5, 4), (2, 6), (-3, -6)]
BRIGHTNESS = [1.0, 0.6, 1.4, 0.35, 1.8]


def rendered_chips(people: Path, *, only="") -> Iterator[np.ndarray]:
    """Chips [3, 192, 192], RGB 0..255, of every picture of one person below `people` whose name begins with `only`."""
    for file, eyes in _pictures(people, only):
        picture = Image.open(file).convert("RGB")
        for shift, brightness in zip(SHIFTS_PX, BRIGHTNESS):
            chip = ImageEnhance.Brightness(align(picture, *eyes, shift)).enhance(brightness)
            for one in (chip, ImageOps.mirror(chip)):
                yield np.asarray(one, np.float32).transpose(2, 0, 1)


def align(picture: Image.Image, left, right, shift=(0, 0)) -> Image.Image:
    """Turn, scale and cut so that the eyes land where the embedder expects them (plus `shift`)."""
    source, target = [complex(*p) for p in (left, right)], [complex(*p) for p in (LEFT_EYE, RIGHT_EYE)]
    turn = (source[1] - source[0]) / (target[1] - target[0])
    origin = source[0] - turn * (target[0] + complex(*shift))
    # Pixel centres: Pillow samples at +0.5 itself.
    matrix = (turn.real, -turn.imag, origin.real, turn.imag, turn.real, origin.imag)
    return picture.transform((SIZE_PX, SIZE_PX), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)


def _pictures(people: Path, only: str) -> list[tuple[Path, list]]:
    """Each picture of one person with its eye centres, the left one of the picture first."""
    try:
        entries = json.loads((people / "manifest.json").read_text())["images"]
    except (OSError, ValueError, KeyError) as cause:
        raise BuildError(f"No manifest.json with pictures in {people}: point --people at the rendered people.") from cause
    chosen = [e for e in entries if len(e.get("eyes", ())) == 2 and Path(e["file"]).name.startswith(only)]
    return [(people / e["file"], sorted(e["eyes"])) for e in sorted(chosen, key=lambda e: e["file"])]
