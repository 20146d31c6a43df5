"""The library in the hands of its owner, and its rows over HTTP."""

import json
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from inference.recipe import Recipe
from storage.errors import NotFound
from storage.records import Sort, Status
from tests.face import ANN, BOB, Face, opened_face
from tests.test_api import uploaded
from ui.keeper import Keeper
from ui.search import Query
from ui.tally import sized

DAY = 86400.0


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models) as face:
        yield face


@pytest.fixture
def keeper(face: Face) -> Keeper:
    return Keeper(face.fitting, ANN)


async def test_rows_of_the_library_come_by_place(face: Face, photo: bytes) -> None:
    await uploaded(face, photo)
    face.work()
    image_id = face.studio.bench(ANN)[0].image.id
    async with face.browser() as browser:
        survey = (await browser.get("/listing/survey.json?text=VASE")).json()
        (mark,) = survey["marks"]
        page = await browser.get("/listing/page.json", params={"start": json.dumps(mark)})
        ids = (await browser.get("/listing/ids.json")).json()["ids"]
        odd = await browser.get("/listing/page.json", params={"start": '{"a": 1}'})
    async with face.browser("bob") as browser:
        theirs = (await browser.get("/listing/survey.json")).json()

    (row,) = page.json()["items"]
    assert survey["total"] == 1
    assert ids == [row["id"]] == [image_id]
    assert (row["name"], row["state"]) == ("vase.jpg", "done")
    assert row["thumb"].endswith("/thumb.webp")
    assert page.headers["cache-control"] == "no-store"
    assert odd.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert theirs == {"total": 0, "marks": []}


async def test_a_version_is_handed_out_under_the_name_of_its_photo(
    face: Face, keeper: Keeper, photo: bytes
) -> None:
    await uploaded(face, photo)
    face.work()
    image = face.studio.bench(ANN)[0].image
    keeper.rename(image.id, "Röte/2.jpg")
    version = keeper.shown(image.id).versions[0]
    path = f"/photos/{image.id}/versions/{version.id}/download"
    async with face.browser() as browser:
        webp = await browser.get(path, params={"format": "webp"})
        jpeg = await browser.get(path, params={"format": "jpg"})
    async with face.browser("bob") as browser:
        theirs = await browser.get(path)

    assert webp.headers["content-type"] == "image/webp"
    assert ".webp" in webp.headers["content-disposition"]
    assert (
        "/" not in webp.headers["content-disposition"].partition("filename=")[2].partition(";")[0]
    )
    assert jpeg.status_code == HTTPStatus.UNPROCESSABLE_ENTITY  # it is transparent
    assert theirs.status_code == HTTPStatus.NOT_FOUND


async def test_another_look_is_a_version_and_the_same_one_again_is_shown(
    face: Face, keeper: Keeper, photo: bytes
) -> None:
    await uploaded(face, photo)
    face.work()
    image_id = face.studio.bench(ANN)[0].image.id
    first = keeper.shown(image_id).versions[0]
    job = keeper.make(image_id, first, model="", preset="amazon-main")
    assert job.status is Status.QUEUED
    face.work()

    second = keeper.shown(image_id).versions[1]
    assert keeper.shown(image_id).holding.image.current_id == second.id
    assert Recipe.read(second.recipe).background == "#ffffff"
    keeper.restore(image_id, first.id)
    assert keeper.make(image_id, first, model="", preset="amazon-main").version_id == second.id
    assert keeper.shown(image_id).holding.image.current_id == second.id
    assert len(keeper.shown(image_id).versions) == 2


async def test_what_leaves_the_workbench_is_found_by_its_preset(
    face: Face, keeper: Keeper, photo: bytes
) -> None:
    entry_id = await uploaded(face, photo)
    face.work()
    found = [face.studio.bench(ANN)[0].image.id]
    face.fitting.take(ANN, entry_id, "etsy")
    assert keeper.ids(Query(preset="etsy")) == []
    face.studio.keep(ANN, entry_id)
    face.work()
    assert keeper.presets() == {"etsy": "Etsy listing"}
    assert keeper.ids(Query.read({"preset": "etsy"})) == found

    face.studio.dress(ANN, entry_id, {"background": "black"})  # still for the same place
    face.studio.keep(ANN, entry_id)
    face.work()
    assert keeper.ids(Query(preset="etsy")) == found
    face.fitting.take(ANN, entry_id, "")
    face.studio.dress(ANN, entry_id, {"background": "#ff0000"})
    face.studio.keep(ANN, entry_id)
    face.work()
    assert keeper.ids(Query(preset="etsy")) == []


async def test_a_version_is_taken_to_the_workbench_with_its_look(
    face: Face, keeper: Keeper, photo: bytes
) -> None:
    entry_id = await uploaded(face, photo)
    face.work()
    image_id = face.studio.bench(ANN)[0].image.id
    keeper.make(image_id, keeper.shown(image_id).versions[0], model="", preset="amazon-main")
    face.work()
    assert keeper.unfold([image_id, "0" * 32]) == entry_id  # it is there already
    (card,) = face.studio.bench(ANN)
    assert card.entry.preset == "amazon-main"
    assert Recipe.read(card.entry.recipe).background == "#ffffff"

    face.studio.clear(ANN, entry_id)
    assert face.studio.bench(ANN) == []
    placed = keeper.unfold([image_id], keeper.shown(image_id).versions[0].id)
    (card,) = face.studio.bench(ANN)
    assert (card.entry.id, card.entry.name) == (placed, "vase.jpg")
    assert Recipe.read(card.entry.recipe).transparent
    assert card.job.status is Status.DONE


async def test_what_is_purged_is_gone_from_the_disk(
    face: Face, keeper: Keeper, photo: bytes
) -> None:
    await uploaded(face, photo)
    face.work()
    (image_id,) = keeper.ids(Query())
    assert keeper.throw([image_id]) == 1
    assert (keeper.ids(Query()), keeper.trashed()) == ([], 1)

    assert Keeper(face.fitting, BOB).purge([image_id]) == 0
    assert keeper.purge(keeper.ids(Query(trashed=True))) == 1
    assert list(face.blobs.listing()) == []
    with pytest.raises(NotFound):
        keeper.shown(image_id)


def test_a_view_is_said_by_its_address_and_odd_addresses_are_passed_over() -> None:
    view = Query(
        text="blue bowl", collection="c", doubtful=True, days=7, trashed=True, sort=Sort.NAME
    )

    assert view.address == "text=blue+bowl&collection=c&doubtful=1&days=7&trashed=1&sort=name"
    assert Query.read(dict(pair.split("=") for pair in view.address.split("&"))).days == 7
    assert Query().address == ""
    assert Query.read({"sort": "sideways", "days": "9000", "text": "x" * 999}) == Query(
        text="x" * 200
    )


def test_days_begin_at_midnight() -> None:
    now = 1_760_000_000.0
    since = Query(days=1).search(now).since
    week = Query(days=7).search(now).since

    assert since
    assert week
    assert now - DAY < since <= now
    assert since - week == pytest.approx(6 * DAY, abs=3600)  # a change of the clock may be between
    assert Query().search(now).since is None


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "0 kB"), (1, "1 kB"), (230_000_000, "230 MB"), (1_240_000_000, "1.2 GB")],
)
def test_sizes_are_told_as_people_read_them(count: int, told: str) -> None:
    assert sized(count) == told
