"""What a TIFF tells beside its picture, blotted out in its place: nothing in it moves."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

TOLD = {
    *(270, 271, 272, 285, 305, 306, 315, 316, 337, 700, 32781, 33432, 33723, 34377),
    *(34665, 34853, 37386, 37724, 40965, 42112, 42113, 50341, 50706, 50708, 50827),
    *range(36864, 42240),
    *range(50700, 51200),
}
"""Descriptions, makers, dates, people, XMP, IPTC, Photoshop, EXIF, places, and raw data's tags."""
DIRECTORIES = {34665, 34853, 40965}
"""Tags that point to further directories, which are blotted out with all they point to."""
WIDTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
WIDTHS |= {13: 4, 16: 8, 17: 8, 18: 8}
"""Bytes of a value of each type."""
SMALLER = 330
"""The tag that points to directories of further pictures."""
MOST_SMALLER = 100
MOST_ENTRIES = 20_000
"""Of all directories: a photo has some hundred, an attack has more."""
BIG = 43
"""The number that stands for BigTIFF."""


@dataclass(frozen=True, slots=True)
class Entry:
    tag: int
    raw: bytes
    place: int
    """Of its value, within the entry or elsewhere."""
    size: int
    inside: bool


class Directories:
    """Reads and writes one file, as small or big as it is."""

    def __init__(self, data: bytes) -> None:
        self.data = bytearray(data)
        order = {b"II": "<", b"MM": ">"}[data[:2]]
        big = struct.unpack_from(f"{order}H", data, 2)[0] == BIG
        self._head, self._offset = (f"{order}Q", f"{order}Q") if big else (f"{order}H", f"{order}I")
        self._width = struct.calcsize(self._offset)
        self._entry = f"{order}HHQ8s" if big else f"{order}HHI4s"
        self.first = self._number(self._offset, 8 if big else 4)
        self._left = MOST_ENTRIES

    def scrub(self, at: int, *, whole: bool = False) -> int:
        """Blot out what a directory tells, or all of it; return where the next one is."""
        entries = list(self._entries(at))
        end = at + struct.calcsize(self._head) + len(entries) * struct.calcsize(self._entry)
        following = self._number(self._offset, end)
        kept: list[Entry] = []
        for one in entries:
            if whole or one.tag in TOLD:
                self._forget(one)
            else:
                kept.append(one)
            if one.tag == SMALLER:
                for place in range(one.place, one.place + one.size, self._width)[:MOST_SMALLER]:
                    self.scrub(self._number(self._offset, place))
        self._write(at, end, kept, following)
        return following

    def _forget(self, one: Entry) -> None:
        if one.tag in DIRECTORIES:
            self.scrub(self._number(self._offset, one.place), whole=True)
        if not one.inside:
            end = min(one.place + one.size, len(self.data))
            self.data[one.place : end] = bytes(max(0, end - one.place))

    def _entries(self, at: int) -> Iterator[Entry]:
        count = self._number(self._head, at)
        self._left -= 1 + count
        if self._left < 0:
            raise ValueError("too many entries")
        at += struct.calcsize(self._head)
        width = struct.calcsize(self._entry)
        for start in range(at, at + count * width, width):
            tag, kind, many, value = struct.unpack_from(self._entry, self.data, start)
            size = WIDTHS.get(kind, 1) * many
            inside = size <= len(value)
            place = start + width - len(value)
            if not inside:
                place = self._number(self._offset, place)
            yield Entry(tag, bytes(self.data[start : start + width]), place, size, inside)

    def _write(self, at: int, end: int, kept: list[Entry], following: int) -> None:
        """Put a shorter directory in the place of a longer one."""
        written = b"".join(
            [
                struct.pack(self._head, len(kept)),
                *(one.raw for one in kept),
                struct.pack(self._offset, following),
            ]
        )
        end += self._width
        self.data[at:end] = written.ljust(end - at, b"\0")

    def _number(self, form: str, at: int) -> int:
        (found,) = struct.unpack_from(form, self.data, at)
        return int(found)


def scrubbed_tiff(data: bytes) -> bytes:
    """Raises ValueError, KeyError or struct.error for what is no TIFF."""
    file = Directories(data)
    at = file.first
    while at:
        at = file.scrub(at)
    return bytes(file.data)
