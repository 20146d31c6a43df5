"""Opening networks on the device that was asked for, and the truth about that device."""

import os
import platform
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from inference.catalogue import Model
from inference.errors import DeviceMissing
from inference.matter import BF16, F32, Device, Enlarger, Matter, in_sentences
from inference.providers import CPU, PROVIDERS, Provider
from inference.upscalers import Upscaler

AUTO = "auto"
RUNTIMES = (AUTO, "onnxruntime", "openvino", "torch")
TORCH_DEVICES = {"cuda": "cuda", "coreml": "mps", "cpu": "cpu"}
"""What PyTorch calls the devices that can be asked for."""
X86 = {"x86_64", "AMD64"}


class Opener:
    """Opens networks on the device that was asked for, or on the best one that works."""

    def __init__(
        self, device: str = AUTO, runtime: str = AUTO, *, threads: int | None = None
    ) -> None:
        known = [provider.switch for provider in PROVIDERS]
        if device not in {AUTO, *known}:
            raise DeviceMissing(f"{device!r} is not a device. Use auto, {', '.join(known)}.")
        if runtime not in RUNTIMES:
            raise DeviceMissing(f"{runtime!r} is not a runtime. Use {', '.join(RUNTIMES)}.")
        self._asked = device
        self._runtime = runtime
        self._threads = threads or os.cpu_count() or 1

    @property
    def may_fall_back(self) -> bool:
        return self._asked == AUTO

    @cached_property
    def device(self) -> Device:
        """The device that will be tried first. Raises DeviceMissing."""
        if self._uses_torch:
            from inference.runtimes.torch_matter import NAME, TITLES  # noqa: PLC0415

            where, reason = self._torch_device
            return Device(TITLES[where], NAME, reason)
        provider = self._candidates()[0]
        name = "OpenVINO" if provider is CPU and self._uses_openvino else provider.onnx
        return Device(provider.title, name, self._reason(provider))

    def precision(self, model: Model) -> str:
        """Return the quickest number format here that keeps the mattes of a model."""
        if self._uses_torch:
            from inference.runtimes import torch_matter  # noqa: PLC0415

            fits = model.bf16 and torch_matter.has_bf16(self._torch_device[0])
            return BF16 if fits and model.runtime == "onnx" else F32
        here = self._candidates()[0] is CPU and self._uses_openvino and model.runtime == "onnx"
        if not (here and model.bf16):
            return F32
        from inference.runtimes.openvino_cpu import has_bf16  # noqa: PLC0415

        return BF16 if has_bf16() else F32

    def open(self, model: Model, file: Path, precision: str = F32) -> Matter:
        """Raises DeviceMissing, EngineError."""
        if self._uses_torch and model.runtime == "onnx":
            from inference.runtimes.torch_matter import TorchMatter  # noqa: PLC0415

            with in_sentences(model):
                return TorchMatter(model, file, precision, self._threads, self._torch_device)
        failed = ""
        for provider in self._candidates():
            if provider is CPU:
                return self.open_on_cpu(model, file, precision, failed)
            matter = self._open(model, file, provider, failed)
            if matter.device.provider == provider.onnx:
                return matter
            matter.close()  # it started on another device without a word
            failed = (
                f"{provider.title} is there but did not start: a driver or library is missing. "
                "`coveshot doctor` tells more."
            )
            if not self.may_fall_back:
                raise DeviceMissing(failed)
        raise DeviceMissing(failed)

    def open_on_cpu(
        self, model: Model, file: Path, precision: str = F32, failed: str = ""
    ) -> Matter:
        if model.runtime == "rembg" or not self._uses_openvino:
            return self._open(model, file, CPU, failed)
        from inference.runtimes.openvino_cpu import OpenVinoMatter  # noqa: PLC0415

        reason = failed or self._reason(CPU)
        with in_sentences(model):
            return OpenVinoMatter(model, file, precision, self._threads, reason)

    def open_enlarger(self, upscaler: Upscaler, file: Path) -> Enlarger:
        """Raises DeviceMissing, EngineError, WeightsRejected."""
        with in_sentences(upscaler):
            if self._uses_torch:
                from inference.runtimes.enlarge_torch import TorchEnlarger  # noqa: PLC0415

                return TorchEnlarger(upscaler, file, self._torch_device)
            provider = self._candidates()[0]
            if provider is CPU and self._uses_openvino:
                from inference.runtimes.openvino_cpu import OpenVinoEnlarger  # noqa: PLC0415

                return OpenVinoEnlarger(upscaler, file, self._threads, self._reason(CPU))
            from inference.runtimes.enlarge_onnx import OnnxEnlarger  # noqa: PLC0415

            return OnnxEnlarger(upscaler, file, provider, self._threads, self._reason(provider))

    def _open(self, model: Model, file: Path, provider: Provider, failed: str) -> Matter:
        from inference.runtimes.onnx_runtime import OnnxMatter  # noqa: PLC0415
        from inference.runtimes.rembg_session import RembgMatter  # noqa: PLC0415

        adapter = RembgMatter if model.runtime == "rembg" else OnnxMatter
        with in_sentences(model):
            return adapter(model, file, provider, self._threads, failed or self._reason(provider))

    @cached_property
    def _uses_torch(self) -> bool:
        """PyTorch is taken where it is asked for: on CPUs it is the slowest of the three."""
        if self._runtime != "torch":
            return False
        from inference.runtimes.torch_matter import available  # noqa: PLC0415

        if not available():
            raise DeviceMissing(
                "PyTorch is not installed: pip install 'coveshot[torch]', or unset "
                "COVESHOT_RUNTIME."
            )
        return True

    @cached_property
    def _torch_device(self) -> tuple[str, str]:
        """PyTorch's name of the device to use, and the reason to take it."""
        from inference.runtimes.torch_matter import devices  # noqa: PLC0415

        if self.may_fall_back:
            best = devices()[0]
            return best, "No GPU that PyTorch can use was found." if best == "cpu" else ""
        where = TORCH_DEVICES.get(self._asked, "")
        if where not in devices():
            raise DeviceMissing(
                f"PyTorch finds no {self._asked!r} here. "
                "Unset COVESHOT_DEVICE or COVESHOT_RUNTIME to use what there is."
            )
        return where, self._reason_asked

    @cached_property
    def _uses_openvino(self) -> bool:
        if self._runtime in {"onnxruntime", "torch"} or platform.machine() not in X86:
            return False
        from inference.runtimes.openvino_cpu import available  # noqa: PLC0415

        if self._runtime == "openvino" and not available():
            raise DeviceMissing("OpenVINO is not installed. Unset COVESHOT_RUNTIME.")
        return available()

    @cached_property
    def _present(self) -> set[str]:
        """What ONNX Runtime can compute with; its plain build knows no card but Apple's."""
        builds = {"onnxruntime-gpu", "onnxruntime-directml"}
        if platform.system() != "Darwin" and not any(map(_installed, builds)):
            return {CPU.onnx}
        import onnxruntime  # noqa: PLC0415 a fifth of a second that others need not pay

        return set(onnxruntime.get_available_providers())

    def _candidates(self) -> list[Provider]:
        found = [
            provider
            for provider in PROVIDERS
            if self._asked in {AUTO, provider.switch} and provider.onnx in self._present
        ]
        if not found:
            raise DeviceMissing(
                f"This computer has no {self._asked!r} for Coveshot. "
                "Unset COVESHOT_DEVICE to use what it has."
            )
        return found

    @property
    def _reason_asked(self) -> str:
        return f"COVESHOT_DEVICE asks for {self._asked}."

    def _reason(self, provider: Provider) -> str:
        if not self.may_fall_back:
            return self._reason_asked
        if provider is CPU:
            return "No GPU that ONNX Runtime can use was found."
        return ""


def _installed(distribution: str) -> bool:
    try:
        return bool(version(distribution))
    except PackageNotFoundError:
        return False
