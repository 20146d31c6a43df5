"""A cutout as somebody else wants it, as data."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from inference.look import Shadow

Colour = tuple[int, int, int, int]
"""sRGB and straight alpha, 0..255 each."""


class Packing(StrEnum):
    """What the pixels are put into; AUTO is JPEG where nothing can be seen through, else PNG."""

    AUTO = "auto"
    PNG = "png"
    JPEG = "jpg"
    WEBP = "webp"
    ZIP = "zip"


@dataclass(frozen=True, slots=True)
class Length:
    """Pixels, or a percentage of something."""

    value: float
    percent: bool = False

    def scaled(self, scale: float) -> "Length":
        return self if self.percent else Length(self.value * scale)

    def of(self, whole: int) -> int:
        """Return it in pixels, `whole` being a hundred percent."""
        return round(self.value * whole / 100 if self.percent else self.value)


Sides = tuple[Length, Length, Length, Length]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What becomes of a transparent cutout. Nothing of it is kept."""

    most_pixels: int
    packing: Packing = Packing.PNG
    colour: Colour | None = None
    crop: bool = False
    margins: Sides = (Length(0),) * 4
    """Around a crop: top, right, bottom, left; percentages are of the subject."""
    region: Sides | None = None
    """Left, top, right, bottom: what lies outside is background."""
    scale: float | None = None
    """The larger share of the picture's width and height that the subject takes, 0..1."""
    position: tuple[float, float] | None = None
    """Shares of the free space that are left of the subject and above it, 0..1; None leaves its
    middle where it is."""
    alpha_alone: bool = False
    shadow: Shadow = field(default=Shadow())
    """Cast before anything is cropped or placed: it belongs to the subject then."""

    def scaled(self, scale: float) -> "Wanted":
        """Return the same of a picture whose sides are so many times as long."""
        region = self.region and _scaled(self.region, scale)
        return replace(self, margins=_scaled(self.margins, scale), region=region)


def _scaled(sides: Sides, scale: float) -> Sides:
    first, second, third, fourth = (one.scaled(scale) for one in sides)
    return first, second, third, fourth


@dataclass(frozen=True, slots=True)
class Rendition:
    """A file, its size in pixels, and the box (left, top, width, height) of the subject in it."""

    data: bytes
    mime: str
    size: tuple[int, int]
    box: tuple[int, int, int, int]
    most_pixels: int = 0
    """To so many the photo was made smaller before it was cut out; 0 where it was not."""
