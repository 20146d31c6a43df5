"""Every background, shadow, frame and shape looks as it did when somebody last judged it.

The difference is measured as people see it: CIE76 in CIELAB (CIE 15:2004), of pictures as small as
a thumbnail. Half a unit on average, and three for one pixel in a hundred, are below what is noticed
side by side (2.3, Mahy and others 1994, doi 10.1002/col.5080190207), and above what another
processor or a newer library rounds otherwise.
"""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from inference.backdrop import backdrop
from inference.look import Ground
from tests.golden import FOLDER, LOOKS, drawn, file_of

MEAN, FEW = 0.5, 3.0


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the distance of two pictures (height, width, 3) in CIELAB, pixel by pixel."""
    labs = [cv2.cvtColor(each.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) for each in (one, other)]
    return np.asarray(np.linalg.norm(labs[0] - labs[1], axis=2), np.float32)


@pytest.mark.parametrize("name", LOOKS)
def test_a_look_is_as_it_was(name: str) -> None:
    with Image.open(file_of(name)) as image:
        golden = np.asarray(image.convert("RGB"))
    now = drawn(name)

    assert now.shape == golden.shape
    off = difference(now, golden)
    assert off.mean() <= MEAN
    assert np.percentile(off, 99) <= FEW


def test_no_picture_is_left_over() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {file_of(name).name for name in LOOKS}


def test_a_shade_that_somebody_would_see_is_found() -> None:
    grey = backdrop(Ground.read("#808080"), (50, 40), *[np.zeros((4, 4, 3), np.uint8)] * 2)

    assert difference(grey, grey + np.uint8(2)).mean() > MEAN
