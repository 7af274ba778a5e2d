"""How TensorFlow writes things down: attributes, shapes, padding, weights in bytes."""

import base64

import numpy as np

FLOAT, INT = {"type": "DT_FLOAT"}, {"type": "DT_INT32"}
# Up to here half floats are small enough; the detector's boxes moved by 2 px when its weights became bytes.
MIDDLING = 16384


def text(value: str) -> dict:
    return {"s": base64.b64encode(value.encode()).decode()}


def texts(values: list[str]) -> dict:
    return {"list": {"s": [base64.b64encode(value.encode()).decode() for value in values]}}


def ints(values) -> dict:
    return {"list": {"i": [str(int(value)) for value in values]}}


def shape(dims: list[int | None]) -> dict:
    return {"dim": [{"size": str(-1 if dim is None else dim)} for dim in dims]}


def quantized(array: np.ndarray) -> tuple[np.ndarray, dict]:
    """Bytes, and how to read them: value = byte * scale + min."""
    values = array.astype(np.float64)
    low, high = values.min(), values.max()
    scale = (high - low) / 255
    data = np.rint((values - low) / scale)
    if np.abs(data * scale + low - values).max() > 1e-5 * (high - low):
        if array.size <= MIDDLING:
            return array.astype(np.float16), {"dtype": "float16", "original_dtype": "float32"}
        # Not bytes already. Most weights are tiny: a zero that is not quite zero would shift all of them the same way
        # (the embedder's templates then kept a cosine of 0.992 to float32; so it is 0.9994).
        low, high = min(low, 0.0), max(high, 0.0)
        scale = (high - low) / 255
        zero = np.rint(-low / scale)
        low = -zero * scale
        data = np.clip(np.rint(values / scale) + zero, 0, 255)
    return data.astype(np.uint8), {
        "dtype": "uint8", "original_dtype": "float32", "scale": float(scale), "min": float(low),
    }


def same_pads(size: int | None, kernel: int, stride: int) -> tuple[int, int] | None:
    """What TensorFlow's 'SAME' adds before and after; `None` where it depends on a size that is not known."""
    if stride == 1:
        total = kernel - 1
    elif size is not None:
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    elif kernel == stride == 2:
        # One after an odd size; after an even one, what is added falls outside of every step.
        total = 1
    else:
        return None
    return total // 2, total - total // 2
