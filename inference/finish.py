"""The last step of a picture: from a cut-out subject and a recipe to a file."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from inference.apart import Apart
from inference.compose import flattened, layered, staged_apart
from inference.deep import staged_deep
from inference.encode import check_size, encode, encode_deep, resized
from inference.look import TRANSPARENT, Shadow
from inference.output import SIXTEEN, File, Format, Output
from inference.psd import write_psd
from inference.recipe import Recipe

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Subject:
    """What was cut out, and what may be laid behind it; all uint8 sRGB."""

    pixels: Bytes
    """(height, width, 3)."""
    alpha: Bytes
    """(height, width)."""
    photo: Bytes
    """What it was cut out of: (h, w, 3) of the same proportions."""
    picture: Bytes | None = None
    """The own background of a recipe that has one, (h, w, 3)."""
    profile: bytes | None = None
    """The ICC profile that the photo came with."""
    deep: NDArray[np.uint16] | None = None
    """The photo in 16 bits, (height, width, 3), where it has so many."""

    def finished(self, recipe: Recipe, output: Output) -> File:
        """Set it as a recipe says, and write it as an output says. Raises RecipeRejected."""
        if output.format is Format.PSD:
            return _layered(self, recipe, output)
        if output.depth == SIXTEEN:
            wide = staged_deep(self.pixels, self.alpha, recipe, self.photo, self.picture, self.deep)
            return File(encode_deep(wide, output), wide.shape[1], wide.shape[0])
        if output.matte:
            recipe = replace(recipe, background=TRANSPARENT, shadow=Shadow())
        made = staged_apart(self.pixels, self.alpha, recipe, self.photo, self.picture)
        if output.matte and isinstance(made, Apart):
            made = made.alpha
        height, width = made.shape[:2]
        return File(encode(made, output, self.profile), width, height)


def _layered(subject: Subject, recipe: Recipe, output: Output) -> File:
    # Where nothing of the subject is seen, a mask hides the photo, not an empty place.
    photo = subject.photo
    if photo.shape != subject.pixels.shape:  # it was enlarged
        photo = resized(photo, subject.alpha.shape[::-1])
    pixels = np.where(subject.alpha[..., None] > 0, subject.pixels, photo)
    layers = layered(pixels, subject.alpha, recipe, subject.photo, subject.picture)
    flat = flattened(layers)
    check_size(flat, output.format)
    height, width = flat.shape[:2]
    return File(write_psd(layers, flat, output), width, height)
