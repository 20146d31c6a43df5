"""The one guard through which pictures of strangers come in."""

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

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

from inference.colour import to_srgb
from inference.errors import OutOfMemory, PhotoRejected, Refusal
from inference.orientation import TURNED, orientation_in, upright
from inference.sniff import AVIF, BMP, GIF, HEAD, HEIC, JPEG, PNG, TIFF, WEBP, Kind, sniff

Pixels = NDArray[np.uint8]

OPAQUE = 255
MOST_SCANS = 100
"""Of a progressive JPEG: cameras write about ten, an attack thousands that each cost a pass."""
SIXTEEN_TO_EIGHT = 257
"""65535 / 255: what 16 bits are divided by, rounded."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken in: bytes of the file, pixels, and pixels a side."""

    max_bytes: int = 500_000_000
    max_pixels: int = 100_000_000
    max_side: int = 30_000


LOCAL_LIMITS = Limits()
"""A guard of this computer's memory and no more."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself; `width` and `height` in pixels once it is upright."""

    mime: str
    extension: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture that was checked and is upright, in sRGB, and nothing but pixels."""

    pixels: Pixels
    """(height, width, 3) uint8 sRGB."""
    alpha: Pixels | None
    """(height, width) uint8, only where the file was transparent somewhere."""
    header: Header
    sha256: str
    """Of the bytes received."""
    profile: bytes | None
    """The ICC profile that the file came with, if it was sound."""

    @classmethod
    def open(cls, data: bytes, limits: Limits = LOCAL_LIMITS) -> Self:
        """Raises PhotoRejected, OutOfMemory."""
        raw = _read(io.BytesIO(data), len(data), limits, decode=True)
        assert raw.image
        pixels, alpha, profile = _plain(raw)
        return cls(
            pixels=upright(pixels, raw.orientation),
            alpha=None if alpha is None else upright(alpha, raw.orientation),
            header=raw.header,
            sha256=hashlib.sha256(data).hexdigest(),
            profile=profile,
        )


def inspect(source: bytes | Path, limits: Limits = LOCAL_LIMITS) -> Header:
    """Look at the header alone: kind, size, pixels. Raises PhotoRejected."""
    if isinstance(source, bytes):
        return _read(io.BytesIO(source), len(source), limits, decode=False).header
    with source.open("rb") as stream:
        return _read(stream, source.stat().st_size, limits, decode=False).header


@dataclass(frozen=True, slots=True)
class _Raw:
    """A picture as its reader gives it: any mode, not turned yet."""

    header: Header
    image: Image.Image | None
    orientation: int


def _read(stream: IO[bytes], size: int, limits: Limits, *, decode: bool) -> _Raw:
    """Read a header, and the pixels if `decode`.

    The only place where bytes of strangers are parsed: a hosted instance may move this one call
    into a process of limited memory and time.
    """
    if size > limits.max_bytes:
        raise PhotoRejected(
            f"This file has {size / 1e6:.0f} MB; the limit here is {limits.max_bytes / 1e6:.0f} "
            "MB. Save it smaller and try again.",
            Refusal.SIZE,
        )
    kind = sniff(stream.read(HEAD))
    stream.seek(0)
    with _in_sentences():
        image = _reader(kind)(stream)
        _check_size(image.size, limits)
        orientation = _orientation(image, kind)
        if decode:
            image = _decoded(image, kind, stream)
            # The EXIF of a PNG may stand behind its pixels.
            orientation = max(orientation, _orientation(image, kind))
    width, height = image.size[::-1] if orientation >= TURNED else image.size
    header = Header(kind.mime, kind.extension, width, height)
    return _Raw(header, image if decode else None, orientation)


def _reader(kind: Kind) -> Callable[[IO[bytes]], Image.Image]:
    """Return Pillow's reader by name: nothing is guessed, and no other reader can be reached."""
    readers: dict[Kind, Callable[[IO[bytes]], Image.Image]] = {
        JPEG: JpegImageFile,
        PNG: PngImageFile,
        WEBP: WebPImageFile,
        TIFF: TiffImageFile,
        BMP: BmpImageFile,
        GIF: GifImageFile,
        AVIF: AvifImageFile,
        HEIC: _heif,
    }
    return readers[kind]


def _check_size(size: tuple[int, int], limits: Limits) -> None:
    width, height = size
    if not width or not height:
        raise PhotoRejected("This photo has no pixels.", Refusal.BROKEN)
    if max(size) > limits.max_side:
        raise PhotoRejected(
            f"This photo is {width} x {height} pixels; the limit here is {limits.max_side} a "
            "side. Make it smaller and try again.",
            Refusal.SIZE,
        )
    if width * height > limits.max_pixels:
        raise PhotoRejected(
            f"This photo has {width * height / 1e6:.0f} megapixels ({width} x {height}); the "
            f"limit here is {limits.max_pixels / 1e6:.0f}. Make it smaller and try again.",
            Refusal.SIZE,
        )


