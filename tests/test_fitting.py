"""Presets in the hands of the workbench: look, check, fix and download, with a real library."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inference.compliance import broken
from inference.errors import RecipeRejected
from inference.fitting import Fitting
from inference.look import Frame
from inference.recipe import Recipe
from inference.worker import Workers
from storage.errors import NotFound
from tests.face import ANN, BOB, Face, opened_face

SMALL = """coveshot = 1
background = "picture wall.png"

[frame]
canvas = "400x400"
fill = 90

[output]
format = "jpg"

[rules]
most_megabytes = 0.012
"""


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models) as face:
        yield face


@pytest.fixture
def entry_id(face: Face, tmp_path: Path, photo: bytes) -> str:
    (tmp_path / "vase.jpg").write_bytes(photo)
    entry = face.studio.arrive(ANN, tmp_path / "vase.jpg", name="vase.jpg")
    face.work()
    return entry.id


@pytest.fixture
def own(face: Face, tmp_path: Path) -> Fitting:
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "small.toml").write_text(SMALL)
    rng = np.random.default_rng(4)
    noise = rng.integers(0, 255, (300, 400, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "presets" / "wall.png")
    return face.fitting


def working(face: Face) -> Workers:
    workers = Workers(face.studio, face.library)
    workers.start()
    return workers


def test_a_preset_brings_its_look_and_its_picture(own: Fitting, entry_id: str) -> None:
    entry = own.take(ANN, entry_id, "small")

    recipe = Recipe.read(entry.recipe)
    assert recipe.frame == Frame("400x400", 90)
    _, preview = own.studio.lab().prints.look_preview(ANN, entry_id, 200)
    with Image.open(io.BytesIO(preview)) as image:
        assert np.asarray(image.convert("RGB"))[:20, :20].std() > 10


def test_a_download_for_a_preset_is_made_small_enough(
    face: Face, own: Fitting, entry_id: str
) -> None:
    own.take(ANN, entry_id, "small")
    face.studio.dress(ANN, entry_id, {"background": "white"})
    workers = working(face)
    export = own.export(ANN, entry_id, "small")
    workers.close()

    assert export.name == "vase.jpg"
    assert len(export.data) <= 12_000
    with Image.open(io.BytesIO(export.data)) as image:
        assert image.size == (400, 400)


def test_checking_makes_no_version_and_changes_nothing(face: Face, entry_id: str) -> None:
    [before] = face.studio.bench(ANN)

    held = face.fitting.check(ANN, entry_id, "shopify")

    assert {one.rule for one in broken(held.found)} == {"ratio", "least_side"}
    assert face.studio.bench(ANN) == [before]


def test_fixing_changes_the_look_alone(face: Face, entry_id: str) -> None:
    held = face.fitting.fix(ANN, entry_id, "google-merchant")

    assert [one.rule for one in broken(held.found)] == ["least_side"]  # pixels are not made up
    [card] = face.studio.bench(ANN)
    recipe = Recipe.read(card.entry.recipe)
    assert recipe.frame.fill == 76  # as little as may be: that leaves the most pixels
    assert recipe.cutout == Recipe.read(card.job.recipe)


def test_others_and_unknown_presets_get_nothing(face: Face, entry_id: str) -> None:
    with pytest.raises(NotFound):
        face.fitting.check(BOB, entry_id, "shopify")
    with pytest.raises(RecipeRejected, match="amazon-main"):
        face.fitting.take(ANN, entry_id, "amazone")


async def test_the_page_downloads_for_a_preset(face: Face, entry_id: str) -> None:
    face.fitting.take(ANN, entry_id, "ebay")
    async with face.browser() as browser:
        workers = working(face)
        answer = await browser.get(f"/entries/{entry_id}/download", params={"preset": "ebay"})
        unknown = await browser.get(f"/entries/{entry_id}/download", params={"preset": "x"})
        workers.close()

    assert answer.headers["content-type"] == "image/jpeg"
    with Image.open(io.BytesIO(answer.content)) as image:
        assert image.size == (1600, 1600)
    assert unknown.status_code == 422


def test_an_enlarged_photo_is_measured_in_its_own_size_while_edges_are_tried(
    face: Face, entry_id: str, photo: bytes
) -> None:
    with Image.open(io.BytesIO(photo)) as image:
        twice = (2 * image.width, 2 * image.height)
    face.studio.dress(ANN, entry_id, {"upscale": 2})
    face.work()
    face.studio.dress(ANN, entry_id, {"feather": 2.0})

    file = face.fitting.check(ANN, entry_id, "catalogue").file
    assert (file.width, file.height) == twice
