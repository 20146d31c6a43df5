"""Every picture to sRGB, 8 bits a channel, by its own profile."""

import io
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

Pixels = NDArray[np.uint8]

INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION
STEPS = (0, 36, 85, 128, 170, 219, 255)
CLOSE = 1
"""Profiles that move no probe colour by more than this (of 255) are sRGB by another name."""
STRIP_ROWS = 256
COLORANTS: dict[int, tuple[tuple[float, float, float], ...]] = {
    9: ((0.67348, 0.27904, -0.00193), (0.16567, 0.67534, 0.02998), (0.12505, 0.04561, 0.79685)),
    12: ((0.51512, 0.24119, -0.00105), (0.29198, 0.69224, 0.04188), (0.15710, 0.06657, 0.78407)),
}
"""XYZ of red, green and blue, adapted to D50 after Bradford, of Rec. ITU-R BT.2020 and Display P3,
by their numbers in ITU-T H.273, table 2."""
TAG_TABLE = 128
"""Where an ICC profile lists its tags (ICC.1, 7.3)."""
COLORANT_TAGS = (b"rXYZ", b"gXYZ", b"bXYZ")


def to_srgb(pixels: Pixels, mode: str, icc: bytes | None) -> tuple[Pixels, bytes | None]:
    """Return (height, width, 3) uint8 in sRGB, and the profile if it was sound and used.

    `pixels` are uint8: (height, width) for mode L, (height, width, 3) for RGB and LAB, 4 channels
    for CMYK; 255 is full ink. Converted by LittleCMS, relative colorimetric with black point
    compensation: colours that sRGB has stay exactly what they are, and shadows keep their steps.
    A broken profile, or one for another kind of pixels, is as good as none: the colours are then
    taken as sRGB, and CMYK as an ideal press would print it.
    """
    if not icc:
        return _without_profile(pixels, mode), None
    with _refusing():
        convert = _conversion(ImageCms.ImageCmsProfile(io.BytesIO(icc)), mode)
        if mode == "RGB" and _leaves_alone(convert):
            return pixels, icc
        return _by_strips(pixels, mode, convert), icc
    return _without_profile(pixels, mode), None


def from_srgb(pixels: Pixels, icc: bytes) -> tuple[Pixels, bytes | None]:
    """Return sRGB pixels (height, width, 3 or 4) uint8 in the colours of a profile, and that.

    Colours that sRGB does not have were lost when the photo came in. Alpha stays as it is. A
    profile that is broken, or for something else than RGB, leaves all in sRGB, and is None.
    """
    with _refusing():
        target = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        transform = ImageCms.buildTransform(
            _srgb(), target, "RGB", "RGB", renderingIntent=INTENT, flags=FLAGS
        )
        colours = _by_strips(np.ascontiguousarray(pixels[..., :3]), "RGB", transform.apply)
        return np.dstack([colours, pixels[..., 3:]]), icc
    return pixels, None


def is_srgb(icc: bytes) -> bool:
    """Tell whether an RGB profile moves no colour: it is sRGB under whatever name."""
    with _refusing():
        return _leaves_alone(_conversion(ImageCms.ImageCmsProfile(io.BytesIO(icc)), "RGB"))
    return False


@cache
def srgb_profile() -> bytes:
    """Return LittleCMS's sRGB, without the time and the checksum of its making.

    Bytes 24..35 of an ICC header are its date, 84..99 its identity (ICC.1:2022, 7.2); both may be
    zero, and files of the same pixels stay the same.
    """
    profile = bytearray(_srgb().tobytes())
    profile[24:36] = bytes(12)
    profile[84:100] = bytes(16)
    return bytes(profile)


def profile_of(primaries: int) -> bytes | None:
    """Return the ICC profile of primaries that a HEIC or AVIF tells by number (ITU-T H.273).

    It has the curve of sRGB, as photographs with such numbers do; brighter than white, as in
    videos of high dynamic range, is not told apart. None for those of sRGB, or unknown ones.
    """
    colorants = COLORANTS.get(primaries)
    if colorants is None:
        return None
    profile = bytearray(_srgb().tobytes())
    for tag, values in zip(COLORANT_TAGS, colorants, strict=True):
        entry = profile.index(tag, TAG_TABLE)
        (start,) = struct.unpack_from(">I", profile, entry + 4)
        struct.pack_into(">3i", profile, start + 8, *(round(value * 65536) for value in values))
    return bytes(profile)


def _without_profile(pixels: Pixels, mode: str) -> Pixels:
    match mode:
        case "RGB":
            return pixels
        case "LAB":  # Lab is absolute: it needs no profile of its own
            lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
            return _by_strips(pixels, mode, _conversion(lab, mode))
        case _:
            return _by_strips(pixels, mode, lambda strip: strip.convert("RGB"))


def _conversion(
    profile: ImageCms.ImageCmsProfile, mode: str
) -> Callable[[Image.Image], Image.Image]:
    transform = ImageCms.buildTransform(
        profile, _srgb(), mode, "RGB", renderingIntent=INTENT, flags=FLAGS
    )
    return transform.apply


def _by_strips(pixels: Pixels, mode: str, convert: Callable[[Image.Image], Image.Image]) -> Pixels:
    """Convert without a second and third picture in memory."""
    height, width = pixels.shape[:2]
    converted = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, STRIP_ROWS):
        strip = pixels[top : top + STRIP_ROWS]
        image = Image.frombytes(mode, (width, len(strip)), strip.tobytes())
        converted[top : top + STRIP_ROWS] = np.asarray(convert(image))
    return converted


def _leaves_alone(convert: Callable[[Image.Image], Image.Image]) -> bool:
    probes = np.array(list(product(STEPS, repeat=3)), np.uint8)[None]
    moved = _by_strips(probes, "RGB", convert).astype(int) - probes
    return bool(np.abs(moved).max() <= CLOSE)


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@contextmanager
def _refusing() -> Iterator[None]:
    """Go on behind the block when LittleCMS refuses a profile, broken or for other channels."""
    try:
        yield
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return
