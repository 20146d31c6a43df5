import pytest

from inference.errors import PhotoRejected, Refusal
from inference.sniff import AVIF, HEIC, JPEG, PNG, WEBP, Kind, sniff


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", JPEG),
        (b"\x89PNG\r\n\x1a\n", PNG),
        (b"RIFF\x10\0\0\0WEBPVP8 ", WEBP),
        (b"\0\0\0\x1cftypavif\0\0\0\0mif1miaf", AVIF),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif", AVIF),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heic", HEIC),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", HEIC),
    ],
)
def test_a_photo_is_known_by_its_first_bytes(head: bytes, kind: Kind) -> None:
    assert sniff(head) == kind


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "an SVG drawing"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<svg>", "an SVG or XML drawing"),
        (b"PK\x03\x04\x14\0", "a ZIP archive"),
        (b"\n<!DOCTYPE html><html>", "a web page"),
        (b"<html><body>", "a web page"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", "a video"),
        (b"\x1aE\xdf\xa3\x93B\x82", "a video"),
        (b"Dear Anna,\nhere is the photo", "text"),
        (b"8BPS\0\x01", "a Photoshop file"),
        (b"%!PS-Adobe-3.0 EPSF", "a PostScript file"),
        (b"\0\0\0\x18ftypcrx \0\0\0\0", "a raw photo of a camera"),
        (b"RIFF\x10\0\0\0AVI LIST", "a sound or a video"),
        (b"\x07\x08\x00\x01junk", "of an unknown kind"),
    ],
)
def test_what_is_no_photo_is_called_by_its_name(head: bytes, name: str) -> None:
    with pytest.raises(PhotoRejected) as caught:
        sniff(head)

    assert caught.value.refusal is Refusal.TYPE
    assert f"(it is {name}" in caught.value.says
    assert "Use JPEG, PNG" in caught.value.says


def test_a_file_with_nothing_in_it_is_empty() -> None:
    with pytest.raises(PhotoRejected, match="empty"):
        sniff(b"")


@pytest.mark.parametrize("head", [b"B", b"RIFF", b"\0\0\0", b"\xff\xd8", b"\x89PN"])
def test_a_file_of_a_few_bytes_is_no_photo(head: bytes) -> None:
    with pytest.raises(PhotoRejected):
        sniff(head)
