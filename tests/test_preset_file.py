"""A preset with its picture in one file, as it comes from strangers."""

import hashlib
import io
import struct
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from PIL import Image

from inference.errors import InferenceError, PhotoRejected, RecipeRejected
from inference.preset import Preset
from inference.preset_file import packed, unpacked
from inference.recipe import Recipe
from inference.recipe_file import MOST_BYTES, written
from tests.face import ANN, BOB, Face, opened_face
from tests.face import MOST_BYTES as MOST_PICTURE

MOST = 100_000


def png(colour: str = "teal", size: tuple[int, int] = (40, 30)) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    return data.getvalue()


WALL = png()
SHA256 = hashlib.sha256(WALL).hexdigest()
RECIPE = written(Preset("", Recipe(background=f"picture {SHA256} fill")))


def zipped(**parts: bytes | str) -> bytes:
    data = io.BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "."), content)
    return data.getvalue()


@pytest.fixture
def face(tmp_path: Path, models: Path) -> Iterator[Face]:
    with opened_face(tmp_path, models) as face:
        yield face


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "given.part"


def opened(file: Path, data: bytes) -> tuple[bytes, str]:
    file.write_bytes(data)
    return unpacked(file, file.with_name("picture"), most_bytes=MOST)


def test_what_was_packed_comes_out_again(file: Path) -> None:
    data = packed("wall", RECIPE, WALL, "png")

    assert packed("wall", RECIPE, WALL, "png") == data
    assert opened(file, data) == (RECIPE.encode(), SHA256)
    assert file.with_name("picture").read_bytes() == WALL


def test_a_recipe_without_a_zip_around_it_is_one_without_a_picture(file: Path) -> None:
    assert opened(file, b"coveshot = 1\n") == (b"coveshot = 1\n", "")


def test_a_picture_that_was_changed_is_refused(file: Path) -> None:
    changed: dict[str, bytes | str] = {"a.toml": RECIPE, f"{SHA256}.png": png("red")}
    with pytest.raises(RecipeRejected, match="was changed"):
        opened(file, zipped(**changed))


def test_a_picture_that_grows_beyond_the_limit_is_refused_before_it_is_all_written(
    file: Path,
) -> None:
    bomb = bytes(50 * MOST)
    parts: dict[str, bytes | str] = {
        "a.toml": RECIPE,
        f"{hashlib.sha256(bomb).hexdigest()}.png": bomb,
    }
    data = zipped(**parts)
    assert len(data) < MOST
    with pytest.raises(RecipeRejected, match=r"larger than 0 MB"):
        opened(file, data)
    assert file.with_name("picture").stat().st_size <= MOST


def test_a_recipe_that_grows_without_end_is_read_no_further(file: Path) -> None:
    recipe, _ = opened(file, zipped(a__toml="#" * 50 * MOST_BYTES))
    assert len(recipe) == MOST_BYTES + 1


@pytest.mark.parametrize(
    "data",
    [
        zipped(a__toml=RECIPE, b__toml=RECIPE),
        zipped(a__toml=RECIPE, letter__txt="Dear Ann,"),
        zipped(**{f"{SHA256}.png": WALL}),
        zipped(**{f"{number}.toml": "" for number in range(2000)}),
    ],
    ids=["two recipes", "a letter", "no recipe", "thousands"],
)
def test_a_zip_of_something_else_is_no_preset(file: Path, data: bytes) -> None:
    with pytest.raises(RecipeRejected, match="This file is no preset"):
        opened(file, data)


def test_a_zip_that_hides_how_many_parts_it_has_is_no_preset(file: Path) -> None:
    data = zipped(a__toml=RECIPE)
    end, large = data[-22:], struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    with pytest.raises(RecipeRejected, match="This file is no preset"):
        opened(file, data[:-22] + large + end)


@pytest.mark.parametrize("cut", [slice(5), slice(-5), slice(200)])
def test_a_file_that_is_cut_short_is_refused(file: Path, cut: slice) -> None:
    with pytest.raises(RecipeRejected, match="damaged"):
        opened(file, packed("wall", RECIPE, WALL, "png")[cut])


