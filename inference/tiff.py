"""TIFFs that Pillow alone would read wrongly: raw photos, gaps, 16 bits a colour."""

import sys
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from inference.depth import rounded
from inference.exif import LAST, TURNED
from inference.sniff import RAW, not_opened

NEW_SUBFILE_TYPE, BITS, ORIENTATION, SAMPLES = 254, 258, 274, 277
PLANES, EXTRA_SAMPLES, DNG_VERSION = 284, 338, 50706
REDUCED = 1
CR2 = b"II*\0\x10\0\0\0CR"
"""What the raw photos of one maker begin with; the others have tags of their own."""
SEPARATE = 2
STRAIGHT = 2
"""An extra sample that is alpha, not multiplied into the colours (TIFF 6.0, section 18)."""
UPPER, LOWER = ("16L", "16B") if sys.byteorder == "little" else ("16B", "16L")
"""Libtiff gives numbers in the order of this machine; Pillow keeps the byte that it finds upper."""


def open_tiff(stream: IO[bytes]) -> TiffImageFile:
    """Read the header alone. Raises PhotoRejected for raw photos, which begin with a thumbnail."""
    stream.seek(0)
    if stream.read(len(CR2)) == CR2:
        raise not_opened(RAW)
    stream.seek(0)
    image = TiffImageFile(stream)
    if DNG_VERSION in image.tag_v2 or image.tag_v2.get(NEW_SUBFILE_TYPE) == REDUCED:
        raise not_opened(RAW)
    return image


def load_tiff(
    image: TiffImageFile, stream: IO[bytes]
) -> tuple[Image.Image, NDArray[np.uint16] | None]:
    """Read the pixels, rounded to 8 bits, and in 16 where a colour has so many.

    Raises ValueError where pixels are missing.
    """
    if not _is_wide(image):
        _check_whole(image)
        return _loaded(image), None
    upper, lower = (
        _loaded(_by_libtiff(open_tiff(stream), f"{image.mode};{order}")) for order in (UPPER, LOWER)
    )
    wide = np.asarray(upper).astype(np.uint16) << 8 | np.asarray(lower)
    return Image.frombytes(image.mode, upper.size, rounded(wide).tobytes()), wide


def _loaded(image: TiffImageFile) -> TiffImageFile:
    # Given memory, Pillow does not compare the size with its own limit, which is a global.
    image.im = Image.new(image.mode, _stored_size(image)).im
    image.load()
    return image


def _stored_size(image: TiffImageFile) -> tuple[int, int]:
    """Return width and height as they lie in the file: Pillow tells them upright."""
    width, height = image.size
    turned = image.tag_v2.get(ORIENTATION) in range(TURNED, LAST + 1)
    return (height, width) if turned else (width, height)


def _is_wide(image: TiffImageFile) -> bool:
    tags = image.tag_v2
    alpha = {"RGB": (), "CMYK": (), "RGBA": (STRAIGHT,)}.get(image.mode)
    return (
        set(tags.get(BITS, ())) == {16}
        and tuple(tags.get(EXTRA_SAMPLES, ())) == alpha
        and tags.get(SAMPLES) == len(image.mode)
    )


def _by_libtiff(image: TiffImageFile, layout: str) -> TiffImageFile:
    """Have libtiff read it: Pillow's own reader takes separate planes of 16 bits for 8.

    Of separate planes it gives the upper bytes in either order: these are cut, not rounded.
    """
    image.use_load_libtiff = True
    tile = image.tile[0]._replace(
        codec_name="libtiff",
        extents=(0, 0, *_stored_size(image)),
        offset=0,
        args=(layout, False, image.tag_v2.offset),
    )
    image.tile = [tile]
    return image


def _check_whole(image: TiffImageFile) -> None:
    """Refuse what Pillow would leave black: places that no strip or tile covers."""
    boxes = [tile.extents for tile in image.tile if tile.extents]
    covered = sum((right - left) * (lower - upper) for left, upper, right, lower in boxes)
    planes = len(image.getbands()) if image.tag_v2.get(PLANES) == SEPARATE else 1
    if covered < image.width * image.height * (1 if image.use_load_libtiff else planes):
        raise ValueError("truncated: strips are missing")
