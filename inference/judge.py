"""Measures how far a matte may be wrong, without knowing the right one."""

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.average import averaged
from inference.doubt import Doubt
from inference.refine import refine

Bytes = NDArray[np.uint8]

SIDE = 320
"""Doubt is measured on a picture whose longer side has so many pixels: 25 ms of CPU for 12 MP."""
SEEN = 128
"""Of 255: from here a pixel is subject."""
MOST_APART = 0.3
"""1 - IoU of two networks at which a cutout is worth a look."""
MOST_MOVED = 0.08
"""The share of the subject's area that the colours of the photo give or take, at which it is."""
LEAST_AREA = 0.002
"""Of the photo; what is smaller is hardly its subject."""


def doubt(pixels: Bytes, alpha: Bytes, other: Bytes | None = None, *, fine: bool) -> Doubt:
    """Judge a matte by the colours of its photo and by the matte of another network.

    `pixels` is (height, width, 3) uint8 sRGB; `alpha` and `other` are (height, width) uint8; `fine`
    as in `refine`. The two measures and their limits were fitted on the photos and composites of
    docs/quality.md, which tells how well the score finds bad cutouts.
    """
    height, width = alpha.shape
    scale = min(1.0, SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    alpha = _shrunk(alpha, size)
    if np.count_nonzero(alpha >= SEEN) < LEAST_AREA * alpha.size:
        return Doubt(1.0, ("Hardly anything stands out in this photo.",))
    moved = _moved(_shrunk(pixels, size), alpha, fine=fine)
    apart = 0.0 if other is None else _apart(alpha, _shrunk(other, size))
    reasons = []
    if apart >= MOST_APART:
        reasons.append(f"Two models disagree about {apart:.0%} of the subject.")
    if moved >= MOST_MOVED:
        reasons.append("Much of the outline does not follow the colours of the photo.")
    worst = max(apart / MOST_APART, moved / MOST_MOVED)
    return Doubt(round(worst / (1 + worst), 3), tuple(reasons))


def _shrunk(picture: Bytes, size: tuple[int, int]) -> Bytes:
    """Shrink to a (width, height); first by halves, which takes a third of the time of one step."""
    times = min(picture.shape[1] // (2 * size[0]), picture.shape[0] // (2 * size[1]))
    picture = averaged(picture, 1 << max(1, times).bit_length() - 1)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _moved(pixels: Bytes, alpha: Bytes, *, fine: bool) -> float:
    """Return how much alpha the colours would give or take, as a share of the subject's."""
    change = cv2.absdiff(refine(pixels, alpha, fine=fine), alpha)
    return float(change.sum(dtype=np.int64) / alpha.sum(dtype=np.int64))


def _apart(one: Bytes, other: Bytes) -> float:
    """Return 1 - IoU of two subjects, 0..1."""
    first, second = one >= SEEN, other >= SEEN
    return 1 - float(np.count_nonzero(first & second) / np.count_nonzero(first | second))
