"""The pixels of a photo in memory that two processes have."""

import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.header import Header
from inference.photo import Photo
from inference.wire import Message, Torn, memory, sealed

COLOURS = 3


def packed(photo: Photo) -> tuple[dict[str, Any], int]:
    """Put the pixels of a photo into shared memory; returns what there is, and the memory."""
    height, width = photo.pixels.shape[:2]
    said = {
        "width": width,
        "height": height,
        "alpha": photo.alpha is not None,
        "deep": photo.deep is not None,
        "profile": -1 if photo.profile is None else len(photo.profile),
    }
    planes = [one for one in (photo.pixels, photo.alpha, photo.deep) if one is not None]
    profile = photo.profile or b""
    size = sum(one.nbytes for one in planes) + len(profile)
    handle = memory(size)
    with mmap.mmap(handle, size) as shared:
        at = 0
        for plane in planes:
            place = np.frombuffer(shared, plane.dtype, plane.size, at).reshape(plane.shape)
            np.copyto(place, plane)
            at += plane.nbytes
            del place  # else the memory cannot be closed
        shared[at:] = profile
    return said, handle


def unpacked(message: Message, header: Header) -> Photo:
    """Return a photo whose pixels stay where they are. Raises Torn."""
    width, height = header.width, header.height
    said, handle = message.said, message.handle
    if handle is None:
        raise Torn
    try:
        alpha, deep, profile = bool(said["alpha"]), bool(said["deep"]), int(said["profile"])
    except (KeyError, TypeError, ValueError) as error:
        raise Torn from error
    size = width * height * (COLOURS + alpha + 2 * COLOURS * deep) + max(0, profile)
    if sealed(handle) != size:
        raise Torn
    shared = mmap.mmap(handle, size)
    at = 0

    def plane(kind: type[np.generic], *shape: int) -> NDArray[Any]:
        nonlocal at
        found = np.frombuffer(shared, kind, int(np.prod(shape)), at).reshape(shape)
        at += found.nbytes
        return found

    pixels = plane(np.uint8, height, width, COLOURS)
    thin = plane(np.uint8, height, width) if alpha else None
    wide = plane(np.uint16, height, width, COLOURS) if deep else None
    icc = None if profile < 0 else shared[at:]
    return Photo(pixels, thin, header, icc, wide)
