"""Presets, checks and names on the command line, with real files and a real network."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage

from main import build
from tests.commands import Run
from tests.test_cli_cut import files
from ui.cli.console import FAILED, USAGE
from ui.house import House
from ui.settings import Settings

LOOSE = """coveshot = 1
background = "white"
naming = "{sku}-{width}x{height}"

[frame]
canvas = "200x200"
fill = 80

[output]
format = "jpg"
dpi = 150

[rules]
border = "white"
least_fill = 70
ratio = "1:1"
"""


@pytest.fixture
def opens(tmp_path: Path, models: Path) -> Callable[[], House]:
    """With the real network: rules are about where the subject ends."""
    return lambda: build(Settings(home=tmp_path / "home", models=models))


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    file = tmp_path / "mine.coveshot.toml"
    file.write_text(LOOSE)
    (tmp_path / "skus.csv").write_text("file,sku\nvase.jpg,V-1\nred.jpg,R-2\n")
    return file


def manifest(out: Path) -> list[dict[str, object]]:
    lines = (out / "coveshot-manifest.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_a_file_of_a_recipe_says_what_becomes_of_photos_and_their_names(
    coveshot: Run, photos: Path, out: Path, mine: Path, tmp_path: Path
) -> None:
    words = ("--recipe", mine, "--skus", tmp_path / "skus.csv")
    result = coveshot("cut", photos, "-o", out, *words, "--check")

    assert result.exit_code == 0, result.stderr
    assert list(files(out)) == ["V-1-200x200.jpg", "shoes/R-2-200x200.jpg"]
    assert "2 photos keep the rules of the preset." in result.stderr
    with Image.open(out / "V-1-200x200.jpg") as image:
        assert image.size == (200, 200)
        assert image.info["dpi"] == (150, 150)
    again = coveshot("cut", photos, "-o", out, *words, "--check")
    assert "2 already done" in again.stderr


def test_what_does_not_keep_the_rules_is_told_and_fails(
    coveshot: Run, photos: Path, out: Path, mine: Path, tmp_path: Path
) -> None:
    result = coveshot(
        *("cut", photos, "-o", out, "--recipe", mine, "--skus", tmp_path / "skus.csv"),
        *("--background", "#eeeeee", "--check"),
    )

    assert result.exit_code == FAILED
    assert "V-1-200x200.jpg does not: border" in result.stderr
    assert {line["rules"] for line in manifest(out)} == {"border"}
    assert "white is 255" in str(manifest(out)[0]["says"])


def test_what_can_be_mended_is_mended(
    coveshot: Run, photos: Path, out: Path, mine: Path, tmp_path: Path
) -> None:
    result = coveshot(
        *("cut", photos, "-o", out, "--recipe", mine, "--skus", tmp_path / "skus.csv"),
        *("--background", "#eeeeee", "--fix"),
    )

    assert result.exit_code == 0, result.stderr
    with Image.open(out / "V-1-200x200.jpg") as image:
        assert np.asarray(image)[0].min() == 255


def test_kept_photos_are_mended_too(
    coveshot: Run, photos: Path, out: Path, mine: Path, tmp_path: Path
) -> None:
    result = coveshot(
        *("cut", photos, "-o", out, "--recipe", mine, "--skus", tmp_path / "skus.csv"),
        *("--background", "#eeeeee", "--fix", "--keep"),
    )

    assert result.exit_code == 0, result.stderr
    assert "2 photos keep the rules" in result.stderr


def test_a_preset_is_called_by_its_name(coveshot: Run, photos: Path, out: Path) -> None:
    result = coveshot("cut", photos, "-o", out, "--preset", "studio-white", "--format", "tif")

    assert result.exit_code == 0, result.stderr
    with Image.open(out / "vase.tif") as image:
        assert image.width == image.height


def test_own_presets_are_listed_and_go_before_ours(
    coveshot: Run, tmp_path: Path, photos: Path, out: Path
) -> None:
    edited = coveshot("presets", "edit", "studio-white")
    file = Path(edited.stdout.strip())
    assert file == tmp_path / "home" / "presets" / "studio-white.toml"
    file.write_text(file.read_text().replace('"white"', '"#ff0000"'))
    (file.parent / "broken.toml").write_text("coveshot = 1\nglow = 3\n")

    listed = coveshot("presets", "list")
    coveshot("cut", photos, "-o", out, "--preset", "studio-white")

    assert "amazon-main" in listed.stdout
    assert "2026-11-24, pages of others" in listed.stdout
    assert "broken.toml: This recipe has a field that is unknown here: glow." in listed.stderr
    with Image.open(out / "vase.png") as image:
        assert image.getpixel((0, 0)) == (255, 0, 0)
    assert coveshot("presets", "edit", "studio-white").stdout == edited.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--preset", "amazon"), "amazon-main"),
        (("--preset", "gloss", "--check"), "no rules"),
        (("--check",), "no rules"),
        (("--name", "{sku}"), "--skus"),
        (("--name", "{when}"), "{date}"),
        (("--format", "png", "--quality", "80"), "quality"),
        (("--background", "picture nowhere.jpg"), "nowhere.jpg cannot be read"),
    ],
)
def test_what_cannot_be_is_said_before_the_first_photo(
    coveshot: Run, photos: Path, out: Path, words: tuple[str, ...], says: str
) -> None:
    result = coveshot("cut", photos, "-o", out, *words)

    assert result.exit_code == USAGE
    assert says in result.stderr
    assert not out.exists()


def test_two_beginnings_are_one_too_many(
    coveshot: Run, photos: Path, out: Path, mine: Path
) -> None:
    result = coveshot("cut", photos, "-o", out, "--preset", "gloss", "--recipe", mine)

    assert result.exit_code == USAGE
    assert "--preset or --recipe" in result.stderr


def test_an_own_picture_is_laid_behind_all(
    coveshot: Run, photos: Path, out: Path, tmp_path: Path
) -> None:
    Image.new("RGB", (90, 60), (0, 90, 200)).save(tmp_path / "my wall.png")
    result = coveshot(
        "cut", photos, "-o", out, "--background", f"picture {tmp_path / 'my wall.png'} fill 0.5 0"
    )

    assert result.exit_code == 0, result.stderr
    with Image.open(out / "vase.png") as image:
        assert image.getpixel((0, 0)) == (0, 90, 200)


def test_a_recipe_brings_its_picture_from_its_own_folder(
    coveshot: Run, photos: Path, out: Path, tmp_path: Path
) -> None:
    Image.new("RGB", (90, 60), (0, 90, 200)).save(tmp_path / "wall.png")
    recipe = tmp_path / "wall.coveshot.toml"
    recipe.write_text('coveshot = 1\nbackground = "picture wall.png fit"\n')

    assert coveshot("cut", photos, "-o", out, "--recipe", recipe).exit_code == 0

    with Image.open(out / "vase.png") as image:
        assert image.getpixel((0, 0)) == (0, 90, 200)


def test_layers_and_mattes_are_files_too(coveshot: Run, photos: Path, out: Path) -> None:
    layers = coveshot("cut", photos, "-o", out, "--format", "psd", "--background", "sweep")
    matte = coveshot("cut", photos, "-o", out, "--matte", "--name", "{name}-matte")

    assert (layers.exit_code, matte.exit_code) == (0, 0)
    assert [layer.name for layer in PSDImage.open(out / "vase.psd")] == ["Background", "Subject"]
    with Image.open(out / "vase-matte.png") as image:
        assert image.mode == "L"


def test_layers_of_kept_photos_are_the_same(coveshot: Run, photos: Path, out: Path) -> None:
    words = ("--format", "psd", "--background", "white", "--bare")
    coveshot("cut", photos, "-o", out, *words)
    direct = (out / "vase.psd").read_bytes()
    coveshot("cut", photos, "-o", out / "kept", *words, "--keep")

    one, other = PSDImage.open(out / "vase.psd"), PSDImage.open(out / "kept" / "vase.psd")
    assert direct
    assert [layer.name for layer in one] == [layer.name for layer in other]
    np.testing.assert_array_equal(np.asarray(one.topil()), np.asarray(other.topil()))


def test_finished_pictures_of_any_program_can_be_checked(coveshot: Run, tmp_path: Path) -> None:
    pixels = np.full((1600, 1600, 3), 255, np.uint8)
    pixels[60:1540, 300:1300] = (60, 90, 140)
    Image.fromarray(pixels).save(tmp_path / "B01.jpg", quality=95)
    Image.fromarray(pixels[::2, ::2]).save(tmp_path / "B02.jpg", quality=95)

    good = coveshot("check", tmp_path / "B01.jpg", "--preset", "amazon-main")
    both = coveshot(
        "check", tmp_path / "B01.jpg", tmp_path / "B02.jpg", "--preset", "amazon-main", "--json"
    )

    assert good.exit_code == 0
    assert "keeps the rules" in good.stderr
    assert both.exit_code == FAILED
    found = json.loads(both.stdout)
    wrong = [one["rule"] for one in found[str(tmp_path / "B02.jpg")] if not one["ok"]]
    assert wrong == ["least_longer"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.jpg", b"no picture", "a.jpg"),
        ("nowhere.jpg", None, "cannot be read"),
    ],
)
def test_what_cannot_be_checked_is_told(
    coveshot: Run, tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)

    result = coveshot("check", tmp_path / name, "--preset", "amazon-main")

    assert result.exit_code == USAGE
    assert says in result.stderr


def test_names_by_size_never_take_the_file_of_another(
    coveshot: Run, photos: Path, out: Path
) -> None:
    out.mkdir()
    (out / "100x100.png").write_bytes(b"somebody's")
    (out / "shoes").mkdir()
    words = ("cut", photos / "vase.jpg", photos / "shoes" / "red.jpg", "-o", out)
    size = ("--canvas", "100x100", "--fill", "80", "--name", "{width}x{height}")

    first = coveshot(*words, *size)
    again = coveshot(*words, *size, "--background", "white")

    assert (first.exit_code, again.exit_code) == (0, 0)
    names = ["100x100 (2).png", "100x100 (3).png", "100x100.png"]
    assert sorted(file.name for file in out.glob("*.png")) == names
    assert (out / "100x100.png").read_bytes() == b"somebody's"
    assert "got a number because the name was taken" in first.stderr


def test_cutouts_of_an_earlier_run_are_measured_without_being_cut_again(
    coveshot: Run, photos: Path, out: Path, mine: Path, tmp_path: Path
) -> None:
    words = ("cut", photos, "-o", out, "--recipe", mine, "--skus", tmp_path / "skus.csv")
    grey = ("--background", "#eeeeee")
    coveshot(*words, *grey)
    before = files(out)

    checked = coveshot(*words, *grey, "--check")
    assert checked.exit_code == FAILED
    assert "2 already done" in checked.stderr
    assert "V-1-200x200.jpg does not: border" in checked.stderr
    assert files(out) == before

    fixed = coveshot(*words, *grey, "--fix")
    assert fixed.exit_code == 0, fixed.stderr
    assert files(out).keys() == before.keys()
    assert files(out) != before
    assert "2 already done" in coveshot(*words, *grey, "--fix").stderr
    coveshot(*words, *grey)
    assert files(out) == before


def test_a_format_that_is_not_taken_is_mended_with_its_name(
    coveshot: Run, photos: Path, out: Path
) -> None:
    words = ("cut", photos / "vase.jpg", "-o", out, "--preset", "ebay", "--format", "webp")
    result = coveshot(*words, "--fix")

    assert result.exit_code == 0, result.stderr
    assert "Writing jpg: webp is not taken there." in result.stderr
    with Image.open(out / "vase.jpg") as image:
        assert image.format == "JPEG"
