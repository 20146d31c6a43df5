"""Networks on devices: the ports, and what goes wrong behind them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from inference.catalogue import Asset
from inference.errors import EngineError, OutOfMemory

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

F32, BF16 = "f32", "bf16"
KNOWN = ("onnxruntime", "openvino", "torch")
"""The modules whose errors are put into sentences."""


@dataclass(frozen=True, slots=True)
class Device:
    """What computes, and why it is this and not another."""

    name: str
    provider: str
    reason: str = ""


class Matter(Protocol):
    """One network on one device."""

    @property
    def device(self) -> Device: ...

    def __call__(self, pixels: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
        """Return the alpha (height, width) uint8 of sRGB pixels (height, width, 3) uint8.

        Raises EngineError, OutOfMemory.
        """
        ...

    def rest(self) -> None:
        """Give back the working memory of the photos so far; the next one may take longer."""
        ...

    def close(self) -> None:
        """Give all memory back."""
        ...


class Enlarger(Protocol):
    """One enlarging network on one device."""

    @property
    def device(self) -> Device: ...

    def __call__(self, pixels: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
        """Return (height, width, 3) uint8 sRGB four times as large. Raises EngineError."""
        ...

    def close(self) -> None:
        """Give all memory back."""
        ...


@contextmanager
def in_sentences(model: Asset) -> Iterator[None]:
    """Say in a sentence what a runtime says in its own words.

    Their errors share no base but Exception: ONNX Runtime's are known by their module, and those
    of OpenVINO are RuntimeErrors.
    """
    try:
        yield
    except MemoryError as error:
        raise OutOfMemory(_no_room(model)) from error
    except Exception as error:
        if not (isinstance(error, RuntimeError) or type(error).__module__.startswith(KNOWN)):
            raise
        text = str(error).lower()
        if "memory" in text or "failed to allocate" in text or "bad_alloc" in text:
            raise OutOfMemory(_no_room(model)) from error
        raise EngineError(
            f"{model.title} could not compute this photo. Try another model, or get this one "
            f"anew: coveshot models get {model.name}."
        ) from error


def _no_room(model: Asset) -> str:
    need = model.memory_mb / 1000
    return (
        f"Not enough memory for {model.title}: it needs about {need:.1f} GB. Try a smaller model."
    )
