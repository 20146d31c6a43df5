"""Pixels and a matte in, a cutout out."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.apart import STRIP_ROWS, Apart
from inference.backdrop import backdrop
from inference.catalogue import model_named
from inference.edges import decontaminate
from inference.frame import Place, place, placed
from inference.look import Cast
from inference.own_shadow import own_shadow
from inference.paint import painted
from inference.recipe import Recipe
from inference.refine import refine
from inference.shadow import ON_A_FLOOR, Layer, cast, kept, shaded
from inference.shape import shaped

CLEAR, SOLID = 8, 251
"""An alpha of so little is none, and of so much is all. Glass has less to lose than 251.

Networks seldom reach the ends of their range: without this the inside of a subject lets some of the
new background through, and a veil of the old one stays around it.
"""
OPAQUE = 255
FEW = 32
"""Where less than one pixel of so many is soft, those are mixed one by one."""


@dataclass(frozen=True, slots=True)
class Layers:
    """A picture before it is made one; all of one size, uint8 sRGB."""

    ground: NDArray[np.uint8] | None
    """(height, width, 3), or None where it is transparent."""
    shadow: Layer | None
    pixels: NDArray[np.uint8]
    """The subject, (height, width, 3)."""
    alpha: NDArray[np.uint8]
    """Of the subject, (height, width)."""


def render(
    pixels: NDArray[np.uint8],
    matte: NDArray[np.uint8],
    recipe: Recipe,
    own_alpha: NDArray[np.uint8] | None = None,
    picture: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """Cut the subject out of a photo and set it on the background of a recipe.

    Takes what `cut_out` and `staged` take, and returns as `staged` does.
    """
    return staged(*cut_out(pixels, matte, recipe, own_alpha), recipe, pixels, picture)


def cut_out(
    pixels: NDArray[np.uint8],
    matte: NDArray[np.uint8],
    recipe: Recipe,
    own_alpha: NDArray[np.uint8] | None = None,
    strokes: NDArray[np.uint8] | None = None,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the colours and the alpha of the subject of a photo.

    `pixels` (height, width, 3) uint8 sRGB; `matte` (height, width) uint8; `own_alpha` the same, for
    a photo that was transparent itself; `strokes` as `painted` takes them. The results have the
    forms of the first two.

    Strokes come after all that shapes the alpha as a whole: they are the last word on it, and what
    is seen while they are painted is what comes out. Only the photo's own transparency stands above
    them, for there is no colour where it is, and colours are cleaned for the edges they have made.
    """
    alpha = refine(pixels, matte, fine=model_named(recipe.model).fine) if recipe.refine else matte
    alpha = shaped(_ended(alpha), recipe)
    if strokes is not None:
        alpha = painted(alpha, strokes)
    if own_alpha is not None:
        alpha = _product(alpha, own_alpha)
    if recipe.decontaminate:
        pixels = decontaminate(pixels, alpha)
    return pixels, alpha


def staged(
    pixels: NDArray[np.uint8],
    alpha: NDArray[np.uint8],
    recipe: Recipe,
    photo: NDArray[np.uint8],
    picture: NDArray[np.uint8] | None = None,
    *,
    most_scale: float = 1.0,
) -> NDArray[np.uint8]:
    """Return what `staged_apart` does, joined."""
    made = staged_apart(pixels, alpha, recipe, photo, picture, most_scale=most_scale)
    return made.joined() if isinstance(made, Apart) else made


def staged_apart(
    pixels: NDArray[np.uint8],
    alpha: NDArray[np.uint8],
    recipe: Recipe,
    photo: NDArray[np.uint8],
    picture: NDArray[np.uint8] | None = None,
    *,
    most_scale: float = 1.0,
) -> NDArray[np.uint8] | Apart:
    """Frame a subject, let it cast its shadow, and lay both on the ground of a recipe.

    Takes what `layered` takes. Returns uint8 sRGB: (height, width, 4) with straight alpha where the
    background is transparent, without colour where nothing is seen; else 3 channels. A subject
    alone comes as colours and alpha.

    Composited in gamma-encoded sRGB. The matte was estimated in that space, and browsers and
    Photoshop composite in it: a cutout put back on its own background gives the photo back.
    """
    colour = recipe.colour
    if colour is None or recipe.shadow.kind not in {*ON_A_FLOOR, Cast.NONE}:
        layers = layered(pixels, alpha, recipe, photo, picture, most_scale=most_scale)
        if layers.ground is None and layers.shadow is None:
            return Apart(layers.pixels, layers.alpha)
        return flattened(layers)
    # The usual case has a quicker way: a plain floor is never spread out as a picture of its own.
    if to := place(alpha, recipe.frame, most_scale):
        pixels, alpha = placed(pixels, alpha, to)
    if recipe.shadow.kind not in ON_A_FLOOR:
        return laid_on(pixels, alpha, colour)
    floor = shaded(recipe.shadow, alpha, colour)
    _lay(pixels, alpha, floor)
    return floor


