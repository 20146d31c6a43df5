"""What to do with a photo: every parameter that touches a pixel, and nothing else."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Self, TypeVar

from inference.errors import RecipeRejected
from inference.look import RGB, SHA256, TRANSPARENT, Cast, Frame, Ground, Scene, Shadow, check

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

PIPELINE = 9
"""Raised whenever the same recipe would render other pixels than before."""

AUTO = "auto"
FACTORS = (1, 2, 4)
ALL = "all"
SUBJECTS = (ALL, "largest")
"""What a subject is called where it is no place."""
BEFORE: dict[str, Any] = {"precision": "f32", "second": ""}
"""What recipes meant that were written before these fields were there."""
RANGES = {"islands": (0, 100), "holes": (0, 100), "shift": (-50, 50), "feather": (0, 100)}
"""The least and the most of each number."""
EDGES = ("refine", "decontaminate", "subject", "islands", "holes", "solid", "shift", "feather")
"""The fields that change what is made of a matte, and so need no network."""
LATER = ("strokes", "most_pixels")
"""Fields that are named only where they are used: recipes from before them keep their keys."""
LONGEST_NAME = 200
Part = TypeVar("Part", bound="DataclassInstance")


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
    """A quick model that closes holes of the first one; the first one again, to look at the subject
    once more, closer; empty for none."""
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
    strokes: str = ""
    """The sha256 of what was painted over the alpha of this one photo, or nothing."""
    most_pixels: int = 0
    """A larger photo is made smaller to so many before it is cut out; 0 leaves it as it came."""
    upscale: int = 1
    """How many times as large the cutout is as the photo: 1, 2 or 4."""
    upscaler: str = ""
    """Which network makes it larger, or `lanczos`; empty to let that be chosen."""
    upscaler_weights: str = ""
    background: str = TRANSPARENT
    """As Ground.read understands it."""
    shadow: Shadow = field(default=Shadow())
    frame: Frame = field(default=Frame())

    def __post_init__(self) -> None:
        check(self, "recipe", RANGES)
        object.__setattr__(self, "background", Ground.read(self.background).text)
        if self.upscale not in FACTORS:
            raise RecipeRejected(f"upscale is {self.upscale}; it is 1, 2 or 4.")
        if self.most_pixels < 0:
            raise RecipeRejected(f"most_pixels is {self.most_pixels}; it is 0 or more.")
        if self.upscale == 1:  # then nothing is enlarged, and it makes no other recipe
            object.__setattr__(self, "upscaler", "")
            object.__setattr__(self, "upscaler_weights", "")
        for name in (self.model, self.second or AUTO, self.upscaler or AUTO):
            if not re.fullmatch(r"[a-z0-9-]{1,40}", name):
                raise RecipeRejected(f"{name!r} is not the name of a model.")
        object.__setattr__(self, "subject", _subject(self.subject))
        if self.strokes and not SHA256.fullmatch(self.strokes):
            raise RecipeRejected("Strokes are named by their sha256.")
        if self.precision not in {AUTO, "f32", "f16", "bf16", "int8"}:
            raise RecipeRejected(f"{self.precision!r} is not a precision.")

    @property
    def resolved(self) -> bool:
        open_ones = {self.model, self.precision, self.second} & {AUTO}
        return not open_ones and bool(self.weights) and bool(self.upscale == 1 or self.upscaler)

    @property
    def ground(self) -> Ground:
        return Ground.read(self.background)

    @property
    def transparent(self) -> bool:
        return self.background == TRANSPARENT

    @property
    def colour(self) -> RGB | None:
        """The background as sRGB, 0..255 each, or None where it is not one colour."""
        ground = self.ground
        return ground.colours[0] if ground.scene is Scene.COLOUR else None

    @property
    def needs_photo(self) -> bool:
        """Whether something of the photo shows beside the subject."""
        return self.ground.scene is Scene.BLUR or self.shadow.kind == Cast.ORIGINAL

    @property
    def cutout(self) -> Self:
        """The recipe of the subject alone, which everything else is laid behind and around."""
        return replace(self, background=TRANSPARENT, shadow=Shadow(), frame=Frame())

    def edged_as(self, other: Self) -> Self:
        """Return the recipe with the edges and strokes of another one."""
        names = (*EDGES, "strokes")
        return replace(self, **{name: getattr(other, name) for name in names})

    @property
    def shared(self) -> Self:
        """What of the recipe is of use to other photos: its look and edges, on any model."""
        names = {"background", "shadow", "frame", *EDGES}
        made = type(self)(**{name: getattr(self, name) for name in names})
        return made if made.subject in SUBJECTS else replace(made, subject=ALL)

    @property
    def bare(self) -> Self:
        """The recipe of the subject at the size of the photo, before anything is painted on it."""
        return replace(self.cutout, strokes="", upscale=1)

    @property
    def canonical(self) -> str:
        """The recipe as JSON with sorted keys: equal recipes give equal text, and no others do.

        Those of LATER are named only where they are used.
        """
        values = asdict(self) | {"pipeline": PIPELINE}
        for name in LATER:
            if not values[name]:
                del values[name]
        return json.dumps(values, sort_keys=True, indent=None)

    @property
    def key(self) -> str:
        """SHA-256 of `canonical`, 64 hex digits."""
        return self._digest(self.canonical)

    @property
    def op_key(self) -> str:
        """The name of the recipe for people; one way, the JSON is what is stored."""
        ground = self.background.replace(self.ground.picture[8:], "")  # enough of a sha256
        words = [f"cut-{self.model}", re.sub("[^a-z0-9.]+", "-", ground).strip("-")]
        if self.strokes:
            words.append("brushed")
        if self.most_pixels:
            words.insert(1, f"{self.most_pixels / 1e6:g}mp")
        if self.upscale > 1:
            words.insert(1, f"x{self.upscale}")
        if self.shadow.kind != Cast.NONE:
            words.append(f"shadow-{self.shadow.kind}")
        if self.frame.canvas:
            words.append(self.frame.canvas.replace(":", "to"))
        key = self.key[:16]
        return f"{':'.join(words)[: LONGEST_NAME - len(key) - 1]}~{key}"

    @property
    def matte_key(self) -> str:
        """Names the matte that this recipe starts from: edges and background come after it."""
        second = f" {self.second} {self.second_weights}" if self.second else ""
        small = f" {self.most_pixels}" if self.most_pixels else ""
        return self._digest(f"{self.model} {self.weights} {self.precision}{second}{small}")[:16]

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
        return cls.of(BEFORE | values)

    def dressed(self, look: Mapping[str, Any]) -> Self:
        """Return the recipe with another `background`, or some fields of `shadow` or `frame`.

        Raises RecipeRejected.
        """
        changes = {
            name: replace(getattr(self, name), **value) if isinstance(value, Mapping) else value
            for name, value in look.items()
        }
        return replace(self, **changes)

    def changed(self, values: Mapping[str, Any]) -> Self:
        """Return the recipe with those of some values that are not the usual ones.

        Raises RecipeRejected.
        """
        return _changed(self, made(type(self), values))

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Make a recipe of fields as JSON or TOML has them. Raises RecipeRejected."""
        return made(cls, values)


