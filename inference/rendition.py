"""A cutout as somebody else wants it: cropped, sized, on a colour, in a format of theirs."""

import io
import zipfile
from dataclasses import dataclass
from math import sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.compose import laid_on
from inference.encode import Format, encode, shrunk

Pixels = NDArray[np.uint8]

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
WHITE = (255, 255, 255)
MOST_MARGIN = 500
"""Pixels of a margin, as remove.bg bounds it; half of the subject where it is a share."""


@dataclass(frozen=True, slots=True)
class Length:
    """Pixels, or a percentage of something."""

    value: float
    percent: bool = False

    def of(self, whole: int) -> int:
        """Return it in pixels, `whole` being a hundred percent."""
        return round(self.value * whole / 100 if self.percent else self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What becomes of a transparent cutout. Nothing of it is kept."""

    most_pixels: int
    format: Format | None = Format.PNG
    """None for a ZIP of colour and alpha."""
    colour: tuple[int, int, int] | None = None
    crop: bool = False
    margins: tuple[Length, Length, Length, Length] = (Length(0),) * 4
    """Around a crop: top, right, bottom, left; percentages are of the subject."""
    region: tuple[Length, Length, Length, Length] | None = None
    """Left, top, right, bottom: what lies outside is background."""
    alpha_alone: bool = False


@dataclass(frozen=True, slots=True)
class Rendition:
    """A file, its size in pixels, and the box (left, top, width, height) of the subject in it."""

    data: bytes
    mime: str
    size: tuple[int, int]
    box: tuple[int, int, int, int]


def rendition(cutout: Pixels, wanted: Wanted) -> Rendition | None:
    """Render (height, width, 4) uint8 sRGB with straight alpha as wanted; None without a subject.

    Raises RecipeRejected where the format cannot hold it.
    """
    if wanted.region:
        cutout = _within(cutout, wanted.region)
    if not cutout[..., 3].any():
        return None
    if wanted.crop:
        cutout = _cropped(cutout, wanted.margins)
    height, width = cutout.shape[:2]
    scale = min(1.0, sqrt(wanted.most_pixels / (width * height)))
    cutout = shrunk(cutout, int(max(width, height) * scale))
    height, width = cutout.shape[:2]
    data, mime = _file(cutout, wanted)
    left, top, across, down = cv2.boundingRect(cutout[..., 3])
    return Rendition(data, mime, (width, height), (left, top, across, down))


def _within(cutout: Pixels, region: tuple[Length, Length, Length, Length]) -> Pixels:
    height, width = cutout.shape[:2]
    left, right = (region[i].of(width) for i in (0, 2))
    top, bottom = (region[i].of(height) for i in (1, 3))
    inside = np.zeros_like(cutout)
    part = (slice(max(0, top), bottom), slice(max(0, left), right))
    inside[part] = cutout[part]
    return inside


def _cropped(cutout: Pixels, margins: tuple[Length, ...]) -> Pixels:
    """Return the subject and the margins around it, transparent where the photo has ended."""
    left, top, width, height = cv2.boundingRect(cutout[..., 3])
    above, right, below, before = (
        min(margin.of(whole), whole // 2 if margin.percent else MOST_MARGIN)
        for margin, whole in zip(margins, (height, width, height, width), strict=True)
    )
    subject = cutout[top : top + height, left : left + width]
    return np.pad(subject, ((above, below), (before, right), (0, 0)))


def _file(cutout: Pixels, wanted: Wanted) -> tuple[bytes, str]:
    alpha = np.ascontiguousarray(cutout[..., 3])
    if wanted.alpha_alone:
        return encode(alpha, Format.PNG), Format.PNG.mime
    if wanted.format is None:
        return _zipped(cutout, alpha), "application/zip"
    colour = wanted.colour
    if colour is None and not wanted.format.has_alpha:
        colour = WHITE
    if colour is not None:
        cutout = laid_on(np.ascontiguousarray(cutout[..., :3]), alpha, colour)
    return encode(cutout, wanted.format), wanted.format.mime


def _zipped(cutout: Pixels, alpha: Pixels) -> bytes:
    """Pack colour and alpha apart: together smaller than one PNG."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in (
            ("color.jpg", encode(np.ascontiguousarray(cutout[..., :3]), Format.JPEG)),
            ("alpha.png", encode(alpha, Format.PNG)),
        ):
            archive.writestr(zipfile.ZipInfo(name, FIRST_DAY), data)
    return file.getvalue()
