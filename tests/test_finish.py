"""Files of one subject: layers, the matte alone, densities and profiles, each read back."""

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms
from psd_tools import PSDImage

from inference.colour import profile_of, to_srgb
from inference.errors import RecipeRejected
from inference.finish import Subject
from inference.look import Frame, Shadow
from inference.output import Format, Output
from inference.recipe import Recipe
from tests.magick import magick

Bytes = NDArray[np.uint8]
RED = (200, 40, 30)


@pytest.fixture
def subject() -> Subject:
    alpha = np.zeros((300, 400), np.uint8)
    cv2.circle(alpha, (200, 140), 90, 255, -1)
    alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), 3), np.uint8)
    photo = np.full((300, 400, 3), (120, 130, 140), np.uint8)
    return Subject(np.full_like(photo, RED), alpha, photo)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def layered(subject: Subject, recipe: Recipe, dpi: int = 0) -> bytes:
    return subject.finished(recipe, Output(Format.PSD, dpi=dpi)).data


def test_a_psd_has_background_shadow_and_a_masked_subject(subject: Subject) -> None:
    recipe = Recipe(background="sweep #d0e0f0", shadow=Shadow("soft"))

    psd = PSDImage.open(io.BytesIO(layered(subject, recipe)))

    assert [layer.name for layer in psd] == ["Background", "Shadow", "Subject"]
    top = psd[2]
    assert top.mask is not None
    mask = top.mask.topil()
    assert mask is not None
    np.testing.assert_array_equal(np.asarray(mask), subject.alpha)
    assert psd.size == (400, 300)


def test_its_layers_together_are_the_picture_that_any_other_format_has(subject: Subject) -> None:
    recipe = Recipe(
        background="linear #ffffff #8899aa", shadow=Shadow("hard"), frame=Frame("300x300", 70)
    )
    data = layered(subject, recipe)
    expected = np.asarray(opened(subject.finished(recipe, Output()).data)).astype(int)

    psd = PSDImage.open(io.BytesIO(data))
    merged = np.asarray(psd.topil(apply_icc=False)).astype(int)
    under, shadow, top = psd
    ground = under.topil(apply_icc=False)
    assert ground is not None
    picture = np.asarray(ground.convert("RGB")).astype(float)
    for layer in (shadow, top):
        image = layer.topil(apply_icc=False)
        assert layer.mask is not None
        mask = layer.mask.topil()
        assert mask is not None
        assert image is not None
        left, upper, right, lower = layer.bbox
        part = picture[upper:lower, left:right]
        share = np.asarray(mask.convert("L"))[..., None] / 255
        part += share * (np.asarray(image.convert("RGB")) - part)

    assert np.abs(merged[..., :3] - expected).max() <= 1
    assert np.abs(picture - expected).max() <= 2


def test_behind_the_mask_of_a_subject_is_the_photo(subject: Subject) -> None:
    psd = PSDImage.open(io.BytesIO(layered(subject, Recipe())))

    assert [layer.name for layer in psd] == ["Subject"]
    image = psd[0].topil()
    assert image is not None
    pixels = np.asarray(image.convert("RGB"))
    assert tuple(pixels[140, 200]) == RED
    assert tuple(pixels[2, 2]) == (120, 130, 140)


def test_imagemagick_opens_every_layer(subject: Subject, tmp_path: Path) -> None:
    file = tmp_path / "vase.psd"
    file.write_bytes(layered(subject, Recipe(background="white", shadow=Shadow("soft")), dpi=300))

    told = magick(file, "-format", "%w %h %x %U\n", "info:").splitlines()
    flat = magick(f"{file}[0]", "-crop", "1x1+200+140", "-format", "%[pixel:s]", "info:")

    assert len(told) == 4
    assert told[0] == "400 300 300 PixelsPerInch"
    assert "200,40,30" in flat


@pytest.mark.parametrize("kind", [Format.PNG, Format.JPEG, Format.TIFF, Format.WEBP])
def test_the_matte_alone_is_a_grey_picture(subject: Subject, kind: Format) -> None:
    recipe = Recipe(background="sweep", shadow=Shadow("soft"), frame=Frame("subject", padding=10))

    picture = opened(subject.finished(recipe, Output(kind, matte=True)).data)

    alpha = np.asarray(picture.convert("L")).astype(int)
    inside = subject.alpha[subject.alpha.max(axis=1) >= 13][:, subject.alpha.max(axis=0) >= 13]
    margin = (alpha.shape[0] - inside.shape[0]) // 2
    cropped = alpha[margin : margin + inside.shape[0], margin : margin + inside.shape[1]]
    assert np.abs(cropped - inside).mean() <= 1


@pytest.mark.parametrize("kind", [Format.PNG, Format.JPEG, Format.TIFF])
def test_a_file_tells_its_density(subject: Subject, kind: Format) -> None:
    output = Output(kind, dpi=300)

    picture = opened(subject.finished(Recipe(background="white"), output).data)

    assert [round(float(one)) for one in picture.info["dpi"]] == [300, 300]


def test_a_lower_quality_is_a_smaller_file(subject: Subject) -> None:
    recipe = Recipe(background="linear #fff #888")
    for kind in (Format.JPEG, Format.WEBP, Format.AVIF):
        sizes = [
            len(subject.finished(recipe, Output(kind, quality=quality)).data)
            for quality in (30, 60, 95)
        ]
        assert sizes == sorted(sizes)
        assert sizes[0] < sizes[2]


@pytest.mark.parametrize("kind", [Format.PNG, Format.JPEG, Format.TIFF, Format.WEBP])
def test_a_file_may_be_in_the_colours_of_the_photo(subject: Subject, kind: Format) -> None:
    wide = profile_of(12)
    assert wide
    of_photo = Subject(subject.pixels, subject.alpha, subject.photo, profile=wide)
    recipe = Recipe(background="#14a03c")

    plain = np.asarray(opened(of_photo.finished(recipe, Output()).data))
    picture = opened(of_photo.finished(recipe, Output(kind, profile="source")).data)
    back, used = to_srgb(np.asarray(picture.convert("RGB")), "RGB", picture.info["icc_profile"])

    assert picture.info["icc_profile"] == wide
    assert used == wide
    off = np.abs(back.astype(int) - plain)
    assert off.mean() <= 1
    assert off.max() <= 2 or kind in {Format.JPEG, Format.WEBP}


def test_where_the_photo_has_no_profile_that_is_srgb(subject: Subject) -> None:
    output = Output(Format.TIFF, profile="source")

    picture = opened(subject.finished(Recipe(), output).data)

    profile = ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))
    assert "sRGB" in ImageCms.getProfileDescription(profile)


@pytest.mark.parametrize(
    ("words", "word"),
    [
        ({"format": "gif"}, "gif"),
        ({"format": "png", "quality": 80}, "quality"),
        ({"format": "jpg", "quality": 101}, "quality"),
        ({"format": "webp", "dpi": 300}, "dots per inch"),
        ({"profile": "cmyk"}, "cmyk"),
        ({"format": "psd", "matte": True}, "mask"),
    ],
)
def test_what_a_format_cannot_do_is_refused(words: dict[str, object], word: str) -> None:
    with pytest.raises(RecipeRejected) as refused:
        Output(**words)  # type: ignore[arg-type]
    assert word in refused.value.says


def test_an_output_has_one_spelling() -> None:
    assert Output().text == "png"
    assert Output(Format("jpg"), quality=80, dpi=72).text == "jpg quality=80 dpi=72"
