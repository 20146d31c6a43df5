"""Each kind of bad file, small and made here; none may do more than be refused in a sentence."""

import io
import re
import struct
import tracemalloc
import zlib
from collections.abc import Callable

import numpy as np
import pillow_heif
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from inference.errors import PhotoRejected, Refusal
from inference.header import Limits
from inference.photo import Photo, inspect

LIMITS = Limits(max_bytes=20_000_000, max_pixels=36_000_000, max_side=6000)
SIGNATURE = b"\x89PNG\r\n\x1a\n"

# The readers warn of odd tags on their way to an answer; here the answer matters.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def picture(width: int = 200, height: int = 150) -> Image.Image:
    noise = np.random.default_rng(1).integers(0, 256, (height // 5, width // 5, 3), np.uint8)
    return Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)


def file_of(image: Image.Image, format: str, **options: object) -> bytes:  # noqa: A002 as Pillow's
    stream = io.BytesIO()
    if format == "HEIC":
        pillow_heif.from_pillow(image).save(stream, quality=50)
    else:
        image.save(stream, format, **options)
    return stream.getvalue()


def refused(data: bytes, why: Refusal | None = None) -> str:
    """The sentence by which a file is refused: one that a person can read."""
    with pytest.raises(PhotoRejected) as caught:
        Photo.open(data, LIMITS)
    assert why in {None, caught.value.refusal}
    return readable(caught.value.says)


def readable(says: str) -> str:
    assert re.fullmatch(r"This [^\n]{10,250}\.", says)
    assert not re.search(r"0x|Error|Traceback|object at|None", says)
    return says


def opened_or_refused(data: bytes) -> Photo | None:
    try:
        return Photo.open(data, LIMITS)
    except PhotoRejected as rejection:
        readable(rejection.says)
        return None


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_header(width: int, height: int, depth: int = 8, colour_type: int = 2) -> bytes:
    size = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    return SIGNATURE + chunk(b"IHDR", size)


def png(width: int, height: int, *more: bytes) -> bytes:
    """A black RGB PNG with chunks before its pixels."""
    body = zlib.compress(bytes((1 + 3 * width) * height))
    return png_header(width, height) + b"".join(more) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def zeros(count: int) -> bytes:
    """What inflates to so many zeros."""
    packer = zlib.compressobj(9)
    block = bytes(1_000_000)
    return b"".join(packer.compress(block) for _ in range(count // len(block))) + packer.flush()


def sized_jpeg(width: int, height: int) -> bytes:
    """A JPEG of 200 x 150 pixels that claims another size."""
    data = bytearray(file_of(picture(), "JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def gif(width: int, height: int, frames: int, frame: tuple[int, int] = (1, 1)) -> bytes:
    """A GIF of a canvas, and frames of one black pixel's worth of data."""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(3) + b"\xff" * 3
    one = b"," + struct.pack("<HHHHB", 0, 0, *frame, 0) + b"\x02\x02\x44\x01\0"
    return head + one * frames + b";"


def bmp(width: int, height: int, bits: int = 24) -> bytes:
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + 4000, 0, 0, 54) + info + bytes(4000)


def tiff(
    entries: list[tuple[int, int, int, int]], *, following: int = 0, count: int | None = None
) -> bytes:
    """A TIFF of one directory; `following` is where it says that the next one stands."""
    directory = struct.pack("<H", len(entries) if count is None else count)
    directory += b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    return b"II*\0\x08\0\0\0" + directory + struct.pack("<I", following) + bytes(4000)


def grey_tiff(width: int, height: int, **changed: int) -> list[tuple[int, int, int, int]]:
    tags = {"width": 256, "height": 257, "bits": 258, "compression": 259, "photometric": 262}
    tags |= {"offsets": 273, "samples": 277, "rows": 278, "counts": 279}
    values = {"width": width, "height": height, "bits": 8, "compression": 1, "photometric": 1}
    values |= {"offsets": 200, "samples": 1, "rows": height, "counts": width * height} | changed
    return [(tags[name], 4, 1, value) for name, value in values.items()]


def webp(width: int, height: int) -> bytes:
    """A WebP whose lossless header claims a size."""
    bits = (width - 1) | (height - 1) << 14
    body = b"VP8L" + struct.pack("<IBI", 5, 0x2F, bits) + b"\0"
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


@pytest.mark.parametrize(
    "data",
    [
        png_header(50_000, 50_000) + chunk(b"IDAT", zeros(3_000_000)) + chunk(b"IEND", b""),
        sized_jpeg(50_000, 50_000),
        gif(50_000, 50_000, 1),
        gif(1, 1, 1, frame=(50_000, 50_000)),
        bmp(50_000, 50_000),
        bmp(50_000, -50_000),
        tiff(grey_tiff(50_000, 50_000)),
        webp(16_000, 16_000),
    ],
    ids=["png", "jpeg", "gif", "gif frame", "bmp", "bmp downwards", "tiff", "webp"],
)
def test_a_bomb_is_refused_by_its_header(data: bytes) -> None:
    before = psutil.Process().memory_info().rss

    refused(data)

    assert psutil.Process().memory_info().rss - before < 100_000_000


@pytest.mark.parametrize(
    "data",
    [
        sized_jpeg(5990, 5990),
        sized_jpeg(400, 300),
        png_header(500, 500) + chunk(b"IDAT", zlib.compress(bytes(9000))) + chunk(b"IEND", b""),
        bmp(500, 500),
        tiff(grey_tiff(500, 500)),
        webp(500, 500),
    ],
    ids=["jpeg 36 MP", "jpeg", "png", "bmp", "tiff", "webp"],
)
def test_a_header_that_promises_more_than_the_file_holds_is_refused(data: bytes) -> None:
    refused(data, Refusal.BROKEN)


@pytest.mark.parametrize("claimed", [(32, 32), (300, 300)])
def test_a_heic_that_lies_of_its_size_is_refused(claimed: tuple[int, int]) -> None:
    data = bytearray(file_of(picture(), "HEIC"))
    extents = data.index(b"ispe") + 8
    data[extents : extents + 8] = struct.pack(">II", *claimed)

    refused(bytes(data), Refusal.BROKEN)


CUT: dict[str, tuple[Callable[[Image.Image], Image.Image], str, dict[str, object]]] = {
    "jpeg": (lambda image: image, "JPEG", {}),
    "progressive jpeg": (lambda image: image, "JPEG", {"progressive": True}),
    "cmyk jpeg": (lambda image: image.convert("CMYK"), "JPEG", {}),
    "grey jpeg": (lambda image: image.convert("L"), "JPEG", {}),
    "png": (lambda image: image, "PNG", {}),
    "webp": (lambda image: image, "WEBP", {}),
    "lossless webp": (lambda image: image, "WEBP", {"lossless": True}),
    "tiff": (lambda image: image, "TIFF", {}),
    "lzw tiff": (lambda image: image, "TIFF", {"compression": "tiff_lzw"}),
    "bmp": (lambda image: image, "BMP", {}),
    "gif": (lambda image: image, "GIF", {}),
    "avif": (lambda image: image, "AVIF", {}),
    "heic": (lambda image: image, "HEIC", {}),
}


@pytest.mark.parametrize("part", [0.02, 0.25, 0.5, 0.75, 0.95])
@pytest.mark.parametrize("kind", CUT)
def test_a_truncated_photo_is_refused(kind: str, part: float) -> None:
    prepare, format_, options = CUT[kind]
    data = file_of(prepare(picture()), format_, **options)
    assert opened_or_refused(data)

    refused(data[: int(len(data) * part)], Refusal.BROKEN)


def test_what_is_cut_short_is_called_so() -> None:
    data = file_of(picture(), "JPEG")

    assert "cut short" in refused(data[: len(data) // 2])


def test_a_progressive_jpeg_of_too_many_scans_is_refused() -> None:
    data = file_of(picture(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")

    says = refused(data[:-2] + data[last:-2] * 200 + data[-2:], Refusal.BROKEN)

    assert "for ever" in says


def test_a_photo_with_a_video_behind_it_opens() -> None:
    video = b"\xff\xda" * 500

    assert Photo.open(file_of(picture(), "JPEG") + video, LIMITS).header.width == 200


def test_a_jpeg_that_speaks_of_scans_in_its_comment_opens() -> None:
    data = file_of(picture(), "JPEG", comment=b"\xff\xda" * 500)

    assert Photo.open(data, LIMITS).header.width == 200


@pytest.mark.parametrize(
    "beginning",
    [
        b"%PDF-1.7\n",
        b"<html><script>alert(1)</script>",
        b"PK\x03\x04",
        b"<svg onload='x()'>",
        b"MZ",
    ],
)
def test_a_picture_behind_another_kind_of_file_is_not_looked_for(beginning: bytes) -> None:
    refused(beginning + file_of(picture(), "JPEG"), Refusal.TYPE)


@pytest.mark.parametrize(
    "ending", [b"<script>alert(1)</script>", b"PK\x05\x06" + bytes(18), b"%PDF-1.7", bytes(100_000)]
)
def test_what_stands_behind_a_picture_does_not_get_in(ending: bytes) -> None:
    for format_ in ("JPEG", "PNG"):
        data = file_of(picture(), format_)

        photo = Photo.open(data + ending, LIMITS)

        assert np.array_equal(photo.pixels, Photo.open(data, LIMITS).pixels)


@pytest.mark.parametrize(
    "program",
    [
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n",
        b"\xc5\xd0\xd3\xc6" + bytes(60),
        b"P6 4 4 255 " + bytes(48),
        b"/* XPM */ static char *x[] = {",
        b"\x01\xda\x01\x01\0\x02\0\x04\0\x04\0\x03" + bytes(500),
    ],
    ids=["PostScript", "EPS", "PPM", "XPM", "SGI"],
)
def test_readers_that_are_not_offered_cannot_be_reached(program: bytes) -> None:
    refused(program, Refusal.TYPE)


@pytest.mark.parametrize(
    "bomb",
    [
        chunk(b"zTXt", b"Comment\0\0" + zeros(400_000_000)),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zeros(400_000_000)),
        chunk(b"iCCP", b"icc\0\0" + zeros(400_000_000)),
    ],
    ids=["zTXt", "iTXt", "iCCP"],
)
def test_text_that_inflates_without_end_takes_no_memory(bomb: bytes) -> None:
    tracemalloc.start()
    opened_or_refused(png(8, 8, bomb))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 20_000_000


def test_thousands_of_texts_are_passed_over() -> None:
    texts = b"".join(chunk(b"tEXt", b"k%d\0v" % index) for index in range(20_000))

    assert Photo.open(png(8, 8, texts), LIMITS).pixels.shape == (8, 8, 3)


def test_a_second_header_does_not_smuggle_a_bomb_past_the_first_look() -> None:
    small = png_header(8, 8, 16)
    bomb = png_header(20_000, 20_000, 16)
    pixels = chunk(b"IDAT", zlib.compress(bytes(8 * 49))) + chunk(b"IEND", b"")

    refused(bomb + small.removeprefix(SIGNATURE) + pixels)
    refused(small + bomb.removeprefix(SIGNATURE) + pixels)


def test_of_a_flood_of_frames_one_is_decoded() -> None:
    frames = b"".join(
        chunk(b"fcTL", struct.pack(">IIIIIHHBB", 2 * index + 1, 9, 9, 0, 0, 1, 30, 0, 0))
        + chunk(b"fdAT", struct.pack(">I", 2 * index + 2) + zlib.compress(bytes(252)))
        for index in range(5000)
    )
    control = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 9, 9, 0, 0, 1, 30, 0, 0))
    animation = png(9, 9, chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)), control)
    end = chunk(b"IEND", b"")

    photo = Photo.open(animation.removesuffix(end) + frames + end, LIMITS)

    assert photo.pixels.shape == (9, 9, 3)
    assert Photo.open(gif(9, 9, 20_000), LIMITS).pixels.shape == (9, 9, 3)


@pytest.mark.parametrize(
    "data",
    [
        tiff(grey_tiff(20, 20), following=8),
        tiff(grey_tiff(20, 20), following=2**32 - 1),
        tiff(grey_tiff(20, 20), count=65535),
        tiff([*grey_tiff(20, 20), (0x8769, 4, 1, 8), (0x8825, 4, 1, 8), (0x014A, 4, 1, 8)]),
        tiff([*grey_tiff(20, 20), (0x010E, 2, 2**32 - 1, 8)]),
        tiff([*grey_tiff(20, 20), (0x0111, 4, 2**31, 8)]),
        tiff(grey_tiff(20, 20, counts=2**32 - 1)),
        tiff(grey_tiff(20, 20, offsets=2**32 - 1)),
        tiff(grey_tiff(20, 20, bits=255)),
        tiff(grey_tiff(20, 20, samples=65535)),
        tiff(grey_tiff(20, 20, compression=7)),
        tiff(grey_tiff(20, 20, compression=34712)),
        tiff([]),
        b"II*\0\xff\xff\xff\xff",
        b"II*\0",
    ],
)
def test_a_crooked_tiff_ends_in_a_picture_or_a_sentence(data: bytes) -> None:
    photo = opened_or_refused(data)

    assert photo is None or photo.pixels.shape == (20, 20, 3)


@pytest.mark.parametrize(
    "tags",
    [
        struct.pack("<2sHIHHHIII", b"II", 42, 8, 1, 0x8769, 4, 1, 8, 8),
        struct.pack("<2sHIHHHIII", b"II", 42, 8, 65535, 0x010E, 2, 2**32 - 1, 8, 8),
        struct.pack("<2sHI", b"II", 42, 2**32 - 1),
        struct.pack("<2sHIHHHII", b"II", 42, 8, 1, 0x0112, 3, 2**32 - 1, 65535),
        b"II",
        b"",
    ],
    ids=["loop", "huge count", "far away", "orientation 65535", "two bytes", "nothing"],
)
def test_crooked_exif_does_no_harm(tags: bytes) -> None:
    exif = b"Exif\0\0" + tags

    for format_ in ("JPEG", "PNG", "WEBP"):
        photo = Photo.open(file_of(picture(), format_, exif=exif), LIMITS)

        assert photo.pixels.shape == (150, 200, 3)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation: int) -> None:
    tags = Image.Exif()
    tags[0x0112] = orientation

    for format_ in ("JPEG", "PNG", "WEBP", "TIFF"):
        photo = Photo.open(file_of(picture(), format_, exif=tags.tobytes()), LIMITS)

        assert photo.pixels.shape == (150, 200, 3)


@pytest.mark.parametrize("size", [(0, 0), (0, 100), (100, 0)])
def test_a_picture_of_no_pixels_is_refused(size: tuple[int, int]) -> None:
    pixels = chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    for data in (
        png_header(*size) + pixels,
        sized_jpeg(*size),
        gif(*size, 0),
        bmp(*size),
        tiff(grey_tiff(*size)),
    ):
        refused(data, Refusal.BROKEN)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF", "HEIC"])
def test_a_picture_of_one_pixel_is_a_picture(format: str) -> None:  # noqa: A002 as Pillow's
    photo = Photo.open(file_of(Image.new("RGB", (1, 1), "white"), format), LIMITS)

    assert np.abs(photo.pixels.astype(int) - 255).max() <= 3
    assert photo.pixels.shape == (1, 1, 3)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "BMP", "GIF"])
