import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray
from PIL import Image, ImageOps

from inference.exif import TAG, orientation_in
from inference.orientation import upright

pictures = st_numpy.arrays(
    np.uint8,
    st.tuples(st.integers(1, 9), st.integers(1, 9)).flatmap(
        lambda size: st.sampled_from([size, (*size, 3)])
    ),
)


def exif(*entries: tuple[int, int, int, int], order: str = "<", count: int | None = None) -> bytes:
    """A block of EXIF of (tag, type, count, value); `count` may lie of their number."""
    block = struct.pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, 8)
    block += struct.pack(f"{order}H", len(entries) if count is None else count)
    for tag, kind, many, value in entries:
        block += struct.pack(f"{order}HHIHH", tag, kind, many, value, 0)
    return b"Exif\0\0" + block + bytes(4)


@given(pictures, st.integers(1, 8))
def test_a_picture_is_turned_as_pillow_turns_it(
    pixels: NDArray[np.uint8], orientation: int
) -> None:
    image = Image.fromarray(pixels)
    image.getexif()[TAG] = orientation

    turned = upright(pixels, orientation)

    assert np.array_equal(turned, np.asarray(ImageOps.exif_transpose(image)))
    assert turned.flags.c_contiguous


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_byte_orders_are_read(order: str) -> None:
    block = exif((0x010F, 2, 4, 0), (TAG, 3, 1, 6), order=order)

    assert orientation_in(block) == 6
    assert orientation_in(block.removeprefix(b"Exif\0\0")) == 6


@pytest.mark.parametrize("value", [0, 9, 255, 65535])
def test_an_orientation_that_does_not_exist_is_upright(value: int) -> None:
    assert orientation_in(exif((TAG, 3, 1, value))) == 1


def test_a_directory_that_claims_more_entries_than_it_has_ends_where_it_ends() -> None:
    assert orientation_in(exif((TAG, 3, 1, 8), count=65535)) == 8
    assert orientation_in(exif((0x010F, 3, 1, 8), count=65535)) == 1


def test_a_directory_behind_the_end_is_none() -> None:
    assert orientation_in(struct.pack("<2sHI", b"II", 42, 2**32 - 1)) == 1


def test_a_directory_that_points_at_itself_is_read_once() -> None:
    block = struct.pack("<2sHIHI", b"II", 42, 8, 0, 8)

    assert orientation_in(block) == 1


@given(
    st.binary(max_size=80), st.sampled_from([b"", b"II*\0", b"MM\0*", b"Exif\0\0II*\0\x08\0\0\0"])
)
def test_any_bytes_give_one_of_the_eight(noise: bytes, start: bytes) -> None:
    assert 1 <= orientation_in(start + noise) <= 8
