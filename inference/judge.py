"""Measures how far a matte may be wrong, without knowing the right one."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.average import averaged
from inference.doubt import Doubt
from inference.refine import refine

Bytes = NDArray[np.uint8]

SIDE = 256
"""Doubt is measured on a picture whose longer side has so many pixels: 13 ms of CPU for 12 MP."""
SEEN = 128
"""Of 255: from here a pixel is subject."""
MOST_APART = 0.3
"""1 - IoU of two networks at which a cutout is worth a look."""
MOST_MOVED = 0.06
"""The share of the subject's area that the colours of the photo give or take, at which it is."""
VEIL = (26, 229)
"""Of 255: what is between these is neither subject nor ground."""
EDGE = np.ones((5, 5), np.uint8)
"""What is narrower than this is an edge and no veil."""
MOST_VEILED = 0.1
"""The share of what is seen that may be veiled before a cutout is worth a look."""
COLOURS = 16
"""In so many steps of each channel of Lab colours are told apart."""
GROUNDS = 0.7
"""A colour is rather the ground's where this share of it is there, were both sides as large."""
MOST_GROUND = 0.08
"""The share of the subject that may have colours of the ground before a cutout is worth a look."""
LEAST_AREA = 0.002
"""Of the photo; what is smaller is hardly its subject."""


def doubt(pixels: Bytes | None, alpha: Bytes, other: Bytes | None = None, *, fine: bool) -> Doubt:
    """Judge a matte by the colours of its photo and by the matte of another network.

    `pixels` is (height, width, 3) uint8 sRGB, None to leave colours out; `alpha` and `other` are
    (height, width) uint8; `fine` as in `refine`. The measures and their limits were fitted on the
    photos and composites of docs/quality.md, which tells how well the score finds bad cutouts.
    """
    height, width = alpha.shape
    scale = min(1.0, SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    alpha = _shrunk(alpha, size)
    if np.count_nonzero(alpha >= SEEN) < LEAST_AREA * alpha.size:
        return Doubt(1.0, ("Hardly anything stands out in this photo.",))
    moved = ground = 0.0
    if pixels is not None:
        pixels = _shrunk(pixels, size)
        moved, ground = _moved(pixels, alpha, fine=fine), _ground(pixels, alpha)
    veiled = _veiled(alpha)
    differ = 0.0 if other is None else apart(alpha, _shrunk(other, size))
    reasons = []
    if differ >= MOST_APART:
        reasons.append(f"Two models disagree about {differ:.0%} of the subject.")
    if moved >= MOST_MOVED:
        reasons.append("Much of the outline does not follow the colours of the photo.")
    if ground >= MOST_GROUND:
        reasons.append("Part of the cutout looks like the ground: a hole may be filled.")
    if veiled >= MOST_VEILED:
        reasons.append("A large part of the cutout is half transparent.")
    shares = (differ / MOST_APART, moved / MOST_MOVED, ground / MOST_GROUND, veiled / MOST_VEILED)
    worst = max(shares)
    score = math.floor(1000 * worst / (1 + worst)) / 1000  # a half only where there is a reason
    return Doubt(score, tuple(reasons))


def _shrunk(picture: Bytes, size: tuple[int, int]) -> Bytes:
    """Shrink to a (width, height): by halves first, and a large picture from some rows alone."""
    times = len(picture) // size[1]
    squares = next(side for side in (4, 2, 1) if times >= 2 * side or side == 1)
    picture = averaged(picture[:: max(1, times // 4)], squares)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _moved(pixels: Bytes, alpha: Bytes, *, fine: bool) -> float:
    """Return how much alpha the colours would give or take, as a share of the subject's."""
    change = cv2.absdiff(refine(pixels, alpha, fine=fine, quick=True), alpha)
    return float(change.sum(dtype=np.int64) / alpha.sum(dtype=np.int64))


def _ground(pixels: Bytes, alpha: Bytes) -> float:
    """Return how much of the subject has colours that are rather the ground's, 0..1.

    Colours are counted on both sides of the matte, each as a share of its side, and compared as in
    the ratio histograms of Swain and Ballard (1991, doi 10.1007/BF00130487). What is narrower than
    an edge is left out.
    """
    inside, outside = alpha > VEIL[1], alpha < VEIL[0]
    steps = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB).astype(np.intp) // (256 // COLOURS)
    colour = (steps[..., 0] * COLOURS + steps[..., 1]) * COLOURS + steps[..., 2]
    ours, theirs = _counted(colour[inside]), _counted(colour[outside])
    like = inside & (theirs * (1 - GROUNDS) > ours * GROUNDS)[colour]
    wide = cv2.morphologyEx(like.astype(np.uint8), cv2.MORPH_OPEN, EDGE)
    return cv2.countNonZero(wide) / np.count_nonzero(alpha >= SEEN)


def _counted(colours: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the share of each colour, 0..1, of all there are."""
    counts = np.bincount(colours.ravel(), minlength=COLOURS**3).astype(np.float64)
    return counts / max(1, colours.size)


def _veiled(alpha: Bytes) -> float:
    """Return how much of what is seen is half transparent, edges apart, 0..1."""
    soft = cv2.inRange(alpha, *VEIL)
    wide = cv2.morphologyEx(soft, cv2.MORPH_OPEN, EDGE, borderType=cv2.BORDER_REPLICATE)
    return cv2.countNonZero(wide) / np.count_nonzero(alpha >= VEIL[0])


def apart(one: Bytes, other: Bytes) -> float:
    """Return 1 - IoU of the subjects of two mattes, (height, width) uint8 each; 0 for none at all.

    0 is the same subject, 1 another one.
    """
    first, second = one >= SEEN, other >= SEEN
    seen = int(np.count_nonzero(first | second))
    return 1 - int(np.count_nonzero(first & second)) / seen if seen else 0.0
