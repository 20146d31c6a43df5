import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from numpy.typing import NDArray
from PIL import Image, ImageCms

from inference.encode import encode, preview, shrunk, thumbnail
from inference.errors import RecipeRejected
from inference.output import Format, Output

pictures = st_numpy.arrays(
    np.uint8,
    st.tuples(st.integers(1, 20), st.integers(1, 20)).flatmap(
        lambda size: st.sampled_from([size, (*size, 3), (*size, 4)])
    ),
)

TIFF_TAGS = {256, 257, 258, 259, 262, 273, 277, 278, 279, 284, 338, 339, 317, 34675}
"""Size, bits, compression, colours, strips, planes, extra samples, predictor, ICC profile."""

FLAT = [each for each in Format if each is not Format.PSD]
"""Formats of one layer."""


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def ramp(height: int = 300, width: int = 400, channels: int = 4) -> NDArray[np.uint8]:
    pixels = np.zeros((height, width, channels), np.uint8)
    pixels[..., 0] = np.linspace(0, 255, width).astype(np.uint8)
    pixels[..., 1] = 90
    if channels == 4:
        pixels[..., 3] = np.linspace(0, 255, height).astype(np.uint8)[:, None]
    return pixels


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (crc,) = struct.unpack(">I", png[at + 8 + length : at + 12 + length])
        assert crc == zlib.crc32(kind + data)
        yield kind, data
        at += 12 + length


@settings(max_examples=100, deadline=None)
@given(pictures)
def test_a_png_gives_every_pixel_back(pixels: NDArray[np.uint8]) -> None:
    np.testing.assert_array_equal(np.asarray(opened(encode(pixels))), pixels)


@pytest.mark.parametrize("height", [255, 256, 257, 600])
def test_the_strips_of_a_png_meet(height: int) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (height, 30, 3), np.uint8)

    np.testing.assert_array_equal(np.asarray(opened(encode(pixels))), pixels)


def test_a_png_says_srgb_and_nothing_else_of_itself() -> None:
    kinds = [kind for kind, _ in chunks(encode(ramp()))]

    assert kinds[:2] == [b"IHDR", b"sRGB"]
    assert set(kinds[2:-1]) == {b"IDAT"}
    assert kinds[-1] == b"IEND"


@pytest.mark.parametrize("format", [each for each in FLAT if each is not Format.PNG])
def test_the_others_say_srgb_and_nothing_else_of_themselves(format: Format) -> None:  # noqa: A002
    picture = opened(encode(ramp(channels=3), Output(format)))
    profile = ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))

    assert "sRGB" in ImageCms.getProfileDescription(profile)
    tags = set(picture.getexif())  # of a TIFF, they are what it is made of
    assert tags <= (TIFF_TAGS if format is Format.TIFF else set())
    assert set(picture.info) <= {
        "icc_profile",
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
    } | {"loop", "background", "timestamp", "duration", "compression", "dpi", "resolution"}


@pytest.mark.parametrize("format", FLAT)
def test_the_same_pixels_give_the_same_bytes(format: Format) -> None:  # noqa: A002
    assert encode(ramp(channels=3), Output(format)) == encode(ramp(channels=3), Output(format))


def test_webp_keeps_alpha_exactly_and_colour_closely() -> None:
    pixels = ramp()
    again = np.asarray(opened(encode(pixels, Output(Format.WEBP))))

    np.testing.assert_array_equal(again[..., 3], pixels[..., 3])
    solid = pixels[..., 3] > 200
    assert np.abs(again[solid].astype(int) - pixels[solid]).mean() < 4


@settings(max_examples=50, deadline=None)
@given(pictures)
def test_a_tiff_gives_every_pixel_back(pixels: NDArray[np.uint8]) -> None:
    np.testing.assert_array_equal(np.asarray(opened(encode(pixels, Output(Format.TIFF)))), pixels)


def test_avif_keeps_alpha_and_colour_closely() -> None:
    pixels = ramp()
    again = np.asarray(opened(encode(pixels, Output(Format.AVIF)))).astype(int)

    assert np.abs(again[..., 3] - pixels[..., 3]).max() <= 6
    assert (again[pixels[..., 3] == 255][..., 3] >= 253).all()
    solid = pixels[..., 3] > 200
    assert np.abs(again[solid] - pixels[solid]).mean() < 3


def test_jpeg_of_a_transparent_cutout_is_refused_with_a_way_out() -> None:
    with pytest.raises(RecipeRejected) as refused:
        encode(ramp(), Output(Format.JPEG))

    assert "background" in refused.value.says


def test_a_side_too_long_for_webp_is_refused_with_a_way_out() -> None:
    with pytest.raises(RecipeRejected) as refused:
        encode(np.zeros((1, 16_384, 3), np.uint8), Output(Format.WEBP))

    assert "PNG" in refused.value.says


def test_a_shrunk_cutout_has_no_dark_rim() -> None:
    pixels = np.zeros((400, 400, 4), np.uint8)
    pixels[:, 201:] = (250, 250, 250, 255)
    small = shrunk(pixels, 100)

    seen = small[small[..., 3] > 0]
    assert seen[:, :3].min() >= 248


def test_previews_and_thumbnails_fit_and_small_pictures_are_not_blown_up() -> None:
    assert opened(preview(ramp(3000, 4000), 1600)).size == (1600, 1200)
    assert opened(thumbnail(ramp(4000, 1000))).size == (80, 320)
    assert opened(thumbnail(ramp(30, 20))).size == (20, 30)
    assert opened(thumbnail(ramp())).mode == "RGBA"
