"""Cutouts as files: sRGB and said to be so, and not a word more."""

import io
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from inference.apart import Apart
from inference.colour import from_srgb, srgb_profile
from inference.errors import RecipeRejected
from inference.output import PNG, QUALITIES, SOURCE, Format, Output
from inference.png import PERCEPTUAL, write_png

THUMBNAIL_SIDE = 320
ALPHA_CHANNELS = 4
GREY = 2
"""Dimensions of pixels that have no colours."""


def encode(
    pixels: NDArray[np.uint8] | Apart, output: Output = PNG, profile: bytes | None = None
) -> bytes:
    """Return a file of uint8 sRGB pixels, (height, width) or with 3 channels, or 4: straight alpha.

    WebP is lossy in colour and exact in alpha, AVIF close in both, TIFF exact; JPEG has full colour
    resolution, which keeps coloured edges on a plain background clean. The same pixels give the
    same bytes. `profile` is the ICC profile of the photo, for an output that asks for it.
    Raises RecipeRejected where the format cannot hold them.
    """
    kind = output.format
    check_size(pixels, kind)
    if not kind.has_alpha and pixels.shape[2:] == (ALPHA_CHANNELS,):
        raise RecipeRejected("JPEG has no transparency: choose a background, or PNG or WebP.")
    icc = None
    if isinstance(pixels, Apart):
        if output == PNG:
            return write_png(pixels)
        pixels = pixels.joined()
    if output.profile == SOURCE and profile and pixels.ndim > GREY:
        pixels, icc = from_srgb(pixels, profile)
    if kind is Format.PNG and not (output.small or output.dpi or icc):
        return write_png(pixels)
    file = io.BytesIO()
    options = OPTIONS[kind](output) | ({"dpi": (output.dpi, output.dpi)} if output.dpi else {})
    if kind is Format.PNG and not icc:
        chunks = PngImagePlugin.PngInfo()
        chunks.add(b"sRGB", bytes([PERCEPTUAL]))
        options["pnginfo"] = chunks
    else:
        options["icc_profile"] = icc or (srgb_profile() if pixels.ndim > GREY else None)
    Image.fromarray(pixels).save(file, kind.name, **options)
    return file.getvalue()


def encode_deep(pixels: NDArray[np.uint16], output: Output) -> bytes:
    """Return a PNG or TIFF of uint16 sRGB pixels (height, width, 3), or 4: straight alpha."""
    if output.format is Format.PNG:
        return write_png(pixels, output.dpi)
    import tifffile  # noqa: PLC0415 seldom needed

    file = io.BytesIO()
    tifffile.imwrite(
        file,
        pixels,
        photometric="rgb",
        extrasamples=["unassalpha"] if pixels.shape[2] == ALPHA_CHANNELS else None,
        compression="zlib",
        predictor=True,
        iccprofile=srgb_profile(),
        resolution=(output.dpi, output.dpi) if output.dpi else None,
        resolutionunit="inch" if output.dpi else None,
        metadata=None,
        software=False,
    )
    return file.getvalue()


def check_size(pixels: NDArray[np.uint8] | Apart, kind: Format) -> None:
    """Raises RecipeRejected where a format cannot hold pixels of (height, width, ...)."""
    if max(pixels.shape[:2]) > kind.most_side:
        raise RecipeRejected(
            f"{kind.name} holds at most {kind.most_side} pixels a side. Use PNG for this one."
        )


def _jpeg(output: Output) -> dict[str, Any]:
    return {
        "quality": output.quality or QUALITIES[output.format],
        "subsampling": "4:4:4",
        "progressive": output.small,
        "optimize": output.small,
    }


def _webp(output: Output) -> dict[str, Any]:
    return {
        "quality": output.quality or QUALITIES[output.format],
        "method": 6 if output.small else 2,
    }


def _avif(output: Output) -> dict[str, Any]:
    return {
        "quality": output.quality or QUALITIES[output.format],
        "subsampling": "4:4:4",
        "speed": 4 if output.small else 8,
        "max_threads": 1,  # as many files at a time as there are workers
    }


OPTIONS: dict[Format, Callable[[Output], dict[str, Any]]] = {
    Format.PNG: lambda output: {"optimize": output.small},
    Format.JPEG: _jpeg,
    Format.WEBP: _webp,
    Format.AVIF: _avif,
    # Alpha is unassociated, as it is here: ExtraSamples 2 (TIFF 6.0, section 18).
    Format.TIFF: lambda _: {"compression": "tiff_adobe_deflate"},
}
"""What Pillow is told for each format."""


def preview(pixels: NDArray[np.uint8], side: int) -> bytes:
    """Return a quick WebP of at most `side` pixels a side; pixels as for `encode`."""
    return _quick_webp(shrunk(pixels, side), effort=0)


def close(pixels: NDArray[np.uint8], *, exact: bool) -> bytes:
    """Return a quick WebP for a close look, exact or close to it; pixels as for `encode`."""
    file = io.BytesIO()
    quality = 0 if exact else 90  # of an exact one this is the effort
    Image.fromarray(pixels).save(file, "WEBP", quality=quality, method=0, lossless=exact)
    return file.getvalue()


def thumbnail(pixels: NDArray[np.uint8] | Apart) -> bytes:
    """Return a small WebP of at most 320 pixels a side; pixels as for `encode`."""
    if isinstance(pixels, Apart):
        longest, least = max(pixels.alpha.shape), min(pixels.alpha.shape)
        pixels = pixels.smaller(max(1, min(longest // (2 * THUMBNAIL_SIDE), least)))
    return _quick_webp(shrunk(pixels, THUMBNAIL_SIDE), effort=4)


def parts(
    cutout: NDArray[np.uint8],
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the colours and the alpha of (height, width, 4)."""
    return np.ascontiguousarray(cutout[..., :3]), np.ascontiguousarray(cutout[..., 3])


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


def _quick_webp(pixels: NDArray[np.uint8], effort: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", quality=80, method=effort)
    return file.getvalue()