def test_a_picture_may_be_a_line(format: str) -> None:  # noqa: A002 as Pillow's
    tags = Image.Exif()
    tags[0x0112] = 6
    line = Image.new("RGB", (30_000, 1), "white")

    assert Photo.open(file_of(line, format)).pixels.shape == (1, 30_000, 3)
    assert "30000 x 1 pixels" in refused(file_of(line, format), Refusal.SIZE)


@pytest.mark.parametrize(
    "palette",
    [b"", chunk(b"PLTE", bytes(900)), chunk(b"PLTE", bytes(6)) + chunk(b"tRNS", bytes(5000))],
    ids=["none", "of 300", "with too much transparency"],
)
def test_a_crooked_palette_ends_in_a_picture_or_a_sentence(palette: bytes) -> None:
    body = chunk(b"IDAT", zlib.compress(bytes(72))) + chunk(b"IEND", b"")

    photo = opened_or_refused(png_header(8, 8, 8, 3) + palette + body)

    assert photo is None or photo.pixels.shape == (8, 8, 3)


@pytest.mark.parametrize(("colour_type", "size"), [(0, 2), (2, 6)])
def test_a_transparent_colour_of_sixteen_bits_does_no_harm(colour_type: int, size: int) -> None:
    body = zlib.compress((b"\0" + b"\xab\xcd" * 8 * (size // 2)) * 8)
    colour = chunk(b"tRNS", b"\xab\xcd" * (size // 2))
    data = png_header(8, 8, 16, colour_type) + colour + chunk(b"IDAT", body) + chunk(b"IEND", b"")

    assert Photo.open(data, LIMITS).pixels[3, 3].tolist() == [171, 171, 171]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF", "HEIC"]),
    st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=12),
)
def test_damaged_bytes_end_in_a_picture_or_a_sentence(
    format: str,  # noqa: A002 as Pillow's
    damage: list[tuple[float, int]],
) -> None:
    data = bytearray(file_of(picture(40, 30), format))
    for place, value in damage:
        data[int(place * len(data))] = value

    photo = opened_or_refused(bytes(data))

    assert photo is None or photo.pixels.shape[2:] == (3,)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "GIF"])
def test_an_inspection_and_an_opening_agree(format: str) -> None:  # noqa: A002 as Pillow's
    tags = Image.Exif()
    tags[0x0112] = 8
    options = {} if format == "GIF" else {"exif": tags.tobytes()}
    data = file_of(picture(), format, **options)

    assert inspect(data, LIMITS) == Photo.open(data, LIMITS).header
