"""What a file is by its first bytes; its name is not asked."""

from dataclasses import dataclass

from inference.errors import PhotoRejected, Refusal

HEAD = 64
"""This many bytes tell the kind of a file."""
RAW = "a raw photo of a camera"
OPENED = "JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC or AVIF"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of picture that is opened here."""

    mime: str
    extension: str


JPEG = Kind("image/jpeg", "jpg")
PNG = Kind("image/png", "png")
WEBP = Kind("image/webp", "webp")
TIFF = Kind("image/tiff", "tif")
BMP = Kind("image/bmp", "bmp")
GIF = Kind("image/gif", "gif")
HEIC = Kind("image/heic", "heic")
AVIF = Kind("image/avif", "avif")

KINDS: tuple[tuple[bytes, Kind], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"BM", BMP),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
)
SUFFIXES: dict[str, Kind] = {
    **{kind.extension: kind for _, kind in KINDS},
    **{kind.extension: kind for kind in (WEBP, HEIC, AVIF)},
    **dict.fromkeys(("jpeg", "jpe", "jfif"), JPEG),
    "tiff": TIFF,
    "heif": HEIC,
}
"""What kind a name says that a file is."""
BRANDS: dict[bytes, Kind] = {
    **dict.fromkeys((b"avif", b"avis"), AVIF),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"), HEIC),
}
"""Of the boxes that HEIC, AVIF, videos and some raw photos begin with (ISO/IEC 14496-12)."""

OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"8BPS", "a Photoshop file"),
    (b"%!PS", "a PostScript file"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript file"),
    (b"II+\0", "a BigTIFF"),
    (b"MM\0+", "a BigTIFF"),
    (b"FUJIFILMCCD-RAW", RAW),
    (b"IIRO", RAW),
    (b"IIRS", RAW),
    (b"IIU\0", RAW),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL"),
    (b"\xff\x0a", "a JPEG XL"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"ID3", "a sound"),
    (b"OggS", "a sound"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"qoif", "a QOI picture"),
    (b"RIFF", "a sound or a video"),
)
WORDS: tuple[tuple[bytes, str], ...] = (
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "an SVG or XML drawing"),
    (b"<!doctype", "a web page"),
    (b"<html", "a web page"),
)


def sniff(head: bytes) -> Kind:
    """Tell the kind of a file by its first 64 bytes, or all if there are fewer.

    Raises PhotoRejected, which says what the file is if that is known.
    """
    if not head:
        raise PhotoRejected("This file is empty.", Refusal.BROKEN)
    for magic, kind in KINDS:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in BRANDS:
        # `mif1` is any picture in such a box: the compatible brands tell which.
        return AVIF if b"avif" in head[12:] else BRANDS[head[8:12]]
    raise not_opened(_name(head))


def named(name: str) -> Kind | None:
    """Tell the kind of a file by its name, which may not be true."""
    return SUFFIXES.get(name.rpartition(".")[2].lower())


def not_opened(name: str) -> PhotoRejected:
    return PhotoRejected(
        f"This file is not a photo we can open (it is {name}). Use {OPENED}.", Refusal.TYPE
    )


def _name(head: bytes) -> str:
    for magic, name in OTHERS:
        if head.startswith(magic):
            return name
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for beginning, name in WORDS:
        if text.startswith(beginning):
            return name
    if head[4:8] == b"ftyp":
        return RAW if head[8:11] == b"crx" else "a video"
    printable = all(byte in b"\t\n\r\f" or byte >= ord(" ") for byte in head)
    return "text" if printable else "of an unknown kind"
