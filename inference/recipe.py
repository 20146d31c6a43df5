"""What to do with a photo: every parameter that touches a pixel, and nothing else."""

import json
import re
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from typing import Any, Self

from inference.errors import RecipeRejected

PIPELINE = 3
"""Raised whenever the same recipe would render other pixels than before."""

AUTO = "auto"
TRANSPARENT = "transparent"
ALL = "all"
BEFORE: dict[str, Any] = {"precision": "f32", "second": ""}
"""What recipes meant that were written before these fields were there."""
RANGES = {"islands": (0, 100), "holes": (0, 100), "shift": (-50, 50), "feather": (0, 100)}
"""The least and the most of each number."""
NAMED_COLOURS = {"white": "#ffffff", "black": "#000000"}
COLOUR = re.compile(r"#[0-9a-f]{6}")
SHORT_COLOUR = re.compile(r"#[0-9a-f]{3}")


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to cut a photo out and set it on something else.

    A recipe is *resolved* once `model` and `second` name rows of the catalogue, or `second` none,
    their weights the sha256 of the files, and `precision` a number format: only then has it a key,
    because `auto` may mean another one tomorrow.
    """

    model: str = AUTO
    weights: str = ""
    precision: str = AUTO
    second: str = AUTO
    """A quick model that closes holes of the first one; empty for none."""
    second_weights: str = ""
    refine: bool = True
    """Let edges follow the picture."""
    decontaminate: bool = True
    """Take the colour of the old background out of soft edges."""
    subject: str = ALL
    """all, largest, or a place: the part at x and y, shares of width and height: `0.5 0.25`."""
    islands: float = 0.0
    """Parts below this percentage of the largest one are left away."""
    holes: float = 0.0
    """Enclosed openings up to this percentage of the subject are closed."""
    solid: bool = False
    """Nothing shines through the inside."""
    shift: float = 0.0
    """Pixels by which edges move outwards; inwards below zero."""
    feather: float = 0.0
    """Softness of edges: the deviation of a Gaussian in pixels."""
    background: str = TRANSPARENT

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if type(value) is not type(field.default):
                raise RecipeRejected(f"{field.name} cannot be {value!r} in a recipe.")
        object.__setattr__(self, "background", _background(self.background))
        for name in (self.model, self.second or AUTO):
            if not re.fullmatch(r"[a-z0-9-]{1,40}", name):
                raise RecipeRejected(f"{name!r} is not the name of a model.")
        object.__setattr__(self, "subject", _subject(self.subject))
        for name, (least, most) in RANGES.items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise RecipeRejected(f"{name} is {value:g}; it goes from {least:g} to {most:g}.")
        if self.precision not in {AUTO, "f32", "f16", "bf16", "int8"}:
            raise RecipeRejected(f"{self.precision!r} is not a precision.")

    @property
    def resolved(self) -> bool:
        return AUTO not in {self.model, self.precision, self.second} and bool(self.weights)

    @property
    def colour(self) -> tuple[int, int, int] | None:
        """The background as sRGB, 0..255 each, or None where it is transparent."""
        if self.background == TRANSPARENT:
            return None
        red, green, blue = bytes.fromhex(self.background[1:])
        return red, green, blue

    @property
    def canonical(self) -> str:
        """The recipe as JSON with sorted keys: equal recipes give equal text, and no others do."""
        return json.dumps(asdict(self) | {"pipeline": PIPELINE}, sort_keys=True, indent=None)

    @property
    def key(self) -> str:
        """SHA-256 of `canonical`, 64 hex digits."""
        return self._digest(self.canonical)

    @property
    def op_key(self) -> str:
        """The name of the recipe for people; one way, the JSON is what is stored."""
        return f"cut-{self.model}:{self.background.removeprefix('#')}~{self.key[:16]}"

    @property
    def matte_key(self) -> str:
        """Names the matte that this recipe starts from: edges and background come after it."""
        second = f" {self.second} {self.second_weights}" if self.second else ""
        return self._digest(f"{self.model} {self.weights} {self.precision}{second}")[:16]

    def _digest(self, text: str) -> str:
        if not self.resolved:
            raise RecipeRejected("Choose a model first: this recipe leaves it open.")
        return sha256(text.encode()).hexdigest()

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `canonical` wrote. Raises RecipeRejected."""
        try:
            values: Any = json.loads(text)
        except ValueError:
            values = None
        if not isinstance(values, dict):
            raise RecipeRejected("This recipe is not readable: it is not a JSON object.")
        values.pop("pipeline", None)
        if unknown := set(values) - {field.name for field in fields(cls)}:
            raise RecipeRejected(f"This recipe has a field that is unknown here: {min(unknown)}.")
        return cls(**(BEFORE | values))


def _subject(text: str) -> str:
    """One spelling for each choice: `all`, `largest` or `0.5 0.25`."""
    text = text.strip().lower()
    if text in {ALL, "largest"}:
        return text
    try:
        x, y = (float(word) for word in text.split())
    except ValueError:
        x = y = -1.0
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise RecipeRejected(f"{text!r} is no subject. Use all, largest or a place like 0.5 0.25.")
    return f"{x:g} {y:g}"


def _background(text: str) -> str:
    """One spelling for each background: `transparent` or `#rrggbb`."""
    text = text.strip().lower()
    text = NAMED_COLOURS.get(text, text)
    if SHORT_COLOUR.fullmatch(text):
        text = "#" + "".join(digit * 2 for digit in text[1:])
    if text != TRANSPARENT and not COLOUR.fullmatch(text):
        raise RecipeRejected(
            f"{text!r} is not a background. Use transparent, white, black or a colour like #ff8800."
        )
    return text