def layered(
    pixels: NDArray[np.uint8],
    alpha: NDArray[np.uint8],
    recipe: Recipe,
    photo: NDArray[np.uint8],
    picture: NDArray[np.uint8] | None = None,
    *,
    most_scale: float = 1.0,
) -> Layers:
    """Return what a picture is made of by a recipe.

    `pixels` (height, width, 3) uint8 sRGB and `alpha` (height, width) uint8 are the subject;
    `photo` (h, w, 3) uint8 sRGB, of the same proportions, is what it was cut out of, and `picture`
    that of a recipe that has one; `most_scale` as for `place`.
    Raises RecipeRejected where a picture is missing.
    """
    shape = alpha
    to = place(alpha, recipe.frame, most_scale)
    if to:
        pixels, shape = placed(pixels, alpha, to)
    if recipe.shadow.kind == Cast.ORIGINAL:
        dark = own_shadow(photo, alpha)
        shadow = kept(recipe.shadow, dark, to or Place.whole(alpha), alpha.shape[::-1])
    else:
        shadow = cast(recipe.shadow, pixels, shape)
    ground = None
    if not recipe.transparent:
        ground = backdrop(recipe.ground, shape.shape[1::-1], photo, alpha, picture)
    return Layers(ground, shadow, pixels, shape)


def flattened(layers: Layers) -> NDArray[np.uint8]:
    """Return what layers look like together, as `staged` does."""
    pixels, alpha, shadow = layers.pixels, layers.alpha, layers.shadow
    if layers.ground is None:
        return _over(pixels, alpha, shadow) if shadow else Apart(pixels, alpha).joined()
    behind = layers.ground
    if shadow:
        behind = laid_on(shadow.colours, shadow.alpha, behind)
    return laid_on(pixels, alpha, behind)


def _ended(alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return an alpha without what is nearly none or nearly all; comparing beats a table."""
    made = np.empty_like(alpha)
    for top in range(0, len(made), STRIP_ROWS):
        given, to = alpha[top : top + STRIP_ROWS], made[top : top + STRIP_ROWS]
        cv2.threshold(given, CLEAR, 0, cv2.THRESH_TOZERO, dst=to)
        cv2.bitwise_or(to, cv2.inRange(given, SOLID, OPAQUE), dst=to)
    return made


def _product(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return one * other / 255, rounded."""
    return np.asarray(cv2.multiply(one, other, scale=1 / 255), np.uint8)


def _over(pixels: NDArray[np.uint8], alpha: NDArray[np.uint8], layer: Layer) -> NDArray[np.uint8]:
    """Join a subject and what it casts into one picture that can be seen through.

    `over` of Porter and Duff 1984, doi 10.1145/800031.808606, with straight alpha.
    """
    made = np.empty((*alpha.shape, 4), np.uint8)
    for top in range(0, len(made), STRIP_ROWS):
        rows = slice(top, top + STRIP_ROWS)
        own = alpha[rows].astype(np.float32)
        behind = layer.alpha[rows] * (1 - own / 255)
        whole = own + behind
        share = (own / np.maximum(whole, np.float32(1e-3)))[..., None]
        mixed = layer.colours[rows] + share * (
            pixels[rows].astype(np.float32) - layer.colours[rows]
        )
        made[rows, :, :3] = np.rint(np.clip(mixed, 0, 255)) * (whole >= 0.5)[..., None]  # noqa: PLR2004 less is none
        made[rows, :, 3] = np.rint(whole)
    return made


def laid_on(
    pixels: NDArray[np.uint8],
    alpha: NDArray[np.uint8],
    ground: NDArray[np.uint8] | tuple[int, int, int],
) -> NDArray[np.uint8]:
    """Return alpha * pixels + (1 - alpha) * ground, rounded to nearest.

    `ground` is a colour, or a picture of the same (height, width, 3) uint8.
    """
    result = np.empty(pixels.shape, np.uint8)
    result[:] = np.asarray(ground, np.uint8)
    _lay(pixels, alpha, result)
    return result


def _lay(pixels: NDArray[np.uint8], alpha: NDArray[np.uint8], result: NDArray[np.uint8]) -> None:
    """Lay a subject on a picture of the same size, as `laid_on` does, and let it be the result."""
    left, first, width, height = cv2.boundingRect(alpha)
    columns = slice(left, left + width)
    for top in range(first, first + height, STRIP_ROWS):  # strips stay in the processor's cache
        rows = slice(top, min(top + STRIP_ROWS, first + height))
        share, front, back = (
            np.ascontiguousarray(one[rows, columns]) for one in (alpha, pixels, result)
        )
        soft = cv2.inRange(share, 1, OPAQUE - 1)
        count = cv2.countNonZero(soft)
        if count * FEW > share.size:
            result[rows, columns] = _mixed(front, back, share)
            continue
        cv2.copyTo(front, cv2.inRange(share, OPAQUE, OPAQUE), back)
        if count:
            at = np.flatnonzero(np.asarray(soft, np.uint8) & 1)
            flat = back.reshape(-1, 1, 3)
            flat[at] = _mixed(front.reshape(-1, 1, 3)[at], flat[at], share.reshape(-1, 1)[at])
        result[rows, columns] = back


def _mixed(
    front: NDArray[np.uint8], back: NDArray[np.uint8], alpha: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return back + alpha * (front - back) / 255, rounded: (height, width, 3); alpha has 2 axes.

    In whole numbers: exact for each of the 2**24 cases, in a third of the time of floats.
    """
    share = cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB).astype(np.int16)
    step = cv2.subtract(front, back, dtype=cv2.CV_16S)
    part = cv2.multiply(step, share, scale=1 / OPAQUE, dtype=cv2.CV_16S)
    return np.asarray(cv2.add(back, part, dtype=cv2.CV_8U), np.uint8)
