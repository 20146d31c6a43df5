"""Previews show what the export will, small, and cost no network."""

import io
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from inference.compose import staged
from inference.encode import shrunk
from inference.look import Frame, Shadow
from inference.previews import KEPT, Previews
from inference.recipe import Recipe
from tests.test_compose import mixed, soft_disc

RECIPE = Recipe(model="u2netp", weights="0" * 64, precision="f32", second="")


def large() -> NDArray[np.uint8]:
    """A cutout of 3200 x 3200 pixels."""
    small = np.dstack([mixed(soft_disc()), soft_disc()])
    return np.kron(small, np.ones((8, 8, 1), np.uint8))


def drawn(
    previews: Previews, recipe: Recipe, version: str = "v", side: int = 640
) -> NDArray[np.uint8]:
    webp = previews.draw(version, recipe, side, cutout=large, photo=lambda: large()[..., :3])
    with Image.open(io.BytesIO(webp)) as image:
        return np.asarray(image)


@pytest.mark.parametrize(
    "recipe",
    [
        replace(RECIPE, background="sweep", shadow=Shadow("soft")),
        replace(RECIPE, background="white", shadow=Shadow("hard"), frame=Frame("1:1", 60)),
        replace(RECIPE, background="blur", frame=Frame("4000x2000", 50)),
        replace(RECIPE, background="white", frame=Frame("900x600", 80)),
    ],
)
def test_a_preview_shows_what_the_export_will(recipe: Recipe) -> None:
    cutout = large()
    pixels = np.ascontiguousarray(cutout[..., :3])
    whole = staged(pixels, np.ascontiguousarray(cutout[..., 3]), recipe, pixels)
    expected = shrunk(whole, 640).astype(int)
    found = drawn(Previews(), recipe).astype(int)

    assert np.abs(np.subtract(found.shape, expected.shape)).max() <= 2
    rows, columns = np.minimum(found.shape, expected.shape)[:2]
    apart = np.abs(found[:rows, :columns] - expected[:rows, :columns])
    assert apart.mean() < 3  # the preview is lossy, and half a pixel may be lost to rounding


def test_a_close_look_has_the_pixels_of_the_export() -> None:
    cutout = large()
    pixels = np.ascontiguousarray(cutout[..., :3])
    recipe = replace(RECIPE, background="white", shadow=Shadow("contact"))
    webp = Previews().draw("v", recipe, 4096, cutout=large, photo=lambda: pixels)
    expected = staged(pixels, np.ascontiguousarray(cutout[..., 3]), recipe, pixels).astype(int)

    with Image.open(io.BytesIO(webp)) as image:
        found = np.asarray(image).astype(int)
    assert found.shape == expected.shape
    assert np.abs(found - expected).mean() < 3


def test_a_cutout_is_decoded_once_however_many_looks_it_gets() -> None:
    decoded = []

    def cutout() -> NDArray[np.uint8]:
        decoded.append(1)
        return large()

    previews = Previews()
    for opacity in range(10, 60, 10):
        recipe = replace(RECIPE, background="white", shadow=Shadow("soft", opacity=opacity))
        previews.draw("v", recipe, 640, cutout=cutout, photo=large)
    assert len(decoded) == 1


def test_the_cutout_that_was_looked_at_longest_ago_is_forgotten() -> None:
    decoded: list[str] = []
    small = np.dstack([mixed(soft_disc()), soft_disc()])

    def look(previews: Previews, version: str) -> None:
        def cutout() -> NDArray[np.uint8]:
            decoded.append(version)
            return small

        previews.draw(version, RECIPE, 100, cutout=cutout, photo=lambda: small)

    previews = Previews()
    for number in range(KEPT + 1):
        look(previews, str(number))
    look(previews, str(KEPT))
    look(previews, "0")

    assert decoded == [*map(str, range(KEPT + 1)), "0"]


def test_a_rough_look_is_the_fine_one_made_small() -> None:
    recipe = replace(RECIPE, background="sweep", shadow=Shadow("soft"), frame=Frame("1:1", 60))
    previews = Previews()
    fine, rough = (drawn(previews, recipe, side=side) for side in (1280, 640))

    assert (fine.shape[:2], rough.shape[:2]) == ((1280, 1280), (640, 640))
    difference = np.abs(shrunk(fine, 640).astype(int) - rough)
    assert difference.mean() < 1
    assert np.percentile(difference, 99) < 12
