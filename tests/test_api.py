"""Pictures out over HTTP: to their owner alone, and once."""

import io
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import pytest
from PIL import Image

from inference.look import Frame
from inference.recipe import Recipe
from tests.face import ANN, Face, opened_face

UNKNOWN = "0" * 32


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models) as face:
        yield face


async def uploaded(face: Face, photo: bytes, owner: str = "ann") -> str:
    async with face.browser(owner) as browser:
        answer = await browser.post("/upload", params={"name": "vase.jpg"}, content=photo)
        return str(answer.json()["id"])


async def test_a_picture_is_sent_once_and_then_known(face: Face, photo: bytes) -> None:
    await uploaded(face, photo)
    path = f"/photos/{face.studio.bench(ANN)[0].image.id}/preview.webp"
    async with face.browser() as browser:
        first = await browser.get(path, params={"side": 320})
        again = await browser.get(
            path, params={"side": 320}, headers={"If-None-Match": first.headers["etag"]}
        )
        other = await browser.get(
            path, params={"side": 200}, headers={"If-None-Match": first.headers["etag"]}
        )

    assert Image.open(io.BytesIO(first.content)).size == (320, 240)
    assert first.headers["content-type"] == "image/webp"
    assert first.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert (again.status_code, again.content) == (HTTPStatus.NOT_MODIFIED, b"")
    assert Image.open(io.BytesIO(other.content)).size == (200, 150)


async def test_a_cutout_is_shown_large_and_small(face: Face, photo: bytes) -> None:
    await uploaded(face, photo)
    face.work()
    path = f"/versions/{face.studio.bench(ANN)[0].job.version_id}"
    async with face.browser() as browser:
        large = await browser.get(f"{path}/preview.webp", params={"side": 500})
        small = await browser.get(f"{path}/thumb.webp")

    assert Image.open(io.BytesIO(large.content)).mode == "RGBA"
    assert max(Image.open(io.BytesIO(large.content)).size) == 500
    assert max(Image.open(io.BytesIO(small.content)).size) <= 320


async def test_a_look_is_shown_to_its_owner_until_another_is_chosen(
    face: Face, photo: bytes
) -> None:
    await uploaded(face, photo)
    face.work()
    [card] = face.studio.bench(ANN)
    wanted = replace(Recipe.read(card.entry.recipe), background="sweep", frame=Frame("1:1", 80))
    face.studio.choose(ANN, card.entry.id, wanted)
    path = f"/entries/{card.entry.id}/looks/{wanted.key[:32]}/preview.webp"
    async with face.browser() as browser, face.browser("bob") as other:
        shown = await browser.get(path, params={"side": 300})
        foreign = await other.get(path)
        face.studio.choose(ANN, card.entry.id, replace(wanted, frame=Frame("1:2", 80)))
        moved_on = await browser.get(path)

    picture = Image.open(io.BytesIO(shown.content))
    assert picture.mode == "RGB"
    assert picture.width == picture.height <= 300
    assert "immutable" in shown.headers["cache-control"]
    assert foreign.status_code == HTTPStatus.NOT_FOUND
    newer = Image.open(io.BytesIO(moved_on.content))
    assert newer.height > newer.width
    assert moved_on.headers["cache-control"] == "no-store"  # this address was for another look


@pytest.mark.parametrize(("side", "width"), [("1", 160), ("999999", 640)])
async def test_a_side_out_of_range_is_brought_into_it(
    face: Face, photo: bytes, side: str, width: int
) -> None:
    await uploaded(face, photo)
    path = f"/photos/{face.studio.bench(ANN)[0].image.id}/preview.webp"
    async with face.browser() as browser:
        answer = await browser.get(path, params={"side": side})

    assert Image.open(io.BytesIO(answer.content)).width == width


@pytest.mark.parametrize("side", ["", "wide", "-5", "1e3", "²", "9" * 5000])
async def test_a_side_that_is_no_number_is_refused_with_a_sentence(face: Face, side: str) -> None:
    async with face.browser() as browser:
        answer = await browser.get(f"/photos/{UNKNOWN}/preview.webp", params={"side": side})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "pixels" in answer.json()["says"]


async def test_what_is_somebody_elses_looks_like_what_is_not_there(
    face: Face, photo: bytes
) -> None:
    entry_id = await uploaded(face, photo)
    face.work()
    card = face.studio.bench(ANN)[0]
    paths = {
        f"/photos/{card.image.id}/preview.webp": f"/photos/{UNKNOWN}/preview.webp",
        f"/versions/{card.job.version_id}/preview.webp": f"/versions/{UNKNOWN}/preview.webp",
        f"/versions/{card.job.version_id}/thumb.webp": f"/versions/{UNKNOWN}/thumb.webp",
        f"/entries/{entry_id}/download": f"/entries/{UNKNOWN}/download",
        f"/download.zip?entry={entry_id}": f"/download.zip?entry={UNKNOWN}",
    }
    async with face.browser("bob") as browser:
        for foreign, unknown in paths.items():
            seen = await browser.get(foreign, headers={"If-None-Match": "*"})
            absent = await browser.get(unknown)

            assert seen.status_code == absent.status_code == HTTPStatus.NOT_FOUND, foreign
            assert seen.content == absent.content


@pytest.mark.parametrize(
    "picture", ["1", "x" * 32, UNKNOWN.upper() + "F", "..%2f..%2fsecret", "%00"]
)
async def test_an_id_that_cannot_be_one_is_not_found(face: Face, picture: str) -> None:
    async with face.browser() as browser:
        answer = await browser.get(f"/photos/{picture}/preview.webp")

    assert answer.status_code == HTTPStatus.NOT_FOUND


async def test_health_is_told_to_anybody_and_is_all_that_the_schema_shows(face: Face) -> None:
    async with face.browser("a stranger") as browser:
        answer = await browser.get("/healthz")
        head = await browser.head("/healthz")

    assert answer.json() == {"ok": True, "version": "1.2.3"}
    assert head.status_code == HTTPStatus.OK
    assert set(face.app.openapi()["paths"]) == {"/healthz"}
