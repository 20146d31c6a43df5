"""A second look at the subject alone, closer: a coarse network sees more of it then."""

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.frame import box_of
from inference.fuse import core
from inference.judge import apart

Bytes = NDArray[np.uint8]
Part = tuple[slice, slice]

FOUND = 40
"""Of 255: from here the first look has found something."""
MARGIN = 0.18
"""Of the subject's sides, around it: with less it is cut off, with more nothing is gained."""
SHARE = 0.6
"""What the second look counts."""
SURE = 250
"""Of 255: where a first look is so sure far inside, it is believed."""
MOST_APART = 0.1
"""1 - IoU of both looks up to which they are of the same subject."""


def closer_part(alpha: Bytes) -> Part | None:
    """Return the rows and columns of a matte's subject, (height, width) uint8, with a margin.

    None where that is the whole picture, or nothing.
    """
    height, width = alpha.shape
    left, top, across, down = box_of(alpha, FOUND)
    aside, above = int(across * MARGIN), int(down * MARGIN)
    rows = slice(max(0, top - above), min(height, top + down + above))
    columns = slice(max(0, left - aside), min(width, left + across + aside))
    whole = rows == slice(0, height) and columns == slice(0, width)
    return None if whole else (rows, columns)


def both_looks(first: Bytes, closer: Bytes, part: Part) -> Bytes:
    """Return two mattes mixed, of a picture and of a part of it, both uint8.

    The first one stays where they are not of the same subject, and no look tears a hole where it is
    sure all around. The second alone is better on some pictures and much worse on others; both
    together are better on most: docs/performance.md.
    """
    second = np.zeros_like(first)
    second[part] = closer
    if apart(first, second) > MOST_APART:
        return first
    mixed = np.asarray(cv2.addWeighted(first, 1 - SHARE, second, SHARE, 0), np.uint8)
    return np.where(core(first) >= SURE, np.maximum(mixed, first), mixed)
