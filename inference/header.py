"""What a file says of itself, and how much of it is taken in, as data."""

import math
from dataclasses import dataclass

from inference.errors import PhotoRejected, Refusal


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


def extent(size: tuple[int, int], most_pixels: int) -> tuple[int, int]:
    """Return how large a photo of (width, height) is worked on; bound by 0 it is as it came."""
    width, height = size
    if not most_pixels or width * height <= most_pixels:
        return size
    scale = math.sqrt(most_pixels / (width * height))
    return max(1, int(width * scale)), max(1, int(height * scale))


def check_length(size: int, limits: Limits) -> None:
    """Raises PhotoRejected for a file of too many bytes."""
    if size > limits.max_bytes:
        raise PhotoRejected(
            f"This file has {_millions(size)} MB; the limit here is "
            f"{_millions(limits.max_bytes)} MB. Save it smaller and try again.",
            Refusal.SIZE,
        )


def check_extent(size: tuple[int, int], limits: Limits) -> None:
    """Raises PhotoRejected for a picture of no pixels, or too many."""
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
            f"This photo has {_millions(width * height)} megapixels ({width} x {height}); the "
            f"limit here is {_millions(limits.max_pixels)}. Make it smaller and try again.",
            Refusal.SIZE,
        )


def _millions(count: int) -> str:
    """Round up, so that what is above a limit is never said to be as large as the limit."""
    return f"{math.ceil(count / 1e5) / 10:.10g}"
