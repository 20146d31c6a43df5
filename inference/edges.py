"""The colour of the subject alone, where it mixes with the old background."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

OPAQUE = 255
WORK_SIDE = 1280
"""Colours change slowly: they are estimated in a picture whose longer side has about these."""
LEAST_SIDE = 1000
"""And of large photos at least these."""
PASSES = ((4, 8), (2, 5), (1, 4), (1, 3), (1, 3))
"""From far to near: how many times smaller the picture is once more, and the box blur there."""
LEAST = np.float32(1e-6)
"""What a colour counts at least: where none is sure, all do."""
STRIP_ROWS = 256
BLOCK = 16_384
"""Pixels that are corrected at a time; OpenCV looks up less than 32768 in a row."""


def decontaminate(pixels: Bytes, alpha: Bytes) -> Bytes:
    """Return the foreground's own colour, (height, width, 3) uint8 sRGB.

    `pixels` is the photo, (height, width, 3) uint8 sRGB; `alpha` (height, width) uint8. Only
    pixels with an alpha of 1..254 change.

    Blur fusion, Forte 2021, "Approximate Fast Foreground Colour Estimation" (ICIP 2021, doi
    10.1109/ICIP42928.2021.9506164): foreground and background are blurred, each weighted by its
    share of a pixel, and what the two do not explain of the photo goes to the foreground. Here
    the blurs run on small pictures, the farthest on the smallest, in five passes instead of two,
    the weight is the cube of the share, so that pure colours count most, and the correction runs
    on every pixel of the photo. On photos with known colours it leaves 10.9 of 29.2 levels of
    error in the soft band; the multi-level estimate of Germer 2020 leaves 10.2 at many times the
    cost.
    """
    left, top, width, height = cv2.boundingRect(cv2.inRange(alpha, 1, OPAQUE - 1))
    if not width:
        return pixels
    step = _step(max(alpha.shape))
    margin = round(PASSES[0][0] * PASSES[0][1] * step)
    rows = slice(max(0, top - margin), top + height + margin)
    columns = slice(max(0, left - margin), left + width + margin)
    near, far = _estimate(pixels[rows, columns], alpha[rows, columns], step)
    clean = pixels.copy()
    _correct(clean[rows, columns], alpha[rows, columns], near, far)
    return clean


def _step(side: int) -> float:
    """Return pixels of the photo a pixel of the small picture; whole ones are averaged faster."""
    step = max(1.0, side / WORK_SIDE)
    return step if step < 2 else float(max(2, side // LEAST_SIDE))  # noqa: PLR2004


def _estimate(pixels: Bytes, alpha: Bytes, step: float) -> tuple[Floats, Floats]:
    """Return smooth colours of foreground and background: smaller by `step`, float32, 0..255."""
    height, width = alpha.shape
    size = (max(1, round(width / step)), max(1, round(height / step)))
    whole = (slice(round(size[1] * step)), slice(round(size[0] * step)))
    picture = cv2.resize(pixels[whole], size, interpolation=cv2.INTER_AREA).astype(np.float32)
    small = cv2.resize(alpha[whole], size, interpolation=cv2.INTER_AREA)
    share = small.astype(np.float32) / np.float32(OPAQUE)
    near = far = smooth = picture
    near_weight, far_weight = share**3 + LEAST, (1 - share) ** 3 + LEAST
    for shrink, kernel in PASSES:
        own, part = _shrunk(picture, shrink), thrice(_shrunk(share, shrink))
        smooth = _blurred(near, near_weight, shrink, kernel)
        far = _blurred(far, far_weight, shrink, kernel)
        near = np.clip(smooth + part * (own - far - part * (smooth - far)), 0, OPAQUE)
    return smooth, far


def _blurred(colours: Floats, weight: Floats, shrink: int, kernel: int) -> Floats:
    """Blur colours in a picture so many times smaller, each counting as much as its weight."""
    few = _shrunk(weight, shrink)
    if colours.shape[:2] == weight.shape:
        total = _shrunk(colours * thrice(weight), shrink)  # so that pure colours outweigh mixed
    else:
        total = resized(colours, few.shape[1::-1]) * thrice(few)
    size = (kernel, kernel)
    found = np.asarray(cv2.blur(few, size), np.float32)
    return np.asarray(cv2.blur(total, size) / thrice(found), np.float32)


def _shrunk(values: Floats, times: int) -> Floats:
    height, width = values.shape[:2]
    return resized(values, (max(1, width // times), max(1, height // times)))


def _correct(photo: Bytes, alpha: Bytes, near: Floats, far: Floats) -> None:
    """Put the foreground's colour into the soft pixels of `photo`, a few at a time."""
    for x, y in soft_places(alpha, 1, OPAQUE - 1):
        # Repeated for each channel: numpy is slow where it must spread one value over three.
        share = np.repeat(alpha[y, x].astype(np.float32) / np.float32(OPAQUE), 3).reshape(-1, 3)
        foreground = sampled(near, alpha.shape, x, y)
        colour = sampled(far, alpha.shape, x, y)
        colour += share * (foreground - colour)
        np.subtract(photo[y, x], colour, out=colour)  # what the two do not explain
        colour *= share
        colour += foreground
        photo[y, x] = np.rint(np.clip(colour, 0, OPAQUE, out=colour), out=colour)


def soft_places(
    alpha: Bytes, low: int, high: int
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """Yield x and y of all pixels of low..high, some thousands at a time."""
    for top in range(0, len(alpha), STRIP_ROWS):  # strips keep the places small
        mask = cv2.inRange(alpha[top : top + STRIP_ROWS], low, high)
        found = cv2.findNonZero(mask)  # None where there is none
        count = cv2.countNonZero(mask)
        for first in range(0, count, BLOCK):
            x, y = np.ascontiguousarray(found[first : first + BLOCK].reshape(-1, 2).T)
            yield x, y + top


def sampled(
    small: Floats, shape: tuple[int, ...], x: NDArray[np.int32], y: NDArray[np.int32]
) -> Floats:
    """Look single pixels of a picture of `shape` up in a smaller one, between its pixels."""
    to_y = ((y + 0.5) * (small.shape[0] / shape[0]) - 0.5).astype(np.float32)[None]
    to_x = ((x + 0.5) * (small.shape[1] / shape[1]) - 0.5).astype(np.float32)[None]
    found = cv2.remap(small, to_x, to_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found[0], np.float32)


def thrice(values: Floats) -> Floats:
    """Return a value for each of three channels: numpy is slow where it must spread it itself."""
    return np.asarray(cv2.merge([values, values, values]), np.float32)


def resized(values: Floats, size: tuple[int, int]) -> Floats:
    """Bring values to (width, height): averaged where that is smaller, else between them."""
    if values.shape[1::-1] == size:
        return values
    method = cv2.INTER_AREA if size[0] < values.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(values, size, interpolation=method), np.float32)
