"""A layer of paint over an alpha, and files of it from strangers."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image

from inference.errors import RecipeRejected, StrokesRejected
from inference.paint import painted, part_at, read_strokes, written_strokes
from inference.png import read_png, write_png
from inference.strokes import Spot

SHAPE = (7, 9)
SIZE = SHAPE[::-1]
alphas = arrays(np.uint8, SHAPE)
layers = arrays(np.uint8, (*SHAPE, 2))
Bytes = NDArray[np.uint8]


def thick(layer: Bytes, strength: int) -> Bytes:
    return np.dstack([layer[..., 0], np.full(SHAPE, strength, np.uint8)])


@given(alphas, layers)
def test_outside_the_strokes_nothing_changes(alpha: Bytes, layer: Bytes) -> None:
    untouched = layer[..., 1] == 0

    assert (painted(alpha, layer)[untouched] == alpha[untouched]).all()


@given(alphas, alphas, layers)
def test_more_alpha_before_is_never_less_after(one: Bytes, two: Bytes, layer: Bytes) -> None:
    less, more = np.minimum(one, two), np.maximum(one, two)

    assert (painted(less, layer) <= painted(more, layer)).all()


@given(alphas, layers)
def test_white_never_takes_and_black_never_gives(alpha: Bytes, layer: Bytes) -> None:
    white, black = layer.copy(), layer.copy()
    white[..., 0], black[..., 0] = 255, 0

    assert (painted(alpha, white) >= alpha).all()
    assert (painted(alpha, black) <= alpha).all()


@given(alphas, layers)
def test_full_strokes_say_all_and_twice_is_once(alpha: Bytes, layer: Bytes) -> None:
    full = thick(layer, 255)
    once = painted(alpha, full)

    assert (once == layer[..., 0]).all()
    assert (painted(once, full) == once).all()


@given(alphas, st.integers(0, 255))
def test_the_hand_of_a_half_stroke_is_half_way(alpha: Bytes, strength: int) -> None:
    white = np.dstack([np.full(SHAPE, 255, np.uint8), np.full(SHAPE, strength, np.uint8)])
    exact = alpha + (255.0 - alpha) * strength / 255

    assert np.abs(painted(alpha, white) - exact).max() <= 0.5


@given(layers)
@settings(max_examples=30)
def test_a_layer_survives_its_file(layer: Bytes) -> None:
    layer[..., 0][layer[..., 1] == 0] = 0
    png = written_strokes(layer)
    read = read_strokes(png, SIZE)

    assert (read == layer).all()
    assert (read_png(png) == layer).all()
    assert written_strokes(read) == png


def test_an_alpha_is_left_as_it_was() -> None:
    alpha = np.zeros(SHAPE, np.uint8)
    painted(alpha, np.full((*SHAPE, 2), 255, np.uint8))

    assert not alpha.any()


def test_strokes_of_another_photo_are_refused() -> None:
    with pytest.raises(RecipeRejected, match="another size"):
        painted(np.zeros((3, 3), np.uint8), np.zeros((*SHAPE, 2), np.uint8))


def png(size: tuple[int, int] = SIZE, mode: str = "LA") -> bytes:
    file = io.BytesIO()
    Image.new(mode, size).save(file, "PNG")
    return file.getvalue()


def bomb() -> bytes:
    """Tell of a huge picture in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 4, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9)))


def coloured() -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", SIZE, (255, 0, 0, 255)).save(file, "PNG")
    return file.getvalue()


def as_webp() -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", SIZE).save(file, "WEBP", lossless=True)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "cannot be read"),
        (b"GIF89a" + bytes(60), "cannot be read"),
        (b"%PDF-1.7" + bytes(60), "PDF"),
        (png((8, 7)), "another size"),
        (png((9, 8)), "megapixels|another size|pixels"),
        (png()[:45], "cannot be read"),
        (bomb(), "cannot be read"),
        (as_webp(), "as a PNG"),
        (coloured(), "black and white"),
    ],
)
def test_what_is_no_layer_for_this_photo_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(StrokesRejected, match=says):
        read_strokes(data, SIZE)


def test_a_browser_may_send_four_channels() -> None:
    file = io.BytesIO()
    Image.new("RGBA", SIZE, (255, 255, 255, 128)).save(file, "PNG")
    layer = read_strokes(file.getvalue(), SIZE)

    assert (layer == (255, 128)).all()


def ring() -> Bytes:
    """A ring with a soft rim inside, and a speck beside it."""
    alpha = np.zeros((60, 80), np.uint8)
    alpha[10:50, 10:50] = 255
    alpha[20:40, 20:40] = 0
    alpha[20, 20:40] = 90
    alpha[5:8, 70:74] = 255
    return alpha


def test_a_hole_is_found_with_its_soft_rim() -> None:
    hole = part_at(ring(), Spot.HOLE, (30 / 80, 30 / 60))

    assert (hole[20:40, 20:40] == 255).all()
    assert hole.sum() == 255 * 400


def test_an_island_is_found_and_the_rest_stays() -> None:
    island = part_at(ring(), Spot.ISLAND, (71 / 80, 6 / 60))

    assert island.sum() == 255 * 12
    assert (island[5:8, 70:74] == 255).all()


@pytest.mark.parametrize(
    ("spot", "place", "says"),
    [
        (Spot.HOLE, (15 / 80, 15 / 60), "whole here"),
        (Spot.HOLE, (0.99, 0.99), "outside"),
        (Spot.ISLAND, (0.99, 0.99), "nothing here"),
        (Spot.ISLAND, (1.0, 1.0), "nothing here"),
    ],
)
def test_a_click_that_meets_nothing_says_so(
    spot: Spot, place: tuple[float, float], says: str
) -> None:
    with pytest.raises(StrokesRejected, match=says):
        part_at(ring(), spot, place)


def test_the_only_part_is_no_island() -> None:
    alpha = ring()
    alpha[5:8, 70:74] = 0

    with pytest.raises(StrokesRejected, match="whole subject"):
        part_at(alpha, Spot.ISLAND, (15 / 80, 15 / 60))


def test_equal_layers_have_one_file() -> None:
    layer = np.zeros((*SHAPE, 2), np.uint8)

    assert written_strokes(layer) == write_png(layer.copy())
