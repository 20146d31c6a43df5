"""A recipe with the file that it is for, and the rules that file is to keep."""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from inference.errors import RecipeRejected
from inference.look import Frame, check
from inference.output import Format, Output
from inference.recipe import Recipe

KINDS = ("studio", "marketplace")
WHITE = "white"
MEGA = 1_000_000
KNOWN = {"png", "jpg", "webp", "avif", "tif", "gif", "bmp", "heic"}
"""Extensions of what can be measured."""


@dataclass(frozen=True, slots=True)
class About:
    """Where a preset comes from."""

    title: str = ""
    kind: str = "studio"
    """studio, or marketplace: what somebody else asks for."""
    checked: str = ""
    """The day on which the rules were looked up, YYYY-MM-DD."""
    sources: tuple[str, ...] = ()
    """Where they were read."""
    verified: bool = False
    """Whether they were read on the marketplace's own pages."""
    note: str = ""

    def __post_init__(self) -> None:
        check(self, "preset's [about]", {})
        if self.kind not in KINDS:
            raise RecipeRejected(f"kind is {self.kind!r}; it is {' or '.join(KINDS)}.")


@dataclass(frozen=True, slots=True)
class Rules:
    """What a finished file is measured by; a rule that is 0, empty or false is none."""

    formats: tuple[str, ...] = ()
    """Extensions, the preferred one first."""
    least_side: int = 0
    """Pixels of the shorter side."""
    least_longer: int = 0
    """Pixels of the longer side."""
    most_longer: int = 0
    most_megapixels: float = 0.0
    most_megabytes: float = 0.0
    ratio: str = ""
    """Width to height, like `1:1`."""
    border: str = ""
    """`white` for exactly white all around."""
    least_fill: float = 0.0
    """Percent of the picture that the subject's box takes where it is tightest."""
    most_fill: float = 0.0
    opaque: bool = False
    srgb: bool = False
    name: str = ""
    """A regular expression that the whole name without its extension matches."""

    def __post_init__(self) -> None:
        check(self, "preset's [rules]", {"least_fill": (0, 100), "most_fill": (0, 100)})
        if unknown := set(self.formats) - KNOWN:
            raise RecipeRejected(f"{min(unknown)!r} is not a format. Use {', '.join(KNOWN)}.")
        if self.formats and self.formats[0] not in set(Format):
            raise RecipeRejected(f"{self.formats[0]} is not written here; name another one first.")
        if self.ratio and not Frame(self.ratio).ratio:
            raise RecipeRejected(f"{self.ratio!r} is no ratio. Use one like 4:5.")
        try:
            re.compile(self.name)
        except re.error as error:
            raise RecipeRejected(f"name is no regular expression: {error}.") from error
        if self.border not in {"", WHITE}:
            raise RecipeRejected(f"border is {self.border!r}; it is {WHITE}, or nothing.")

    @property
    def key(self) -> str:
        """Equal rules have equal keys: 16 hex digits."""
        return sha256(repr(self).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Preset:
    """What a recipe file holds."""

    name: str
    recipe: Recipe = field(default=Recipe())
    output: Output = field(default=Output())
    about: About = field(default=About())
    rules: Rules = field(default=Rules())
    naming: str = ""
    """A template for names of files; empty for the names of the photos."""
    picture: Path | None = None
    """The own background that the recipe names by its sha256."""

    @property
    def title(self) -> str:
        return self.about.title or self.name
