"""Turn a float32 network into an 8-bit one, from committed activation ranges.

QDQ form, activations u8 (one scale per tensor), weights s8 (one scale per output channel): the
pairing that both x86 and ARM have instructions for. Signed activations lost the speed on x86.
Weights use 7 of their 8 bits: x86 processors without VNNI add two products in 16 bits, which
overflows with the eighth (templates then differed down to a cosine of 0.95 between two machines).

The ranges are measured once by calibrate.py and kept as figures in ranges.json, so a rebuild
needs no picture.

Real faces go a little beyond the ranges measured on rendered ones, so their extremes are clipped.
That is left so on purpose: widening the ranges brought the answers closer to float32, but told
people apart no better (see ../README.md).
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import QuantType
from onnxruntime.quantization.calibrate import CalibrationMethod, TensorData, TensorsData
from onnxruntime.quantization.qdq_quantizer import QDQQuantizer

from weights import BuildError

RANGES_FILE = Path(__file__).parent / "ranges.json"
OPERATORS = ["Conv", "Relu", "Clip", "MaxPool", "AveragePool", "Pad", "Add", "GlobalAveragePool", "LeakyRelu", "Gemm"]


def quantize(model: onnx.ModelProto, ranges: dict[str, list[float]], *, skip=()) -> onnx.ModelProto:
    """An int8 copy of `model`; nodes named in `skip` stay in float32."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    quantizer = QDQQuantizer(
        copy,
        per_channel=True,
        reduce_range=True,
        weight_qType=QuantType.QInt8,
        activation_qType=QuantType.QUInt8,
        tensors_range=_ranges(ranges),
        nodes_to_quantize=[],
        nodes_to_exclude=list(skip),
        op_types_to_quantize=OPERATORS,
        extra_options={},
    )
    quantizer.quantize_model()
    quantizer.model.topological_sort()
    result = quantizer.model.model
    result.producer_name, result.producer_version = model.producer_name, ""
    onnx.checker.check_model(result, full_check=True)
    return result


def read_ranges(role: str) -> dict[str, list[float]]:
    """The measured ranges of one network."""
    try:
        return json.loads(RANGES_FILE.read_text())["ranges"][role]
    except (OSError, ValueError, KeyError) as cause:
        raise BuildError(f"No activation ranges for {role} in {RANGES_FILE}: run models/build/calibrate.py.") from cause


def _ranges(ranges: dict[str, list[float]]) -> TensorsData:
    data = {
        name: TensorData(lowest=np.float32(low), highest=np.float32(high)) for name, (low, high) in ranges.items()
    }
    return TensorsData(CalibrationMethod.MinMax, data)
