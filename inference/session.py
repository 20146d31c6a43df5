"""Running a network: the port Matter, its adapters, and the truth about the device."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.catalogue import Model
from inference.errors import DeviceMissing, EngineError, OutOfMemory

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Device:
    """What computes, and why it is this and not another."""

    name: str
    provider: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """A way to compute that ONNX Runtime may have on this computer."""

    switch: str
    onnx: str
    title: str


CPU = Provider("cpu", "CPUExecutionProvider", "CPU")
PROVIDERS = (
    Provider("cuda", "CUDAExecutionProvider", "GPU (CUDA)"),
    Provider("coreml", "CoreMLExecutionProvider", "GPU (Core ML)"),
    Provider("directml", "DmlExecutionProvider", "GPU (DirectML)"),
    CPU,
)
"""In order of preference; the first that really starts is used."""


class Matter(Protocol):
    """One network on one device."""

    @property
    def device(self) -> Device: ...

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the alpha (height, width) uint8 of sRGB pixels (height, width, 3) uint8.

        Raises EngineError, OutOfMemory.
        """
        ...

    def close(self) -> None:
        """Give the memory back."""
        ...


class Opener:
    """Opens networks on the device that was asked for, or on the best one that works."""

    def __init__(self, device: str = AUTO, *, threads: int | None = None) -> None:
        known = [provider.switch for provider in PROVIDERS]
        if device not in {AUTO, *known}:
            raise DeviceMissing(f"{device!r} is not a device. Use auto, {', '.join(known)}.")
        self._asked = device
        self._threads = threads or os.cpu_count() or 1

    @property
    def may_fall_back(self) -> bool:
        return self._asked == AUTO

    @cached_property
    def device(self) -> Device:
        """The device that will be tried first. Raises DeviceMissing."""
        provider = self._candidates()[0]
        return Device(provider.title, provider.onnx, self._reason(provider))

    def open(self, model: Model, file: Path) -> Matter:
        """Raises DeviceMissing, EngineError."""
        failed = ""
        for provider in self._candidates():
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

    def open_on_cpu(self, model: Model, file: Path) -> Matter:
        return self._open(model, file, CPU, "")

    def _open(self, model: Model, file: Path, provider: Provider, failed: str) -> Matter:
        adapter = RembgMatter if model.runtime == "rembg" else OnnxMatter
        with _in_sentences(model):
            return adapter(model, file, provider, self._threads, failed or self._reason(provider))

    def _candidates(self) -> list[Provider]:
        import onnxruntime  # noqa: PLC0415 a tenth of a second that start-up does not pay

        present = set(onnxruntime.get_available_providers())
        found = [
            provider
            for provider in PROVIDERS
            if provider.onnx in present and self._asked in {AUTO, provider.switch}
        ]
        if not found:
            raise DeviceMissing(
                f"This computer has no {self._asked!r} for Coveshot. "
                "Unset COVESHOT_DEVICE to use what it has."
            )
        return found

    def _reason(self, provider: Provider) -> str:
        if not self.may_fall_back:
            return f"COVESHOT_DEVICE asks for {self._asked}."
        if provider is CPU:
            return "No GPU that ONNX Runtime can use was found."
        return ""


