"""What goes into a network, and what comes out of it."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.average import averaged
from inference.catalogue import Model

SHARPER = np.array([[0, -0.05, 0], [-0.05, 1.2, -0.05], [0, -0.05, 0]], np.float32)
"""Of 0, .03, .05, .08, .11: the nearest to Lanczos's masks, on 12 MP and on 1 to 2 (IoU .998)."""


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
