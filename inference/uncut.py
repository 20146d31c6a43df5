"""A photo beside its matte: all that its edges are made of, with no network."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inference.compose import cut_out
from inference.encode import shrunk
from inference.recipe import Recipe

Bytes = NDArray[np.uint8]
OPAQUE = 255


@dataclass(frozen=True, slots=True)
class Uncut:
    """Pictures of one height and width."""

    photo: Bytes
    """(height, width, 3) uint8 sRGB."""
    matte: Bytes
    """(height, width) uint8."""
    own_alpha: Bytes | None = None
    """The same, of a photo that was transparent itself."""
    strokes: Bytes | None = None
    """(height, width, 2) as `painted` takes them."""
    scale: float = 1.0
    """Its side against that of the photo as it came."""

    def cutout(self, recipe: Recipe) -> tuple[Bytes, Bytes]:
        """Return colours and alpha of the subject by the edges of a recipe, not enlarged."""
        # Both are in pixels of the photo as it came.
        wanted = replace(
            recipe, shift=recipe.shift * self.scale, feather=recipe.feather * self.scale
        )
        return cut_out(self.photo, self.matte, wanted, self.own_alpha, self.strokes)

    def shrunk(self, side: int) -> "Uncut":
        """Return all of it so small that it fits `side` x `side`."""
        photo = shrunk(self.photo, side)
        own_alpha = None if self.own_alpha is None else shrunk(self.own_alpha, side)
        scale = self.scale * max(photo.shape[:2]) / max(self.photo.shape[:2])
        strokes = None if self.strokes is None else _paint_shrunk(self.strokes, side)
        return Uncut(photo, shrunk(self.matte, side), own_alpha, strokes, scale)


def _paint_shrunk(strokes: Bytes, side: int) -> Bytes:
    """Shrink paint whose white counts only as far as it is thick."""
    white, thick = np.ascontiguousarray(strokes[..., 0]), np.ascontiguousarray(strokes[..., 1])
    laid = shrunk((white.astype(np.uint16) * thick // OPAQUE).astype(np.uint8), side)
    small = shrunk(thick, side)
    share = laid.astype(np.float32) * OPAQUE / np.maximum(small, 1)
    return np.dstack([np.minimum(share, OPAQUE).astype(np.uint8), small])
