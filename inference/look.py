"""What a subject is set on, as data: its ground, its shadow and its frame."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from inference.errors import RecipeRejected

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

TRANSPARENT = "transparent"
NAMED_COLOURS = {"white": "#ffffff", "black": "#000000"}
COLOUR = re.compile(r"#[0-9a-f]{6}")
SHORT_COLOUR = re.compile(r"#[0-9a-f]{3}")
CANVAS = re.compile(r"(\d{1,5}) ?([x:]) ?(\d{1,5})")
SHA256 = re.compile(r"[0-9a-f]{64}")
MOST_SIDE, MOST_PIXELS = 20_000, 100_000_000
"""Of a canvas, in pixels."""
DOWNWARDS = 180.0
"""The direction of a gradient as in CSS: clockwise from upwards."""
BLUR, MOST_BLUR = 2.5, 20.0
"""Of the photo's own background, in percent of its longer side."""
FITS = ("fill", "fit")

RGB = tuple[int, int, int]


class Scene(StrEnum):
    """The kinds of grounds."""

    TRANSPARENT = "transparent"
    COLOUR = "colour"
    LINEAR = "linear"
    RADIAL = "radial"
    SWEEP = "sweep"
    BLUR = "blur"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Ground:
    """What is behind the subject, as `read` finds it in the text of a recipe."""

    scene: Scene
    colours: tuple[RGB, ...] = ()
    """sRGB, 0..255 each: one, or where a gradient begins and ends."""
    number: float = 0.0
    """The direction of a linear gradient in degrees, or a blur in percent of the longer side."""
    picture: str = ""
    """The sha256 of an own picture."""
    fit: str = "fill"
    """Whether an own picture fills the canvas, or fits into it as a whole."""
    at: tuple[float, float] = (0.5, 0.5)
    """Which part of an own picture stays in sight where it is cut: shares of what is too much."""

    @property
    def text(self) -> str:
        """The one spelling of it."""
        colours = ["#" + bytes(colour).hex() for colour in self.colours]
        if self.scene is Scene.COLOUR:
            return colours[0]
        if self.scene is Scene.PICTURE:
            x, y = self.at
            return f"picture {self.picture} {self.fit} {x:g} {y:g} {self.number:g}"
        number = [f"{self.number:g}"] if self.scene in {Scene.LINEAR, Scene.BLUR} else []
        return " ".join([self.scene.value, *colours, *number])

    @classmethod
    def read(cls, text: str) -> "Ground":
        """Read `white`, `linear #ffffff #dddddd 180`, `sweep #eeeeee`, `blur 2.5` and the like.

        Raises RecipeRejected.
        """
        first, *rest = text.strip().lower().split() or [""]
        try:
            return READERS[first](*rest) if first in READERS else _of_one(first, *rest)
        except (TypeError, ValueError):  # a word too many or too few, or one that is none
            pass
        raise RecipeRejected(
            f"{text.strip()!r} is not a background. Use transparent, white, black, a colour like "
            "#ff8800, linear #ffffff #dddddd 180, radial #ffffff #dddddd, sweep #ececec, blur 2.5 "
            "or picture with the name of a file."
        )


def rgb(text: str) -> RGB:
    """Read a colour: `#rrggbb`, `#rgb`, white or black. Raises ValueError."""
    text = NAMED_COLOURS.get(text, text)
    if SHORT_COLOUR.fullmatch(text):
        text = "#" + "".join(digit * 2 for digit in text[1:])
    if not COLOUR.fullmatch(text):
        raise ValueError(text)
    red, green, blue = bytes.fromhex(text[1:])
    return red, green, blue


class Cast(StrEnum):
    """The kinds of shadows."""

    NONE = "none"
    SOFT = "soft"
    CONTACT = "contact"
    HARD = "hard"
    REFLECTION = "reflection"
    ORIGINAL = "original"


HEEDED = {
    Cast.NONE: (),
    Cast.SOFT: ("softness", "opacity", "colour"),
    Cast.CONTACT: ("softness", "opacity", "colour"),
    Cast.HARD: ("direction", "length", "softness", "opacity", "colour"),
    Cast.REFLECTION: ("length", "softness", "opacity"),
    Cast.ORIGINAL: ("opacity",),
}
"""The settings that each kind of shadow has."""


@dataclass(frozen=True, slots=True)
class Shadow:
    """What a subject throws on the floor that it stands on."""

    kind: str = "none"
    direction: float = 60.0
    """Where a hard shadow falls on the floor, in degrees: 0 right, 90 away, 180 left, 270 near."""
    length: float = 60.0
    """Of a hard shadow or a reflection, in percent of the subject's height."""
    softness: float = 50.0
    """0 is as sharp as the kind allows, 100 as soft."""
    opacity: float = 50.0
    """In percent; of the photo's own shadow, 50 leaves it as it is."""
    colour: str = "#000000"

    def __post_init__(self) -> None:
        check(self, "shadow", {"direction": (0, 360), "length": (0, 200)})
        check(self, "shadow", {"softness": (0, 100), "opacity": (0, 100)})
        if self.kind not in set(Cast):
            raise RecipeRejected(f"{self.kind!r} is not a shadow. Use {', '.join(Cast)}.")
        try:
            spelled = "#" + bytes(rgb(self.colour.strip().lower())).hex()
        except ValueError as error:
            raise RecipeRejected(f"{self.colour!r} is not the colour of a shadow.") from error
        object.__setattr__(self, "colour", spelled)
        for field in fields(self):  # what this kind does not heed makes no other recipe
            if field.name not in {"kind", *HEEDED[Cast(self.kind)]}:
                object.__setattr__(self, field.name, field.default)


