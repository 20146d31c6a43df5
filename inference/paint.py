"""Strokes of a brush: a layer of white and black paint that a designer lays over an alpha.

A layer is (height, width, 2) uint8, as large as the photo: how white the paint is, and how thick.
White keeps, black erases, and thickness is how strongly: 0 leaves the alpha as it is, 255 replaces
it. This is `over` of Porter and Duff 1984 (doi 10.1145/800031.808606) in one channel, so that one
stroke after the other and all of them at once give the same.

As a file a layer is a PNG of grey and alpha, 8 bits each. Where nothing is painted it packs to next
to nothing, so it is always as large as the photo and has no place of its own to get wrong.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.encode import resized
from inference.errors import PhotoRejected, RecipeRejected, StrokesRejected
from inference.header import Limits
from inference.png import write_png
from inference.reader import HERE, Reader
from inference.sniff import PNG
from inference.strokes import MOST_BYTES, Spot

Bytes = NDArray[np.uint8]

STRIP_ROWS = 64
OPAQUE = 255
WHOLE = 250
"""An alpha below this lets the background through."""


def read_strokes(data: bytes, size: tuple[int, int], reader: Reader = HERE) -> Bytes:
    """Return the layer of a file that a stranger sends, for a photo of (width, height).

    Raises StrokesRejected, also where it is no PNG, damaged, coloured or of another size.
    """
    limits = Limits(MOST_BYTES, size[0] * size[1], max(size))
    try:
        header = reader.inspect(data, limits)
        if header.extension != PNG.extension:
            raise StrokesRejected("Strokes are sent as a PNG of grey and alpha.")
        if (header.width, header.height) != size:
            raise StrokesRejected("These strokes were painted on a photo of another size.")
        photo = reader.open(data, limits)
    except PhotoRejected as error:
        raise StrokesRejected(f"These strokes cannot be read. {error.says}") from error
    if photo.pixels.shape[1::-1] != size or (photo.pixels != photo.pixels[..., :1]).any():
        raise StrokesRejected("Strokes are painted in black and white.")
    thick = photo.alpha if photo.alpha is not None else np.full(size[::-1], OPAQUE, np.uint8)
    white = photo.pixels[..., 0] * (thick > 0)  # what is not there has no colour
    return np.dstack([white, thick]).astype(np.uint8, copy=False)


def written_strokes(layer: Bytes) -> bytes:
    """Return the one file of a layer: equal layers give equal bytes."""
    return write_png(layer)


def painted(alpha: Bytes, layer: Bytes) -> Bytes:
    """Return an alpha (height, width) uint8 under a layer, rounded to nearest.

    The alpha that was given stays as it is. Raises RecipeRejected where the layer is of another
    size.
    """
    if layer.shape[:2] != alpha.shape:
        raise RecipeRejected("These strokes were painted on a photo of another size.")
    left, first, width, height = cv2.boundingRect(np.ascontiguousarray(layer[..., 1]))
    columns = slice(left, left + width)
    made = alpha.copy()
    for top in range(first, first + height, STRIP_ROWS):
        rows = slice(top, min(top + STRIP_ROWS, first + height))
        white, thick = (layer[rows, columns, one].astype(np.uint32) for one in (0, 1))
        mixed = made[rows, columns] * (OPAQUE - thick) + white * thick
        made[rows, columns] = (2 * mixed + OPAQUE) // (2 * OPAQUE)
    return made


def resized_paint(layer: Bytes, size: tuple[int, int]) -> Bytes:
    """Return a layer for a photo of another (width, height): white counts as far as it is thick."""
    if layer.shape[1::-1] == size:
        return layer
    white, thick = np.ascontiguousarray(layer[..., 0]), np.ascontiguousarray(layer[..., 1])
    laid = resized((white.astype(np.uint16) * thick // OPAQUE).astype(np.uint8), size)
    thick = resized(thick, size)
    share = laid.astype(np.float32) * OPAQUE / np.maximum(thick, 1)
    return np.dstack([np.minimum(share, OPAQUE).astype(np.uint8), thick])


def part_at(alpha: Bytes, spot: Spot, place: tuple[float, float]) -> Bytes:
    """Return the whole hole or island at a place, a share of width and of height, as 255 and 0.

    `alpha` is (height, width) uint8. Raises StrokesRejected where nothing of the kind is there.
    """
    height, width = alpha.shape
    column, row = min(width - 1, int(place[0] * width)), min(height - 1, int(place[1] * height))
    hole = spot is Spot.HOLE
    mask = ((alpha < WHOLE) if hole else (alpha > 0)).astype(np.uint8)
    if not mask[row, column]:
        raise StrokesRejected(
            "The subject is whole here. Click inside a hole."
            if hole
            else "There is nothing here. Click on a part that is to go."
        )
    part = mask.copy()
    frame = np.zeros((height + 2, width + 2), np.uint8)
    cv2.floodFill(part, frame, (column, row), 2, flags=8)
    part = (part == 2).astype(np.uint8)  # noqa: PLR2004 the value that it was filled with
    if hole and any(edge.any() for edge in (part[0], part[-1], part[:, 0], part[:, -1])):
        raise StrokesRejected("This is the outside of the subject. Paint over it with the brush.")
    if not hole and (part == mask).all():
        raise StrokesRejected("This is the whole subject. Erase parts of it with the brush.")
    return np.asarray(part * OPAQUE, np.uint8)
