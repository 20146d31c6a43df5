"""The brush over HTTP and through the Studio: strokes are kept, named, and never paid for twice."""

import io
import time
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from inference.errors import RecipeRejected
from inference.paint import read_strokes, written_strokes
from inference.preset import Preset
from inference.recipe import Recipe
from inference.recipe_file import read, written
from storage.doctor import examine
from storage.library import STROKES_SECONDS, Library
from storage.records import Status
from tests.face import ANN, Face, opened_face
from tests.test_api import uploaded

Bytes = NDArray[np.uint8]
SIZE = (640, 480)


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models) as face:
        yield face


def scribble(white: int = 255, strength: int = 255) -> bytes:
    layer = np.zeros((480, 640, 2), np.uint8)
    layer[10:60, 20:120] = (white, strength)
    return written_strokes(layer)


async def sent(
    face: Face, entry_id: str, png: bytes, owner: str = "ann", query: str = ""
) -> httpx.Response:
    async with face.browser(owner) as browser:
        return await browser.post(f"/entries/{entry_id}/strokes{query}", content=png)


def alpha(face: Face) -> Bytes:
    [card] = face.studio.bench(ANN)
    assert card.job.status is Status.DONE, card.job.says
    return face.studio.lab().cuts.subject(ANN, card.entry.id).alpha


def recipe(face: Face) -> Recipe:
    return Recipe.read(face.studio.bench(ANN)[0].entry.recipe)


def inferences(face: Face) -> int:
    return sum(matter.calls for matter in face.stage.opened)


async def test_strokes_are_the_last_word_and_cost_no_inference(face: Face, photo: bytes) -> None:
    entry_id = await uploaded(face, photo)
    face.work()
    first = face.studio.bench(ANN)[0].job
    before, paid = alpha(face), inferences(face)
    answer = await sent(face, entry_id, scribble(255, 128))

    assert face.library.records.start("test") is None  # what is painted makes no version
    assert face.studio.bench(ANN)[0].job == first

    assert answer.json() == {"strokes": recipe(face).strokes}
    after = alpha(face)
    expected = before[10:60, 20:120] + (255.0 - before[10:60, 20:120]) * 128 / 255
    assert np.abs(after[10:60, 20:120] - expected).max() <= 0.5
    after = after.copy()
    after[10:60, 20:120] = before[10:60, 20:120]
    assert (after == before).all()
    assert inferences(face) == paid


async def test_a_change_of_look_or_shape_keeps_the_strokes_and_costs_no_inference(
    face: Face, photo: bytes
) -> None:
    entry_id = await uploaded(face, photo)
    face.work()
    await sent(face, entry_id, scribble(0))
    paid = inferences(face)
    face.studio.dress(ANN, entry_id, {"background": "white"})
    face.studio.dress(ANN, entry_id, {"feather": 3.0, "shift": 2.0})
    face.work()

    assert recipe(face).strokes
    assert (alpha(face)[10:60, 20:120] == 0).all()
    assert inferences(face) == paid


async def test_a_change_of_model_keeps_the_strokes(face: Face, photo: bytes) -> None:
    entry_id = await uploaded(face, photo)
    face.work()
    await sent(face, entry_id, scribble(255))
    face.studio.choose(ANN, entry_id, replace(recipe(face), weights="", precision="f16"))
    face.work()

    assert recipe(face).precision == "f16"
    assert (alpha(face)[10:60, 20:120] == 255).all()


async def test_without_paint_there_are_no_strokes(face: Face, photo: bytes) -> None:
    entry_id = await uploaded(face, photo)
    face.work()
    first = face.studio.bench(ANN)[0].job
    await sent(face, entry_id, scribble())
    await sent(face, entry_id, scribble(255, 0))

    assert recipe(face).strokes == ""
    assert face.studio.bench(ANN)[0].job == first


async def test_strokes_come_back_as_they_were_sent(face: Face, photo: bytes) -> None:
    entry_id = await uploaded(face, photo)
    async with face.browser() as browser:
        none = await browser.get(f"/entries/{entry_id}/strokes.png")
        await sent(face, entry_id, scribble(7, 90))
        some = await browser.get(f"/entries/{entry_id}/strokes.png")

    assert none.status_code == HTTPStatus.NO_CONTENT
    assert (read_strokes(some.content, SIZE) == read_strokes(scribble(7, 90), SIZE)).all()


