"""Files of photos without what they tell: the picture stays as it is, to the pixel."""

import io
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from inference.photo import Photo
from inference.scrub import scrubbed

SECRET = b"Ann at 52.5200 N"
XMP = b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"
KINDS = ["JPEG", "PNG", "WEBP", "TIFF"]
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
TURNED = 6


def picture() -> Image.Image:
    pixels = np.random.default_rng(7).integers(0, 256, (30, 40, 3), np.uint8)
    return Image.fromarray(pixels)


def told(kind: str, orientation: int = TURNED) -> bytes:
    """A photo that says where it was taken, by whom, and how it is turned."""
    image, file = picture(), io.BytesIO()
    exif = image.getexif()
    exif[0x0112] = orientation
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(0x8769)[0x9286] = SECRET
    exif.get_ifd(0x8825)[0x001D] = SECRET.decode()
    options: dict[str, Any] = {"exif": exif, "icc_profile": PROFILE}
    match kind:
        case "JPEG":
            options |= {"comment": SECRET, "xmp": XMP, "progressive": True, "quality": 90}
        case "PNG":
            notes = PngInfo()
            notes.add_text("Author", SECRET.decode())
            notes.add_itxt("XML:com.adobe.xmp", XMP.decode())
            options["pnginfo"] = notes
        case "WEBP":
            options |= {"xmp": XMP, "lossless": True}
        case "TIFF":
            tags = ImageFileDirectory_v2()
            tags[315] = SECRET.decode()
            tags[700] = XMP
            options["tiffinfo"] = tags
            del options["exif"]
            tags[274] = orientation
            tags[34853] = {29: SECRET.decode()}
    image.save(file, kind, **options)
    return file.getvalue() + (SECRET if kind in {"JPEG", "PNG", "WEBP"} else b"")


@pytest.mark.parametrize("orientation", [1, TURNED])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_told_and_the_picture_is_the_same(kind: str, orientation: int) -> None:
    before = told(kind, orientation)
    assert SECRET in before
    after = scrubbed(before, f"image/{kind.lower()}")

    assert SECRET not in after
    one, other = Photo.open(before), Photo.open(after)
    assert np.array_equal(one.pixels, other.pixels)
    assert one.header == other.header
    assert Image.open(io.BytesIO(after)).info["icc_profile"] == PROFILE


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_scrubbed_stays_as_it_is(kind: str) -> None:
    mime = f"image/{kind.lower()}"
    once = scrubbed(told(kind), mime)

    assert scrubbed(once, mime) == once


def test_a_file_that_tells_nothing_loses_no_byte() -> None:
    for kind in KINDS:
        file = io.BytesIO()
        picture().save(file, kind)

        assert len(scrubbed(file.getvalue(), f"image/{kind.lower()}")) == len(file.getvalue())


def test_a_big_tiff_is_scrubbed_as_well() -> None:
    file = io.BytesIO()
    picture().save(file, "TIFF", big_tiff=True, description=SECRET.decode())
    assert SECRET in file.getvalue()
    after = scrubbed(file.getvalue(), "image/tiff")

    assert SECRET not in after
    assert np.array_equal(np.asarray(Image.open(file)), np.asarray(Image.open(io.BytesIO(after))))


def test_a_tiff_whose_directories_go_in_a_circle_is_left_alone() -> None:
    data = struct.pack("<2sHIHI", b"II", 42, 8, 0, 8)

    assert scrubbed(data, "image/tiff") == data


def test_other_kinds_are_kept_as_they_came() -> None:
    assert scrubbed(b"BM", "image/bmp") == b"BM"


WHOLE = {kind: told(kind) for kind in KINDS}


@given(st.data())
def test_what_is_damaged_ends_in_bytes_and_no_error(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    whole = bytearray(WHOLE[kind])
    for _ in range(data.draw(st.integers(0, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])

    assert isinstance(scrubbed(cut, f"image/{kind.lower()}"), bytes)
