"""What the window is told to be, before it is there."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

LEAST = (420, 600)
"""Width and height of the smallest window that everything has a place in."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a window is on the screen, and how large; where is up to the system without a place."""

    width: int = 1280
    height: int = 860
    x: int | None = None
    y: int | None = None
    maximized: bool = False


def read_shape(found: object) -> Shape:
    """Take what was written down by whatever version; what makes no window is left out."""
    if not isinstance(found, Mapping):
        return Shape()
    known = {one.name: found[one.name] for one in fields(Shape) if one.name in found}
    whole = all(isinstance(value, int) or value is None for value in known.values())
    shape = Shape(**known) if whole else Shape()
    large = (shape.width or 0) >= LEAST[0] and (shape.height or 0) >= LEAST[1]
    return shape if large else Shape(x=shape.x, y=shape.y, maximized=shape.maximized)


def written(shape: Shape) -> dict[str, Any]:
    return asdict(shape)
