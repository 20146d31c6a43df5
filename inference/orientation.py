"""Pictures turned as EXIF asks."""

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Depth = TypeVar("Depth", np.uint8, np.uint16)


def upright(pixels: NDArray[Depth], orientation: int) -> NDArray[Depth]:
    """Turn (height, width, ...) pixels as an EXIF orientation of 1..8 asks (CIPA DC-008, 4.6.4)."""
    match orientation:
        case 2:
            turned = cv2.flip(pixels, 1)
        case 3:
            turned = cv2.rotate(pixels, cv2.ROTATE_180)
        case 4:
            turned = cv2.flip(pixels, 0)
        case 5:
            turned = cv2.transpose(pixels)
        case 6:
            turned = cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE)
        case 7:
            turned = cv2.rotate(cv2.transpose(pixels), cv2.ROTATE_180)
        case 8:
            turned = cv2.rotate(pixels, cv2.ROTATE_90_COUNTERCLOCKWISE)
        case _:
            return pixels
    return np.asarray(turned, pixels.dtype)
