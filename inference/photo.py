"""The one guard through which pictures of strangers come in."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.colour import to_srgb
from inference.encode import parts, resized
from inference.errors import OutOfMemory, PhotoRejected
from inference.header import LOCAL_LIMITS, Header, Limits, check_extent, check_length, extent
from inference.orientation import upright
from inference.raster import cut_short, damaged, decode, open_image, size_of
from inference.sniff import HEAD, Kind, sniff

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture that was checked and is upright, in sRGB, and nothing but pixels."""

    pixels: Pixels
    """(height, width, 3) uint8 sRGB."""
    alpha: Pixels | None
    """(height, width) uint8, only where the file was transparent somewhere."""
    header: Header
    """Of the file, however large the pixels are by now."""
    profile: bytes | None
    """The ICC profile that the file came with, or that it names by a number, if it was sound."""
    deep: NDArray[np.uint16] | None = None
    """(height, width, 3) uint16 sRGB, where that was asked for and the file has so many bits; only
    for files that are in sRGB themselves."""

    @classmethod
    def open(cls, data: bytes, limits: Limits = LOCAL_LIMITS, *, deep: bool = False) -> Self:
        """Check and decode the bytes of a file; of an animation, the first frame.

        A hosted instance may move this one call into a process of limited memory and time.
        Raises PhotoRejected, OutOfMemory.
        """
        stream = io.BytesIO(data)
        with _in_sentences():
            kind, _ = _checked(stream, len(data), limits)
            image = open_image(stream, kind)
            check_extent(image.size, limits)  # the reader may have seen another one
            raster = decode(image, kind, stream, deep=deep)
            srgb, profile = to_srgb(raster.pixels, raster.mode, raster.icc)
            pixels = upright(srgb, raster.orientation)
            alpha = None if raster.alpha is None else upright(raster.alpha, raster.orientation)
            wide = None
            if raster.deep is not None and srgb is raster.pixels:
                wide = upright(raster.deep, raster.orientation)
        height, width = pixels.shape[:2]
        header = Header(kind.mime, kind.extension, width, height)
        return cls(pixels, alpha, header, profile, wide)

    @property
    def size(self) -> tuple[int, int]:
        """Its width and height."""
        return self.pixels.shape[1], self.pixels.shape[0]

    @property
    def scale(self) -> float:
        """Its longer side against that of the file."""
        return max(self.size) / max(self.header.width, self.header.height)

    def within(self, most_pixels: int) -> Self:
        """Return the photo with at most so many pixels, averaged over areas; 0 leaves it so."""
        size = extent(self.size, most_pixels)
        if size == self.size:
            return self
        deep = self.deep
        if deep is not None:
            deep = np.asarray(cv2.resize(deep, size, interpolation=cv2.INTER_AREA), np.uint16)
        if self.alpha is None:
            return replace(self, pixels=resized(self.pixels, size), deep=deep)
        pixels, alpha = parts(resized(np.dstack([self.pixels, self.alpha]), size))
        return replace(self, pixels=pixels, alpha=alpha, deep=deep)


def inspect(source: bytes | Path, limits: Limits = LOCAL_LIMITS) -> Header:
    """Look at the header alone: kind, size, pixels. Raises PhotoRejected, OutOfMemory."""
    if isinstance(source, bytes):
        return _inspected(io.BytesIO(source), len(source), limits)
    with source.open("rb") as stream:
        return _inspected(stream, source.stat().st_size, limits)


def _inspected(stream: IO[bytes], size: int, limits: Limits) -> Header:
    with _in_sentences():
        kind, (width, height) = _checked(stream, size, limits)
    return Header(kind.mime, kind.extension, width, height)


def _checked(stream: IO[bytes], size: int, limits: Limits) -> tuple[Kind, tuple[int, int]]:
    """Return the kind of a file, and the width and height that its header tells."""
    check_length(size, limits)
    kind = sniff(stream.read(HEAD))
    extent = size_of(stream, kind)
    check_extent(extent, limits)
    return kind, extent


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
            raise cut_short() from error
        raise damaged() from error
