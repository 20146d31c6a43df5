"""What a designer changes about a matte as a whole: which parts, how full, how wide, how soft."""

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.recipe import Recipe

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]

OPAQUE = 255
CLEAR = 26
"""Less than this, a tenth, is an opening."""
CORE = 128
"""A part without such an alpha anywhere is haze."""
WHOLE = 249
"""Less than this lets the background through."""
RIM_SHARE = 1 / 200
"""Of the longer side: so far inside from what is clear a solid subject is whole."""


def shaped(alpha: Bytes, recipe: Recipe) -> Bytes:
    """Return an alpha (height, width) uint8 changed as a recipe asks: parts first, softness last.

    The alpha that was given stays as it is.
    """
    if recipe.subject != "all" or recipe.islands:
        alpha = _chosen(alpha, recipe)
    if recipe.holes:
        alpha = _filled(alpha, recipe.holes / 100)
    if recipe.solid:
        alpha = _solid(alpha)
    if recipe.shift:
        alpha = _shifted(alpha, recipe.shift)
    if recipe.feather:
        alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), recipe.feather), np.uint8)
    return alpha


def _chosen(alpha: Bytes, recipe: Recipe) -> Bytes:
    """Leave away parts of the subject that hang together with no other."""
    count, labels = _parts(alpha > 0)
    sizes = np.bincount(labels[alpha >= CORE].ravel(), minlength=count)
    sizes[0] = 0  # the background
    if not sizes.any():
        return alpha
    if recipe.subject == "all":
        kept = sizes >= max(1.0, recipe.islands / 100 * sizes.max())
    else:
        kept = np.arange(count) == _asked_for(recipe.subject, labels, sizes)
    return np.where(kept[labels], alpha, 0).astype(np.uint8)


def _parts(mask: Mask) -> tuple[int, NDArray[np.int32]]:
    """Return one more than the number of parts that hang together, and which one a pixel is of."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8))
    return count, np.asarray(labels, np.int32)


def _asked_for(subject: str, labels: NDArray[np.int32], sizes: NDArray[np.intp]) -> int:
    """Return the label of the largest part, or of the one at or nearest to a place."""
    if subject == "largest":
        return int(sizes.argmax())
    x, y = map(float, subject.split())
    height, width = labels.shape
    column, row = min(width - 1, int(x * width)), min(height - 1, int(y * height))
    there = labels * (sizes[labels] > 0)
    if not there[row, column]:
        rows, columns = np.nonzero(there)
        nearest = np.hypot(rows - row, columns - column).argmin()
        row, column = rows[nearest], columns[nearest]
    return int(there[row, column])


def _filled(alpha: Bytes, most: float) -> Bytes:
    """Close enclosed openings of at most this share of the subject's area."""
    _, labels = _parts(alpha < WHOLE)
    areas = np.bincount(labels.ravel())
    closed = areas <= most * np.count_nonzero(alpha >= CORE)
    edges = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
    closed[np.unique(np.concatenate(edges))] = False  # they open to the outside
    closed[0] = False  # the whole subject
    return np.where(closed[labels], OPAQUE, alpha).astype(np.uint8)


def _solid(alpha: Bytes) -> Bytes:
    """Let nothing shine through far from the rim; openings that are clear stay open."""
    rim = max(alpha.shape) * RIM_SHARE
    # A frame of nothing: the border of the picture is no rim of the subject.
    framed = cv2.copyMakeBorder((alpha >= CLEAR).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    depth = cv2.distanceTransform(framed, cv2.DIST_L2, 3)[1:-1, 1:-1]
    # Where nothing is clear, the distance to it is beyond all numbers.
    least = (np.clip(depth, rim, 2 * rim) - rim) / rim * OPAQUE
    return np.asarray(np.maximum(alpha, least.astype(np.uint8)), np.uint8)


def _shifted(alpha: Bytes, pixels: float) -> Bytes:
    """Move edges outwards by so many pixels, or inwards where it is less than zero."""
    move = cv2.dilate if pixels > 0 else cv2.erode
    whole, part = divmod(abs(pixels), 1)
    near, far = (
        move(alpha, _disc(int(whole) + more)) if whole + more else alpha for more in (0, 1)
    )
    return np.asarray(cv2.addWeighted(near, 1 - part, far, part, 0), np.uint8)


def _disc(radius: int) -> Bytes:
    side = 2 * radius + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
