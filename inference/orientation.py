"""Which way up: the one thing that is read of EXIF."""

import struct
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

TAG = 0x0112
TURNED = 5
"""From this orientation on width and height change places."""
LAST = 8

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


def orientation_in(exif: bytes) -> int:
    """Return the orientation that a block of EXIF tells, 1 (upright) where it tells none.

    Only the first directory is looked through, so no block can send us in circles.
    """
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for entry in range(start + 2, start + 2 + 12 * count, 12):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
            if tag == TAG:
                return int(value) if 1 <= value <= LAST else 1
    except struct.error:  # it ends before it says so
        pass
    return 1
