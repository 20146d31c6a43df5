"""A cutout as somebody else wants it: cropped, sized, on a colour, in a format of theirs."""

import io
import zipfile
from math import sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.compose import laid_on, staged
from inference.encode import ALPHA_CHANNELS, encode, resized, shrunk
from inference.look import Shadow
from inference.output import Format, Output
from inference.recipe import Recipe
from inference.wanted import Colour, Length, Packing, Rendition, Wanted

Pixels = NDArray[np.uint8]

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
WHITE = (255, 255, 255)
OPAQUE = 255
MOST_MARGIN = 500
"""Pixels of a margin, as remove.bg bounds it; half of the subject where it is a share."""


def rendition(cutout: Pixels, wanted: Wanted, backdrop: Pixels | None = None) -> Rendition | None:
    """Render (height, width, 4) uint8 sRGB with straight alpha as wanted; None without a subject.

    `backdrop`, (height, width, 3) uint8 sRGB, is laid behind: its middle, as large as fills the
    picture. Raises RecipeRejected where the format cannot hold it.
    """
    if wanted.region:
        cutout = _within(cutout, wanted.region)
    if not cutout[..., 3].any():
        return None
    if wanted.shadow != Shadow():
        cutout = _shaded(cutout, wanted.shadow)
    if wanted.crop:
        cutout = _cropped(cutout, wanted.margins)
    height, width = cutout.shape[:2]
    scale = min(1.0, sqrt(wanted.most_pixels / (width * height)))
    cutout = shrunk(cutout, int(max(width, height) * scale))
    if wanted.scale or wanted.position:
        cutout = _placed(cutout, wanted.scale, wanted.position)
    height, width = cutout.shape[:2]
    data, mime = _file(cutout, wanted, backdrop)
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


def _shaded(cutout: Pixels, shadow: Shadow) -> Pixels:
    pixels, alpha = (np.ascontiguousarray(part) for part in (cutout[..., :3], cutout[..., 3]))
    return staged(pixels, alpha, Recipe(shadow=shadow), pixels)


def _cropped(cutout: Pixels, margins: tuple[Length, ...]) -> Pixels:
    """Return the subject and the margins around it, transparent where the photo has ended."""
    left, top, width, height = cv2.boundingRect(cutout[..., 3])
    above, right, below, before = (
        min(margin.of(whole), whole // 2 if margin.percent else MOST_MARGIN)
        for margin, whole in zip(margins, (height, width, height, width), strict=True)
    )
    subject = cutout[top : top + height, left : left + width]
    return np.pad(subject, ((above, below), (before, right), (0, 0)))


def _placed(cutout: Pixels, scale: float | None, position: tuple[float, float] | None) -> Pixels:
    """Return a picture of the same size in which the subject is larger or elsewhere."""
    height, width = cutout.shape[:2]
    left, top, across, down = cv2.boundingRect(cutout[..., 3])
    subject = cutout[top : top + down, left : left + across]
    if scale:
        factor = scale * min(width / across, height / down)
        subject = resized(subject, (max(1, round(across * factor)), max(1, round(down * factor))))
    new_down, new_across = subject.shape[:2]
    free_x, free_y = width - new_across, height - new_down
    if position:
        x, y = round(free_x * position[0]), round(free_y * position[1])
    else:
        x = min(max(0, left + (across - new_across) // 2), free_x)
        y = min(max(0, top + (down - new_down) // 2), free_y)
    placed = np.zeros_like(cutout)
    placed[y : y + new_down, x : x + new_across] = subject
    return placed


def _file(cutout: Pixels, wanted: Wanted, backdrop: Pixels | None) -> tuple[bytes, str]:
    alpha = np.ascontiguousarray(cutout[..., 3])
    if wanted.alpha_alone:
        return encode(alpha), Format.PNG.mime
    if wanted.packing is Packing.ZIP:
        return _zipped(cutout, alpha), "application/zip"
    if backdrop is not None:
        cutout = _laid(cutout, _covering(backdrop, alpha.shape))
    elif wanted.colour is not None:
        cutout = _coloured(cutout, wanted.colour)
    kind = _format(cutout, wanted.packing)
    if not kind.has_alpha and cutout.shape[2] == ALPHA_CHANNELS:
        cutout = _laid(cutout, WHITE)
    return encode(cutout, Output(kind)), kind.mime


def _format(pixels: Pixels, packing: Packing) -> Format:
    if packing is not Packing.AUTO:
        return Format(packing.value)
    opaque = pixels.shape[2] == len("RGB") or bool((pixels[..., 3] == OPAQUE).all())
    return Format.JPEG if opaque else Format.PNG


def _laid(cutout: Pixels, ground: Pixels | tuple[int, int, int]) -> Pixels:
    alpha = np.ascontiguousarray(cutout[..., 3])
    return laid_on(np.ascontiguousarray(cutout[..., :3]), alpha, ground)


def _coloured(cutout: Pixels, colour: Colour) -> Pixels:
    """Lay the cutout on a colour that may be seen through: `over` of Porter and Duff 1984."""
    red, green, blue, share = colour
    if share == OPAQUE:
        return _laid(cutout, (red, green, blue))
    own = cutout[..., 3:] / np.float32(OPAQUE)
    behind = (1 - own) * np.float32(share / OPAQUE)
    whole = own + behind
    ground = np.array((red, green, blue), np.float32)
    mixed = (cutout[..., :3] * own + ground * behind) / np.maximum(whole, np.float32(1e-6))
    return np.rint(np.dstack([mixed, whole * OPAQUE])).astype(np.uint8)


def _covering(picture: Pixels, shape: tuple[int, ...]) -> Pixels:
    """Return the largest middle part of a picture that has the form of (height, width), as large.

    It is cut out before it is resized: a very long picture must not become a huge one.
    """
    height, width = shape[:2]
    own_height, own_width = picture.shape[:2]
    factor = max(height / own_height, width / own_width)
    part_height = min(own_height, max(1, round(height / factor)))
    part_width = min(own_width, max(1, round(width / factor)))
    top, left = (own_height - part_height) // 2, (own_width - part_width) // 2
    part = picture[top : top + part_height, left : left + part_width]
    return resized(np.ascontiguousarray(part), (width, height))


def _zipped(cutout: Pixels, alpha: Pixels) -> bytes:
    """Pack colour and alpha apart: together smaller than one PNG."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in (
            ("color.jpg", encode(np.ascontiguousarray(cutout[..., :3]), Output(Format.JPEG))),
            ("alpha.png", encode(alpha)),
        ):
            archive.writestr(zipfile.ZipInfo(name, FIRST_DAY), data)
    return file.getvalue()
