"""From 16 bits a channel to 8, rounded, and back."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

MOST = 255
SIXTEEN_BITS = 65535
TIMES = SIXTEEN_BITS // MOST


def widened(pixels: Pixels) -> NDArray[np.uint16]:
    """Return uint8 of any shape as uint16: 255 becomes 65535."""
    return pixels.astype(np.uint16) * np.uint16(TIMES)


def rounded(wide: NDArray[Any]) -> Pixels:
    """Return uint16 of any shape as uint8: 65535 becomes 255."""
    return np.asarray(cv2.convertScaleAbs(wide, alpha=MOST / SIXTEEN_BITS), np.uint8)


def grey_in_eight_bits(image: Image.Image) -> Image.Image:
    """Return wider greys as 8 bits; whole numbers are 16 bits wide, fractions span 0..1."""
    if not image.mode.startswith(("I", "F")):
        return image
    values: NDArray[Any] = np.asarray(image)
    if image.mode == "F":
        return Image.fromarray(np.rint(np.nan_to_num(values).clip(0, 1) * MOST).astype(np.uint8))
    return Image.fromarray(rounded(values.clip(0, SIXTEEN_BITS).astype(np.uint16)))