def test_a_file_with_a_password_is_refused(file: Path) -> None:
    data = bytearray(zipped(a__toml=RECIPE))
    for mark, flags_at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.index(mark) + flags_at] |= 1
    with pytest.raises(RecipeRejected, match="damaged"):
        opened(file, bytes(data))


async def test_a_preset_and_its_picture_travel_to_another_library(face: Face) -> None:
    async with face.browser() as browser:
        kept = (await browser.post("/pictures", content=WALL)).json()["sha256"]
        look = Preset("", Recipe(background=f"picture {kept} fit"))
        face.fitting.presets.add(look, "Wall")
        given = await browser.get("/presets/wall")
    assert "wall.coveshot.zip" in given.headers["content-disposition"]
    assert face.library.records.find("bob", kept) is None

    async with face.browser("bob") as browser:
        taken = await browser.post("/presets/wall.coveshot.zip", content=given.content)
        again = await browser.get(f"/presets/{taken.json()['name']}")
    assert (taken.status_code, taken.json()) == (201, {"name": "wall-2", "title": "Wall"})
    assert face.library.photo("bob", kept) == WALL
    assert face.fitting.presets.named("wall-2").recipe == look.recipe
    assert again.headers["content-type"] == "application/zip"
    assert [*face.inbox.iterdir()] == []


async def test_a_preset_whose_picture_is_nowhere_is_not_taken_in(face: Face) -> None:
    async with face.browser("bob") as browser:
        alone = await browser.post("/presets/wall.coveshot.toml", content=RECIPE.encode())
        other = zipped(
            a__toml=RECIPE, **{f"{hashlib.sha256(png('red')).hexdigest()}.png": png("red")}
        )
        wrong = await browser.post("/presets/wall.zip", content=other)
    assert (alone.status_code, wrong.status_code) == (422, 422)
    assert "comes without its background picture" in alone.json()["says"]
    assert "not the one that its recipe names" in wrong.json()["says"]
    assert face.library.records.find("bob", SHA256) is None

    face.fitting.presets.add(Preset("", Recipe(background=f"picture {SHA256} fill")), "Lost")
    async with face.browser() as browser:
        given = await browser.get("/presets/lost")
    assert "is not here" in given.json()["says"]


@pytest.mark.parametrize(
    ("picture", "says"),
    [
        (b"<svg onload='alert(1)'/>", "cannot|not"),
        (png(size=(40_000, 30)), "a side"),
        (WALL[:60], "damaged|cut short|incomplete"),
    ],
    ids=["no photo", "too many pixels", "torn"],
)
def test_the_picture_passes_the_guard_of_all_pictures(
    face: Face, tmp_path: Path, picture: bytes, says: str
) -> None:
    sha256 = hashlib.sha256(picture).hexdigest()
    recipe = written(Preset("", Recipe(background=f"picture {sha256} fill")))
    (tmp_path / "given.zip").write_bytes(packed("wall", recipe, picture, "png"))
    before = face.fitting.presets.all()
    with pytest.raises(PhotoRejected, match=says):
        face.fitting.take_in(BOB, tmp_path / "given.zip", "wall.zip")

    assert face.library.records.find("bob", sha256) is None
    assert face.fitting.presets.all() == before


async def test_a_file_that_is_larger_than_any_preset_is_not_received(face: Face) -> None:
    async with face.browser() as browser:
        answer = await browser.post(
            "/presets/big.zip", content=b"PK" + bytes(MOST_PICTURE + 99_999)
        )
    assert answer.status_code == 413
    assert "larger than 3 MB" in answer.json()["says"]


def test_a_preset_made_by_hand_brings_the_picture_beside_it(face: Face, tmp_path: Path) -> None:
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "hand.toml").write_text(
        'coveshot = 1\nbackground = "picture wall.png"\n'
    )
    (tmp_path / "presets" / "wall.png").write_bytes(WALL)
    name, data = face.fitting.shared(ANN, "hand")
    (tmp_path / "given.zip").write_bytes(data)
    made = face.fitting.take_in(BOB, tmp_path / "given.zip", name)

    assert made.recipe.ground.picture == SHA256
    assert face.library.photo("bob", SHA256) == WALL
    (tmp_path / "presets" / "wall.png").unlink()
    with pytest.raises(InferenceError, match="cannot be read"):
        face.fitting.shared(ANN, "hand")