def made(kind: type[Part], values: Mapping[str, Any]) -> Part:
    """Make a part of a recipe, and the parts of that; raises RecipeRejected."""
    known: dict[str, Any] = {one.name: one.default for one in fields(kind)}
    if unknown := set(values) - set(known):
        raise RecipeRejected(f"This recipe has a field that is unknown here: {min(unknown)}.")
    built: dict[str, Any] = {}
    for name, value in values.items():
        usual = known[name]
        part = is_dataclass(usual) and isinstance(value, Mapping)
        built[name] = made(type(usual), value) if part else value
    return kind(**built)


def _subject(text: str) -> str:
    """One spelling for each choice: `all`, `largest` or `0.5 0.25`."""
    text = text.strip().lower()
    if text in SUBJECTS:
        return text
    try:
        x, y = (float(word) for word in text.split())
    except ValueError:
        x = y = -1.0
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise RecipeRejected(f"{text!r} is no subject. Use all, largest or a place like 0.5 0.25.")
    return f"{x:g} {y:g}"


def _changed(row: Part, other: Part) -> Part:
    changes: dict[str, Any] = {}
    for one in fields(row):
        mine, theirs = getattr(row, one.name), getattr(other, one.name)
        if theirs != one.default:
            changes[one.name] = _changed(mine, theirs) if is_dataclass(mine) else theirs
    return replace(row, **changes)
