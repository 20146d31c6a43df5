"""What a finished file really is, measured from its bytes."""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageCms

from inference.colour import is_srgb
from inference.header import Limits
from inference.photo import Photo
from inference.raster import open_image
from inference.sniff import HEAD, sniff

Bytes = NDArray[np.uint8]

BORDER = 2
"""Pixels at each edge that are its border."""
DIFFERENT = 5
"""Of 255: what differs from the border by more in any channel belongs to the subject. JPEG moves
plain ground by less."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The facts that rules speak of."""

    kind: str
    """The extension that its content has, whatever it is called."""
    size: int
    """In bytes."""
    width: int
    height: int
    transparent: bool
    """Whether anything shines through anywhere."""
    darkest_border: int
    """0..255: the lowest value of any channel in the border, on white where it is transparent."""
    fill: float
    """Percent of width or height, the larger share, that what differs from the border takes."""
    at_edges: tuple[str, ...]
    """Edges at which that is cut off."""
    colours: str
    """srgb, or the name of another colour space."""

    @classmethod
    def of(cls, data: bytes, limits: Limits = Limits()) -> "Measured":  # noqa: B008 frozen
        """Measure the bytes of a picture. Raises PhotoRejected, OutOfMemory."""
        photo = Photo.open(data, limits)
        pixels = photo.pixels
        if photo.alpha is not None:
            share = photo.alpha[..., None].astype(np.float32) / 255
            pixels = np.rint(pixels * share + 255 * (1 - share)).astype(np.uint8)
        box, ground = _box(pixels)
        height, width = pixels.shape[:2]
        left, top, across, down = box
        edges = {
            "left": left == 0,
            "right": left + across == width,
            "top": top == 0,
            "bottom": top + down == height,
        }
        return cls(
            kind=photo.header.extension,
            size=len(data),
            width=width,
            height=height,
            transparent=photo.alpha is not None,
            darkest_border=ground,
            fill=100 * max(across / width, down / height),
            at_edges=tuple(name for name, there in edges.items() if there and across),
            colours=_colours(data),
        )


def _box(pixels: Bytes) -> tuple[tuple[int, int, int, int], int]:
    """Return the box of what differs from the border, and the darkest value of the border."""
    border = np.concatenate(
        [
            pixels[:BORDER].reshape(-1, 3),
            pixels[-BORDER:].reshape(-1, 3),
            pixels[:, :BORDER].reshape(-1, 3),
            pixels[:, -BORDER:].reshape(-1, 3),
        ]
    )
    usual = np.median(border, axis=0)
    low, high = np.clip(usual - DIFFERENT, 0, 255), np.clip(usual + DIFFERENT, 0, 255)
    same = cv2.inRange(pixels, low, high)
    left, top, width, height = cv2.boundingRect(255 - np.asarray(same, np.uint8))
    return (left, top, width, height), int(border.min())


def _colours(data: bytes) -> str:
    """Return what the colours of a file are meant in; without a word, they are sRGB."""
    stream = io.BytesIO(data)
    image = open_image(stream, sniff(data[:HEAD]))
    if image.mode not in {"RGB", "RGBA", "L", "LA", "P", "PA", "1"}:
        return image.mode
    icc = image.info.get("icc_profile")
    if not icc or is_srgb(icc):
        return "srgb"
    return _name(icc)


def _name(icc: bytes) -> str:
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        return ImageCms.getProfileDescription(profile).strip() or "another profile"
    except (ImageCms.PyCMSError, OSError):
        return "a broken profile"