class OnnxMatter:
    """A salient-object network (U-2-Net, IS-Net and kin) in ONNX Runtime."""

    def __init__(
        self, model: Model, file: Path, provider: Provider, threads: int, reason: str
    ) -> None:
        self._model = model
        self._session = _session(file, provider, threads)
        self._input = self._session.get_inputs()[0].name
        # Side outputs are for training: asking for the first alone saves their memory.
        self._output = self._session.get_outputs()[0].name
        self.device = _device(self._session, reason)

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        with _in_sentences(self._model):
            (logits,) = self._session.run([self._output], {self._input: self._tensor(pixels)})
        return _matte(logits.reshape(logits.shape[-2:]), pixels.shape[:2])

    def close(self) -> None:
        self._session = None

    def _tensor(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Scale and normalise as the network was trained: (1, 3, side, side) float32."""
        small = _small(pixels, self._model.side)
        top = float(max(small.max(), 1)) if self._model.by_brightest else 255.0
        mean = np.asarray(self._model.mean, np.float32)[:, None, None]
        std = np.asarray(self._model.std, np.float32)[:, None, None]
        planes = small.transpose(2, 0, 1) * (1 / (np.float32(top) * std))
        planes -= mean / std
        return np.ascontiguousarray(planes[None])


class RembgMatter:
    """A model as rembg runs it: the mask alone, from a file that was verified here.

    rembg would fetch what it does not find, and its default weights are not free for commercial
    use; so its session is told where the file is and never asked to look for one.
    """

    def __init__(
        self, model: Model, file: Path, provider: Provider, threads: int, reason: str
    ) -> None:
        import onnxruntime  # noqa: PLC0415
        from rembg.sessions import sessions_class  # noqa: PLC0415 1.6 s and 220 MB

        kind = next(
            (kind for kind in sessions_class if kind.name() == model.session and kind.is_local()),
            None,
        )
        if kind is None:
            raise EngineError(f"This rembg has no session {model.session!r}. Update it.")
        here = type("Here", (kind,), {"download_models": classmethod(lambda *_, **__: str(file))})
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._model = model
        self._rembg = here(model.session, options, providers=_providers(provider))
        self.device = _device(self._rembg.inner_session, reason)

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        with _in_sentences(self._model):
            mask = self._rembg.predict(Image.fromarray(pixels))[0]
        return np.asarray(mask.convert("L"))

    def close(self) -> None:
        self._rembg = None


def _small(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Shrink to side x side: by areas to at least twice that, then Lanczos.

    On photos 0.2 of 255 levels from Lanczos alone on average, in a quarter of its time.
    """
    height, width = pixels.shape[:2]
    factor = min(height, width) // (2 * side)
    if factor > 1:
        size = (width // factor, height // factor)
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling.LANCZOS))


def _session(file: Path, provider: Provider, threads: int) -> Any:
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Threads that spin while they wait cost 16 to 25 % more CPU and keep the page from answering.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(
        str(file), sess_options=options, providers=_providers(provider)
    )


def _providers(provider: Provider) -> list[str]:
    """Single operations that a GPU does not know run on the CPU."""
    return list(dict.fromkeys([provider.onnx, CPU.onnx]))


def _device(session: Any, reason: str) -> Device:
    """Tell what a session really runs on: it may have fallen back without a word."""
    active = session.get_providers()[0]
    title = next((row.title for row in PROVIDERS if row.onnx == active), active)
    return Device(title, active, reason)


def _matte(logits: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Stretch a prediction to 0..255 and to the photo's (height, width).

    The stretch from smallest to largest is what U-2-Net's authors do with its output
    (github.com/xuebinqin/U-2-Net, normPRED) and what all its users expect.
    """
    low, high = float(logits.min()), float(logits.max())
    if high - low < 1e-6:  # noqa: PLR2004 a prediction without any contrast finds nothing
        return np.zeros(size, np.uint8)
    small = ((logits - low) * (255 / (high - low))).astype(np.uint8)
    return np.asarray(cv2.resize(small, size[::-1], interpolation=cv2.INTER_CUBIC), np.uint8)


@contextmanager
def _in_sentences(model: Model) -> Iterator[None]:
    """ONNX Runtime's errors share no base but Exception: they are known by their module."""
    try:
        yield
    except MemoryError as error:
        raise OutOfMemory(_no_room(model)) from error
    except Exception as error:
        if not type(error).__module__.startswith("onnxruntime"):
            raise
        text = str(error).lower()
        if "memory" in text or "failed to allocate" in text or "bad_alloc" in text:
            raise OutOfMemory(_no_room(model)) from error
        raise EngineError(
            f"{model.title} could not compute this photo. Try another model, or get this one "
            f"anew: coveshot models get {model.name}."
        ) from error


def _no_room(model: Model) -> str:
    need = model.memory_mb / 1000
    return (
        f"Not enough memory for {model.title}: it needs about {need:.1f} GB. Try a smaller model."
    )
