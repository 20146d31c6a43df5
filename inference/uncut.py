"""A photo beside its matte: all that its edges are made of, with no network."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.catalogue import model_named
from inference.compose import cut_out
from inference.edges import decontaminate
from inference.encode import resized, shrunk
from inference.paint import resized_paint
from inference.photo import Photo
from inference.recipe import Recipe
from inference.refine import refine

Bytes = NDArray[np.uint8]
OPAQUE = 255
QUICK = 640
"""The longer side of pictures that colours of drafts are taken from."""


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

    @classmethod
    def of(cls, photo: Photo, matte: Bytes, strokes: Bytes | None = None) -> "Uncut":
        """`strokes` may have been painted on the photo at another size."""
        if strokes is not None:
            strokes = resized_paint(strokes, photo.size)
        return cls(photo.pixels, matte, photo.alpha, strokes, photo.scale)

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
        strokes = self.strokes
        if strokes is not None:
            strokes = resized_paint(strokes, (photo.shape[1], photo.shape[0]))
        return Uncut(photo, shrunk(self.matte, side), own_alpha, strokes, scale)


@dataclass(frozen=True, slots=True)
class Draft:
    """A small one whose edges follow the picture already: that takes longest, and is done once."""

    uncut: Uncut

    @classmethod
    def of(cls, uncut: Uncut, recipe: Recipe) -> "Draft":
        """Prepare the matte of a small one as a recipe asks."""
        if not recipe.refine:
            return cls(uncut)
        fine = model_named(recipe.model).fine
        return cls(replace(uncut, matte=refine(uncut.photo, uncut.matte, fine=fine)))

    def cutout(self, recipe: Recipe) -> tuple[Bytes, Bytes]:
        """Return what `Uncut.cutout` does, with colours that are clean enough for the eye."""
        pixels, alpha = self.uncut.cutout(replace(recipe, refine=False, decontaminate=False))
        return (_cleaned(pixels, alpha) if recipe.decontaminate else pixels), alpha


def _cleaned(pixels: Bytes, alpha: Bytes) -> Bytes:
    """Take the old background out of soft edges by the colours of a smaller picture."""
    few = decontaminate(shrunk(pixels, QUICK), shrunk(alpha, QUICK))
    clean = resized(few, (alpha.shape[1], alpha.shape[0]))
    result = pixels.copy()
    cv2.copyTo(clean, np.asarray(cv2.inRange(alpha, 1, OPAQUE - 1)), result)
    return result
