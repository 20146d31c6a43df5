"""What goes between a process and its darkroom: short messages, and pixels in shared memory."""

import json
import mmap
import os
import socket
import struct
import tempfile
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.header import Header
from inference.photo import Photo

LENGTH = struct.Struct(">I")
MOST_LETTERS = 1 << 16
COLOURS = 3


class Torn(Exception):
    """The other side is gone, or says what makes no sense."""


@dataclass(frozen=True, slots=True)
class Message:
    said: dict[str, Any]
    handle: int | None
    """Of the file that came with it; who takes the message drops it."""

    def drop(self) -> None:
        if self.handle is not None:
            os.close(self.handle)


def send(line: socket.socket, said: dict[str, Any], handle: int | None = None) -> None:
    text = json.dumps(said).encode()
    socket.send_fds(line, [LENGTH.pack(len(text)) + text], [] if handle is None else [handle])


def receive(line: socket.socket) -> Message:
    """Raises Torn, TimeoutError."""
    head, handles, _, _ = socket.recv_fds(line, LENGTH.size, 1)
    handle = handles[0] if handles else None
    try:
        return Message(json.loads(_whole(line, head)), handle)
    except (struct.error, ValueError, Torn) as error:
        Message({}, handle).drop()
        raise Torn from error


def _whole(line: socket.socket, head: bytes) -> bytes:
    """Raises Torn, struct.error."""
    (length,) = LENGTH.unpack(head)
    if length > MOST_LETTERS:
        raise Torn
    text = bytearray()
    while len(text) < length:
        part = line.recv(length - len(text))
        if not part:
            raise Torn
        text += part
    return bytes(text)


def memory(size: int) -> int:
    """Return a file of so many bytes that is nowhere on a disk, if that can be."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("photo", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    else:
        with tempfile.TemporaryFile() as file:
            handle = os.dup(file.fileno())
    os.ftruncate(handle, size)
    return handle


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


def unpacked(message: Message, header: Header, sha256: str) -> Photo:
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
    if _sealed(handle) != size:
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
    return Photo(pixels, thin, header, sha256, icc, wide)


def _sealed(handle: int) -> int:
    """Return the size of shared memory that the other side cannot take away any more."""
    if hasattr(os, "memfd_create"):
        import fcntl  # noqa: PLC0415 not on Windows

        fcntl.fcntl(handle, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
    return os.fstat(handle).st_size
