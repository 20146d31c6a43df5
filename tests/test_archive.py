"""Cutouts out over HTTP: one file, or a ZIP of the workbench with a manifest."""

import io
import json
import tracemalloc
import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from inference.errors import NotDone
from inference.output import Export, File, Output
from inference.recipe import Recipe
from inference.recipe_file import read
from inference.worker import Workers
from storage.records import Card, Status
from tests.face import ANN, PORT, Face, opened_face
from ui.api.answers import attachment
from ui.api.archive import MOST_BYTES, packed
from ui.shipment import NO_JPEG, Draw, Shipment

OWN = {"Origin": f"http://127.0.0.1:{PORT}"}
SHOP = [("vase.jpg", "shop"), ("vase.png", "shop"), ("Vase.jpg", "shop/new"), ("Krug Ü.jpg", "")]


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models) as face:
        yield face


@pytest.fixture
def shop(face: Face, photo: bytes, tmp_path: Path) -> list[Card]:
    """Four photos on the workbench, cut out."""
    for number, (name, folder) in enumerate(SHOP):
        file = tmp_path / f"{number}.jpg"
        file.write_bytes(with_mark(photo, number))
        face.studio.arrive(ANN, file, name=name, folder=folder)
    face.work()
    return face.studio.bench(ANN)


def with_mark(photo: bytes, number: int) -> bytes:
    """A photo that differs from the others in one corner."""
    pixels = np.asarray(Image.open(io.BytesIO(photo))).copy()
    pixels[:8, :8] = 50 * number
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG")
    return file.getvalue()


def opened_zip(answer: httpx.Response) -> zipfile.ZipFile:
    assert answer.status_code == HTTPStatus.OK
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return archive


def manifest(archive: zipfile.ZipFile) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = json.loads(archive.read("manifest.json"))
    return lines


def always(picture: bytes) -> Draw:
    """Draw the same for every photo."""
    return lambda _card, _output: Export("x.png", "image/png", File(picture, 640, 480))


async def test_a_cutout_is_saved_under_the_name_of_its_photo(face: Face, shop: list[Card]) -> None:
    async with face.browser() as browser:
        answer = await browser.get(
            f"/entries/{shop[3].entry.id}/download", params={"format": "webp"}
        )

    assert Image.open(io.BytesIO(answer.content)).format == "WEBP"
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Krug U.webp\"; filename*=UTF-8''Krug%20%C3%9C.webp"
    )


async def test_a_format_that_is_none_is_refused_with_the_names_of_those_that_are(
    face: Face, shop: list[Card]
) -> None:
    async with face.browser() as browser:
        answer = await browser.get(f"/entries/{shop[0].entry.id}/download?format=gif")

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "png" in answer.json()["says"]


async def test_a_cutout_without_background_cannot_be_a_jpeg(face: Face, shop: list[Card]) -> None:
    async with face.browser() as browser:
        answer = await browser.get(f"/entries/{shop[0].entry.id}/download?format=jpg")

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.json()["says"].endswith(".")


@pytest.mark.usefixtures("shop")
async def test_the_archive_keeps_folders_and_gives_each_photo_a_name_of_its_own(
    face: Face,
) -> None:
    async with face.browser() as browser:
        answer = await browser.get("/download.zip")

    assert 'filename="cutouts.zip"' in answer.headers["content-disposition"]
    assert opened_zip(answer).namelist() == [
        "shop/vase.png",
        "shop/vase (2).png",
        "shop/new/Vase.png",
        "Krug Ü.png",
        "manifest.json",
    ]


async def test_the_manifest_tells_how_each_cutout_came_to_be(face: Face, shop: list[Card]) -> None:
    async with face.browser() as browser:
        archive = opened_zip(await browser.get("/download.zip"))

    line = manifest(archive)[1]
    recipe = Recipe.read(shop[1].entry.recipe)
    assert line == {
        "file": "shop/vase (2).png",
        "name": "vase.png",
        "folder": "shop",
        "sha256": shop[1].image.sha256,
        "op_key": recipe.op_key,
        "recipe": json.loads(recipe.canonical),
        "width": 640,
        "height": 480,
        "bytes": archive.getinfo("shop/vase (2).png").file_size,
        "status": "done",
        "says": "",
        "doubt": "",
    }


