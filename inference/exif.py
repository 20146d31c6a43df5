"""Which way up: the one thing that is read of EXIF."""

import struct

TAG = 0x0112
TURNED = 5
"""From this orientation on width and height change places."""
LAST = 8


def orientation_in(exif: bytes) -> int:
    """Return the orientation that a block of EXIF tells, 1 (upright) where it tells none.

    Only the first directory is looked through, so no block can send us in circles.
    """
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for entry in range(start + 2, start + 2 + 12 * count, 12):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
            if tag == TAG:
                return int(value) if 1 <= value <= LAST else 1
    except struct.error:  # it ends before it says so
        pass
    return 1
