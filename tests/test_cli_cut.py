"""`coveshot cut` as people and scripts use it, with real files; the network is a stand-in."""

import io
import json
import resource
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from auth.account import LOCAL
from main import build
from storage.doctor import examine
from tests.commands import Run, another
from ui.cli.console import FAILED, USAGE
from ui.cli.cutter import PARTS
from ui.cli.manifest import FILE, Manifest, sha256
from ui.cli.program import program
from ui.house import House
from ui.settings import Settings


def files(folder: Path) -> dict[str, str]:
    """Return the path and the content of each cutout, as a checksum."""
    return {
        path.relative_to(folder).as_posix(): sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != FILE
    }


def test_a_folder_of_photos_becomes_the_same_folder_of_cutouts(
    coveshot: Run, photos: Path, out: Path
) -> None:
    result = coveshot("cut", photos, "-o", out)

    assert result.exit_code == 0
    assert list(files(out)) == ["shoes/red.png", "vase.png"]
    with Image.open(out / "vase.png") as cutout:
        assert (cutout.size, cutout.mode) == ((640, 480), "RGBA")
        alpha = np.asarray(cutout)[:, :, 3]
        assert alpha[300, 320] > 200
        assert alpha[20, 20] == 0
    assert "Left out 2 files that are no photos (1 no suffix, 1 .txt)." in result.stderr
    assert f"2 photos cut out: {out}" in result.stderr
    assert result.stdout == ""


