"""The file that a picture becomes, as data: what touches no pixel of the recipe."""

from dataclasses import asdict, dataclass
from enum import StrEnum

from inference.errors import RecipeRejected
from inference.look import check

SRGB, SOURCE = "srgb", "source"


class Format(StrEnum):
    """A kind of file; the value is its extension."""

    PNG = "png"
    WEBP = "webp"
    JPEG = "jpg"
    AVIF = "avif"
    TIFF = "tif"
    PSD = "psd"

    @property
    def extension(self) -> str:
        return self.value

    @property
    def mime(self) -> str:
        return "image/vnd.adobe.photoshop" if self is Format.PSD else f"image/{self.name.lower()}"

    @property
    def has_alpha(self) -> bool:
        return self is not Format.JPEG

    @property
    def most_side(self) -> int:
        """The longest side in pixels that the format can hold."""
        return MOST_SIDES[self]


MOST_SIDES = {
    Format.PNG: 2**31 - 1,
    Format.WEBP: 16_383,
    Format.JPEG: 65_535,
    Format.AVIF: 32_768,  # what libavif opens again without being asked to
    Format.TIFF: 2**31 - 1,
    Format.PSD: 30_000,  # beyond is PSB (Adobe Photoshop File Formats Specification)
}
QUALITIES = {Format.JPEG: 92, Format.WEBP: 92, Format.AVIF: 85}
"""The usual quality of lossy formats, where designers stop seeing a difference: 1..100, each on its
own scale. AVIF codes alpha as well as colour with it."""
DENSE = (Format.PNG, Format.JPEG, Format.TIFF, Format.PSD)
"""Formats that have a place for the density of their pixels."""


DEEP = (Format.PNG, Format.TIFF)
EIGHT, SIXTEEN = 8, 16


@dataclass(frozen=True, slots=True)
class Output:
    """How a picture is written."""

    format: Format = Format.PNG
    quality: int = 0
    """Of JPEG, WebP and AVIF, 1..100, each on its own scale; 0 for what is usual for it."""
    dpi: int = 0
    """Pixels an inch that layout programs go by; 0 to say nothing."""
    depth: int = EIGHT
    """Bits a channel, 8 or 16: of PNG and TIFF."""
    profile: str = SRGB
    """The colours of the file: `srgb`, or `source` for those of the photo's own profile."""
    matte: bool = False
    """The alpha alone, as a grey picture."""
    small: bool = False
    """Spend many times the time on the smallest file of the same pixels."""

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "format", Format(self.format))
        except ValueError as error:
            known = ", ".join(Format)
            raise RecipeRejected(f"{self.format!r} is not a format. Use {known}.") from error
        check(self, "output", {"quality": (0, 100), "dpi": (0, 10_000)})
        name = self.format.name
        if self.quality and self.format not in QUALITIES:
            raise RecipeRejected(f"{name} has no quality: it keeps every pixel. Leave it away.")
        if self.dpi and self.format not in DENSE:
            raise RecipeRejected(f"{name} has no place for dots per inch. Use PNG, JPEG or TIFF.")
        self._check_depth()
        if self.profile not in {SRGB, SOURCE}:
            raise RecipeRejected(f"{self.profile!r} is not a profile. Use {SRGB} or {SOURCE}.")
        if self.matte and self.format is Format.PSD:
            raise RecipeRejected("A PSD has the matte as a mask. Use PNG or TIFF for it alone.")

    def _check_depth(self) -> None:
        if self.depth not in {EIGHT, SIXTEEN}:
            raise RecipeRejected(f"depth is {self.depth}; it is 8 or 16 bits a channel.")
        if self.depth == SIXTEEN and (self.format not in DEEP or self.matte):
            raise RecipeRejected("16 bits a channel are for pictures in PNG or TIFF.")
        if self.depth == SIXTEEN and self.profile == SOURCE:
            raise RecipeRejected("16 bits a channel are written in sRGB.")

    def as_format(self, format: Format) -> "Output":  # noqa: A002 the word for it
        """Return the same in another format, without what that has no place for."""
        matte = self.matte and format is not Format.PSD
        deep = self.depth == SIXTEEN and format in DEEP and not matte
        return Output(
            format,
            quality=self.quality if format in QUALITIES else 0,
            dpi=self.dpi if format in DENSE else 0,
            depth=SIXTEEN if deep else EIGHT,
            profile=SRGB if deep else self.profile,
            matte=matte,
            small=self.small,
        )

    @property
    def takes_apart(self) -> bool:
        """Whether the subject is wanted for itself, and not what it looks like on its ground."""
        return self.matte or self.depth == SIXTEEN or self.format is Format.PSD

    @property
    def text(self) -> str:
        """One spelling for each output: `png`, `jpg quality=90 dpi=300`."""
        usual, own = asdict(Output()), asdict(self)
        said = [f"{name}={own[name]}" for name in own if own[name] != usual[name]]
        return " ".join([self.format.value, *(one for one in said if not one.startswith("format"))])


PNG = Output()


@dataclass(frozen=True, slots=True)
class File:
    """A finished file; its size in pixels."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Export:
    """A file that leaves the library."""

    name: str
    mime: str
    file: File

    @property
    def data(self) -> bytes:
        return self.file.data
