"""The photos of the workbench as the filmstrip asks for them."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from storage.records import Entry
from tests.face import ANN, Face, opened_face

Add = Callable[[str], Entry]


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models) as face:
        yield face


@pytest.fixture
def add(face: Face, tmp_path: Path, photo: bytes) -> Add:
    def add(name: str) -> Entry:
        file = tmp_path / "photo.jpg"
        file.write_bytes(photo + name.encode())
        return face.studio.arrive(ANN, file, name=name, folder="shop")

    return add


async def test_a_strip_that_knows_nothing_gets_all_photos(face: Face, add: Add) -> None:
    one, other = add("vase.jpg"), add("bowl.jpg")
    async with face.browser() as browser:
        told = (await browser.get("/strip?since=0")).json()

    assert told["whole"]
    assert told["gone"] == []
    assert told["rows"] == [
        [each.id, each.name, "shop", "waiting", "", 0, "", "", each.created_at, 0]
        for each in (one, other)
    ]


async def test_a_strip_is_told_what_has_changed_since_it_asked(face: Face, add: Add) -> None:
    one, other = add("vase.jpg"), add("bowl.jpg")
    async with face.browser() as browser:
        tick = (await browser.get("/strip?since=0")).json()["tick"]
        face.studio.clear(ANN, other.id)
        face.work()
        told = (await browser.get(f"/strip?since={tick}")).json()

    [row] = told["rows"]
    assert not told["whole"]
    assert told["gone"] == [other.id]
    assert (row[0], row[3]) == (one.id, "done")


async def test_what_has_not_changed_is_not_sent_again(face: Face, add: Add) -> None:
    add("vase.jpg")
    async with face.browser() as browser:
        first = await browser.get("/strip?since=0")
        known = {"If-None-Match": first.headers["etag"]}
        again = await browser.get("/strip?since=0", headers=known)
        face.work()
        later = await browser.get("/strip?since=0", headers=known)

    assert again.status_code == HTTPStatus.NOT_MODIFIED
    assert again.content == b""
    assert later.status_code == HTTPStatus.OK


@pytest.mark.parametrize("since", ["", "-1", "many", "9" * 15, "9" * 5000])
async def test_an_odd_tick_means_nothing_is_known(face: Face, add: Add, since: str) -> None:
    add("vase.jpg")
    async with face.browser() as browser:
        told = (await browser.get("/strip", params={"since": since})).json()

    assert told["whole"]
    assert len(told["rows"]) == 1


async def test_nobody_sees_the_photos_of_another(face: Face, add: Add) -> None:
    add("vase.jpg")
    async with face.browser("bob") as browser:
        told = (await browser.get("/strip?since=0")).json()

    assert told["rows"] == []


async def test_what_a_browser_keeps_of_one_account_is_no_answer_for_another(face: Face) -> None:
    async with face.browser("ann") as browser:
        tag = (await browser.get("/strip?since=0")).headers["etag"]
    async with face.browser("bob") as browser:
        other = await browser.get("/strip?since=0", headers={"If-None-Match": tag})

    assert other.status_code == HTTPStatus.OK
    assert other.headers["etag"] != tag