async def test_what_is_not_done_is_left_out_and_named(
    face: Face, shop: list[Card], photo: bytes, tmp_path: Path
) -> None:
    late = tmp_path / "late.jpg"
    late.write_bytes(photo)
    face.studio.arrive(ANN, late, name="late.jpg")
    async with face.browser() as browser:
        archive = opened_zip(await browser.get("/download.zip"))

    line = manifest(archive)[-1]
    assert len(archive.namelist()) == len(shop) + 1
    assert (line["file"], line["bytes"], line["status"]) == (None, None, "queued")
    assert line["says"] == "It waits for its turn."


async def test_the_archive_holds_the_photos_that_were_chosen(face: Face, shop: list[Card]) -> None:
    chosen = {"entry": [shop[0].entry.id, shop[3].entry.id]}
    async with face.browser() as browser:
        archive = opened_zip(await browser.get("/download.zip", params=chosen))

    assert archive.namelist() == ["shop/vase.png", "Krug Ü.png", "manifest.json"]


async def test_a_form_says_how_photos_leave(face: Face, shop: list[Card]) -> None:
    form = {"entries": ",".join(card.entry.id for card in shop[:3]), "format": "keep"}
    form["name"] = "{n} {name} {width}x{height}"
    async with face.browser() as browser:
        answer = await browser.post("/download.zip", data=form, headers=OWN)
        allowed = await browser.post("/download.zip?check=yes", data=form, headers=OWN)
    archive = opened_zip(answer)

    assert allowed.status_code == HTTPStatus.NO_CONTENT
    assert archive.namelist() == [
        "1 vase 640x480.png",
        "2 vase 640x480.png",
        "3 Vase 640x480.png",
        "manifest.json",
    ]
    assert manifest(archive)[0]["says"] == NO_JPEG


async def test_photos_leave_in_their_own_format_where_it_can_show_them(
    face: Face, shop: list[Card]
) -> None:
    face.studio.choose(ANN, shop[0].entry.id, Recipe(background="white"))
    workers = Workers(face.studio, face.library)
    workers.start()
    async with face.browser() as browser:
        archive = opened_zip(await browser.get("/download.zip?format=keep"))
    workers.close()

    assert archive.namelist()[:2] == ["shop/vase.jpg", "shop/vase.png"]
    assert [line["says"] for line in manifest(archive)[:2]] == ["", NO_JPEG]


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"name": "{colour}"}, "is no template for names"),
        ({"name": "{sku}"}, "Leave it out here"),
        ({"format": "gif"}, "is not a format"),
        ({"entries": "0" * 32}, "not on the workbench"),
    ],
)
@pytest.mark.usefixtures("shop")
async def test_what_cannot_leave_so_is_said_before(
    face: Face, form: dict[str, str], says: str
) -> None:
    async with face.browser() as browser:
        answer = await browser.post("/download.zip?check=yes", data=form, headers=OWN)

    assert answer.status_code in {HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND}
    assert says in answer.json()["says"]


async def test_a_form_that_does_not_end_is_left(face: Face) -> None:
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1_000_000
            yield b"," * 1_000_000

    async with face.browser() as browser:
        answer = await browser.post("/download.zip", content=pieces(), headers=OWN)

    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert answer.json() == {"says": "This form is too large."}
    assert sent < 2 * MOST_BYTES


async def test_an_archive_of_nothing_is_not_sent(face: Face) -> None:
    async with face.browser() as browser:
        answer = await browser.get("/download.zip")

    assert answer.status_code == HTTPStatus.CONFLICT
    assert answer.json() == {"says": "No photo is ready to download yet."}


async def test_a_photo_that_fails_on_the_way_does_not_break_the_archive(
    face: Face, shop: list[Card]
) -> None:
    face.studio.choose(ANN, shop[1].entry.id, Recipe(background="white"))
    face.blobs.remove(shop[1].image.path)  # without it nothing can be set on white
    workers = Workers(face.studio, face.library)
    workers.start()
    async with face.browser() as browser:
        archive = opened_zip(await browser.get("/download.zip"))
    workers.close()

    assert len(archive.namelist()) == len(shop)
    assert manifest(archive)[1]["status"] == "error"


