"""Two networks are surer than one: a quick one closes the holes that a fine one has torn."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]

ABSENT, SURE = 10, 243
"""Of 255: up to here a network sees nothing; from here it has no doubt."""
CORE_SHARE = 0.012
"""Of the shorter side: so far inside its own edge a coarse network is believed."""
SEEN, SEEN_SHARE = 128, 0.5
"""A part counts if the fine network sees so much of it: it must not bring what is no subject."""
LIKE_SUBJECT = 0.65
"""How much more likely the colours of a hole must be the subject's than the ground's, 0..1."""
LEAST_SHARE = 0.001
"""Of the subject: what is smaller is a gap between hairs, and no hole."""
LEVELS = 16
"""Colours are counted in so many steps a channel."""


def fused(pixels: Bytes, fine: Bytes, quick: Bytes) -> Bytes:
    """Return a fine matte with those holes closed that it has torn by mistake.

    `pixels` is the photo, (height, width, 3) uint8 sRGB; both mattes are (height, width) uint8. A
    hole is closed where the quick network is sure of it, the fine one does not see it quite empty,
    its colours are the subject's, and it is not tiny: through a ring or between hairs the ground is
    seen, and that stays. Nothing gets less, and edges stay those of the fine matte.
    """
    inside = core(quick)
    labels, sizes = _parts(inside >= SURE)
    part_seen = _means(labels, sizes, fine >= SEEN) >= SEEN_SHARE
    torn = (inside >= SURE) & (fine < SEEN) & part_seen[labels]
    if not torn.any():
        return fine
    labels, sizes = _parts(torn)
    likely = _likely(pixels, fine >= SURE, (fine <= ABSENT) & (quick <= ABSENT))
    closed = (
        (sizes >= LEAST_SHARE * np.count_nonzero(fine >= SEEN))
        & (_means(labels, sizes, fine) > ABSENT)
        & (_means(labels, sizes, likely) >= LIKE_SUBJECT)
    )
    closed[0] = False  # all that is not torn
    # A hole is soft around: without its rim it would stay as a ring.
    rimmed = _moved(cv2.dilate, closed[labels].astype(np.uint8)) > 0
    return np.where(rimmed & (inside >= SURE), np.maximum(inside, fine), fine).astype(np.uint8)


def core(alpha: Bytes) -> Bytes:
    """Return the least of what is around each pixel of a coarse matte, (height, width) uint8.

    Where that is sure, the pixel is so far inside that the network is believed.
    """
    return _moved(cv2.erode, alpha)


def _moved(move: Callable[..., object], alpha: Bytes) -> Bytes:
    """Take the least or the most of a square around each pixel; quick whatever its size."""
    side = 2 * max(2, int(min(alpha.shape) * CORE_SHARE)) + 1
    return np.asarray(move(alpha, np.ones((side, side), np.uint8)), np.uint8)


def _parts(mask: Mask) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """Return which part a pixel is of, 0 for none, and the pixels of each."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8))
    numbers = np.asarray(labels, np.int32)
    return numbers, np.bincount(numbers.ravel())


def _means(
    labels: NDArray[np.int32], sizes: NDArray[np.intp], values: NDArray[np.generic]
) -> NDArray[np.float64]:
    return np.bincount(labels.ravel(), values.ravel(), len(sizes)) / np.maximum(sizes, 1)


def _likely(pixels: Bytes, subject: Mask, ground: Mask) -> NDArray[np.float32]:
    """Return how likely the colour of each pixel is the subject's and not the ground's, 0..1."""
    steps = (pixels // (256 // LEVELS)).astype(np.int32)
    colours = (steps[..., 0] * LEVELS + steps[..., 1]) * LEVELS + steps[..., 2]
    near, far = _frequencies(colours[subject]), _frequencies(colours[ground])
    share = near / (near + far + 1e-7)
    return np.asarray(share[colours], np.float32)


def _frequencies(colours: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return how often each colour is there, its neighbours counting half."""
    counts = np.bincount(colours, minlength=LEVELS**3).reshape((LEVELS,) * 3).astype(float)
    for axis in range(counts.ndim):
        padded = np.pad(counts, [(1, 1) if axis == own else (0, 0) for own in range(3)])
        before, after = (padded.take(range(first, first + LEVELS), axis) for first in (0, 2))
        counts = counts + 0.5 * (before + after)
    return np.asarray(counts.ravel() / max(1.0, counts.sum()))
