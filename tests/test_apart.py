"""Colours and alpha that are not joined give the files that they would give joined."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from inference.apart import STRIP_ROWS, Apart
from inference.average import averaged
from inference.encode import encode, thumbnail
from inference.output import Format, Output
from inference.png import read_png


def some(height: int, width: int, seed: int = 0) -> Apart:
    random = np.random.default_rng(seed)
    alpha = random.choice(np.array([0, 0, 90, 255], np.uint8), (height, width))
    return Apart(random.integers(0, 256, (height, width, 3), np.uint8), alpha)


@settings(max_examples=30, deadline=None)
@given(height=st.integers(1, 3 * STRIP_ROWS), width=st.integers(1, 40))
def test_a_png_of_both_is_the_png_of_the_joined_picture(height: int, width: int) -> None:
    picture = some(height, width)
    joined = picture.joined()

    assert encode(picture) == encode(joined)
    np.testing.assert_array_equal(read_png(encode(picture)), joined)


def test_what_is_not_seen_is_not_told() -> None:
    picture = some(70, 50)
    joined = picture.joined()

    assert joined.shape == picture.shape
    assert not joined[picture.alpha == 0].any()
    seen = picture.alpha > 0
    np.testing.assert_array_equal(joined[seen][:, :3], picture.pixels[seen])
    np.testing.assert_array_equal(joined[..., 3], picture.alpha)


@pytest.mark.parametrize("kind", [Format.WEBP, Format.TIFF])
def test_other_formats_are_made_of_the_joined_picture(kind: Format) -> None:
    picture = some(30, 40)

    assert encode(picture, Output(kind)) == encode(picture.joined(), Output(kind))


@pytest.mark.parametrize("size", [(1500, 2100), (5, 4000), (40, 30)])
def test_a_thumbnail_shows_no_colour_of_what_is_not_seen(size: tuple[int, int]) -> None:
    """Red that is seen beside green that is not: averaged, it stays red."""
    alpha = np.zeros(size, np.uint8)
    alpha[:, : size[1] // 3] = 255
    pixels = np.zeros((*size, 3), np.uint8)
    pixels[..., 1] = 255
    pixels[alpha > 0] = (255, 0, 0)
    pixels[:, size[1] // 6 : size[1] // 3] = (250, 0, 0)
    made = small(thumbnail(Apart(pixels, alpha)))

    assert made.shape == small(thumbnail(Apart(pixels, alpha).joined())).shape
    assert made[made[..., 3] > 100][:, 1].max() < 30


def small(file: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(file)).convert("RGBA"))


@settings(max_examples=60, deadline=None)
@given(height=st.integers(1, 60), width=st.integers(1, 60), times=st.integers(1, 70))
def test_an_average_is_that_of_each_square(height: int, width: int, times: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    made = averaged(pixels, times)
    down, across = min(times, height), min(times, width)
    rows, columns = height // down, width // across
    squares = pixels[: rows * down, : columns * across].reshape(rows, down, columns, across, 3)

    assert made.shape == (rows, columns, 3)
    # Each halving rounds once more.
    assert np.abs(made - squares.mean((1, 3))).max() <= 0.5 * max(down, across).bit_length() + 1e-6
