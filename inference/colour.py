"""Every picture to sRGB, 8 bits a channel, by its own profile."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION
SPACES = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK", "LAB": "Lab"}
"""The colour space that a profile must be for, by Pillow's mode of the pixels."""
STEPS = (0, 36, 85, 128, 170, 219, 255)
CLOSE = 1
"""Profiles that move no probe colour by more than this (of 255) are sRGB by another name."""


def to_srgb(image: Image.Image, icc: bytes | None) -> tuple[Image.Image, bytes | None]:
    """Return an RGB image in sRGB, and the profile if it was sound and used.

    `image` is in mode RGB, L, CMYK or LAB. Converted by LittleCMS, relative colorimetric with
    black point compensation: colours that sRGB has stay exactly what they are, and shadows keep
    their steps. A broken profile, or one for another kind of pixels, is as good as none: the
    colours are then taken as sRGB, and CMYK as an ideal press would print it.
    """
    profile = _profile(icc, image.mode)
    if profile is None:
        return _without_profile(image), None
    with _refusing():
        if image.mode == "RGB" and _is_srgb(profile):
            return image, icc
        return _converted(image, profile), icc
    return _without_profile(image), None


def _without_profile(image: Image.Image) -> Image.Image:
    if image.mode == "LAB":  # Lab is absolute: it needs no profile of its own
        return _converted(image, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    return image.convert("RGB")


def _profile(icc: bytes | None, mode: str) -> ImageCms.ImageCmsProfile | None:
    if not icc:
        return None
    with _refusing():
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        if profile.profile.xcolor_space.strip() == SPACES[mode]:
            return profile
    return None


def _converted(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    transform = ImageCms.buildTransform(
        profile, _srgb(), image.mode, "RGB", renderingIntent=INTENT, flags=FLAGS
    )
    converted = ImageCms.applyTransform(image, transform)
    assert converted
    return converted


def _is_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    probes = _probes()
    moved = np.asarray(_converted(Image.fromarray(probes), profile)).astype(int) - probes
    return bool(np.abs(moved).max() <= CLOSE)


@cache
def _probes() -> NDArray[np.uint8]:
    return np.array(list(product(STEPS, repeat=3)), np.uint8)[None]


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@contextmanager
def _refusing() -> Iterator[None]:
    """Go on behind the block when LittleCMS refuses a profile."""
    try:
        yield
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return
