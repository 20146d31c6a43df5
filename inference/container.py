"""What WebP, HEIC and AVIF say of their picture, without a decoder and without reading them whole.

WebP is a row of RIFF chunks (RFC 9649); the others are nested boxes (ISO/IEC 14496-12, 23008-12).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from inference.exif import TURNED, orientation_in
from inference.sniff import WEBP, Kind

MOST_PARTS = 10_000
"""Chunks or boxes that are looked at: an animation has thousands, an attack millions."""
MOST_BYTES = 4_000_000
"""Of the one box or chunk that is read: a large one of a camera has 100 kB."""
HAS_EXIF = 0x08
UNSPECIFIED = 2
"""The colour primaries of a file that tells none (ITU-T H.273, table 2)."""


@dataclass(frozen=True, slots=True)
class Contained:
    """The first picture of a container: its size in pixels once upright, and its colours."""

    width: int
    height: int
    primaries: int = UNSPECIFIED
    """As ITU-T H.273 numbers them."""


def contained(stream: IO[bytes], kind: Kind) -> Contained:
    """Look into a WebP, HEIC or AVIF. Raises ValueError or struct.error where it is damaged."""
    return _webp(stream) if kind is WEBP else _boxed(stream)


def _webp(stream: IO[bytes]) -> Contained:
    chunks = _chunks(stream)
    name, size = next(chunks, (b"", 0))
    head = stream.read(min(size, 10))
    if name == b"VP8X":
        flags, *sides = struct.unpack("<B3x3s3s", head)
        width, height = (1 + int.from_bytes(side, "little") for side in sides)
        turned = bool(flags & HAS_EXIF) and _turned(stream, chunks)
        return Contained(height, width) if turned else Contained(width, height)
    if name == b"VP8L":
        (bits,) = struct.unpack_from("<I", head, 1)
        return Contained(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if name == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 6)
        return Contained(width & 0x3FFF, height & 0x3FFF)
    raise ValueError("no picture in this WebP")


def _chunks(stream: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """Yield name and size of each chunk, the stream standing at its content."""
    at = 12
    for _ in range(MOST_PARTS):
        stream.seek(at)
        head = stream.read(8)
        if len(head) < 8:  # noqa: PLR2004 the file ends
            return
        name, size = struct.unpack("<4sI", head)
        yield name, size
        at += 8 + size + size % 2


def _turned(stream: IO[bytes], chunks: Iterator[tuple[bytes, int]]) -> bool:
    for name, size in chunks:
        if name == b"EXIF":
            return orientation_in(stream.read(min(size, MOST_BYTES))) >= TURNED
    return False


def _boxed(stream: IO[bytes]) -> Contained:
    parts = dict(_boxes(_meta(stream)[4:]))
    properties = dict(_boxes(parts[b"iprp"]))
    known = list(_boxes(properties[b"ipco"]))
    primary = int.from_bytes(parts[b"pitm"][4:], "big")
    own = [known[index - 1] for index in _of_item(properties[b"ipma"], primary) if index]
    width, height = struct.unpack_from(">II", dict(own)[b"ispe"], 4)
    if dict(own).get(b"irot", b"\0")[0] & 1:  # a quarter of a turn, or three
        width, height = height, width
    colours = (body for name, body in own if name == b"colr" and body.startswith(b"nclx"))
    primaries = next((int.from_bytes(body[4:6], "big") for body in colours), UNSPECIFIED)
    return Contained(width, height, primaries)


def _meta(stream: IO[bytes]) -> bytes:
    at = 0
    for _ in range(MOST_PARTS):
        stream.seek(at)
        size, name = struct.unpack(">I4s", stream.read(8))
        header = 8
        if size == 1:
            size, header = struct.unpack(">Q", stream.read(8))[0], 16
        if name == b"meta":
            return stream.read(min(max(size - header, 0), MOST_BYTES))
        at += max(size, header)
    raise ValueError("no description of a picture")


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and content of each box."""
    at = 0
    while at < len(content):
        size, name = struct.unpack_from(">I4s", content, at)
        size = max(size, 8)
        yield name, content[at + 8 : at + size]
        at += size


def _of_item(associations: bytes, item: int) -> list[int]:
    """Return the numbers of the properties of an item, counted from 1."""
    version, wide = associations[0], associations[3] & 1
    (count,) = struct.unpack_from(">I", associations, 4)
    entry, number = struct.Struct(">IB" if version else ">HB"), 2 if wide else 1
    at = 8
    for _ in range(count):
        found, length = entry.unpack_from(associations, at)
        at += entry.size
        if found == item:
            numbers = (associations[at + number * k :][:number] for k in range(length))
            mask = 0x7FFF if wide else 0x7F  # above it one bit says that it is essential
            return [int.from_bytes(each, "big") & mask for each in numbers]
        at += length * number
    return []
