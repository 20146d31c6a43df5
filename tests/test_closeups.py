"""Large pictures by the tile: exact where it matters, and to their owner alone."""

import io
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from inference.closeups import SIDE, Closeups
from inference.recipe import Recipe
from storage.errors import NotFound
from tests.face import ANN, Face, opened_face
from tests.test_api import uploaded


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models) as face:
        yield face


@pytest.fixture(scope="module")
def large() -> NDArray[np.uint8]:
    """1300 x 900 with straight alpha, and nothing in one half."""
    pixels = np.random.default_rng(3).integers(0, 256, (900, 1300, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[:, 900:] = 0
    return pixels


def opened(data: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))


def test_tiles_of_the_first_level_are_the_picture(large: NDArray[np.uint8]) -> None:
    rows = [np.hstack([opened(Closeups.tile(large, 0, x, y)) for x in range(3)]) for y in range(2)]

    assert (np.vstack(rows) == large).all()


def test_each_level_is_half_as_large(large: NDArray[np.uint8]) -> None:
    assert opened(Closeups.tile(large, 1, 0, 0)).shape == (450, SIDE, 4)
    assert opened(Closeups.tile(large, 1, 1, 0)).shape == (450, 138, 4)
    assert opened(Closeups.tile(large, 2, 0, 0)).shape == (225, 325, 4)
    assert opened(Closeups.tile(large, 2, 0, 0))[:200, :200, :3].mean() == pytest.approx(127, abs=8)


@pytest.mark.parametrize("place", [(0, 3, 0), (0, 0, 2), (1, 2, 0), (9, 0, 0), (0, 99999, 0)])
def test_beside_the_picture_there_is_no_tile(
    place: tuple[int, int, int], large: NDArray[np.uint8]
) -> None:
    with pytest.raises(NotFound):
        Closeups.tile(large, *place)


async def test_photo_cutout_and_look_are_seen_in_tiles(face: Face, photo: bytes) -> None:
    entry_id = await uploaded(face, photo)
    face.work()
    face.studio.dress(ANN, entry_id, {"frame": {"canvas": "900x700", "fill": 80}})
    [card] = face.studio.bench(ANN)
    recipe = Recipe.read(card.entry.recipe)
    async with face.browser() as browser:
        for path, size in {
            f"/photos/{card.image.id}": (640, 480),
            f"/versions/{card.job.version_id}": (640, 480),
            f"/entries/{entry_id}/looks/{recipe.key[:32]}": (900, 700),
            f"/entries/{entry_id}/bare/{recipe.bare.key[:32]}": (640, 480),
        }.items():
            told = (await browser.get(f"{path}/tiles")).json()
            first = await browser.get(f"{path}/tiles/0/0/0.webp")
            again = await browser.get(
                f"{path}/tiles/0/0/0.webp", headers={"If-None-Match": first.headers["etag"]}
            )
            outside = await browser.get(f"{path}/tiles/0/9/9.webp")
            odd = await browser.get(f"{path}/tiles/0/-1/x.webp")

            assert (told["width"], told["height"], told["side"]) == (*size, SIDE)
            assert Image.open(io.BytesIO(first.content)).size == (SIDE, min(SIDE, size[1]))
            assert first.headers["cache-control"] == "private, max-age=31536000, immutable"
            assert again.status_code == HTTPStatus.NOT_MODIFIED
            assert outside.status_code == odd.status_code == HTTPStatus.NOT_FOUND
        stale = await browser.get(f"/entries/{entry_id}/looks/{'0' * 32}/tiles/0/0/0.webp")

    assert stale.headers["cache-control"] == "no-store"


async def test_a_tile_is_shown_to_nobody_else(face: Face, photo: bytes) -> None:
    entry_id = await uploaded(face, photo)
    face.work()
    [card] = face.studio.bench(ANN)
    async with face.browser() as ann, face.browser("bob") as bob:
        for path in (
            f"/photos/{card.image.id}",
            f"/versions/{card.job.version_id}",
            f"/entries/{entry_id}/looks/{'0' * 32}",
            f"/entries/{entry_id}/bare/{'0' * 32}",
        ):
            assert (await ann.get(f"{path}/tiles/0/0/0.webp")).status_code == HTTPStatus.OK
            for below in ("tiles", "tiles/0/0/0.webp"):
                answer = await bob.get(f"{path}/{below}")
                assert answer.status_code == HTTPStatus.NOT_FOUND


async def test_pictures_are_let_go_when_nobody_looks_any_more(face: Face, photo: bytes) -> None:
    await uploaded(face, photo)
    [card] = face.studio.bench(ANN)
    async with face.browser() as browser:
        await browser.get(f"/photos/{card.image.id}/tiles")

    assert not face.studio.lab().closeups.shelf.clear(60.0)
    assert face.studio.lab().closeups.shelf.clear()
