"""TIFFs that Pillow alone would read wrongly: raw photos, gaps, 16 bits a colour."""

import sys
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.ImageFile import _Tile
from PIL.TiffImagePlugin import TiffImageFile

from inference.errors import PhotoRejected, Refusal
from inference.orientation import TURNED

NEW_SUBFILE_TYPE, BITS, ORIENTATION, SAMPLES = 254, 258, 274, 277
PLANES, EXTRA_SAMPLES, DNG_VERSION = 284, 338, 50706
REDUCED = 1
SEPARATE = 2
STRAIGHT = 2
"""An extra sample that is alpha, not multiplied into the colours (TIFF 6.0, section 18)."""
UPPER, LOWER = ("16L", "16B") if sys.byteorder == "little" else ("16B", "16L")
"""Libtiff gives numbers in the order of this machine; Pillow keeps the byte that it finds upper."""


def open_tiff(stream: IO[bytes]) -> TiffImageFile:
    """Read the header alone. Raises PhotoRejected for raw photos, which begin with a thumbnail."""
    image = TiffImageFile(stream)
    if DNG_VERSION in image.tag_v2 or image.tag_v2.get(NEW_SUBFILE_TYPE, 0) == REDUCED:
        raise PhotoRejected(
            "This file is a raw photo of a camera. Develop it and save it as JPEG, PNG or TIFF.",
            Refusal.TYPE,
        )
    return image


def load_tiff(image: TiffImageFile, stream: IO[bytes]) -> Image.Image | NDArray[np.uint16]:
    """Read the pixels: an image, or (height, width, channels) uint16 where it has 16 bits a colour.

    Raises ValueError where pixels are missing.
    """
    mode = image.mode
    if not _is_wide(image):
        _check_whole(image)
        return _loaded(image)
    upper, lower = (
        np.asarray(_loaded(_by_libtiff(TiffImageFile(stream), f"{mode};{order}")))
        for order in (UPPER, LOWER)
    )
    return upper.astype(np.uint16) << 8 | lower


def _loaded(image: TiffImageFile) -> TiffImageFile:
    size = image.size[::-1] if image.tag_v2.get(ORIENTATION, 1) >= TURNED else image.size
    # With memory of ours Pillow does not compare the size with its own, global limit.
    image.im = Image.new(image.mode, size).im
    image.load()
    return image


def _is_wide(image: TiffImageFile) -> bool:
    tags = image.tag_v2
    alpha = {"RGB": (), "CMYK": (), "RGBA": (STRAIGHT,)}.get(image.mode)
    return (
        set(tags.get(BITS, ())) == {16}
        and tuple(tags.get(EXTRA_SAMPLES, ())) == alpha
        and tags.get(SAMPLES) == len(image.mode)
    )


def _by_libtiff(image: TiffImageFile, layout: str) -> TiffImageFile:
    """Have libtiff read it: Pillow's own reader takes separate planes of 16 bits for 8."""
    width, height = image.size
    if image.tag_v2.get(ORIENTATION, 1) >= TURNED:
        width, height = height, width
    image.use_load_libtiff = True
    image.tile = [_Tile("libtiff", (0, 0, width, height), 0, (layout, False, image.tag_v2.offset))]
    return image


def _check_whole(image: TiffImageFile) -> None:
    """Refuse what Pillow would leave black: places that no strip or tile covers."""
    boxes = [tile.extents for tile in image.tile]
    covered = sum((right - left) * (lower - upper) for left, upper, right, lower in boxes)
    planes = len(image.getbands()) if image.tag_v2.get(PLANES) == SEPARATE else 1
    whole = image.size[0] * image.size[1]
    if covered < whole * (1 if image.use_load_libtiff else planes):
        raise ValueError("truncated: strips are missing")
