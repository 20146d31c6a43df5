"""Sixteen bits a channel: kept from the photo, painted without steps, read by other programs."""

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray

from inference.colour import profile_of
from inference.deep import staged_deep
from inference.finish import Subject
from inference.look import Frame, Shadow
from inference.orientation import upright
from inference.output import Format, Output
from inference.photo import Photo
from inference.png import write_png
from inference.recipe import Recipe
from tests.commands import Run
from tests.magick import magick

Wide = NDArray[np.uint16]
DEEP = [Output(Format.PNG, depth=16), Output(Format.TIFF, depth=16)]


def opened(data: bytes) -> Wide:
    """Read a file as OpenCV does, with red first."""
    values = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert values is not None
    assert values.dtype == np.uint16
    order = cv2.COLOR_BGRA2RGBA if values.shape[2] == 4 else cv2.COLOR_BGR2RGB
    return np.asarray(cv2.cvtColor(values, order), np.uint16)


def scene(height: int = 240, width: int = 320) -> Wide:
    """Return a red disc with fine shades on grey paper, in 16 bits."""
    y, x = np.indices((height, width))
    paper = np.full((height, width, 3), 52_000, np.uint16)
    disc = (x - width // 2) ** 2 + (y - height // 2) ** 2 < (height // 3) ** 2
    shades = (30_000 + 11 * x + 7 * y).astype(np.uint16)
    paper[disc] = np.stack([shades, shades // 3, shades // 4], axis=-1)[disc]
    return paper


@pytest.fixture
def subject() -> Subject:
    deep = scene()
    alpha = np.where(deep[..., 0] != deep[..., 1], 255, 0).astype(np.uint8)
    alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), 1.5), np.uint8)
    photo = np.rint(deep / 257).astype(np.uint8)
    return Subject(photo, alpha, photo, deep=deep)


@given(
    st_numpy.arrays(
        np.uint16,
        st.tuples(st.integers(1, 40), st.integers(1, 40), st.sampled_from([3, 4])),
    )
)
def test_a_png_of_sixteen_bits_is_read_back_as_it_was(pixels: Wide) -> None:
    np.testing.assert_array_equal(opened(write_png(pixels)), pixels)


@pytest.mark.parametrize("output", DEEP, ids=["png", "tif"])
@pytest.mark.parametrize("ground", ["transparent", "#204060", "sweep"])
def test_the_inside_of_a_subject_has_every_bit_of_the_photo(
    subject: Subject, output: Output, ground: str
) -> None:
    made = opened(subject.finished(Recipe(background=ground), output).data)

    assert subject.deep is not None
    solid = subject.alpha == 255
    np.testing.assert_array_equal(made[solid][:, :3], subject.deep[solid])
    assert made.shape[2] == (4 if ground == "transparent" else 3)


@pytest.mark.parametrize("ground", ["linear #404040 #505050", "radial #ffffff #f0f0f0", "sweep"])
def test_a_painted_ground_has_no_steps(subject: Subject, ground: str) -> None:
    made = opened(subject.finished(Recipe(background=ground), DEEP[0]).data)

    assert len(np.unique(made[:, 2, 0])) > 100
    flat = opened_eight(subject.finished(Recipe(background=ground), Output()).data)
    assert np.abs(made / 257 - flat).max() < 1.5


def opened_eight(data: bytes) -> NDArray[np.uint8]:
    values = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert values is not None
    return np.asarray(values, np.uint8)


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(["transparent", "white", "linear #123456 #fedcba", "blur"]),
    st.sampled_from(["none", "soft", "hard", "reflection", "original"]),
    st.sampled_from([Frame(), Frame("1:1", 60), Frame("90x90", 70), Frame("subject", padding=10)]),
)
def test_sixteen_bits_are_the_picture_of_eight(ground: str, shadow: str, frame: Frame) -> None:
    deep = scene()
    alpha = np.where(deep[..., 0] != deep[..., 1], 255, 0).astype(np.uint8)
    photo = np.rint(deep / 257).astype(np.uint8)
    subject = Subject(photo, alpha, photo, deep=deep)
    recipe = Recipe(background=ground, shadow=Shadow(shadow), frame=frame)

    wide = opened(subject.finished(recipe, DEEP[0]).data)
    values = cv2.imdecode(
        np.frombuffer(subject.finished(recipe, Output()).data, np.uint8), cv2.IMREAD_UNCHANGED
    )
    assert values is not None
    order = cv2.COLOR_BGRA2RGBA if values.shape[2] == 4 else cv2.COLOR_BGR2RGB
    flat = cv2.cvtColor(values, order)

    assert wide.shape == flat.shape
    assert np.abs(wide / 257 - flat).max() <= 3