def test_five_hundred_photos_take_no_more_memory_than_a_few(shop: list[Card]) -> None:
    picture = bytes(1_000_000)
    cards = [shop[0]] * 500
    tracemalloc.start()
    sent = sum(len(piece) for piece in packed(cards, Shipment(), always(picture)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert sent > 500 * len(picture)
    assert peak < 9 * len(picture)  # a member, its copy on the way out, and the manifest


def test_every_member_tells_its_size_before_its_data(shop: list[Card]) -> None:
    archive = b"".join(packed(shop, Shipment(), always(b"a picture")))

    data_descriptor = 0x08
    with zipfile.ZipFile(io.BytesIO(archive)) as members:
        assert [info.flag_bits & data_descriptor for info in members.infolist()] == [0] * 5


def test_a_failure_while_packing_is_told_in_the_manifest(shop: list[Card]) -> None:
    def draw(card: Card, output: Output) -> Export:
        if card is shop[2]:
            raise NotDone("The disk came loose.")
        return always(b"a picture")(card, output)

    archive = zipfile.ZipFile(io.BytesIO(b"".join(packed(shop, Shipment(), draw))))

    assert len(archive.namelist()) == len(shop)
    assert manifest(archive)[2]["says"] == "The disk came loose."
    assert manifest(archive)[2]["status"] == "error"


def test_hostile_names_stay_below_the_folder_they_are_unpacked_in(shop: list[Card]) -> None:
    hostile = replace(shop[0], entry=replace(shop[0].entry, name="CON.jpg", folder="../..\\a?/b"))
    archive = zipfile.ZipFile(
        io.BytesIO(b"".join(packed([hostile], Shipment(), always(b"a picture"))))
    )

    assert archive.namelist()[0] == "a_/b/_CON.png"


def test_a_sentence_is_found_for_every_state_that_is_not_done(shop: list[Card]) -> None:
    for status in set(Status) - {Status.DONE}:
        card = replace(shop[0], job=replace(shop[0].job, status=status, says=""))
        archive = zipfile.ZipFile(io.BytesIO(b"".join(packed([card], Shipment(), always(b"")))))

        assert manifest(archive)[0]["says"].endswith(".")


def test_a_name_cannot_add_a_header() -> None:
    assert attachment('x".png\r\nSet-Cookie: a=b') == (
        "attachment; filename=\"x_.pngSet-Cookie_ a=b\"; filename*=UTF-8''x_.pngSet-Cookie_%20a%3Db"
    )


@pytest.mark.parametrize("wide", ["\uff02", "\uff3c", "%22"])
def test_a_name_cannot_end_its_own_quotes(wide: str) -> None:
    assert 'filename="x_' in attachment(f"x{wide}y.png")
    assert attachment(f"x{wide}y.png").count('"') == 2


async def test_a_recipe_is_handed_out_as_a_file_that_the_command_line_follows(
    face: Face, tmp_path: Path, photo: bytes
) -> None:
    (tmp_path / "vase.jpg").write_bytes(photo)
    entry = face.studio.arrive(ANN, tmp_path / "vase.jpg", name="vase.jpg")
    face.studio.dress(ANN, entry.id, {"background": "sweep", "shadow": {"kind": "soft"}})
    async with face.browser() as browser:
        answer = await browser.get(f"/entries/{entry.id}/recipe")
    async with face.browser("bob") as browser:
        other = await browser.get(f"/entries/{entry.id}/recipe")

    assert 'filename="vase.coveshot.toml"' in answer.headers["content-disposition"]
    file = tmp_path / "vase.coveshot.toml"
    file.write_text(answer.text)
    kept = read(file).recipe
    assert (kept.background, kept.shadow.kind) == ("sweep #ececec", "soft")
    assert kept.model == "u2netp"
    assert other.status_code == HTTPStatus.NOT_FOUND


async def test_photos_leave_the_library_in_the_version_that_is_shown(
    face: Face, shop: list[Card]
) -> None:
    face.studio.dress(ANN, shop[0].entry.id, {"background": "white"})
    face.studio.keep(ANN, shop[0].entry.id)
    face.work()
    white, other = shop[0].image, shop[3].image
    form = {"entries": f"{white.id},{other.id},{'0' * 32}", "format": "jpg", "name": "{name}-{n}"}
    async with face.browser() as browser:
        archive = opened_zip(await browser.post("/library.zip", data=form, headers=OWN))
        gone = await browser.post("/library.zip", data=form | {"entries": "0" * 32}, headers=OWN)
    async with face.browser("bob") as stranger:
        foreign = await stranger.post("/library.zip?check=yes", data=form, headers=OWN)

    assert archive.namelist() == ["vase-1.jpg", "Krug Ü-2.png", "manifest.json"]
    assert [line["sha256"] for line in manifest(archive)] == [white.sha256, other.sha256]
    assert Image.open(archive.open("vase-1.jpg")).format == "JPEG"
    assert gone.status_code == foreign.status_code == HTTPStatus.CONFLICT