async def test_strokes_are_objects_that_the_doctor_knows(face: Face, photo: bytes) -> None:
    entry_id = await uploaded(face, photo)
    await sent(face, entry_id, scribble())
    face.work()
    [kept] = [key for key, _ in face.blobs.listing() if "/strokes/" in key]

    assert examine(face.library.records, face.blobs).healthy
    assert recipe(face).strokes.startswith(Path(kept).stem.partition("-")[0])
    face.blobs.remove(kept)
    assert examine(face.library.records, face.blobs).missing == (kept,)


async def test_strokes_that_were_begun_over_others_are_not_laid_over_those_that_are_there(
    face: Face, photo: bytes
) -> None:
    entry_id = await uploaded(face, photo)
    face.work()
    first = (await sent(face, entry_id, scribble(), query="?over=")).json()["strokes"]
    late = await sent(face, entry_id, scribble(0), query="?over=")
    assert late.status_code == HTTPStatus.CONFLICT
    assert "another window" in late.json()["says"]
    assert recipe(face).strokes == first

    second = await sent(face, entry_id, scribble(0), query=f"?over={first}")
    async with face.browser("ann") as browser:
        now = await browser.get(f"/entries/{entry_id}/strokes.png")
        before = await browser.get(f"/entries/{entry_id}/strokes.png?name={first}")
        unknown = await browser.get(f"/entries/{entry_id}/strokes.png?name={'0' * 64}")
    assert now.headers["X-Strokes"] == second.json()["strokes"] != first
    assert (before.headers["X-Strokes"], before.content) == (first, scribble())
    assert unknown.status_code == HTTPStatus.NOT_FOUND


async def test_strokes_that_no_recipe_names_go_after_a_day(face: Face, photo: bytes) -> None:
    entry_id = await uploaded(face, photo)
    face.work()
    for white in (255, 0):
        await sent(face, entry_id, scribble(white))
    face.library.sweep()
    kept = [key for key, _ in face.blobs.listing() if "/strokes/" in key]
    assert len(kept) == 2
    usage = face.library.usage(ANN.scope)
    assert usage.strokes.bytes == sum(face.blobs.size(key) for key in kept)

    later = time.time() + STROKES_SECONDS + 1
    Library(face.library.records, face.blobs, clock=lambda: later).sweep()
    [left] = [key for key, _ in face.blobs.listing() if "/strokes/" in key]
    assert recipe(face).strokes.startswith(Path(left).stem.partition("-")[0])
    assert (alpha(face)[10:60, 20:120] == 0).all()
    assert examine(face.library.records, face.blobs).healthy


async def test_strokes_whose_file_is_gone_fail_with_a_sentence(face: Face, photo: bytes) -> None:
    entry_id = await uploaded(face, photo)
    face.work()
    await sent(face, entry_id, scribble())
    [kept] = [key for key, _ in face.blobs.listing() if "/strokes/" in key]
    face.blobs.remove(kept)
    with pytest.raises(RecipeRejected, match="Paint them again"):
        alpha(face)

    failed = face.studio.keep(ANN, entry_id)
    face.work()
    assert "strokes" in face.studio.jobs.look(ANN, failed).says
    await sent(face, entry_id, scribble())
    assert (alpha(face)[10:60, 20:120] == 255).all()


async def test_an_export_has_the_strokes(face: Face, photo: bytes) -> None:
    entry_id = await uploaded(face, photo)
    face.work()
    await sent(face, entry_id, scribble(255))
    face.studio.keep(ANN, entry_id)  # nobody works beside this test
    face.work()
    async with face.browser() as browser:
        answer = await browser.get(f"/entries/{entry_id}/download?format=png")

    pixels = np.asarray(Image.open(io.BytesIO(answer.content)))
    assert (pixels[10:60, 20:120, 3] == 255).all()


async def test_a_look_has_the_strokes(face: Face, photo: bytes) -> None:
    entry_id = await uploaded(face, photo)
    face.work()
    await sent(face, entry_id, scribble())
    key = recipe(face).key[:32]
    async with face.browser() as browser:
        answer = await browser.get(f"/entries/{entry_id}/looks/{key}/preview.webp?side=640")

    pixels = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))
    assert pixels.shape[:2] == (480, 640)
    assert (pixels[15:55, 25:115, 3] == 255).all()


