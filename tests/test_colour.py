import io
import struct
from itertools import product

import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from inference.colour import profile_of, to_srgb
from inference.photo import Photo

Matrix = NDArray[np.float64]

D50 = (0.9642, 1.0, 0.8249)
"""The white of all profiles, and of the matrices below (ICC.1, 7.2.16)."""
ADOBE_RGB = np.array(
    [
        [0.6097559, 0.2052401, 0.1492240],
        [0.3111242, 0.6256560, 0.0632197],
        [0.0194811, 0.0608902, 0.7448387],
    ]
)
"""From linear Adobe RGB (1998) to XYZ, adapted to D50 after Bradford."""
DISPLAY_P3 = np.array(
    [
        [0.5151187, 0.2919778, 0.1571035],
        [0.2411892, 0.6922441, 0.0665668],
        [-0.0010505, 0.0418791, 0.7840713],
    ]
)
BT_2020 = np.array(
    [
        [0.6734241, 0.1656411, 0.1251286],
        [0.2790177, 0.6753402, 0.0456377],
        [-0.0019300, 0.0299784, 0.7973330],
    ]
)
SRGB = np.array(
    [
        [0.4360747, 0.3850649, 0.1430804],
        [0.2225045, 0.7168786, 0.0606169],
        [0.0139322, 0.0971045, 0.7141733],
    ]
)
ADOBE_GAMMA = 563 / 256


def srgb_to_linear(values: Matrix) -> Matrix:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def linear_to_srgb(values: Matrix) -> Matrix:
    values = values.clip(0, 1)
    return np.where(values <= 0.0031308, values * 12.92, 1.055 * values ** (1 / 2.4) - 0.055)


def xyz(*values: float) -> bytes:
    return struct.pack(">4s4x3i", b"XYZ ", *(round(value * 65536) for value in values))


def gamma_curve(gamma: float) -> bytes:
    return struct.pack(">4s4xIH", b"curv", 1, round(gamma * 256))


def sampled_curve(values: Matrix) -> bytes:
    numbers = np.rint(values * 65535).astype(">u2")
    return struct.pack(">4s4xI", b"curv", len(numbers)) + numbers.tobytes()


SRGB_CURVE = sampled_curve(srgb_to_linear(np.linspace(0, 1, 1024)))


def icc(space: bytes, tags: dict[bytes, bytes], between: bytes = b"XYZ ") -> bytes:
    """An ICC profile of version 2.1 (ICC.1:2001-04) of a display, or a printer if it has inks."""
    text = b"made here\0"
    tags = {
        b"desc": struct.pack(">4s4xI", b"desc", len(text)) + text + bytes(78),
        b"cprt": b"text" + bytes(4) + text,
        b"wtpt": xyz(*D50),
        **tags,
    }
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    header = struct.pack(
        ">I4sI4s4s4s12x4s28x3i",
        start + len(body),
        bytes(4),
        0x02100000,
        b"prtr" if space == b"CMYK" else b"mntr",
        space,
        between,
        b"acsp",
        *(round(value * 65536) for value in D50),
    )
    return header.ljust(128, b"\0") + table + body


def matrix_profile(matrix: Matrix, curve: bytes) -> bytes:
    columns = {
        name: xyz(*matrix[:, index]) for index, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))
    }
    return icc(b"RGB ", columns | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve))


def grey_profile(gamma: float) -> bytes:
    return icc(b"GRAY", {b"kTRC": gamma_curve(gamma)})


def table_profile(
    space: bytes, corners: dict[tuple[int, ...], tuple[float, float, float]]
) -> bytes:
    """A profile of two steps a channel: the Lab colours of the corners, paper white elsewhere."""
    channels = len(next(iter(corners)))
    straight = bytes(range(256))
    clut = b"".join(
        bytes([round(lightness * 2.55), round(a) + 128, round(b) + 128])
        for corner in product((0, 1), repeat=channels)
        for lightness, a, b in [corners.get(corner, (100, 0, 0))]
    )
    unity = struct.pack(">9i", *(np.eye(3, dtype=int).ravel() * 65536))
    head = struct.pack(">4s4x4B", b"mft1", channels, 3, 2, 0) + unity
    table = head + straight * channels + clut + straight * 3
    return icc(space, {b"A2B0": table, b"A2B1": table}, b"Lab ")