def _decoded(image: Image.Image, kind: Kind, stream: IO[bytes]) -> Image.Image:
    """Return the image with its pixels in memory: the first frame, whole."""
    info = image.info
    if kind is JPEG:
        image = _jpeg(image, stream)
    elif kind is PNG:
        image = _sixteen_bits(image, stream) or image
    image.load()
    image.info = info | image.info
    return image


def _jpeg(image: Image.Image, stream: IO[bytes]) -> Image.Image:
    """Decode with libjpeg-turbo itself: it tells when data end too early, Pillow fills with grey.

    Of its other complaints many are about files that every program opens, so they are let pass.
    """
    stream.seek(0)
    data = stream.read()
    if data.count(b"\xff\xda") > MOST_SCANS:
        raise PhotoRejected(
            "This JPEG is built to take for ever to open. Save it anew in another program.",
            Refusal.BROKEN,
        )
    space = {"RGB": "RGB", "L": "GRAY"}.get(image.mode)
    try:
        pixels = simplejpeg.decode_jpeg(data, space or "CMYK", strict=True)
    except ValueError as error:
        if "premature end" in str(error).lower():
            raise _cut_short() from error
        if space is None:
            return image
        pixels = simplejpeg.decode_jpeg(data, space, strict=False)
    return Image.fromarray(pixels.squeeze()) if space else image


def _sixteen_bits(image: Image.Image, stream: IO[bytes]) -> Image.Image | None:
    """Round 16-bit colours, whose lower byte Pillow cuts off; None where there are none."""
    depth = image.tile[0].args if isinstance(image, ImageFile.ImageFile) and image.tile else ""
    if ";16" not in str(depth):
        return None
    stream.seek(0)
    wide = cv2.imdecode(np.frombuffer(stream.read(), np.uint8), cv2.IMREAD_UNCHANGED)
    if wide is None or wide.dtype != np.uint16 or wide.shape[:2] != image.size[::-1]:
        return None
    if wide.ndim == len(image.size):
        return Image.fromarray(_eight_bits(wide))
    blue, green, red, *alpha = cv2.split(_eight_bits(wide))
    return Image.fromarray(cv2.merge([red, green, blue, *alpha]))


def _eight_bits(wide: NDArray[Any]) -> Pixels:
    return ((wide.astype(np.uint32) + SIXTEEN_TO_EIGHT // 2) // SIXTEEN_TO_EIGHT).astype(np.uint8)


def _heif(stream: IO[bytes]) -> Image.Image:
    """Open a HEIC with libheif, which turns it upright itself."""
    import pi_heif  # noqa: PLC0415 most photos don't need it

    image: Image.Image = pi_heif.open_heif(stream, convert_hdr_to_8bit=True).to_pillow()
    return image


def _orientation(image: Image.Image, kind: Kind) -> int:
    """Return the EXIF orientation; Pillow turns TIFF upright itself, and libheif HEIC."""
    return 1 if kind in {TIFF, HEIC} else orientation_in(image.info.get("exif") or b"")


def _plain(raw: _Raw) -> tuple[Pixels, Pixels | None, bytes | None]:
    """Return sRGB, real transparency or None, and the profile if it was sound; not turned yet."""
    assert raw.image
    image = _eight_bit_image(raw.image)
    icc = image.info.get("icc_profile")
    alpha = None
    if image.has_transparency_data:
        image = image.convert("LA" if image.mode in {"L", "LA"} else "RGBA")
        alpha = np.asarray(image.getchannel("A"))
        image = image.convert(image.mode.removesuffix("A"))
    elif image.mode not in {"RGB", "L", "CMYK", "LAB"}:
        image = image.convert("L" if image.mode == "1" else "RGB")
    srgb, profile = to_srgb(image, icc)
    return np.asarray(srgb), None if alpha is None or alpha.min() == OPAQUE else alpha, profile


def _eight_bit_image(image: Image.Image) -> Image.Image:
    """Return wider greys as 8 bits; whole numbers are 16 bits wide, fractions span 0..1."""
    if not image.mode.startswith(("I", "F")):
        return image
    values = np.asarray(image)
    if image.mode == "F":
        grey = np.rint(np.nan_to_num(values).clip(0, 1) * OPAQUE).astype(np.uint8)
    else:
        grey = _eight_bits(values.clip(0, 65535).astype(np.uint16))
    eight = Image.fromarray(grey)
    eight.info = {"icc_profile": image.info.get("icc_profile")}
    return eight


def _cut_short() -> PhotoRejected:
    return PhotoRejected(
        "This photo is cut short: a part of it is missing. Copy or download it again.",
        Refusal.BROKEN,
    )


@contextmanager
def _in_sentences() -> Iterator[None]:
    """Readers fail with a dozen kinds of error; what they mean is always that the file is bad."""
    try:
        yield
    except PhotoRejected:
        raise
    except MemoryError as error:
        raise OutOfMemory("There is not enough memory for a photo of this size.") from error
    except Exception as error:
        if "truncated" in str(error).lower():
            raise _cut_short() from error
        raise PhotoRejected(
            "This photo is damaged and cannot be opened. Save it anew in another program.",
            Refusal.BROKEN,
        ) from error
