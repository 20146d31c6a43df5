"""Files of photos without what they tell beside the picture: no pixel is made anew.

Which way up and in which colours the picture is stays; where and with what it was taken, by whom,
when, and with which smaller pictures of itself goes.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from inference.exif import TAG, orientation_in
from inference.scrub_tiff import scrubbed_tiff

EXIF = b"Exif\0\0"
SHORT = 3
"""The type of a number of 16 bits in EXIF."""
APP0, APP1, APP2, ADOBE, COMMENT, SCAN, END = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE, 0xDA, 0xD9
BARE = {0x01, *range(0xD0, 0xD9)}
"""Markers of JPEG that nothing follows."""
FILL = re.compile(rb"\xff+")
MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
"""What ends the pixels of a scan."""
PNG_HEAD = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB"),
    *(b"cICP", b"mDCV", b"cLLI", b"bKGD", b"hIST", b"pHYs", b"acTL", b"fcTL", b"fdAT"),
}
WEBP_KEPT = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
MOST_PARTS = 100_000
"""Segments or chunks: an animation has thousands, an attack millions."""
HAS_EXIF, HAS_XMP = 0x08, 0x04


def scrubbed(data: bytes, mime: str) -> bytes:
    """Return a file without what it tells; of kinds that are not known here, the file itself.

    So is what is too damaged to be read to its end: whoever opens it will say so.
    """
    way = {
        "image/jpeg": _jpeg,
        "image/png": _png,
        "image/webp": _webp,
        "image/tiff": scrubbed_tiff,
    }.get(mime)
    try:
        return way(data) if way else data
    except (ValueError, IndexError, KeyError, struct.error):
        return data


def scrubbed_file(file: Path, mime: str) -> bytes:
    return scrubbed(file.read_bytes(), mime)


def _exif(orientation: int) -> bytes:
    """Return a block that tells which way up a picture is, and nothing else."""
    return struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, TAG, SHORT, 1, orientation, 0, 0)


# JPEG: segments, each behind a marker


def _jpeg(data: bytes) -> bytes:
    orientation, parts = 1, [data[:2]]
    for marker, content in _segments(data):
        if marker == APP1 and content[4:].startswith(EXIF):
            orientation = max(orientation, orientation_in(content[4:]))
        elif _stays(marker, content[4:]):
            parts.append(content)
    if orientation > 1:
        block = EXIF + _exif(orientation)
        parts.insert(_behind_jfif(parts), struct.pack(">HH", 0xFF00 | APP1, 2 + len(block)) + block)
    return b"".join(parts)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each segment with its marker, a scan with its pixels, up to the end of the picture."""
    at = 2
    for _ in range(MOST_PARTS):
        filled = FILL.match(data, at)
        if not filled:
            raise ValueError("no marker")
        at = filled.end() - 1
        marker = data[at + 1]
        end = at + 2
        if marker not in BARE and marker != END:
            end += int.from_bytes(data[end : end + 2])
        if marker == SCAN:
            found = MARKER.search(data, end)
            end = found.start() if found else len(data)
        yield marker, data[at:end]
        at = end
        if marker == END or at >= len(data):
            return
    raise ValueError("too many segments")


def _stays(marker: int, content: bytes) -> bool:
    if marker == APP0:
        return content.startswith(b"JFIF\0")
    if marker == APP2:
        return content.startswith(b"ICC_PROFILE\0")
    return not (APP0 <= marker < APP0 + 16 or marker == COMMENT) or marker == ADOBE


def _behind_jfif(parts: list[bytes]) -> int:
    return 2 if len(parts) > 1 and parts[1][1] == APP0 else 1


# PNG: chunks, each with its checksum


def _png(data: bytes) -> bytes:
    orientation, parts = 1, list[bytes]()
    at = len(PNG_HEAD)
    while at < len(data) and len(parts) < MOST_PARTS:
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if name == b"eXIf":
            orientation = max(orientation, orientation_in(data[at + 8 : end - 4]))
        elif name in PNG_KEPT:
            parts.append(data[at:end])
        at = end
        if name == b"IEND":
            break
    if not parts or parts[-1][4:8] != b"IEND":
        raise ValueError("no end")
    if orientation > 1:
        parts.insert(1, _png_chunk(b"eXIf", _exif(orientation)))
    return PNG_HEAD + b"".join(parts)


def _png_chunk(name: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
    )


# WebP: chunks of RIFF, each at an even place


def _webp(data: bytes) -> bytes:
    orientation, parts = 1, list[bytes]()
    at, end = 12, min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at + 8 <= end and len(parts) < MOST_PARTS:
        name, length = struct.unpack_from("<4sI", data, at)
        following = at + 8 + length + length % 2
        if name == b"EXIF":
            orientation = max(orientation, orientation_in(data[at + 8 : at + 8 + length]))
        elif name in WEBP_KEPT:
            parts.append(data[at:following])
        at = following
    if parts and parts[0].startswith(b"VP8X"):
        flags = parts[0][8] & ~(HAS_EXIF | HAS_XMP) | (HAS_EXIF if orientation > 1 else 0)
        parts[0] = parts[0][:8] + bytes([flags]) + parts[0][9:]
        if orientation > 1:
            parts.append(struct.pack("<4sI", b"EXIF", len(_exif(1))) + _exif(orientation))
    content = b"WEBP" + b"".join(parts)
    return struct.pack("<4sI", b"RIFF", len(content)) + content
