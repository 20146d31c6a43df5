"""Rules of marketplaces: measured as another program measures them, and mended where they can."""

import io
import re
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from inference.colour import profile_of
from inference.compliance import Complied, broken, complied, findings, left, mended
from inference.finish import Subject
from inference.look import Frame, Shadow
from inference.measured import Measured
from inference.output import Format, Output
from inference.preset import Preset, Rules
from inference.presets import BUILT_IN, Presets
from inference.recipe import Recipe
from tests.magick import magick

PRESETS = Presets(BUILT_IN)
MARKETS = [one for one in PRESETS.all() if one.about.kind == "marketplace"]
SAMPLES = Path(__file__).parents[1] / "assets" / "samples"
AMAZON = PRESETS.named("amazon-main")


def vase(size: tuple[int, int] = (1500, 1200)) -> Subject:
    """Return a photo of something tall on grey, and its alpha."""
    width, height = size
    alpha = np.zeros((height, width), np.uint8)
    cv2.ellipse(
        alpha, (width // 2, height // 2), (width // 5, int(height * 0.4)), 0, 0, 360, 255, -1
    )
    alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), 1.2), np.uint8)
    share = alpha[..., None] / 255
    photo = np.rint(np.array([60, 90, 140]) * share + 180 * (1 - share)).astype(np.uint8)
    return Subject(np.full_like(photo, (60, 90, 140)), alpha, photo)


def made(preset: Preset, subject: Subject | None = None, *, mends: bool = True) -> Complied:
    it = subject or vase()
    return complied(
        "vase",
        preset.recipe,
        preset.output,
        preset.rules,
        it.finished,
        mended if mends else left,
    )


def jpeg(pixels: np.ndarray, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=95, subsampling=0, **options)
    return file.getvalue()


@pytest.mark.parametrize("preset", MARKETS, ids=lambda one: one.name)
def test_each_preset_keeps_its_own_rules(preset: Preset) -> None:
    large = vase((4000, 3200))

    assert broken(made(preset, large, mends=False).found) == ()


@pytest.mark.parametrize("preset", MARKETS, ids=lambda one: one.name)
def test_each_marketplace_says_where_and_when_its_rules_were_read(preset: Preset) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", preset.about.checked)
    assert preset.about.sources
    assert preset.rules != Rules()


def right_picture() -> np.ndarray:
    pixels = np.full((1600, 1600, 3), 255, np.uint8)
    pixels[60:1540, 300:1300] = (60, 90, 140)
    return pixels


def adobe_rgb() -> bytes:
    """Return a profile of wider colours than sRGB's, as photographers' files have."""
    profile = profile_of(12)
    assert profile
    return profile


def dirty() -> bytes:
    pixels = right_picture()
    pixels[0, 700:900] = 253
    return jpeg(pixels)


def small_subject() -> bytes:
    pixels = np.full((1600, 1600, 3), 255, np.uint8)
    pixels[500:1100, 500:1100] = (60, 90, 140)
    return jpeg(pixels)


def see_through() -> bytes:
    file = io.BytesIO()
    alpha = np.where(right_picture().min(axis=2) < 255, 255, 0).astype(np.uint8)
    Image.fromarray(np.dstack([right_picture(), alpha])).save(file, "PNG")
    return file.getvalue()


def noise() -> bytes:
    rng = np.random.default_rng(5)
    pixels = rng.integers(0, 255, (2600, 2600, 3), np.uint8)
    pixels[:4] = pixels[-4:] = pixels[:, :4] = pixels[:, -4:] = 255
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "rule", "word"),
    [
        (dirty(), "B01.jpg", "border", "255"),
        (small_subject(), "B01.jpg", "fill", "from 85 to 100"),
        (jpeg(right_picture()[::2, ::2]), "B01.jpg", "least_longer", "800 x 800"),
        (see_through(), "B01.png", "opaque", "see-through"),
        (jpeg(right_picture()), "B01.png", "format", "jpg called .png"),
        (jpeg(right_picture(), icc_profile=adobe_rgb()), "B01.jpg", "colours", "srgb"),
        (jpeg(right_picture()), "my vase #1.jpg", "name", "my vase #1"),
        (noise(), "B01.png", "megabytes", "up to 10"),
    ],
)
def test_a_wrong_picture_fails_by_the_rule_that_it_breaks_and_no_other(
    data: bytes, name: str, rule: str, word: str
) -> None:
    wrong = broken(findings(data, name, AMAZON.rules))

    assert [one.rule for one in wrong] == [rule]
    assert word in wrong[0].says


def test_a_right_picture_keeps_every_rule() -> None:
    found = findings(jpeg(right_picture()), "B01ABC.jpg", AMAZON.rules)

    assert broken(found) == ()
    assert {"format", "least_longer", "border", "fill", "colours", "name"} <= {
        one.rule for one in found
    }


def test_too_large_a_picture_is_told() -> None:
    rules = Rules(most_longer=1000, most_megapixels=0.5, ratio="4:5")

    wrong = broken(findings(jpeg(right_picture()), "a.jpg", rules))

    assert [one.rule for one in wrong] == ["most_longer", "megapixels", "ratio"]


