"""Pictures of 16 bits a channel: what a photo has of them, and grounds without steps."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.apart import STRIP_ROWS
from inference.backdrop import deep_backdrop
from inference.compose import Layers, flattened, layered
from inference.depth import TIMES, widened
from inference.frame import Place, place
from inference.look import TRANSPARENT
from inference.recipe import Recipe

Bytes = NDArray[np.uint8]
Wide = NDArray[np.uint16]

OPAQUE = 255


def staged_deep(
    pixels: Bytes,
    alpha: Bytes,
    recipe: Recipe,
    photo: Bytes,
    picture: Bytes | None,
    deep: Wide | None,
) -> Wide:
    """Do what `compose.staged` does, in uint16.

    `deep` (height, width, 3) uint16 sRGB are the colours of a photo that has more than 8 bits. They
    are taken where the subject is opaque; its soft edges were cleaned in 8. Gradients are exact and
    not dithered, and everything is mixed without rounding in between.
    """
    layers = layered(pixels, alpha, replace(recipe, background=TRANSPARENT), photo, picture)
    colours = widened(layers.pixels)
    if deep is not None and deep.shape == pixels.shape:
        to = place(alpha, recipe.frame) or Place.whole(alpha)
        solid = cv2.inRange(layers.alpha, OPAQUE, OPAQUE)
        if to.part[2:] != to.at[2:]:  # at its rim, a smaller pixel has some of the ground in it
            solid = cv2.erode(solid, np.ones((3, 3), np.uint8))
        inside = np.asarray(solid, np.bool_)
        colours[inside] = _placed(deep, to)[inside]
    if recipe.transparent:
        return _see_through(layers, colours)
    size = layers.alpha.shape[1::-1]
    made = deep_backdrop(recipe.ground, size, photo, alpha, picture)
    for top in range(0, len(made), STRIP_ROWS):
        rows = slice(top, top + STRIP_ROWS)
        mixed = made[rows].astype(np.float32)
        if layers.shadow:
            dark = layers.shadow.colours[rows].astype(np.float32) * TIMES
            mixed += layers.shadow.alpha[rows, :, None] / np.float32(OPAQUE) * (dark - mixed)
        mixed += layers.alpha[rows, :, None] / np.float32(OPAQUE) * (colours[rows] - mixed)
        made[rows] = np.rint(mixed)
    return made


def _see_through(layers: Layers, colours: Wide) -> Wide:
    made = widened(flattened(layers))
    solid = layers.alpha == OPAQUE
    made[solid, :3] = colours[solid]
    return made


def _placed(deep: Wide, to: Place) -> Wide:
    """Return colours on a canvas; where all of a subject is opaque, alpha has no say in them."""
    left, top, width, height = to.part
    x, y, new_width, new_height = to.at
    part = deep[top : top + height, left : left + width]
    if (new_width, new_height) != (width, height):
        part = np.ascontiguousarray(part)
        part = np.asarray(
            cv2.resize(part, (new_width, new_height), interpolation=cv2.INTER_AREA), np.uint16
        )
    framed = np.zeros((to.canvas[1], to.canvas[0], 3), np.uint16)
    framed[y : y + new_height, x : x + new_width] = part
    return framed