LEAST_FILL = 10.0
ALIGNMENTS = ("centre", "bottom")
SUBJECT = "subject"
"""A canvas that is as large as the subject, and its padding."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The canvas, and the place of the subject on it. By default, that of the photo."""

    canvas: str = ""
    """A size in pixels like `2000x2000`, a ratio like `4:5`, or `subject` for its own box; empty
    for the photo's own ratio."""
    fill: float = 0.0
    """Percent of the canvas that the subject's box takes where it is tightest; 0 leaves the photo
    as it was framed."""
    align: str = "centre"
    """Where a filled subject is, up and down: in the middle, or standing on the lower margin."""
    padding: float = 0.0
    """Around a canvas of the subject's own box, in percent of the longer side of that."""
    scale: float = 0.0
    """The most that a filled subject is large on a canvas of a given size, in percent of its size
    in the photo: one for all photos of a series. 0 for as large as its share allows."""

    def __post_init__(self) -> None:
        check(self, "frame", {"fill": (0, 100), "padding": (0, 100), "scale": (0, 100)})
        if 0 < self.fill < LEAST_FILL:
            raise RecipeRejected(f"fill is {self.fill:g}; it is 0 or from {LEAST_FILL:g} to 100.")
        if self.align not in ALIGNMENTS:
            raise RecipeRejected(
                f"{self.align!r} is not an alignment. Use {' or '.join(ALIGNMENTS)}."
            )
        object.__setattr__(self, "canvas", _canvas(self.canvas))
        # What such a canvas does not heed makes no other recipe.
        if self.canvas == SUBJECT:
            object.__setattr__(self, "fill", 0.0)
        else:
            object.__setattr__(self, "padding", 0.0)
        if not self.fill:
            object.__setattr__(self, "align", "centre")
        if not (self.fill and self.size):
            object.__setattr__(self, "scale", 0.0)

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height in pixels, where they are given."""
        return self._numbers("x")

    @property
    def ratio(self) -> tuple[int, int] | None:
        """Width to height, where that is given."""
        return self._numbers(":")

    def _numbers(self, between: str) -> tuple[int, int] | None:
        width, found, height = self.canvas.partition(between)
        return (int(width), int(height)) if found else None


def check(row: "DataclassInstance", name: str, ranges: Mapping[str, tuple[float, float]]) -> None:
    """Take whole numbers for any; raise RecipeRejected for another type than the default's.

    And for a number out of its range.
    """
    for field in fields(row):
        value: Any = getattr(row, field.name)
        if type(field.default) is float and type(value) is int:
            object.__setattr__(row, field.name, float(value))
        elif type(value) is not type(field.default):
            raise RecipeRejected(f"{field.name} cannot be {value!r} in a {name}.")
    for field_name, (least, most) in ranges.items():
        value = getattr(row, field_name)
        if not least <= value <= most:
            raise RecipeRejected(f"{field_name} is {value:g}; it goes from {least:g} to {most:g}.")


def _canvas(text: str) -> str:
    text = text.strip().lower().replace("\N{MULTIPLICATION SIGN}", "x")
    if text in {"", SUBJECT}:
        return text
    found = CANVAS.fullmatch(text)
    if not found or 0 in {int(found[1]), int(found[3])}:
        raise RecipeRejected(
            f"{text!r} is not a canvas. Use a size like 2000x2000, a ratio like 4:5, or subject."
        )
    width, height = int(found[1]), int(found[3])
    if found[2] == "x" and (max(width, height) > MOST_SIDE or width * height > MOST_PIXELS):
        raise RecipeRejected(
            f"A canvas of {width}x{height} is too large: up to {MOST_SIDE} pixels a side and "
            f"{MOST_PIXELS // 1_000_000} megapixels."
        )
    if found[2] == ":" and not 1 / 20 <= width / height <= 20:  # noqa: PLR2004 beyond is a ribbon
        raise RecipeRejected(f"A canvas of {width}:{height} is too long: up to 20:1 or 1:20.")
    return f"{width}{found[2]}{height}"


def _number(word: str, least: float, most: float) -> float:
    number = float(word)
    if not least <= number <= most:
        raise ValueError(word)
    return number


def _of_one(colour: str) -> Ground:
    return Ground(Scene.COLOUR, (rgb(colour),))


def _linear(start: str, end: str, degrees: str = f"{DOWNWARDS:g}") -> Ground:
    return Ground(Scene.LINEAR, (rgb(start), rgb(end)), _number(degrees, 0, 360))


def _radial(start: str, end: str) -> Ground:
    return Ground(Scene.RADIAL, (rgb(start), rgb(end)))


def _sweep(colour: str = "#ececec") -> Ground:
    return Ground(Scene.SWEEP, (rgb(colour),))


def _blur(percent: str = f"{BLUR:g}") -> Ground:
    return Ground(Scene.BLUR, (), _number(percent, 0.1, MOST_BLUR))


def _picture(
    sha256: str, fit: str = "fill", x: str = "0.5", y: str = "0.5", blur: str = "0"
) -> Ground:
    if not SHA256.fullmatch(sha256) or fit not in FITS:
        raise ValueError(sha256)
    at = (_number(x, 0, 1), _number(y, 0, 1))
    return Ground(Scene.PICTURE, (), _number(blur, 0, MOST_BLUR), picture=sha256, fit=fit, at=at)


READERS: dict[str, Callable[..., Ground]] = {
    Scene.TRANSPARENT: lambda: Ground(Scene.TRANSPARENT),
    Scene.LINEAR: _linear,
    Scene.RADIAL: _radial,
    Scene.SWEEP: _sweep,
    Scene.BLUR: _blur,
    Scene.PICTURE: _picture,
}
"""What follows the first word of each ground but a plain colour."""
