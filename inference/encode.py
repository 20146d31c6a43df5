"""Cutouts as files: sRGB and said to be so, and not a word more."""

import io
from enum import StrEnum
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, PngImagePlugin

from inference.errors import RecipeRejected
from inference.png import PERCEPTUAL, write_png

QUALITY = 92
"""Of JPEG and WebP, 0..100: where designers stop seeing a difference."""
AVIF_QUALITY = 85
"""Its scale is another one; alpha is coded as well as colour."""
THUMBNAIL_SIDE = 320
ALPHA_CHANNELS = 4


class Format(StrEnum):
    """A kind of file; the value is its extension."""

    PNG = "png"
    WEBP = "webp"
    JPEG = "jpg"
    AVIF = "avif"
    TIFF = "tif"

    @property
    def extension(self) -> str:
        return self.value

    @property
    def mime(self) -> str:
        return f"image/{self.name.lower()}"

    @property
    def has_alpha(self) -> bool:
        return self is not Format.JPEG

    @property
    def most_side(self) -> int:
        """The longest side in pixels that the format can hold."""
        return MOST_SIDES[self]


MOST_SIDES = {
    Format.PNG: 2**31 - 1,
    Format.WEBP: 16_383,
    Format.JPEG: 65_535,
    Format.AVIF: 32_768,  # what libavif opens again without being asked to
    Format.TIFF: 2**31 - 1,
}


def encode(
    pixels: NDArray[np.uint8],
    format: Format,  # noqa: A002 the field's word
    *,
    small: bool = False,
) -> bytes:
    """Return a file of uint8 sRGB pixels, (height, width) or with 3 channels, or 4: straight alpha.

    WebP is lossy in colour and exact in alpha, AVIF close in both, TIFF exact; JPEG has full colour
    resolution, which keeps coloured edges on a plain background clean. The same pixels give the
    same bytes. `small` spends many times the time on the smallest file of the same pixels.
    Raises RecipeRejected where the format cannot hold them.
    """
    height, width = pixels.shape[:2]
    if max(height, width) > format.most_side:
        raise RecipeRejected(
            f"{format.name} holds at most {format.most_side} pixels a side. Use PNG for this one."
        )
    if not format.has_alpha and pixels.shape[2:] == (ALPHA_CHANNELS,):
        raise RecipeRejected("JPEG has no transparency: choose a background, or PNG or WebP.")
    match format:
        case Format.PNG:
            return _small_png(pixels) if small else write_png(pixels)
        case Format.WEBP:
            return _webp(pixels, QUALITY, effort=6 if small else 2, profile=_srgb_profile())
        case Format.JPEG:
            file = io.BytesIO()
            Image.fromarray(pixels).save(
                file,
                "JPEG",
                quality=QUALITY,
                subsampling="4:4:4",
                progressive=small,
                optimize=small,
                icc_profile=_srgb_profile(),
            )
            return file.getvalue()
        case Format.AVIF:
            return _avif(pixels, speed=4 if small else 8)
        case Format.TIFF:
            file = io.BytesIO()
            # Alpha is unassociated, as it is here: ExtraSamples 2 (TIFF 6.0, section 18).
            Image.fromarray(pixels).save(
                file, "TIFF", compression="tiff_adobe_deflate", icc_profile=_srgb_profile()
            )
            return file.getvalue()


def preview(pixels: NDArray[np.uint8], side: int) -> bytes:
    """Return a quick WebP of at most `side` pixels a side; pixels as for `encode`."""
    return _webp(shrunk(pixels, side), 80, effort=0, profile=b"")


def thumbnail(pixels: NDArray[np.uint8]) -> bytes:
    """Return a small WebP of at most 320 pixels a side; pixels as for `encode`."""
    return _webp(shrunk(pixels, THUMBNAIL_SIDE), 80, effort=4, profile=b"")


def shrunk(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Return pixels that fit `side` x `side`; smaller ones stay as they are. See `resized`."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return pixels
    return resized(pixels, (max(1, round(width * scale)), max(1, round(height * scale))))


def resized(pixels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return pixels of a (width, height): averaged over areas if smaller, else cubic.

    Straight alpha is resized with the colours weighted by it: hidden colours must not bleed in.
    """
    smaller = size[0] * size[1] <= pixels.shape[0] * pixels.shape[1]
    if pixels.shape[2:] != (ALPHA_CHANNELS,):
        method = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(pixels, size, interpolation=method), np.uint8)
    method = Image.Resampling.BOX if smaller else Image.Resampling.BICUBIC
    image = Image.fromarray(pixels).convert("RGBa")
    return np.asarray(image.resize(size, method, reducing_gap=2.0).convert("RGBA"))


def _small_png(pixels: NDArray[np.uint8]) -> bytes:
    """Let zlib search longest and choose a filter for each row."""
    chunks = PngImagePlugin.PngInfo()
    chunks.add(b"sRGB", bytes([PERCEPTUAL]))
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", optimize=True, pnginfo=chunks)
    return file.getvalue()


def _webp(pixels: NDArray[np.uint8], quality: int, *, effort: int, profile: bytes) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", quality=quality, method=effort, icc_profile=profile)
    return file.getvalue()


def _avif(pixels: NDArray[np.uint8], *, speed: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(
        file,
        "AVIF",
        quality=AVIF_QUALITY,
        subsampling="4:4:4",
        speed=speed,
        max_threads=1,  # as many files at a time as there are workers
        icc_profile=_srgb_profile(),
    )
    return file.getvalue()


@cache
def _srgb_profile() -> bytes:
    """Return LittleCMS's sRGB, without the time and the checksum of its making.

    Bytes 24..35 of an ICC header are its date, 84..99 its identity (ICC.1:2022, 7.2); both may be
    zero, and files of the same pixels stay the same.
    """
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes(12)
    profile[84:100] = bytes(16)
    return bytes(profile)