def lab_to_srgb(lightness: float, a: float, b: float) -> Matrix:
    """Values 0..255 of a colour lighter than L* 8 (CIE 15, 8.2.1)."""
    y = (lightness + 16) / 116
    linear = np.array([y + a / 500, y, y - b / 200]) ** 3 * D50 @ np.linalg.inv(SRGB).T
    return linear_to_srgb(linear) * 255


def cube() -> NDArray[np.uint8]:
    """729 colours of the whole cube, as a picture of 27 x 27."""
    steps = np.linspace(0, 255, 9).astype(np.uint8)
    return np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)


def png(pixels: NDArray[np.uint8], profile: bytes) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG", icc_profile=profile)
    return stream.getvalue()


def converted(linear: Matrix, matrix: Matrix) -> Matrix:
    """Values 0..255 in sRGB of linear colours of another space, by nothing but this matrix."""
    return linear_to_srgb(linear @ matrix.T @ np.linalg.inv(SRGB).T) * 255


def test_adobe_rgb_becomes_srgb() -> None:
    expected = converted((cube() / 255) ** ADOBE_GAMMA, ADOBE_RGB)
    profile = matrix_profile(ADOBE_RGB, gamma_curve(ADOBE_GAMMA))

    photo = Photo.open(png(cube(), profile))

    assert np.abs(photo.pixels - expected).max() <= 2
    assert photo.profile == profile
    assert np.abs(photo.pixels.astype(int) - cube()).max() > 20  # it made a difference


def test_display_p3_becomes_srgb() -> None:
    expected = converted(srgb_to_linear(cube() / 255), DISPLAY_P3)

    photo = Photo.open(png(cube(), matrix_profile(DISPLAY_P3, SRGB_CURVE)))

    assert np.abs(photo.pixels - expected).max() <= 2
    assert np.abs(photo.pixels.astype(int) - cube()).max() > 20


@pytest.mark.parametrize(("number", "matrix"), [(12, DISPLAY_P3), (9, BT_2020)])
def test_primaries_told_by_number_become_srgb(number: int, matrix: Matrix) -> None:
    colours = cube()

    pixels, _ = to_srgb(colours, "RGB", profile_of(number))

    expected = converted(srgb_to_linear(colours / 255), matrix)
    assert np.abs(pixels - expected).max() <= 2


@pytest.mark.parametrize("number", [0, 1, 2, 255])
def test_primaries_of_srgb_or_unknown_ones_need_no_profile(number: int) -> None:
    assert profile_of(number) is None


@pytest.mark.parametrize("format", ["HEIC", "AVIF"])
def test_a_photo_that_tells_its_primaries_by_number_becomes_srgb(
    format: str,  # noqa: A002 as Pillow's
) -> None:
    stream = io.BytesIO()
    image = Image.new("RGB", (64, 64), (180, 80, 60))
    if format == "HEIC":
        pillow_heif.from_pillow(image).save(stream, quality=95, color_primaries=1)
    else:
        image.save(stream, "AVIF", quality=95)
    told = bytearray(stream.getvalue())
    number = told.index(b"nclx") + 4
    assert told[number : number + 2] == b"\0\1"
    told[number + 1] = 12

    before = Photo.open(stream.getvalue()).pixels[32, 32]
    after = Photo.open(bytes(told)).pixels[32, 32]

    expected = converted(srgb_to_linear(before / 255), DISPLAY_P3)
    assert np.abs(after - expected).max() <= 2
    assert np.abs(after.astype(int) - before).max() > 8


def test_srgb_by_another_name_leaves_every_pixel_untouched() -> None:
    noise = np.random.default_rng(2).integers(0, 256, (300, 40, 3), np.uint8)
    profile = matrix_profile(SRGB, SRGB_CURVE)

    photo = Photo.open(png(noise, profile))

    assert np.array_equal(photo.pixels, noise)
    assert photo.profile == profile


def test_transparency_is_not_touched_by_the_colours() -> None:
    alpha = np.arange(729, dtype=np.uint8).reshape(27, 27, 1)
    profile = matrix_profile(DISPLAY_P3, SRGB_CURVE)

    photo = Photo.open(png(np.dstack([cube(), alpha]), profile))

    assert np.array_equal(photo.pixels, Photo.open(png(cube(), profile)).pixels)
    assert photo.alpha is not None
    assert np.array_equal(photo.alpha, alpha[..., 0])


