import io
import struct
import tracemalloc
import warnings
import zlib
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageFile, PngImagePlugin

from inference.errors import PhotoRejected, Refusal
from inference.header import LOCAL_LIMITS, Header, Limits
from inference.photo import Photo, inspect

ORIENTATION = 0x0112
CORNERS = {"red": (200, 30, 30), "green": (30, 160, 30), "blue": (30, 30, 200), "white": (255,) * 3}
WIDTH, HEIGHT = 96, 64

STORED: dict[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera that writes this orientation held its sensor."""


def flag() -> Image.Image:
    """Four colours, one a corner: red, green, then blue, white below; 96 x 64."""
    image = Image.new("RGB", (WIDTH, HEIGHT))
    for index, colour in enumerate(CORNERS.values()):
        place = (index % 2 * WIDTH // 2, index // 2 * HEIGHT // 2)
        image.paste(colour, (*place, place[0] + WIDTH // 2, place[1] + HEIGHT // 2))
    return image


def corners(pixels: NDArray[np.uint8]) -> list[str]:
    """The names of the colours in the middle of the four quarters, in reading order."""
    height, width = pixels.shape[:2]
    return [
        min(CORNERS, key=lambda name: np.abs(pixels[y, x].astype(int) - CORNERS[name]).sum())
        for y in (height // 4, height * 3 // 4)
        for x in (width // 4, width * 3 // 4)
    ]


def file_of(image: Image.Image, format: str, **options: object) -> bytes:  # noqa: A002 as Pillow's
    stream = io.BytesIO()
    if format == "HEIC":
        pillow_heif.from_pillow(image).save(stream, quality=90, **options)
    else:
        image.save(stream, format, **options)
    return stream.getvalue()


def exif(orientation: int) -> bytes:
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    return tags.tobytes()


def held(orientation: int, format: str) -> bytes:  # noqa: A002 as Pillow's
    """The flag, photographed with the camera held so."""
    stored = flag().transpose(STORED[orientation]) if orientation in STORED else flag()
    return file_of(stored, format, exif=exif(orientation))


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_header(width: int, height: int, depth: int = 8, colour_type: int = 2) -> bytes:
    size = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size)


def png16(values: NDArray[np.uint16], *more: bytes) -> bytes:
    """A PNG of 16 bits: (height, width, channels), 1 grey to 4 RGB and alpha; `more` chunks."""
    height, width, channels = values.shape
    rows = values.astype(">u2").reshape(height, -1).view(np.uint8)
    body = zlib.compress(np.pad(rows, ((0, 0), (1, 0))).tobytes())
    header = png_header(width, height, 16, {1: 0, 2: 4, 3: 2, 4: 6}[channels])
    return header + b"".join(more) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def grey_jpeg(sampling: tuple[int, int, int]) -> bytes:
    """A JPEG of 64 x 64 whose blocks are all zero: two bits each, as short as codes can be."""
    table = bytes([1]) + bytes(15) + b"\0"
    parts = [
        (b"\xdb", b"\0" + bytes([1]) * 64),
        (b"\xc0", struct.pack(">BHHB", 8, 64, 64, 3)
         + b"".join(bytes([index + 1, factors, 0]) for index, factors in enumerate(sampling))),
        (b"\xc4", b"\0" + table + b"\x10" + table),
        (b"\xda", b"\3\1\0\2\0\3\0\0\x3f\0"),
    ]  # fmt: skip
    blocks = 16 * sum((factors >> 4) * (factors & 15) for factors in sampling)
    segments = (b"\xff" + kind + struct.pack(">H", len(body) + 2) + body for kind, body in parts)
    return b"\xff\xd8" + b"".join(segments) + bytes(blocks // 4) + b"\xff\xd9"


def rejected(data: bytes, limits: Limits = LOCAL_LIMITS) -> PhotoRejected:
    with pytest.raises(PhotoRejected) as caught:
        Photo.open(data, limits)
    return caught.value


@pytest.mark.parametrize(
    ("format", "mime", "extension"),
    [
        ("JPEG", "image/jpeg", "jpg"),
        ("PNG", "image/png", "png"),
        ("WEBP", "image/webp", "webp"),
        ("TIFF", "image/tiff", "tif"),
        ("BMP", "image/bmp", "bmp"),
        ("GIF", "image/gif", "gif"),
        ("AVIF", "image/avif", "avif"),
        ("HEIC", "image/heic", "heic"),
    ],
)
def test_each_kind_of_photo_opens(
    format: str,  # noqa: A002 as Pillow's
    mime: str,
    extension: str,
) -> None:
    data = file_of(flag(), format)

    photo = Photo.open(data)

    assert photo.header == inspect(data) == Header(mime, extension, WIDTH, HEIGHT)
    assert photo.pixels.shape == (HEIGHT, WIDTH, 3)
    assert photo.pixels.dtype == np.uint8
    assert corners(photo.pixels) == list(CORNERS)
    assert photo.alpha is None
    assert photo.profile is None


@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP"])
def test_lossless_photos_keep_every_pixel(format: str) -> None:  # noqa: A002 as Pillow's
    noise = np.random.default_rng(5).integers(0, 256, (33, 47, 3), np.uint8)

    photo = Photo.open(file_of(Image.fromarray(noise), format))

    assert np.array_equal(photo.pixels, noise)


@pytest.mark.parametrize(
    ("format", "orientation"),
    [("JPEG", number) for number in range(1, 9)]
    + [(name, 6) for name in ("PNG", "WEBP", "AVIF", "TIFF", "HEIC")],
)
def test_a_photo_comes_upright(format: str, orientation: int) -> None:  # noqa: A002 as Pillow's
    data = held(orientation, format)

    photo = Photo.open(data)

    assert corners(photo.pixels) == list(CORNERS)
    assert photo.pixels.shape == (HEIGHT, WIDTH, 3)
    assert (photo.header.width, photo.header.height) == (WIDTH, HEIGHT)
    assert inspect(data) == photo.header


def test_a_sixteen_bit_png_comes_upright() -> None:
    stored = np.asarray(flag().transpose(STORED[6])).astype(np.uint16) * 257

    photo = Photo.open(png16(stored, chunk(b"eXIf", exif(6).removeprefix(b"Exif\0\0"))))

    assert corners(photo.pixels) == list(CORNERS)


def test_the_orientation_may_stand_behind_the_pixels_of_a_png() -> None:
    stored = file_of(flag().transpose(STORED[6]), "PNG")
    end = chunk(b"IEND", b"")
    late = chunk(b"eXIf", exif(6).removeprefix(b"Exif\0\0"))

    photo = Photo.open(stored.removesuffix(end) + late + end)

    assert corners(photo.pixels) == list(CORNERS)
    assert (photo.header.width, photo.header.height) == (WIDTH, HEIGHT)


@pytest.mark.parametrize(
    ("ink", "seen"),
    [((0, 0, 0, 0), (255, 255, 255)), ((0, 0, 0, 255), (0, 0, 0)), ((0, 255, 255, 0), (255, 0, 0))],
)
def test_cmyk_without_a_profile_is_not_inverted(
    ink: tuple[int, int, int, int], seen: tuple[int, int, int]
) -> None:
    photo = Photo.open(file_of(Image.new("CMYK", (32, 32), ink), "JPEG"))

    assert np.abs(photo.pixels[16, 16].astype(int) - seen).max() <= 3


def test_a_jpeg_with_a_rare_sampling_of_colour_opens() -> None:
    data = grey_jpeg((0x22, 0x21, 0x11))

    photo = Photo.open(data)

    assert (photo.pixels == 128).all()
    assert rejected(data[:-8]).refusal is Refusal.BROKEN


def test_a_jpeg_with_rubbish_in_its_header_opens_as_it_does_everywhere() -> None:
    data = file_of(flag(), "JPEG")
    tables = data.index(b"\xff\xdb")
    littered = data[:tables] + bytes(3) + data[tables:]

    assert np.array_equal(Photo.open(littered).pixels, Photo.open(data).pixels)
    assert rejected(littered[: len(littered) // 2]).refusal is Refusal.BROKEN


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_sixteen_bits_are_rounded_not_cut(channels: int) -> None:
    grey = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    values = np.dstack([np.roll(grey, 9973 * channel) for channel in range(channels)])
    rounded = np.floor(values / 257 + 0.5).astype(np.uint8)

    photo = Photo.open(png16(values))

    colours = 3 if channels > 2 else 1
    assert np.array_equal(photo.pixels, np.broadcast_to(rounded[..., :colours], photo.pixels.shape))
    assert (photo.alpha is None) == (channels in {1, 3})
    assert photo.alpha is None or np.array_equal(photo.alpha, rounded[..., -1])


def test_a_sixteen_bit_grey_tiff_is_rounded() -> None:
    values = np.arange(65536, dtype=np.uint16).reshape(256, 256)

    photo = Photo.open(file_of(Image.fromarray(values), "TIFF"))

    assert np.array_equal(photo.pixels[..., 0], np.floor(values / 257 + 0.5))


def test_a_sixteen_bit_colour_tiff_opens() -> None:
    values = np.random.default_rng(3).integers(0, 65536, (20, 30, 3), np.uint16)
    written, data = cv2.imencode(".tif", values[..., ::-1])
    assert written

    photo = Photo.open(data.tobytes())

    assert np.array_equal(photo.pixels, np.floor(values / 257 + 0.5))


def test_a_grey_photo_of_fractions_spans_black_to_white() -> None:
    values = np.array([[-1, 0, 0.5, 1, 7, np.nan]], np.float32)

    photo = Photo.open(file_of(Image.fromarray(values), "TIFF"))

    assert photo.pixels[0, :, 0].tolist() == [0, 0, 128, 255, 255, 0]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_a_photo_that_cannot_be_transparent_has_no_alpha(mode: str) -> None:
    photo = Photo.open(file_of(flag().convert(mode), "PNG"))

    assert photo.alpha is None
    assert photo.pixels.shape == (HEIGHT, WIDTH, 3)
    assert np.array_equal(photo.pixels, np.asarray(flag().convert(mode).convert("RGB")))


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_transparency_is_kept_straight(mode: str) -> None:
    image = flag().convert(mode)
    image.putalpha(Image.linear_gradient("L").resize(image.size))

    photo = Photo.open(file_of(image, "PNG"))

    assert np.array_equal(photo.pixels, np.asarray(image.convert("RGB")))
    assert photo.alpha is not None
    assert np.array_equal(photo.alpha, np.asarray(image.getchannel("A")))


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_an_alpha_that_is_opaque_everywhere_is_none(mode: str) -> None:
    photo = Photo.open(file_of(flag().convert(mode), "PNG"))

    assert photo.alpha is None


@pytest.mark.parametrize("format", ["PNG", "GIF"])
def test_a_palette_may_have_a_transparent_colour(format: str) -> None:  # noqa: A002 as Pillow's
    image = Image.new("P", (4, 2), 1)
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.putpixel((3, 1), 0)

    photo = Photo.open(file_of(image, format, transparency=0))

    assert photo.alpha is not None
    assert photo.alpha.tolist() == [[255] * 4, [255, 255, 255, 0]]
    assert photo.pixels[0, 0].tolist() == [200, 100, 50]


def test_the_transparency_of_a_turned_photo_is_turned_too() -> None:
    image = flag().convert("RGBA")
    alpha = Image.linear_gradient("L").resize(image.size)
    image.putalpha(alpha)

    photo = Photo.open(file_of(image.transpose(STORED[6]), "PNG", exif=exif(6)))

    assert photo.alpha is not None
    assert np.array_equal(photo.alpha, np.asarray(alpha))


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_taken(format: str) -> None:  # noqa: A002 as Pillow's
    others = [Image.new("RGB", (WIDTH, HEIGHT), colour) for colour in ("black", "yellow")]

    photo = Photo.open(file_of(flag(), format, save_all=True, append_images=others, duration=40))

    assert corners(photo.pixels) == list(CORNERS)


def test_a_file_of_too_many_bytes_is_refused_with_both_numbers() -> None:
    data = file_of(flag(), "JPEG").ljust(2_040_000)

    refusal = rejected(data, Limits(max_bytes=2_000_000))

    assert refusal.refusal is Refusal.SIZE
    assert "2.1 MB" in refusal.says
    assert "limit here is 2 MB" in refusal.says


def test_a_photo_of_too_many_pixels_is_refused_with_both_numbers() -> None:
    data = file_of(Image.new("1", (2100, 1000)), "PNG")

    refusal = rejected(data, Limits(max_pixels=2_000_000))

    assert refusal.refusal is Refusal.SIZE
    assert "2.1 megapixels (2100 x 1000)" in refusal.says
    assert "limit here is 2." in refusal.says


def test_a_photo_too_long_is_refused_with_both_numbers() -> None:
    data = file_of(Image.new("1", (601, 10)), "PNG")

    refusal = rejected(data, Limits(max_side=600))

    assert refusal.refusal is Refusal.SIZE
    assert "601 x 10 pixels" in refusal.says
    assert "limit here is 600 a side" in refusal.says


@given(st.integers(1, 10**9), st.integers(1, 10**6))
def test_a_sentence_never_says_that_a_file_as_large_as_the_limit_is_too_large(
    limit: int, over: int
) -> None:
    limit -= limit % 100_000
    header = png_header(1, limit + over, 1, 0)

    refusal = rejected(header, Limits(max_pixels=limit, max_side=2**31))

    size, most = refusal.says.split(" megapixels")[0].split()[-1], f"{limit / 1e6:g}"
    assert size != most


def test_a_photo_of_exactly_the_limits_is_taken() -> None:
    data = file_of(flag(), "PNG")

    photo = Photo.open(data, Limits(len(data), WIDTH * HEIGHT, WIDTH))

    assert photo.header.width == WIDTH


def test_a_photo_of_96_megapixels_opens_without_a_warning() -> None:
    data = file_of(Image.new("1", (9800, 9800), 1), "PNG")

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        photo = Photo.open(data)

    assert photo.pixels.shape == (9800, 9800, 3)
    assert not caught


def test_a_photo_of_101_megapixels_is_refused_by_its_header_alone() -> None:
    without_pixels = png_header(10_100, 10_000) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")

    refusal = rejected(without_pixels)

    assert refusal.refusal is Refusal.SIZE
    assert "101 megapixels" in refusal.says


def test_a_large_heic_is_refused_before_it_is_decoded() -> None:
    data = file_of(Image.new("RGB", (2000, 1500), "teal"), "HEIC")
    pixels = data.index(b"mdat") + len(b"mdat")
    without_pixels = data[:pixels] + bytes(len(data) - pixels)

    refusal = rejected(without_pixels, Limits(max_pixels=2_000_000))

    assert refusal.refusal is Refusal.SIZE
    assert rejected(without_pixels).refusal is Refusal.BROKEN


def test_pillow_is_left_as_it_was() -> None:
    def switches() -> tuple[object, ...]:
        return (
            Image.MAX_IMAGE_PIXELS,
            ImageFile.LOAD_TRUNCATED_IMAGES,
            PngImagePlugin.MAX_TEXT_CHUNK,
            PngImagePlugin.MAX_TEXT_MEMORY,
        )

    before = switches()
    for format_ in ("JPEG", "PNG", "TIFF", "HEIC"):
        Photo.open(file_of(flag(), format_))
    rejected(file_of(flag(), "JPEG")[:-200])

    assert switches() == before
    assert before[:2] == (89_478_485, False)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIC"])
def test_a_file_on_disk_is_inspected_without_being_read_whole(
    tmp_path: Path,
    format: str,  # noqa: A002 as Pillow's
) -> None:
    path = tmp_path / "long"
    path.write_bytes(held(6, format))
    with path.open("r+b") as file:
        file.truncate(300_000_000)

    tracemalloc.start()
    header = inspect(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (header.width, header.height) == (WIDTH, HEIGHT)
    assert peak < 1_000_000


def test_an_inspection_refuses_what_opening_refuses(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(file_of(Image.new("1", (601, 10)), "PNG"))

    with pytest.raises(PhotoRejected, match="601 x 10"):
        inspect(path, Limits(max_side=600))


def test_an_empty_file_is_refused_as_such() -> None:
    assert "empty" in rejected(b"").says
