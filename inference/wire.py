"""What goes between a process and its darkroom: short messages, and memory that both have."""

import json
import os
import socket
import struct
import tempfile
from dataclasses import dataclass
from typing import Any

LENGTH = struct.Struct(">I")
MOST_LETTERS = 1 << 16


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


def sealed(handle: int) -> int:
    """Return the size of shared memory that the other side cannot take away any more."""
    if hasattr(os, "memfd_create"):
        import fcntl  # noqa: PLC0415 not on Windows

        fcntl.fcntl(handle, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
    return os.fstat(handle).st_size
