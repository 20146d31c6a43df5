import io
import struct
import tracemalloc

import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from inference.container import contained
from inference.errors import PhotoRejected, Refusal
from inference.header import Header, Limits
from inference.photo import Photo, inspect
from inference.sniff import AVIF, HEIC, WEBP, Kind

FORMATS = {WEBP: "WEBP", HEIC: "HEIC", AVIF: "AVIF"}


def file_of(kind: Kind, size: tuple[int, int] = (96, 64), **options: object) -> bytes:
    stream, image = io.BytesIO(), Image.new("RGB", size, "teal")
    if kind is HEIC:
        pillow_heif.from_pillow(image).save(stream, **options)
    else:
        image.save(stream, FORMATS[kind], **options)
    return stream.getvalue()


def exif(orientation: int) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def header_or_refusal(data: bytes) -> Header | PhotoRejected:
    try:
        return inspect(data)
    except PhotoRejected as refusal:
        return refusal


def described(content: bytes) -> bytes:
    """A HEIC that is a description and nothing else."""
    return box(b"ftyp", b"heic" + bytes(4) + b"mif1") + box(b"meta", bytes(4) + content)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_told_upright(kind: Kind, orientation: int) -> None:
    data = file_of(kind, exif=exif(orientation))

    found = contained(io.BytesIO(data), kind)

    assert (found.width, found.height) == ((64, 96) if orientation >= 5 else (96, 64))
    assert inspect(data) == Photo.open(data).header


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 50}, {"icc_profile": b"x"}])
def test_each_way_to_write_a_webp_tells_its_size(options: dict[str, object]) -> None:
    data = file_of(WEBP, (300, 17), **options)

    found = contained(io.BytesIO(data), WEBP)

    assert (found.width, found.height) == (300, 17)


def test_the_colours_of_a_heic_are_told_by_number() -> None:
    data = file_of(HEIC, color_primaries=12)

    assert contained(io.BytesIO(data), HEIC).primaries == 12


def test_the_size_of_several_pictures_is_that_of_the_primary_one() -> None:
    stream = io.BytesIO()
    album = pillow_heif.from_pillow(Image.new("RGB", (32, 32)))
    for side in (96, 64):
        album.add_from_pillow(Image.new("RGB", (side, side)))
    album.save(stream, primary_index=1)

    assert inspect(stream.getvalue()).width == 96


@pytest.mark.parametrize("kind", FORMATS)
def test_a_bomb_is_refused_before_its_reader_is_asked(kind: Kind) -> None:
    data = file_of(kind, (3000, 2000))
    tracemalloc.start()

    with pytest.raises(PhotoRejected) as caught:
        Photo.open(data, Limits(max_pixels=5_000_000))

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.refusal is Refusal.SIZE
    assert "6 megapixels (3000 x 2000)" in caught.value.says
    assert peak < 100_000


@pytest.mark.parametrize(
    "data",
    [
        described(b""),
        described(box(b"pitm", bytes(6))),
        described(box(b"iprp", box(b"ipco", b"") + box(b"ipma", bytes(4) + b"\xff" * 4))),
        described(struct.pack(">I4s", 0, b"iprp")),
        described(struct.pack(">I4s", 1, b"iprp")),
        box(b"ftyp", b"heic" + bytes(8)) + struct.pack(">I4s", 3, b"meta"),
        box(b"ftyp", b"heic" + bytes(8)) + struct.pack(">I4sQ", 1, b"free", 2**63),
        box(b"ftyp", b"heic" + bytes(8)) + bytes(200_000),
        b"RIFF\x20\0\0\0WEBP" + b"EXIF" + struct.pack("<I", 0),
        b"RIFF\x20\0\0\0WEBP" + b"VP8X" + struct.pack("<I", 10) + b"\x08",
        b"RIFF\x20\0\0\0WEBP" + b"VP8L" + struct.pack("<I", 0),
    ],
)
def test_a_crooked_container_is_refused(data: bytes) -> None:
    with pytest.raises(PhotoRejected) as caught:
        inspect(data)

    assert caught.value.refusal is Refusal.BROKEN


def test_a_webp_of_a_million_empty_chunks_is_not_counted_through() -> None:
    head = b"VP8X" + struct.pack("<I", 10) + b"\x08" + bytes(3) + b"\x0f\0\0\x0f\0\0"
    data = b"RIFF" + struct.pack("<I", 8_000_022) + b"WEBP" + head + b"FREE\0\0\0\0" * 1_000_000

    assert inspect(data).width == 16


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(list(FORMATS)),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_damage_ends_in_a_size_or_a_sentence(kind: Kind, damage: list[tuple[int, int]]) -> None:
    data = bytearray(file_of(kind, (16, 16), exif=exif(6)))
    for place, value in damage:
        data[place % len(data)] = value

    header = header_or_refusal(bytes(data))

    assert header.says.endswith(".") if isinstance(header, PhotoRejected) else header.width > 0