@pytest.mark.parametrize("kind", ["png", "tif"])
@pytest.mark.parametrize("channels", [3, 4])
def test_a_photo_of_sixteen_bits_is_opened_in_sixteen_where_that_is_asked(
    kind: str, channels: int
) -> None:
    wide = scene(40, 60)
    if channels == 4:
        wide = np.dstack([wide, np.full((40, 60), 65535, np.uint16)])
    data = write_png(wide) if kind == "png" else tiff(wide)

    photo = Photo.open(data, deep=True)

    assert photo.deep is not None
    np.testing.assert_array_equal(photo.deep, wide[..., :3])
    assert Photo.open(data).deep is None
    assert np.abs(photo.pixels - photo.deep / 257).max() <= 0.5


def tiff(pixels: Wide, **options: Any) -> bytes:
    file = io.BytesIO()
    extra = ["unassalpha"] if pixels.shape[2] == 4 else None
    tifffile.imwrite(file, pixels, photometric="rgb", extrasamples=extra, **options)
    return file.getvalue()


def test_colours_of_another_profile_are_converted_in_eight() -> None:
    photo = Photo.open(tiff(scene(40, 60), iccprofile=profile_of(12)), deep=True)

    assert photo.profile
    assert photo.deep is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_deep_pixels_turn_as_others_do(orientation: int) -> None:
    wide = scene(20, 30)

    turned = upright(wide, orientation)

    np.testing.assert_array_equal((turned >> 8), upright((wide >> 8).astype(np.uint8), orientation))
    assert turned.dtype == np.uint16


def test_a_photo_of_eight_bits_may_be_written_in_sixteen(subject: Subject) -> None:
    recipe = Recipe(background="white")
    plain = staged_deep(subject.pixels, subject.alpha, recipe, subject.photo, None, None)

    assert (plain[subject.alpha == 255] % 257 == 0).all()


@pytest.mark.parametrize("output", DEEP, ids=["png", "tif"])
def test_imagemagick_reads_sixteen_bits_and_their_density(
    subject: Subject, output: Output, tmp_path: Path
) -> None:
    dense = Output(output.format, depth=16, dpi=300)
    file = tmp_path / f"vase.{dense.format.extension}"
    file.write_bytes(subject.finished(Recipe(), dense).data)

    told = magick(file, "-units", "PixelsPerInch", "-format", "%w %h %z %A %x", "info:").split()

    assert told[:3] == ["320", "240", "16"]
    assert told[3] in {"True", "Blend"}
    assert float(told[4]) == pytest.approx(300, abs=0.5)


def test_the_command_line_writes_sixteen_bits(coveshot: Run, tmp_path: Path, out: Path) -> None:
    (tmp_path / "vase.tif").write_bytes(tiff(scene()))
    words = ("cut", tmp_path / "vase.tif", "-o", out, "--bare", "--background", "sweep")

    direct = coveshot(*words, "--format", "tif", "--depth", "16")
    kept = coveshot(*words, "--format", "png", "--depth", "16", "--keep")

    assert (direct.exit_code, kept.exit_code) == (0, 0), direct.stderr + kept.stderr
    one = tifffile.imread(out / "vase.tif")
    np.testing.assert_array_equal(one, opened((out / "vase.png").read_bytes()))
    assert len(np.unique(one)) > 2000
    refused = coveshot(*words, "--format", "jpg", "--depth", "16")
    assert "PNG or TIFF" in refused.stderr
