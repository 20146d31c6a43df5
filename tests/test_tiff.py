import io
import struct
import warnings
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from inference.errors import PhotoRejected, Refusal
from inference.photo import Photo, inspect

SHORT, LONG = 3, 4
ORIENTATION = 274
Order = Literal["<", ">"]
Tags = dict[int, tuple[int, ...]]


def tiff(pixels: NDArray[np.generic], tags: Tags | None = None, order: Order = "<") -> bytes:
    """An uncompressed TIFF of RGB or RGBA, (height, width, channels); `tags` change it."""
    height, width, channels = pixels.shape
    data = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    # In the order of its numbers, as TIFF wants it; 262: RGB, 273: where, 338: straight alpha.
    known: Tags = {256: (width,), 257: (height,), 258: (pixels.itemsize * 8,) * channels}
    known |= {259: (1,), 262: (2,), 273: (0,), 277: (channels,), 278: (height,), 279: (len(data),)}
    known |= {338: (2,)} if channels == 4 else {}
    known |= tags or {}
    known = dict(sorted(known.items()))
    room = 8 + 2 + 12 * len(known) + 4
    known[273] = tuple(room + 400 + shift for shift in known[273])
    directory, more = struct.pack(order + "H", len(known)), b""
    for tag, values in known.items():
        kind = LONG if tag in {256, 257, 273, 279} else SHORT
        numbers = struct.pack(f"{order}{len(values)}{'I' if kind == LONG else 'H'}", *values)
        directory += struct.pack(order + "HHI", tag, kind, len(values))
        if len(numbers) <= 4:
            directory += numbers.ljust(4, b"\0")
        else:
            directory += struct.pack(order + "I", room + len(more))
            more += numbers
    magic = b"II*\0" if order == "<" else b"MM\0*"
    head = magic + struct.pack(order + "I", 8) + directory + bytes(4)
    return head + more.ljust(400, b"\0") + data


def noise(channels: int = 3) -> NDArray[np.uint16]:
    return np.random.default_rng(4).integers(0, 65536, (20, 30, channels), np.uint16)


def rounded(values: NDArray[np.uint16]) -> NDArray[np.uint8]:
    return np.floor(values / 257 + 0.5).astype(np.uint8)


def refused(data: bytes) -> PhotoRejected:
    with pytest.raises(PhotoRejected) as caught:
        Photo.open(data)
    return caught.value


@pytest.mark.parametrize("order", ["<", ">"])
def test_sixteen_bits_a_colour_are_rounded_in_either_order_of_bytes(order: Order) -> None:
    values = noise()

    photo = Photo.open(tiff(values, order=order))

    assert np.array_equal(photo.pixels, rounded(values))


def test_sixteen_bits_of_transparency_are_rounded_too() -> None:
    values = noise(4)

    photo = Photo.open(tiff(values))

    assert np.array_equal(photo.pixels, rounded(values)[..., :3])
    assert photo.alpha is not None
    assert np.array_equal(photo.alpha, rounded(values)[..., 3])


def test_sixteen_bits_come_upright() -> None:
    values = noise()

    data = tiff(values, {ORIENTATION: (6,)})

    assert np.array_equal(Photo.open(data).pixels, np.rot90(rounded(values), -1))
    assert inspect(data) == Photo.open(data).header


def test_colours_in_separate_planes_find_together() -> None:
    values = noise()
    height, width, channels = values.shape
    planes = values.transpose(2, 0, 1).reshape(height, width, channels)
    size = height * width * 2
    apart: Tags = {284: (2,), 273: (0, size, 2 * size), 279: (size, size, size)}

    photo = Photo.open(tiff(planes, apart))

    assert np.abs(photo.pixels - values / 257).max() <= 1


@pytest.mark.parametrize("mark", [{254: (1,)}, {50706: (1, 4, 0, 0)}], ids=["thumbnail", "DNG"])
def test_a_raw_photo_is_called_one_instead_of_giving_its_thumbnail(mark: Tags) -> None:
    refusal = refused(tiff(np.zeros((12, 16, 3), np.uint8), mark))

    assert refusal.refusal is Refusal.TYPE
    assert "it is a raw photo of a camera" in refusal.says


def test_a_raw_photo_of_canon_is_known_by_its_mark() -> None:
    image = tiff(np.zeros((12, 16, 3), np.uint8))
    moved = b"II*\0\x10\0\0\0CR\x02\0" + bytes(4) + image[8:]

    assert "it is a raw photo of a camera" in refused(moved).says


def test_a_strip_that_is_missing_is_not_filled_with_black() -> None:
    whole = np.full((64, 64, 3), 200, np.uint8)

    refusal = refused(tiff(whole, {278: (16,), 279: (64 * 16 * 3,)}))

    assert refusal.refusal is Refusal.BROKEN
    assert "cut short" in refusal.says


@pytest.mark.parametrize("compression", ["group4", "raw"])
def test_a_tiff_of_96_megapixels_opens_without_a_warning(compression: str) -> None:
    stream = io.BytesIO()
    Image.new("1", (9800, 9800), 1).save(stream, "TIFF", compression=compression)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        photo = Photo.open(stream.getvalue())

    assert photo.pixels.shape == (9800, 9800, 3)
    assert (photo.pixels[-1] == 255).all()
    assert not caught
