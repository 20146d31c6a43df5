"""Pictures as their files hold them: any colour space, not upright yet.

Here alone, and for profiles in colour.py, bytes of strangers are parsed.
"""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from inference.colour import profile_of
from inference.container import contained
from inference.depth import grey_in_eight_bits, rounded
from inference.errors import PhotoRejected, Refusal
from inference.exif import TURNED, orientation_in
from inference.sniff import AVIF, BMP, GIF, HEIC, JPEG, PNG, TIFF, WEBP, Kind
from inference.tiff import load_tiff, open_tiff

Pixels = NDArray[np.uint8]

OPAQUE = 255
MOST_SCANS = 100
"""Of a progressive JPEG: cameras write about ten, an attack thousands that each cost a pass."""
STRIP_ROWS = 256
PNG_SIZE = 16
"""Where width and height stand in every PNG (PNG, 11.2.1)."""
MARK, START_OF_SCAN = 0xFF, 0xDA
END_OF_IMAGE = 0xD9
CONTAINERS = (WEBP, HEIC, AVIF)
"""Their readers want all bytes of a file, and memory for its pixels, before they tell its size."""
MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""What ends a scan: not a stuffed zero, a restart or filling (ITU-T T.81, B.1.1.2)."""


@dataclass(frozen=True, slots=True)
class Raster:
    """The first frame of a file, 8 bits a channel."""

    pixels: Pixels
    """(height, width) for mode L, else (height, width, channels)."""
    mode: str
    """L, RGB, CMYK or LAB, as Pillow calls them."""
    alpha: Pixels | None
    """(height, width), only where it is transparent somewhere."""
    icc: bytes | None
    orientation: int
    deep: NDArray[np.uint16] | None = None
    """The colours in 16 bits, (height, width, 3), where the file has so many."""


def open_image(stream: IO[bytes], kind: Kind) -> Image.Image:
    """Read the header alone.

    The reader is called by name: nothing is guessed, no other reader can be reached, and Pillow's
    own limit of pixels, which is a global, stays out of it.
    """
    readers: dict[Kind, Callable[[IO[bytes]], Image.Image]] = {
        JPEG: JpegImageFile,
        PNG: PngImageFile,
        WEBP: WebPImageFile,
        TIFF: open_tiff,
        BMP: BmpImageFile,
        GIF: GifImageFile,
        AVIF: AvifImageFile,
        HEIC: _heif,
    }
    stream.seek(0)
    return readers[kind](stream)


def size_of(stream: IO[bytes], kind: Kind) -> tuple[int, int]:
    """Return width and height once upright, without reading the file whole."""
    if kind in CONTAINERS:
        picture = contained(stream, kind)
        return picture.width, picture.height
    image = open_image(stream, kind)
    width, height = image.size
    return (height, width) if orientation_of(image, kind) >= TURNED else (width, height)


def orientation_of(image: Image.Image, kind: Kind) -> int:
    """Return the EXIF orientation; Pillow turns TIFF upright itself, and libheif HEIC."""
    return 1 if kind in {TIFF, HEIC} else orientation_in(image.info.get("exif") or b"")


def decode(image: Image.Image, kind: Kind, stream: IO[bytes], *, deep: bool = False) -> Raster:
    """Read the pixels of an image whose header was checked, in 16 bits, too, if `deep`."""
    orientation = orientation_of(image, kind)
    icc = image.info.get("icc_profile") or _profile_by_number(stream, kind)
    if kind is JPEG and (pixels := _jpeg(image, stream)) is not None:
        return Raster(pixels, image.mode, None, icc, orientation)
    wide = None
    if kind is PNG and (wide := _sixteen_bit_png(image, stream)) is not None:
        image = Image.fromarray(rounded(wide))
    if isinstance(image, TiffImageFile):
        image, wide = load_tiff(image, stream)
    image.load()
    # The EXIF of a PNG may stand behind its pixels.
    orientation = max(orientation, orientation_of(image, kind))
    pixels, mode, alpha = _separated(_plain(grey_in_eight_bits(image)))
    if wide is None or not deep or mode != "RGB" or wide.ndim == len(image.size):
        return Raster(pixels, mode, alpha, icc, orientation)
    return Raster(pixels, mode, alpha, icc, orientation, np.ascontiguousarray(wide[..., :3]))


def _profile_by_number(stream: IO[bytes], kind: Kind) -> bytes | None:
    """Phones may tell their colours by a number alone."""
    return profile_of(contained(stream, kind).primaries) if kind in {HEIC, AVIF} else None


def _heif(stream: IO[bytes]) -> Image.Image:
    from pi_heif import HeifImageFile  # noqa: PLC0415 most photos don't need it

    image: Image.Image = HeifImageFile(stream)
    return image


def _jpeg(image: Image.Image, stream: IO[bytes]) -> Pixels | None:
    """Decode with libjpeg-turbo itself: it tells when data end too early, Pillow fills with grey.

    Of its other complaints many are about files that every program opens, so they are let pass.
    None for what is left to Pillow: CMYK, as it knows whose inks are inverted, after a look for its
    end; and rare samplings of colour, which libjpeg-turbo's own interface does not know.
    """
    stream.seek(0)
    data = stream.read()
    _check_scans(data)
    space = {"RGB": "RGB", "L": "GRAY"}.get(image.mode)
    try:
        height, width, *_ = simplejpeg.decode_jpeg_header(data, strict=False)
    except ValueError:
        return None
    if (width, height) != image.size:  # the size that was checked has to be the one decoded
        raise damaged()
    try:
        pixels = simplejpeg.decode_jpeg(data, space or "CMYK", strict=True)
    except ValueError as error:
        if "premature end" in str(error).lower():
            raise cut_short() from error
        return None if space is None else _despite_complaints(data, space)
    return None if space is None else _plane(pixels)


def _despite_complaints(data: bytes, space: str) -> Pixels | None:
    """None where it complains of the header: then it stops, while Pillow goes on."""
    try:
        return _plane(simplejpeg.decode_jpeg(data, space, strict=False))
    except ValueError:
        return None


def _plane(pixels: Pixels) -> Pixels:
    return pixels[..., 0] if pixels.shape[2] == 1 else pixels


def _check_scans(data: bytes) -> None:
    # Counting pairs of bytes is quick; a video behind the photo may hold as many by chance.
    begin = START_OF_SCAN << 8 | MARK  # the first byte is the lower one
    pairs = (np.frombuffer(data, "<u2", (len(data) - odd) // 2, odd) for odd in (0, 1))
    begun = sum(np.count_nonzero(pair == begin) for pair in pairs)
    if begun > MOST_SCANS and _scans(data) > MOST_SCANS:
        raise PhotoRejected(
            "This JPEG is built to take for ever to open. Save it anew in another program.",
            Refusal.BROKEN,
        )


def _scans(data: bytes) -> int:
    """Count the scans of a JPEG; what follows its end, such as a video, is not looked at."""
    scans, at = 0, 2
    while marker := MARKER.search(data, at):
        kind = data[marker.start() + 1]
        if kind == END_OF_IMAGE:
            break
        scans += kind == START_OF_SCAN
        length = int.from_bytes(data[marker.end() : marker.end() + 2], "big")
        at = marker.end() + length
    return scans


def _sixteen_bit_png(image: Image.Image, stream: IO[bytes]) -> NDArray[np.uint16] | None:
    """Read 16-bit colours, whose lower byte Pillow cuts off; None where there are none."""
    depth = image.tile[0].args if isinstance(image, ImageFile.ImageFile) and image.tile else ""
    if ";16" not in str(depth):
        return None
    stream.seek(0)
    data = stream.read()
    if struct.unpack_from(">II", data, PNG_SIZE) != image.size:
        raise damaged()
    wide = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if wide is None or wide.dtype != np.uint16:
        return None
    if wide.ndim == len(image.size):
        return np.asarray(wide, np.uint16)
    order = cv2.COLOR_BGRA2RGBA if wide.shape[2] > len("RGB") else cv2.COLOR_BGR2RGB
    return np.asarray(cv2.cvtColor(wide, order), np.uint16)


def _plain(image: Image.Image) -> Image.Image:
    """Return the image in a mode of channels alone: no palette, no transparent colour, no bits."""
    if image.has_transparency_data:
        return image.convert("LA" if image.mode in {"1", "L", "LA"} else "RGBA")
    if image.mode in {"RGB", "L", "CMYK", "LAB"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _separated(image: Image.Image) -> tuple[Pixels, str, Pixels | None]:
    """Return colours, their mode, and the transparency if there is any."""
    values = _array(image)
    if not image.mode.endswith("A"):
        return values, image.mode, None
    alpha = np.ascontiguousarray(values[..., -1])
    colours = values[..., 0] if image.mode == "LA" else values[..., :-1]
    visible = None if alpha.min(initial=OPAQUE) == OPAQUE else alpha
    return np.ascontiguousarray(colours), image.mode.removesuffix("A"), visible


def _array(image: Image.Image) -> Pixels:
    """Return the pixels by strips: at once, Pillow would make two more copies on the way."""
    width, height = image.size
    channels = image.getbands()
    shape = (height, width, len(channels)) if len(channels) > 1 else (height, width)
    pixels = np.empty(shape, np.uint8)
    for top in range(0, height, STRIP_ROWS):
        bottom = min(top + STRIP_ROWS, height)
        pixels[top:bottom] = np.asarray(image.crop((0, top, width, bottom)))
    return pixels


def cut_short() -> PhotoRejected:
    return PhotoRejected(
        "This photo is cut short: a part of it is missing. Copy or download it again.",
        Refusal.BROKEN,
    )


def damaged() -> PhotoRejected:
    return PhotoRejected(
        "This photo is damaged and cannot be opened. Save it anew in another program.",
        Refusal.BROKEN,
    )
