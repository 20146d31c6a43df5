"""Pictures made smaller by whole numbers, quickly."""

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]


def averaged(pixels: Bytes, times: int) -> Bytes:
    """Return the means of squares of so many pixels a side: (height, width, ...) uint8.

    What is left over at the right and below is left away. Halves again and again, as far as that
    goes, take half the time of one large step.
    """
    height, width = pixels.shape[:2]
    down, across = min(times, height), min(times, width)
    pixels = pixels[: height // down * down, : width // across * across]
    while down > 1 or across > 1:
        low, wide = (2 if side % 2 == 0 else side for side in (down, across))
        size = (pixels.shape[1] // wide, pixels.shape[0] // low)
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        down, across = down // low, across // wide
    return pixels