def test_a_picture_higher_than_a_strip_is_converted_to_its_last_row() -> None:
    tall = np.tile(cube(), (20, 1, 1))

    photo = Photo.open(png(tall, matrix_profile(DISPLAY_P3, SRGB_CURVE)))

    assert np.array_equal(photo.pixels, np.tile(photo.pixels[:27], (20, 1, 1)))


def test_grey_with_a_profile_is_read_by_its_gamma() -> None:
    ramp = np.arange(256, dtype=np.uint8)[None]
    expected = linear_to_srgb((ramp / 255) ** 1.8) * 255

    photo = Photo.open(png(ramp, grey_profile(1.8)))

    assert np.abs(photo.pixels - expected[..., None]).max() <= 2
    assert np.abs(photo.pixels[..., 0].astype(int) - ramp).max() > 10


def test_lab_needs_no_profile_to_become_srgb() -> None:
    lightness = np.zeros((1, 3, 3), np.uint8)
    lightness[0, :, 0] = (0, 128, 255)
    stream = io.BytesIO()
    Image.frombytes("LAB", (3, 1), lightness.tobytes()).save(stream, "TIFF")

    photo = Photo.open(stream.getvalue())

    expected = [np.zeros(3), lab_to_srgb(128 / 2.55, 0, 0), np.full(3, 255)]
    assert np.abs(photo.pixels[0] - np.stack(expected)).max() <= 2
    assert photo.profile is None


def test_inks_are_printed_as_their_profile_says() -> None:
    rosy, olive = (72, 24, 8), (55, -12, 40)
    black = (0, 0, 0)
    profile = table_profile(b"CMYK", {(0, 1, 0, 0): rosy, (0, 0, 1, 0): olive, (0, 0, 0, 1): black})
    inks = np.array([[[0, 0, 0, 0], [0, 255, 0, 0], [0, 0, 255, 0], [0, 0, 0, 255]]], np.uint8)
    stream = io.BytesIO()
    Image.frombytes("CMYK", (4, 1), inks.tobytes()).save(stream, "TIFF", icc_profile=profile)

    photo = Photo.open(stream.getvalue())

    expected = [np.full(3, 255), lab_to_srgb(*rosy), lab_to_srgb(*olive), np.zeros(3)]
    assert np.abs(photo.pixels[0] - np.stack(expected)).max() <= 2
    assert photo.profile == profile


def test_the_black_of_a_weak_display_becomes_black_and_shadows_keep_their_steps() -> None:
    profile = table_profile(b"RGB ", {(0, 0, 0): (18, 0, 0)})
    ramp = np.repeat(np.arange(0, 40, 8, dtype=np.uint8), 3).reshape(1, 5, 3)

    photo = Photo.open(png(ramp, profile))

    assert photo.pixels[0, 0].max() <= 2
    assert (np.diff(photo.pixels[0, :, 1].astype(int)) > 0).all()


@pytest.mark.parametrize(
    "profile",
    [
        np.random.default_rng(4).bytes(4000),
        matrix_profile(SRGB, SRGB_CURVE)[:200],
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
        grey_profile(1.8),
        matrix_profile(ADOBE_RGB, SRGB_CURVE)[:128] + struct.pack(">I", 4_000_000_000),
        icc(b"RGB ", {}),
        table_profile(b"CMYK", {(0, 0, 0, 1): (0, 0, 0)}),
        icc(b"what", {}),
    ],
    ids=["noise", "cut", "Lab", "grey", "4e9 tags", "no colours", "inks", "unknown space"],
)
def test_a_profile_that_is_broken_or_for_other_pixels_is_none(profile: bytes) -> None:
    photo = Photo.open(png(cube(), profile))

    assert np.array_equal(photo.pixels, cube())
    assert photo.profile is None


def test_a_colour_profile_on_a_grey_picture_is_none() -> None:
    ramp = np.arange(256, dtype=np.uint8)[None]

    photo = Photo.open(png(ramp, matrix_profile(ADOBE_RGB, gamma_curve(1.0))))

    assert np.array_equal(photo.pixels[..., 0], ramp)
    assert photo.profile is None


def test_cmyk_with_a_profile_that_is_not_for_ink_is_printed_ideally() -> None:
    inks = np.array([[[0, 0, 0, 0], [255, 0, 0, 0], [0, 0, 0, 255]]], np.uint8)

    srgb, profile = to_srgb(inks, "CMYK", matrix_profile(SRGB, SRGB_CURVE))

    assert srgb.tolist() == [[[255, 255, 255], [0, 255, 255], [0, 0, 0]]]
    assert profile is None