@pytest.mark.parametrize(
    ("wrong", "rules"),
    [
        (Preset("p", Recipe(background="#f4f4f4", frame=Frame("1:1", 90))), AMAZON.rules),
        (Preset("p", Recipe(background="white", frame=Frame("1:1", 40))), AMAZON.rules),
        (Preset("p", Recipe(frame=Frame("1:1", 90)), Output(Format.WEBP)), AMAZON.rules),
        (Preset("p", Recipe(background="sweep", shadow=Shadow("hard"))), AMAZON.rules),
        (Preset("p", Recipe(background="white"), Output(Format.JPEG)), Rules(ratio="4:5")),
        (Preset("p", Recipe(background="white")), Rules(most_longer=700, ratio="1:1")),
        (Preset("p", Recipe(background="white")), Rules(most_megapixels=0.3)),
    ],
)
def test_what_a_recipe_can_mend_is_mended(wrong: Preset, rules: Rules) -> None:
    held = made(replace(wrong, rules=rules), vase((3000, 2400)))

    assert broken(held.found) == ()


def test_too_heavy_a_file_gets_a_lower_quality() -> None:
    plain = vase()
    rng = np.random.default_rng(3)
    grainy = replace(plain, pixels=rng.integers(0, 255, plain.pixels.shape, np.uint8))
    preset = Preset("p", Recipe(background="white"), Output(Format.JPEG))
    heavy = len(made(preset, grainy).file.data) / 1e6

    held = made(replace(preset, rules=Rules(most_megabytes=0.5 * heavy)), grainy)

    assert broken(held.found) == ()
    assert 40 <= held.output.quality < 92


def test_too_few_pixels_are_never_made_up() -> None:
    held = made(AMAZON, vase((600, 480)))

    assert [one.rule for one in broken(held.found)] == ["least_longer"]
    assert held.file.width < 1000


def test_a_subject_of_hardly_enough_pixels_fills_less() -> None:
    held = made(AMAZON, vase((1500, 1170)))

    assert broken(held.found) == ()
    held = made(AMAZON, vase((1400, 1090)))  # 872 pixels high: 943 at the usual share

    assert broken(held.found) == ()
    assert held.recipe.frame.fill == 86


def test_a_share_that_needs_more_pixels_gets_a_smaller_canvas() -> None:
    held = made(AMAZON, vase((1600, 1600)))

    assert broken(held.found) == ()
    assert 1000 < held.file.width < 2000


@settings(max_examples=25, deadline=None)
@given(st.integers(20, 100), st.integers(20, 100), st.sampled_from(["", "1:1", "4:5"]))
def test_mending_never_takes_a_rule_back_that_was_kept(one: int, other: int, ratio: str) -> None:
    least, most = sorted((one, other))
    rules = Rules(border="white", least_fill=least, most_fill=most, ratio=ratio)
    held = made(Preset("p", Recipe(), Output(), rules=rules), vase((300, 240)))
    kept = {it.rule for it in held.found if it.ok}

    better = mended(held.recipe, held.output, rules, held.found)
    again = findings(vase((300, 240)).finished(*better).data, "vase.png", rules)

    assert kept <= {it.rule for it in again if it.ok}


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.jpg")), ids=lambda file: file.stem)
@pytest.mark.parametrize("name", ["amazon-main", "google-merchant", "shopify"])
def test_imagemagick_measures_what_we_measure(sample: Path, name: str, tmp_path: Path) -> None:
    with Image.open(sample) as image:
        photo = np.asarray(image.convert("RGB"))
    # Any subject will do: what differs most from the corner of the photo.
    far = np.abs(photo.astype(int) - photo[:20, :20].mean(axis=(0, 1))).max(axis=2)
    alpha = np.asarray(cv2.GaussianBlur((far > 60).astype(np.uint8) * 255, (0, 0), 1), np.uint8)
    preset = PRESETS.named(name)
    held = made(preset, Subject(photo, alpha, photo))
    file = tmp_path / f"vase.{held.output.format.extension}"
    file.write_bytes(held.file.data)

    ours = Measured.of(held.file.data)
    size = magick(str(file), "-format", "%w %h", "info:").split()
    across, down = (int(side) for side in size)
    edges = (
        f"{across}x2+0+0",
        f"{across}x2+0+{down - 2}",
        f"2x{down}+0+0",
        f"2x{down}+{across - 2}+0",
    )
    darkest = [
        float(magick(str(file), "-crop", edge, "+repage", "-format", "%[fx:minima]", "info:"))
        for edge in edges
    ]
    box = magick(str(file), "-fuzz", "2%", "-format", "%@", "info:")
    wide, high = (int(side) for side in box.partition("+")[0].split("x"))

    assert (ours.width, ours.height) == (across, down)
    assert min(darkest) * 255 == pytest.approx(ours.darkest_border, abs=0.5)
    fill = 100 * max(wide / across, high / down)
    assert fill == pytest.approx(ours.fill, abs=0.5)


def test_a_profile_is_told_by_what_it_does_not_by_its_name() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    assert Measured.of(jpeg(right_picture(), icc_profile=srgb)).colours == "srgb"
    assert Measured.of(jpeg(right_picture())).colours == "srgb"
    assert Measured.of(jpeg(right_picture(), icc_profile=adobe_rgb())).colours != "srgb"


def test_a_subject_at_the_edge_is_told_of() -> None:
    pixels = right_picture()
    pixels[60:, 300:1300] = (60, 90, 140)

    assert Measured.of(jpeg(pixels)).at_edges == ("bottom",)
    wrong = broken(findings(jpeg(pixels), "B01.jpg", replace(AMAZON.rules, most_fill=90.0)))
    assert "cut off at the bottom" in wrong[-1].says
