"""A network on a device: the port, and what all who fill it do before and after the network."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.average import averaged
from inference.catalogue import Asset, Model
from inference.errors import EngineError, OutOfMemory

F32, BF16 = "f32", "bf16"
SHARPER = np.array([[0, -0.05, 0], [-0.05, 1.2, -0.05], [0, -0.05, 0]], np.float32)
"""Of 0, .03, .05, .08, .11: the nearest to Lanczos's masks, on 12 MP and on 1 to 2 (IoU .998)."""
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

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
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


def tensor(pixels: NDArray[np.uint8], model: Model) -> NDArray[np.float32]:
    """Scale and normalise (height, width, 3) uint8 sRGB as a network was trained.

    Returns (1, 3, side, side) float32.
    """
    small = _small(pixels, model)
    top = float(max(small.max(), 1)) if model.by_brightest else 255.0
    planes = np.empty((1, 3, model.side, model.side), np.float32)
    for number, (levels, mean, std) in enumerate(
        zip(cv2.split(small), model.mean, model.std, strict=True)
    ):
        plane = planes[0, number]
        np.multiply(levels, np.float32(1 / (top * std)), out=plane)
        plane -= np.float32(mean / std)
    return planes


def matte(prediction: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Stretch a prediction to 0..255 and to the photo's (height, width).

    The stretch from smallest to largest is what U-2-Net's authors do with its output
    (github.com/xuebinqin/U-2-Net, normPRED) and what all its users expect.
    """
    low, high = float(prediction.min()), float(prediction.max())
    if high - low < 1e-6:  # noqa: PLR2004 a prediction without any contrast finds nothing
        return np.zeros(size, np.uint8)
    small = prediction - np.float32(low)
    small *= np.float32(255 / (high - low))
    levels = small.astype(np.uint8)
    return np.asarray(cv2.resize(levels, size[::-1], interpolation=cv2.INTER_CUBIC), np.uint8)


def _small(pixels: NDArray[np.uint8], model: Model) -> NDArray[np.uint8]:
    """Shrink to the model's square: by areas as far as a whole number goes, then more closely.

    Coarse networks see less and heed each level more: they get twice as many from Lanczos, 0.2 to
    0.4 of 255 levels from Lanczos alone. Fine ones get half as many, mixed and sharpened by what
    areas have softened, 0.3 levels from it, in an eighth of its time.
    """
    height, width = pixels.shape[:2]
    side = model.side
    factor = min(height, width) // (side if model.fine else 2 * side)
    pixels = averaged(pixels, max(1, factor))
    if not (model.fine and factor):
        return np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling.LANCZOS))
    near = max(pixels.shape[:2]) < 2 * side  # what is mixed of two must not leave any out
    method = cv2.INTER_LINEAR if near else cv2.INTER_AREA
    small = cv2.resize(pixels, (side, side), interpolation=method)
    return np.asarray(cv2.filter2D(small, -1, SHARPER), np.uint8)


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
