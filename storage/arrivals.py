"""What desktops have brought and nobody has opened yet: the port, for who looks at it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """An object, as it was said to be."""

    key: str
    bytes: int
    width: int = 0
    height: int = 0
    """0 where that was not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A version with its photo and thumbnail."""

    id: str
    scope: str
    sha256: str
    """Of the original."""
    mime: str
    original: Announced
    known: bool
    """Whether the original was looked at with another version, and is as it is kept."""
    output: Announced
    thumbnail: Announced


class Arrivals(Protocol):
    """What is told of is there for nobody before it is let in. Methods are safe to repeat."""

    def waiting(self, most: int) -> list[Arrival]:
        """Return what came first."""
        ...

    def let_in(self, arrival: Arrival) -> None: ...

    def turn_away(self, arrival: Arrival, says: str) -> None:
        """Let it go, and tell whoever has brought it why."""
        ...
