"""Cutouts as somebody else wants them, where the numbers are extreme."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from inference.rendition import rendition
from inference.wanted import Packing, Wanted

MUCH = 1_000_000


def cutout(height: int, width: int, box: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """Return a red subject in a (top, bottom, left, right)."""
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[box[0] : box[1], box[2] : box[3]] = (200, 10, 10, 255)
    return pixels


@pytest.mark.parametrize("shape", [(1, 30_000, 3), (30_000, 1, 3), (1, 1, 3), (7, 5, 3)])
def test_a_backdrop_of_any_form_fills_the_frame(shape: tuple[int, int, int]) -> None:
    made = rendition(
        cutout(60, 80, (20, 40, 30, 50)),
        Wanted(most_pixels=MUCH, packing=Packing.AUTO),
        np.full(shape, 90, np.uint8),
    )

    assert made
    pixels = np.asarray(Image.open(io.BytesIO(made.data)))
    assert pixels.shape == (60, 80, 3)
    assert np.abs(pixels[:10].astype(int) - 90).max() <= 1


@given(
    scale=st.none() | st.floats(0.1, 1.0),
    position=st.none() | st.tuples(st.floats(0, 1), st.floats(0, 1)),
    left=st.integers(0, 70),
    top=st.integers(0, 50),
    width=st.integers(1, 80),
    height=st.integers(1, 60),
)
def test_a_subject_stays_within_the_frame_wherever_it_is_put(
    scale: float | None,
    position: tuple[float, float] | None,
    left: int,
    top: int,
    width: int,
    height: int,
) -> None:
    made = rendition(
        cutout(60, 80, (top, top + height, left, left + width)),
        Wanted(most_pixels=MUCH, scale=scale, position=position),
    )

    assert made
    x, y, across, down = made.box
    assert made.size == (80, 60)
    assert 0 <= x <= 80 - across
    assert 0 <= y <= 60 - down
    if scale:
        assert max(across / 80, down / 60) == pytest.approx(scale, abs=0.03)
    else:
        assert (across, down) == (min(width, 80 - left), min(height, 60 - top))
