"""OpenVINO: the quicker way on processors of Intel's kind."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.catalogue import Model
from inference.matter import BF16, Device, in_sentences
from inference.runtimes.compiled import compiled
from inference.runtimes.enlarge_net import levels, planes
from inference.runtimes.enlarge_onnx import converted
from inference.runtimes.level import take_out_levels
from inference.tensor import matte, tensor
from inference.upscalers import Upscaler

NAME = "OpenVINO"


def available() -> bool:
    """Tell whether it is installed."""
    try:
        _openvino()
    except ImportError:
        return False
    return True


def has_bf16() -> bool:
    """Tell whether the processor multiplies bfloat16 (AVX512-BF16, AMX)."""
    return "BF16" in _openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


class OpenVinoMatter:
    """A salient-object network in OpenVINO, in float32 or bfloat16."""

    def __init__(self, model: Model, file: Path, precision: str, threads: int, reason: str) -> None:
        openvino = _openvino()
        settings = {
            "INFERENCE_PRECISION_HINT": precision,
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads,
        }

        def read(core: Any) -> Any:
            graph = core.read_model(file)
            # Side outputs are for training: without them the runtime leaves their layers away.
            graph = openvino.Model([graph.outputs[0]], graph.get_parameters())
            if precision == BF16:
                take_out_levels(graph, openvino.opset13, model.least_level)
            return graph

        self._model = model
        self._compiled, lies_in = compiled(openvino, file, read, settings)
        self._request: Any = self._compiled.create_infer_request()
        self._lies_in: Any = lies_in  # let go after what reads it
        self.device = Device("CPU", f"{NAME}, {precision}", reason)

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        with in_sentences(self._model):
            answer = self._request.infer({0: tensor(pixels, self._model)}, share_inputs=True)
            prediction = answer[0]
        return matte(prediction.reshape(prediction.shape[-2:]), pixels.shape[:2])

    def rest(self) -> None:
        self._compiled.release_memory()

    def close(self) -> None:
        self._request = self._compiled = None
        self._lies_in = None


class OpenVinoEnlarger:
    """An enlarging network in OpenVINO, in float32: bfloat16 would show, up to 6 of 255."""

    def __init__(self, upscaler: Upscaler, file: Path, threads: int, reason: str) -> None:
        settings = {
            "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads,
        }
        core = _openvino().Core()
        graph = core.read_model(converted(upscaler, file))
        self._upscaler = upscaler
        self._compiled: Any = core.compile_model(graph, "CPU", settings)
        self._request: Any = self._compiled.create_infer_request()
        self.device = Device("CPU", f"{NAME}, f32", reason)

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        with in_sentences(self._upscaler):
            return levels(self._request.infer({0: planes(pixels)})[0])

    def close(self) -> None:
        self._request = self._compiled = None


def _openvino() -> Any:
    """Import it without what would tell its makers: their converter has a telemetry."""
    for name in ("openvino_telemetry", "openvino.tools.ovc"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # as if not installed
    import openvino  # noqa: PLC0415 two tenths of a second that start-up does not pay

    return openvino
