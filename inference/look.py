"""What a subject is set on, as data: its ground, its shadow and its frame."""

import re
from collections.abc import Mapping
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
MOST_SIDE, MOST_PIXELS = 20_000, 100_000_000
"""Of a canvas, in pixels."""
DOWNWARDS = 180.0
"""The direction of a gradient as in CSS: clockwise from upwards."""
BLUR = 2.5
"""The usual blur of the photo's own background, in percent of its longer side."""

RGB = tuple[int, int, int]


class Scene(StrEnum):
    """The kinds of grounds."""

    TRANSPARENT = "transparent"
    COLOUR = "colour"
    LINEAR = "linear"
    RADIAL = "radial"
    SWEEP = "sweep"
    BLUR = "blur"


@dataclass(frozen=True, slots=True)
class Ground:
    """What is behind the subject, as `read` finds it in the text of a recipe."""

    scene: Scene
    colours: tuple[RGB, ...] = ()
    """sRGB, 0..255 each: one, or where a gradient begins and ends."""
    number: float = 0.0
    """The direction of a linear gradient in degrees, or a blur in percent of the longer side."""

    @property
    def text(self) -> str:
        """The one spelling of it."""
        colours = ["#" + bytes(colour).hex() for colour in self.colours]
        if self.scene is Scene.COLOUR:
            return colours[0]
        number = [f"{self.number:g}"] if self.scene in {Scene.LINEAR, Scene.BLUR} else []
        return " ".join([self.scene.value, *colours, *number])

    @classmethod
    def read(cls, text: str) -> "Ground":
        """Read `white`, `linear #ffffff #dddddd 180`, `sweep #eeeeee`, `blur 2.5` and the like.

        Raises RecipeRejected.
        """
        words = text.strip().lower().split()
        try:
            match words:
                case ["transparent"]:
                    return cls(Scene.TRANSPARENT)
                case [colour] if colour not in set(Scene):
                    return cls(Scene.COLOUR, (rgb(colour),))
                case ["linear", first, last, *degrees] if len(degrees) <= 1:
                    return cls(Scene.LINEAR, (rgb(first), rgb(last)), _turn(degrees))
                case ["radial", first, last]:
                    return cls(Scene.RADIAL, (rgb(first), rgb(last)))
                case ["sweep", *colours] if len(colours) <= 1:
                    return cls(Scene.SWEEP, (rgb(*colours or ["#ececec"]),))
                case ["blur", *percent] if len(percent) <= 1:
                    return cls(Scene.BLUR, (), _number(percent, BLUR, 0.1, 20))
        except ValueError:
            pass
        raise RecipeRejected(
            f"{text.strip()!r} is not a background. Use transparent, white, black, a colour like "
            "#ff8800, linear #ffffff #dddddd 180, radial #ffffff #dddddd, sweep #ececec or blur "
            "2.5."
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


HEEDED = {
    Cast.NONE: (),
    Cast.SOFT: ("softness", "opacity", "colour"),
    Cast.CONTACT: ("softness", "opacity", "colour"),
    Cast.HARD: ("direction", "length", "softness", "opacity", "colour"),
    Cast.REFLECTION: ("length", "softness", "opacity"),
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


@dataclass(frozen=True, slots=True)
class Frame:
    """The canvas, and the place of the subject on it. By default, that of the photo."""

    canvas: str = ""
    """A size in pixels like `2000x2000`, or a ratio like `4:5`; empty for the photo's own ratio."""
    fill: float = 0.0
    """Percent of the canvas that the subject's box takes where it is tightest; 0 leaves the photo
    as it was framed."""
    align: str = "centre"
    """Where a filled subject is, up and down: in the middle, or standing on the lower margin."""

    def __post_init__(self) -> None:
        check(self, "frame", {"fill": (0, 100)})
        if 0 < self.fill < LEAST_FILL:
            raise RecipeRejected(f"fill is {self.fill:g}; it is 0 or from {LEAST_FILL:g} to 100.")
        if self.align not in ALIGNMENTS:
            raise RecipeRejected(
                f"{self.align!r} is not an alignment. Use {' or '.join(ALIGNMENTS)}."
            )
        object.__setattr__(self, "canvas", _canvas(self.canvas))
        if not self.fill:  # then nothing is aligned, and it makes no other recipe
            object.__setattr__(self, "align", "centre")

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
    if not text:
        return ""
    found = CANVAS.fullmatch(text)
    if not found or 0 in {int(found[1]), int(found[3])}:
        raise RecipeRejected(
            f"{text!r} is not a canvas. Use a size like 2000x2000 or a ratio like 4:5."
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


def _turn(words: list[str]) -> float:
    return _number(words, DOWNWARDS, 0, 360)


def _number(words: list[str], usual: float, least: float, most: float) -> float:
    number = float(words[0]) if words else usual
    if not least <= number <= most:
        raise ValueError(number)
    return number
