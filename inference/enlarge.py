"""Larger pictures: by a network, tile by tile, or by Lanczos's kernel."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.encode import resized
from inference.frame import box_of
from inference.upscalers import SCALE

Bytes = NDArray[np.uint8]

TILE = 256
"""Side in pixels of what is enlarged at a time: it bounds the memory, not the result."""
COLOUR_BLUR = 3.0
"""Deviation in pixels of the small picture: broader shifts are no detail."""
MARGIN = 24
"""Pixels around the subject that are enlarged with it."""


def enlarged(
    pixels: Bytes,
    alpha: Bytes,
    factor: int,
    network: Callable[[Bytes], Bytes] | None,
    overlap: int = 0,
) -> tuple[Bytes, Bytes]:
    """Return a cut-out subject 2 or 4 times as large: colours by a network, alpha by Lanczos.

    `pixels` (height, width, 3) uint8 sRGB, `alpha` (height, width) uint8. The network enlarges the
    box of the subject alone, for what is not seen is not worth its time; `overlap` is how far it
    sees. Without one, Lanczos's kernel makes all. Raises what the network raises.
    """
    height, width = alpha.shape
    size = (width * factor, height * factor)
    shape = cv2.resize(alpha, size, interpolation=cv2.INTER_LANCZOS4)
    large = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LANCZOS4), np.uint8)
    if network:
        left, top, across, down = box_of(alpha, least=1)
        left, top = max(0, left - MARGIN), max(0, top - MARGIN)
        right = min(width, left + across + 2 * MARGIN)
        bottom = min(height, top + down + 2 * MARGIN)
        part = np.ascontiguousarray(pixels[top:bottom, left:right])
        into = large[top * factor : bottom * factor, left * factor : right * factor]
        by_tiles(part, network, overlap, into)
        keep_colours(part, into)
    return large, np.asarray(shape, np.uint8)


def keep_colours(pixels: Bytes, into: Bytes) -> None:
    """Give an enlarged picture the colours of the small one, and leave it its edges.

    Networks shift whole areas by up to ten levels. What shrinking the large picture again shows of
    that is taken back, blurred: a step of iterative back-projection (Irani and Peleg 1991, doi
    10.1016/1049-9652(91)90045-L) for what is broad alone.
    """
    height, width = pixels.shape[:2]
    seen = resized(into, (width, height)).astype(np.float32)
    off = cv2.GaussianBlur(pixels - seen, (0, 0), COLOUR_BLUR, borderType=cv2.BORDER_REPLICATE)
    factor = into.shape[0] // height
    for top in range(0, height, TILE):  # a strip at a time: floats of all would fill the memory
        first, last = max(0, top - 1), min(height, top + TILE + 1)
        strip = slice(top * factor, min(height, top + TILE) * factor)
        size = (width * factor, (last - first) * factor)
        grown = cv2.resize(off[first:last], size, interpolation=cv2.INTER_LINEAR)
        start = (top - first) * factor
        rows = into[strip]
        grown = grown[start : start + len(rows)].reshape(rows.shape)
        into[strip] = np.rint(np.clip(rows + grown, 0, 255)).astype(np.uint8)


def by_tiles(
    pixels: Bytes, network: Callable[[Bytes], Bytes], overlap: int, into: Bytes, tile: int = TILE
) -> None:
    """Write an enlarged picture into another one, which is 2 or 4 times as large.

    Each tile is shown to the network with `overlap` pixels around it, at the picture's edge those
    of the edge: if it sees no farther, tiles and no tiles are the same. Half the size of what the
    network makes is the mean of four of its pixels.
    """
    height, width = pixels.shape[:2]
    factor = into.shape[0] // height
    padded = np.pad(pixels, [(overlap, overlap), (overlap, overlap), (0, 0)], mode="edge")
    for top in range(0, height, tile):
        for left in range(0, width, tile):
            down, across = min(tile, height - top), min(tile, width - left)
            seen = padded[top : top + down + 2 * overlap, left : left + across + 2 * overlap]
            made = network(np.ascontiguousarray(seen))
            edge = overlap * SCALE
            made = made[edge : edge + down * SCALE, edge : edge + across * SCALE]
            rows = slice(top * factor, (top + down) * factor)
            columns = slice(left * factor, (left + across) * factor)
            if factor != SCALE:
                size = (across * factor, down * factor)
                made = resized(np.ascontiguousarray(made), size)
            into[rows, columns] = made
