"""The ways in which ONNX Runtime may compute on this computer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """A way to compute that ONNX Runtime may have on this computer."""

    switch: str
    onnx: str
    title: str
    memory: str = ""
    """As ONNX Runtime calls memory of its own that inputs can lie in; empty for ours."""


CPU = Provider("cpu", "CPUExecutionProvider", "CPU")
PROVIDERS = (
    Provider("cuda", "CUDAExecutionProvider", "GPU (CUDA)", "cuda"),
    Provider("coreml", "CoreMLExecutionProvider", "GPU (Core ML)"),
    Provider("directml", "DmlExecutionProvider", "GPU (DirectML)"),
    CPU,
)
"""In order of preference; the first that really starts is used."""
