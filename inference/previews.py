"""Pictures for the screen: a recipe's look on a small cutout, quick enough for a slider."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inference.compose import staged
from inference.encode import parts, preview, resized, shrunk
from inference.look import Frame
from inference.recipe import Recipe
from inference.shelf import Shelf
from inference.uncut import Draft, Uncut

Bytes = NDArray[np.uint8]

SIDE = 1280
"""The longer side of the cutouts that are kept."""
DRAFT = 1024
"""The same of what is drawn while edges are tried: as large as it is shown, and quick enough."""
ROUGH = 640
"""Up to this side a look is drawn on a smaller cutout: a hand at a slider waits for it."""
CLOSE = 2048
"""From this side on, somebody looks closely: then the whole cutout is drawn, in a second or two."""
KEPT = 12
"""At most 6.5 MB each."""


@dataclass(frozen=True, slots=True)
class _Small:
    cutout: Bytes
    """(height, width, 4) uint8 sRGB, straight alpha."""
    scale: float
    """Against the cutout as it is in the library."""


@dataclass(frozen=True, slots=True)
class Source:
    """What edges are drawn from where no cutout has those of the recipe."""

    key: str
    """Names photo and matte."""
    read: Callable[[], Uncut]
    """Called where it is needed, and what it gives is kept small alone."""


class Previews:
    """Keeps the cutouts that were looked at last, small. Thread-safe."""

    def __init__(self) -> None:
        self._cutouts = Shelf[_Small](KEPT)
        self._photos = Shelf[Bytes](KEPT)
        self._drafts = Shelf[Draft](KEPT)
        self._rough = Shelf[_Small](KEPT)

    def draw(
        self,
        version_id: str,
        recipe: Recipe,
        side: int,
        *,
        cutout: Callable[[], Bytes] | Source,
        photo: Callable[[], Bytes],
        picture: Bytes | None = None,
    ) -> bytes:
        """Return a version in the look of a recipe as WebP of at most `side` pixels a side.

        `cutout` gives its (height, width, 4) and `photo` the original's (height, width, 3), both
        uint8 sRGB; they are called where they are needed and not kept any more. `picture` is that
        of the recipe, (h, w, 3) uint8 sRGB, where it has one. A source stands for a cutout
        where the version has other edges than the recipe.
        """
        if side >= CLOSE and isinstance(cutout, Source):
            side = SIDE if recipe.upscale > 1 else side  # to enlarge it would take long
        if side >= CLOSE:
            whole = cutout.read().cutout(recipe) if isinstance(cutout, Source) else parts(cutout())
            behind = photo() if recipe.needs_photo else whole[0]
            return preview(staged(*whole, recipe, behind, picture), side)
        if picture is not None:
            large = picture
            picture = self._photos.get(recipe.ground.picture, lambda: shrunk(large, 2 * SIDE))
        small = self._small(version_id, recipe, cutout)
        most = SIDE
        if side <= ROUGH:
            most, fine = side, small
            key = f"{_name(version_id, recipe, cutout)} {side}"
            small = self._rough.get(key, lambda: _smaller(fine, side))
        size = recipe.frame.size
        scale = min(1.0, most / max(size)) if size else small.scale
        pixels, alpha = parts(small.cutout)
        behind = pixels
        if recipe.needs_photo:
            kept = self._photos.get(version_id, lambda: shrunk(photo(), SIDE))
            behind = resized(kept, (alpha.shape[1], alpha.shape[0]))
        recipe = replace(recipe, frame=_scaled(recipe.frame, scale))
        made = staged(pixels, alpha, recipe, behind, picture, most_scale=scale / small.scale)
        return preview(made, min(side, SIDE))

    def _small(
        self, version_id: str, recipe: Recipe, cutout: Callable[[], Bytes] | Source
    ) -> _Small:
        if not isinstance(cutout, Source):
            return self._cutouts.get(version_id, lambda: _small(cutout()))
        draft = self._drafts.get(
            f"{cutout.key} {recipe.refine}", lambda: Draft.of(cutout.read().shrunk(DRAFT), recipe)
        )

        def make() -> _Small:
            return _Small(np.dstack(draft.cutout(recipe)), draft.uncut.scale / recipe.upscale)

        return self._cutouts.get(_name(version_id, recipe, cutout), make)


def _name(version_id: str, recipe: Recipe, cutout: Callable[[], Bytes] | Source) -> str:
    """Name a small cutout: by its version, or by what it is made of."""
    return f"{cutout.key} {recipe.cutout.key}" if isinstance(cutout, Source) else version_id


def _small(cutout: Bytes) -> _Small:
    return _smaller(_Small(cutout, 1.0), SIDE)


def _smaller(one: _Small, side: int) -> _Small:
    small = shrunk(one.cutout, side)
    return _Small(small, one.scale * max(small.shape[:2]) / max(one.cutout.shape[:2]))


def _scaled(frame: Frame, scale: float) -> Frame:
    if frame.size is None:
        return frame
    width, height = (max(1, round(side * scale)) for side in frame.size)
    return replace(frame, canvas=f"{width}x{height}")