def test_what_is_done_is_not_done_again(coveshot: Run, photos: Path, out: Path) -> None:
    coveshot("cut", photos, "-o", out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.png")}
    result = coveshot("cut", photos, "-o", out)

    assert result.exit_code == 0
    assert "0 photos cut out, 2 already done" in result.stderr
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*.png")} == before


def test_a_photo_that_has_changed_is_cut_again_into_its_own_file(
    coveshot: Run, photos: Path, out: Path, photo: bytes
) -> None:
    coveshot("cut", photos, "-o", out)
    before = files(out)
    (photos / "vase.jpg").write_bytes(another(photo))
    result = coveshot("cut", photos, "-o", out)

    assert "1 photo cut out, 1 already done" in result.stderr
    assert list(files(out)) == list(before)
    assert files(out)["vase.png"] != before["vase.png"]


def test_another_background_is_another_cutout(coveshot: Run, photos: Path, out: Path) -> None:
    coveshot("cut", photos, "-o", out)
    result = coveshot("cut", photos, "-o", out, "--background", "#FF8800", "--format", "jpg")

    assert result.exit_code == 0
    assert list(files(out)) == ["shoes/red.jpg", "shoes/red.png", "vase.jpg", "vase.png"]
    with Image.open(out / "vase.jpg") as cutout:
        assert np.allclose(np.asarray(cutout)[20, 20], (255, 136, 0), atol=3)


def test_the_smallest_file_has_the_same_pixels(coveshot: Run, photos: Path, out: Path) -> None:
    coveshot("cut", str(photos), "-o", str(out))
    quick = {name: (out / name).read_bytes() for name in files(out) if name.endswith(".png")}
    result = coveshot("cut", str(photos), "-o", str(out), "--small")

    assert result.exit_code == 0
    for name, before in quick.items():
        small = (out / name).read_bytes()
        assert len(small) < len(before)
        assert b"sRGB" in small[:60]
        with Image.open(io.BytesIO(small)) as one, Image.open(io.BytesIO(before)) as other:
            np.testing.assert_array_equal(np.asarray(one), np.asarray(other))
    assert "already done" in coveshot("cut", str(photos), "-o", str(out), "--small").stderr


def test_a_bare_cutout_keeps_the_colours_of_the_photo(
    coveshot: Run, photos: Path, out: Path
) -> None:
    coveshot("cut", str(photos), "-o", str(out), "--bare")
    (name,) = [name for name in files(out) if name.endswith("vase.png")][:1]
    source = next(photos.rglob("vase.jpg"))

    with Image.open(out / name) as cutout, Image.open(source) as photo:
        seen = np.asarray(cutout)[..., 3] > 0
        np.testing.assert_array_equal(
            np.asarray(cutout)[seen][:, :3], np.asarray(photo.convert("RGB"))[seen]
        )


def test_edges_are_moved_and_softened_as_asked(coveshot: Run, photos: Path, tmp_path: Path) -> None:
    def seen(*words: str) -> tuple[int, int]:
        out = tmp_path / "-".join(["out", *words])
        coveshot("cut", photos, "-o", out, "--model", "u2netp", *words)
        with Image.open(next(out.rglob("*vase.png"))) as cutout:
            alpha = np.asarray(cutout)[..., 3]
        return int((alpha > 127).sum()), int(((alpha > 0) & (alpha < 255)).sum())

    (plain, sharp), (wide, _), (_, soft) = seen(), seen("--shift", "4"), seen("--feather", "5")

    assert wide > plain
    assert soft > sharp


def test_a_shape_out_of_range_is_refused_with_the_range(
    coveshot: Run, photos: Path, out: Path
) -> None:
    refused = coveshot("cut", photos, "-o", out, "--feather", "101")

    assert refused.exit_code == USAGE
    assert "feather is 101; it goes from 0 to 100." in refused.stderr
    assert not out.exists()


def test_a_cutout_that_somebody_has_deleted_comes_back(
    coveshot: Run, photos: Path, out: Path
) -> None:
    coveshot("cut", photos, "-o", out)
    before = files(out)
    (out / "vase.png").unlink()
    coveshot("cut", photos, "-o", out)

    assert files(out) == before


def test_photos_of_one_name_get_a_file_each_and_keep_it(
    coveshot: Run, photos: Path, out: Path, photo: bytes
) -> None:
    Image.open(io.BytesIO(another(photo))).save(photos / "vase.png")
    result = coveshot("cut", photos / "vase.jpg", photos / "vase.png", "-o", out)
    before = files(out)
    again = coveshot("cut", photos / "vase.png", photos / "vase.jpg", "-o", out)

    assert list(before) == ["vase (2).png", "vase.png"]
    assert "nothing was overwritten: vase (2).png" in result.stderr
    assert "2 already done" in again.stderr
    assert files(out) == before


@pytest.mark.parametrize("first", ["nothing", "cutouts"])
def test_a_file_that_is_not_ours_is_left_alone(
    coveshot: Run, photos: Path, out: Path, first: str
) -> None:
    out.mkdir()
    if first == "cutouts":
        coveshot("cut", photos, "-o", out)
    (out / "vase.png").write_bytes(b"retouched by hand")
    result = coveshot("cut", photos, "-o", out)

    assert (out / "vase.png").read_bytes() == b"retouched by hand"
    assert (out / "vase (2).png").is_file()
    assert "vase (2).png" in result.stderr


def test_photos_and_cutouts_may_share_a_folder(coveshot: Run, photos: Path) -> None:
    for _ in range(2):
        coveshot("cut", photos, "-o", photos)

    assert list(files(photos)) == [
        "notes",
        "prices.txt",
        "shoes/red.jpg",
        "shoes/red.png",
        "vase.jpg",
        "vase.png",
    ]


def test_a_damaged_photo_is_named_with_its_reason_and_the_others_go_on(
    coveshot: Run, photos: Path, out: Path, photo: bytes
) -> None:
    (photos / "half.jpg").write_bytes(photo[: len(photo) // 2])
    result = coveshot("cut", photos, "-o", out)

    assert result.exit_code == FAILED
    assert list(files(out)) == ["shoes/red.png", "vase.png"]
    assert "1 photo failed:" in result.stderr
    assert f"  {photos / 'half.jpg'}: " in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_that_was_asked_for_by_name_has_to_be_a_photo(
    coveshot: Run, photos: Path, out: Path
) -> None:
    result = coveshot("cut", photos / "prices.txt", photos / "vase.jpg", "-o", out)

    assert result.exit_code == FAILED
    assert f"  {photos / 'prices.txt'}: " in result.stderr
    assert list(files(out)) == ["vase.png"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--model", "u2nep"], "Did you mean u2netp?"),
        (["--background", "mauve"], "is not a background"),
        (["--format", "gif"], "'gif' is not a format. Use png, webp, jpg, avif, tif, psd."),
        (["--format", "jpg"], "JPEG has no transparency"),
        (["--model", "u2net-human-seg"], "coveshot models get u2net-human-seg"),
        (["--jobs", "0"], "--jobs"),
        (["nowhere.jpg"], "There is no file or folder nowhere.jpg."),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_done(
    coveshot: Run, photos: Path, out: Path, words: list[str], says: str
) -> None:
    result = coveshot("cut", photos, "-o", out, *words)

    assert result.exit_code == USAGE
    assert says in result.stderr
    assert not out.exists()


def test_a_folder_that_cannot_be_made_is_said(coveshot: Run, photos: Path) -> None:
    result = coveshot("cut", photos, "-o", photos / "vase.jpg")

    assert result.exit_code == USAGE
    assert "cannot be written" in result.stderr


def test_without_any_model_it_says_how_to_get_one(tmp_path: Path, photos: Path, out: Path) -> None:
    empty = program(lambda: build(Settings(home=tmp_path / "home", models=tmp_path / "none")))
    result = CliRunner().invoke(empty, ["cut", str(photos), "-o", str(out)])

    assert result.exit_code == USAGE
    assert "coveshot models get u2netp" in result.stderr


def test_two_commands_do_not_write_into_one_folder(coveshot: Run, photos: Path, out: Path) -> None:
    with Manifest(out):
        result = coveshot("cut", photos, "-o", out)

    assert result.exit_code == USAGE
    assert "Another command is writing" in result.stderr


def test_json_is_all_that_is_on_stdout(
    coveshot: Run, photos: Path, out: Path, photo: bytes
) -> None:
    coveshot("cut", photos / "vase.jpg", "-o", out)
    (photos / "half.jpg").write_bytes(photo[: len(photo) // 2])
    lines = json.loads(coveshot("cut", photos, "-o", out, "--json").stdout)

    assert [(Path(line["source"]).name, line["status"]) for line in lines] == [
        ("half.jpg", "failed"),
        ("vase.jpg", "already done"),
        ("red.jpg", "done"),
    ]
    done = lines[-1]
    assert done["output_sha256"] == sha256(out / done["output"])
    assert (done["width"], done["height"]) == (640, 480)


def test_kept_cutouts_are_the_same_and_in_the_library(
    coveshot: Run, photos: Path, out: Path, opens: Callable[[], House]
) -> None:
    coveshot("cut", photos, "-o", out)
    result = coveshot("cut", photos, "-o", out.with_name("kept"), "--keep")

    assert result.exit_code == 0
    assert files(out.with_name("kept")) == files(out)
    house = opens()
    records = house.library.records
    image = records.find(LOCAL.scope, sha256(photos / "vase.jpg"))
    assert image
    assert [version.number for version in records.history(LOCAL.scope, image.id)] == [1]
    assert examine(records, house.blobs).healthy
    records.close()


def test_a_full_disk_ends_the_command_with_a_sentence_and_no_half_file(
    photos: Path, out: Path, opens: Callable[[], House]
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def opens_on_a_full_disk() -> House:
        house = opens()
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
        return house

    try:
        result = CliRunner().invoke(
            program(opens_on_a_full_disk), ["cut", str(photos), "-o", str(out)]
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert result.exit_code == FAILED
    assert f"The disk of {out} is full." in result.stderr
    assert files(out) == {}


def test_a_file_is_announced_in_the_manifest_before_it_is_there(
    coveshot: Run, photos: Path, out: Path
) -> None:
    out.mkdir()
    (out / "shoes").write_bytes(b"in the way of a folder")
    result = coveshot("cut", photos, "-o", out)

    lines = [json.loads(line) for line in (out / FILE).read_text().splitlines()]
    red = [line["status"] for line in lines if line["source"].endswith("red.jpg")]
    assert red == ["done", "failed"]
    assert result.exit_code == FAILED
    assert f"{out / 'shoes'} cannot be written" in result.stderr


def test_what_a_killed_command_has_left_is_cleared_away(
    coveshot: Run, photos: Path, out: Path
) -> None:
    (out / PARTS).mkdir(parents=True)
    (out / PARTS / ".0123.part").write_bytes(b"half")
    coveshot("cut", photos, "-o", out)

    assert list(files(out)) == ["shoes/red.png", "vase.png"]
    assert not (out / PARTS).exists()


def test_a_recipe_of_a_file_is_followed_and_a_switch_overrules_it(
    coveshot: Run, photos: Path, out: Path, tmp_path: Path
) -> None:
    file = tmp_path / "shop.coveshot.toml"
    file.write_text(
        'coveshot = 1\nbackground = "black"\n[frame]\ncanvas = "60x40"\nfill = 80\n'
        '[shadow]\nkind = "soft"\n'
    )
    coveshot("cut", photos / "vase.jpg", "-o", out, "--recipe", file, "--background", "sweep")

    with Image.open(out / "vase.png") as image:
        assert image.size == (60, 40)
        assert image.mode == "RGB"
        assert np.asarray(image)[0, 0].min() > 150


def test_a_shadow_and_a_canvas_are_made_by_switches(coveshot: Run, photos: Path, out: Path) -> None:
    words = ("--shadow", "contact", "--canvas", "1:1", "--fill", "80", "--align", "bottom")
    coveshot("cut", photos / "vase.jpg", "-o", out, *words)

    with Image.open(out / "vase.png") as image:
        assert image.width == image.height
        assert image.mode == "RGBA"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--shadow", "long"), "not a shadow"),
        (("--canvas", "big"), "not a canvas"),
        (("--recipe", "none.coveshot.toml"), "cannot be read"),
    ],
)
def test_a_look_that_cannot_be_made_is_refused_before_the_first_photo(
    coveshot: Run, photos: Path, out: Path, words: tuple[str, str], sentence: str
) -> None:
    result = coveshot("cut", photos, "-o", out, *words)

    assert result.exit_code == USAGE
    assert sentence in result.stderr
    assert not out.exists()