async def test_before_the_strokes_stays_as_it_was(face: Face, photo: bytes) -> None:
    entry_id = await uploaded(face, photo)
    face.work()
    before = alpha(face)
    await sent(face, entry_id, scribble())
    face.work()
    async with face.browser() as browser:
        answer = await browser.get(
            f"/entries/{entry_id}/bare/{recipe(face).bare.key[:32]}/tiles/0/0/0.webp"
        )

    pixels = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))
    assert (pixels[..., 3] == before[:512, :512]).all()


@pytest.mark.parametrize(
    ("png", "status"),
    [
        (b"", HTTPStatus.UNPROCESSABLE_ENTITY),
        (b"no picture at all, just words" * 9, HTTPStatus.UNPROCESSABLE_ENTITY),
        (written_strokes(np.zeros((480, 641, 2), np.uint8)), HTTPStatus.UNPROCESSABLE_ENTITY),
        (scribble()[:200], HTTPStatus.UNPROCESSABLE_ENTITY),
        (bytes(33_000_000), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    ],
)
async def test_hostile_strokes_are_refused_and_nothing_is_kept(
    face: Face, photo: bytes, png: bytes, status: HTTPStatus
) -> None:
    entry_id = await uploaded(face, photo)
    answer = await sent(face, entry_id, png)

    assert answer.status_code == status
    assert answer.json()["says"]
    assert recipe(face).strokes == ""
    assert not [key for key, _ in face.blobs.listing() if "/strokes/" in key]
    assert not list(face.inbox.iterdir())


async def test_nobody_paints_on_the_photo_of_another(face: Face, photo: bytes) -> None:
    entry_id = await uploaded(face, photo)
    face.work()
    async with face.browser("bob") as bob:
        answers = [
            await bob.post(f"/entries/{entry_id}/strokes", content=scribble()),
            await bob.get(f"/entries/{entry_id}/strokes.png"),
            await bob.get(f"/entries/{entry_id}/parts/hole.png?x=0.5&y=0.5"),
        ]

    assert {answer.status_code for answer in answers} == {HTTPStatus.NOT_FOUND}


async def test_a_hole_is_handed_out_in_its_box(face: Face, photo: bytes) -> None:
    """The hole is one that the brush has made: what is painted counts."""
    entry_id = await uploaded(face, photo)
    face.work()
    layer = np.zeros((480, 640, 2), np.uint8)
    layer[200:400, 200:500] = 255
    layer[300:320, 310:350] = (0, 255)
    await sent(face, entry_id, written_strokes(layer))
    async with face.browser() as browser:
        place = {"x": 330 / 640, "y": 310 / 480}
        answer = await browser.get(f"/entries/{entry_id}/parts/hole.png", params=place)
        none = await browser.get(f"/entries/{entry_id}/parts/hole.png?x=0.4&y=0.5")
        odd = await browser.get(f"/entries/{entry_id}/parts/hole.png?x=nan&y=0.5")
        other = await browser.get(f"/entries/{entry_id}/parts/dog.png?x=0.5&y=0.5")

    assert answer.headers["x-place"] == "310 300"
    assert Image.open(io.BytesIO(answer.content)).size == (40, 20)
    assert none.status_code == odd.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "whole here" in none.json()["says"]
    assert other.status_code == HTTPStatus.NOT_FOUND


def test_strokes_go_into_no_recipe_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.coveshot.toml"
    file.write_text(written(Preset("mine", Recipe(feather=2.0, strokes="a" * 64))))
    text = file.read_text()

    assert "strokes" not in text
    assert read(file).recipe == Recipe(feather=2.0)
    file.write_text(f'{text}strokes = "{"a" * 64}"\n')
    with pytest.raises(RecipeRejected, match="strokes is not a setting"):
        read(file)


def test_a_file_is_not_cut_with_the_strokes_of_a_photo(face: Face, photo: bytes) -> None:
    with pytest.raises(RecipeRejected, match="workbench"):
        face.studio.lab().cuts.cut(ANN, photo, Recipe(strokes="a" * 64))
