"""Shadows of a cut-out subject on the floor that it stands on, and its reflection there."""

from dataclasses import dataclass
from math import cos, radians, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.encode import resized, shrunk
from inference.frame import Place, box_of
from inference.look import RGB, Cast, Shadow, rgb

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

ON_A_FLOOR = (Cast.SOFT, Cast.CONTACT, Cast.HARD)
"""The shadows that are all dark; a reflection has colours."""
WORK_SIDE = 900
"""Shadows are made in a picture of this longer side: they are soft, and nothing of them is lost."""
CORE = 128
"""Of 255: the subject's foot is where it is at least so solid."""
HALVED = 4
"""From so many times the working side on, a picture is halved before it is made small."""
TOUCHES = ((0.002, 0.003, 0.7), (0.006, 0.008, 0.8), (0.02, 0.035, 0.6))
"""Where the subject touches the floor: breadth as a share of its size, what softness adds to that,
and the strength of each."""
NEAR_FLOOR = 0.12
"""Share of the subject's height up to which what points downwards stands on the floor."""
FLATNESS = 0.3
"""How much lower than wide a round thing on the floor is seen: the camera looks down a little."""
DEPTH = 0.45
"""How much shorter the floor looks going away from the camera than going sideways."""
SLOPE = 0.7
"""How steeply the floor may rise from one foot to the next: more is no floor, but something that
hangs above it."""
EVEN = 0.05
"""Share of its breadth over which the floor under a hard shadow is evened out: no tears."""
COARSE = 5.0
"""Deviation in pixels from which a blur is made in a smaller picture."""
MIRROR_SIDE = 1600
"""A reflection is made at this size: floors are no mirrors."""
LEVELS = 4
"""A hard shadow softens with the way from the foot: so many steps are mixed."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What is laid on the ground before the subject: straight alpha."""

    colours: Bytes
    """(height, width, 3) uint8 sRGB, which may be a broadcast colour."""
    alpha: Bytes
    """(height, width) uint8."""


def cast(shadow: Shadow, pixels: Bytes, alpha: Bytes) -> Layer | None:
    """Return what a subject casts, or None where there is no subject or nothing to cast.

    `pixels` (height, width, 3) uint8 sRGB and `alpha` (height, width) uint8 are the framed subject.
    """
    if shadow.kind == Cast.NONE or not shadow.opacity or not alpha.any():
        return None
    if shadow.kind == Cast.REFLECTION:
        return _reflected(shadow, pixels, alpha)
    height, width = alpha.shape
    dark = np.rint(_small(shadow, alpha) * 255).astype(np.uint8)
    share = np.asarray(cv2.resize(dark, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
    colours = np.broadcast_to(np.array(rgb(shadow.colour), np.uint8), (height, width, 3))
    return Layer(np.asarray(colours), share)


def shaded(shadow: Shadow, alpha: Bytes, colour: RGB) -> Bytes:
    """Return a floor of one colour, (height, width, 3) uint8, with a shadow on it.

    As `cast`, laid on it, within a level or two, for a fraction of the time: shadow and colour are
    mixed while they are small. Not for a reflection.
    """
    height, width = alpha.shape
    dark = _small(shadow, alpha)[..., None]
    floor = np.array(colour, np.float32)
    mixed = floor + dark * (np.array(rgb(shadow.colour), np.float32) - floor)
    small = np.rint(mixed).astype(np.uint8)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def kept(shadow: Shadow, dark: Floats, to: Place, size: tuple[int, int]) -> Layer | None:
    """Return the shadow of the photo itself where the subject goes, or None for none.

    `dark` is that of a photo of (width, height) `size`, 0..1, as `own_shadow` finds it: smaller.
    """
    strength = shadow.opacity / Shadow().opacity  # the usual one is as in the photo
    if not strength or not dark.any():
        return None
    rows, columns = dark.shape
    left, top, width, height = to.part
    x, y, new_width, new_height = to.at
    by_x, by_y = new_width / width, new_height / height
    across, down = by_x * size[0] / columns, by_y * size[1] / rows
    # Pixel centres, which are at halves, go to where they are on the canvas.
    aside, below = x - left * by_x + across / 2 - 0.5, y - top * by_y + down / 2 - 0.5
    move = np.array([[across, 0, aside], [0, down, below]])
    laid = cv2.warpAffine(dark, move, to.canvas, flags=cv2.INTER_LINEAR)
    share = np.rint(np.clip(laid * (255 * strength), 0, 255)).astype(np.uint8)
    colours = np.broadcast_to(np.zeros(3, np.uint8), (*share.shape, 3))
    return Layer(np.asarray(colours), share)


def _small(shadow: Shadow, alpha: Bytes) -> Floats:
    """Return how dark the floor gets, 0..1, in a picture of at most WORK_SIDE."""
    height, width = alpha.shape
    scale = min(1.0, WORK_SIDE / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if scale < 1 / HALVED:  # halving first is the same mean, and has a quicker way in OpenCV
        half = (-(-width // 2), -(-height // 2))
        alpha = np.asarray(cv2.resize(alpha, half, interpolation=cv2.INTER_AREA), np.uint8)
    small = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.float32)
    if not alpha.any() or not shadow.opacity:
        return np.zeros_like(small)
    dark = _dark(shadow, small / np.float32(255)) * np.float32(shadow.opacity / 100)
    return np.asarray(np.clip(dark, 0, 1), np.float32)


def _dark(shadow: Shadow, alpha: Floats) -> Floats:
    """Return how dark the floor gets, 0..1, before the opacity counts."""
    _, top, width, height = box_of((alpha * 255).astype(np.uint8))
    soft = shadow.softness / 100
    extent = float(np.sqrt(width * height))
    if shadow.kind == Cast.HARD:
        return _together(_thrown(shadow, alpha, height), _touch(alpha, extent, soft))
    if shadow.kind == Cast.CONTACT:
        return _touch(alpha, extent, soft)
    return _together(_ambient(alpha, top + height, extent, soft), 0.8 * _touch(alpha, extent, soft))


def _together(one: Floats, other: Floats) -> Floats:
    """Two things that each take light away leave the product of what they let through."""
    return np.asarray(1 - (1 - one) * (1 - other), np.float32)


def _feet(alpha: Floats) -> Floats:
    """Return where the subject stands on the floor: 1 at its lowest point, fading above it.

    These are the lowest solid pixels of the columns: each leg of a chair, the rim of a bowl. What
    hangs high above the floor touches nothing.
    """
    solid = alpha >= CORE / 255
    rows = len(alpha)
    lowest = rows - 1 - np.argmax(solid[::-1], axis=0)
    columns = np.flatnonzero(solid.any(axis=0))
    feet = np.zeros_like(alpha)
    if not len(columns):
        return feet
    top, bottom = np.flatnonzero(solid.any(axis=1))[[0, -1]]
    reach = max(1.0, NEAR_FLOOR * (bottom - top))
    above = (bottom - lowest[columns]) / reach
    feet[lowest[columns], columns] = np.exp(-(above**2))
    return feet


def _touch(alpha: Floats, extent: float, soft: float) -> Floats:
    """Return the thin dark line where light does not get in, and the haze right beside it."""
    feet = _feet(alpha)
    dark = np.zeros_like(alpha)
    for sharp, more, strength in TOUCHES:
        across = max(0.7, (sharp + more * soft) * extent)
        down = max(0.7, across * FLATNESS)
        # A line of feet, blurred: its middle is as dark as asked, however wide the blur.
        spread = _blurred(feet, across, down) * (down * np.sqrt(2 * np.pi))
        dark = _together(dark, strength * np.clip(spread, 0, 1).astype(np.float32))
    return dark


def _ambient(alpha: Floats, floor: int, extent: float, soft: float) -> Floats:
    """Return what a wide light from above leaves: the subject, laid flat around its feet."""
    flat = FLATNESS * 0.6
    standing = np.array([[1, 0, 0], [0, flat, floor * (1 - flat)]], np.float32)
    lying = _warped(alpha, standing)
    # It stands in the middle of its own shadow, not at the far end of it.
    rows = np.flatnonzero(lying.max(axis=1) > 0.05)  # noqa: PLR2004 less is blur
    if len(rows):
        lying = _warped(lying, np.array([[1, 0, 0], [0, 1, 0.35 * (floor - rows[0])]], np.float32))
    across = (0.03 + 0.07 * soft) * extent
    return np.asarray(0.6 * _blurred(lying, across, across * 0.55), np.float32)


def _thrown(shadow: Shadow, alpha: Floats, height: int) -> Floats:
    """Return what one lamp throws: sheared along the floor, softer and weaker with the way.

    A pixel h above its floor lands `aside * h` to the side of it and `up * h` farther away.
    """
    turn, reach = radians(shadow.direction), shadow.length / 100
    aside, up = reach * cos(turn), reach * sin(turn) * DEPTH
    y, x = np.nonzero(alpha > 0.02)  # noqa: PLR2004 less is not seen
    ends = floor_of(alpha, EVEN)[x]
    above = np.maximum(ends - y, 0)
    to_x = np.rint(x + aside * above).astype(np.intp)
    to_y = np.rint(ends - up * above).astype(np.intp)
    rows, columns = alpha.shape
    inside = (to_x >= 0) & (to_x < columns) & (to_y >= 0) & (to_y < rows)
    to = (to_y[inside], to_x[inside])
    thrown, way = np.zeros_like(alpha), np.zeros_like(alpha)
    np.maximum.at(thrown, to, alpha[y, x][inside])
    np.maximum.at(way, to, (above[inside] / height).astype(np.float32))
    gaps = np.ones((7, 7), np.uint8)  # between columns whose floors differ
    thrown = np.asarray(cv2.morphologyEx(thrown, cv2.MORPH_CLOSE, gaps), np.float32)
    way = _blurred(np.asarray(cv2.dilate(way, np.ones((9, 9), np.uint8))), 4, 4)
    widest = (0.006 + 0.06 * shadow.softness / 100) * height * max(0.3, reach)
    at = np.clip(way, 0, 1) * (LEVELS - 1)
    mixed = np.zeros_like(alpha)
    for step in range(LEVELS):
        deviation = max(0.8, widest * step / (LEVELS - 1))
        mixed += _blurred(thrown, deviation, deviation) * np.clip(1 - np.abs(at - step), 0, 1)
    return np.asarray(0.9 * mixed * (1 - 0.55 * np.clip(way, 0, 1)), np.float32)


def floor_of(alpha: Floats, smooth: float = 0.02) -> Floats:
    """Return for each column of (height, width) alpha, 0..1, the row where its floor is.

    Columns stand there themselves that no other one undercuts: each leg of a chair, each side of a
    round foot. The others are above the floor between those. The floor is evened out over a share,
    `smooth`, of the subject's breadth.
    """
    solid = alpha >= CORE / 255
    there = solid.any(axis=0)
    if not there.any():
        return np.full(alpha.shape[1], len(alpha), np.float32)
    lowest = len(alpha) - np.argmax(solid[::-1], axis=0).astype(np.float32)
    x = np.arange(alpha.shape[1], dtype=np.float32) * np.float32(SLOPE)
    ends = np.where(there, lowest, -np.inf)
    # The lowest that any column reaches, less what the floor rises on the way from there.
    from_left = np.maximum.accumulate(ends + x) - x
    from_right = np.maximum.accumulate((ends - x)[::-1])[::-1] + x
    standing = np.flatnonzero(there & (lowest >= np.maximum(from_left, from_right) - 1))
    floor = np.interp(np.arange(alpha.shape[1]), standing, lowest[standing])
    wide = max(1.0, smooth * np.ptp(np.flatnonzero(there)))
    even = cv2.GaussianBlur(floor[None], (0, 0), wide, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(even[0], np.float32)


def _reflected(shadow: Shadow, pixels: Bytes, alpha: Bytes) -> Layer:
    """Mirror each column in the glossy floor below it: fading, and softer, with the way."""
    whole = alpha.shape[1::-1]
    pixels, alpha = shrunk(pixels, MIRROR_SIDE), shrunk(alpha, MIRROR_SIDE)
    rows, columns = alpha.shape
    tall = box_of(alpha)[3]
    floor = floor_of(alpha.astype(np.float32) / np.float32(255))
    down = np.arange(rows, dtype=np.float32)[:, None]
    across = np.broadcast_to(np.arange(columns, dtype=np.float32), alpha.shape)
    back = 2 * floor[None] - 1 - down
    picture = np.dstack([pixels, alpha])
    mirrored = np.asarray(cv2.remap(picture, across, back, cv2.INTER_LINEAR), np.float32)
    colours: Floats = mirrored[..., :3]
    share: Floats = np.ascontiguousarray(mirrored[..., 3])
    way = (down - floor[None]) / max(1.0, shadow.length / 100 * tall)
    fade = np.where(way < 0, 0, np.clip(1 - way, 0, 1) ** 1.5)
    share = np.where(way < 0, 0, share).astype(np.float32)
    if shadow.softness:
        deviation = shadow.softness / 100 * 0.012 * tall
        blurred = _blurred(colours * share[..., None], deviation, deviation)
        share = _blurred(share, deviation, deviation)
        colours = np.asarray(blurred / np.maximum(share[..., None], np.float32(0.1)), np.float32)
    share = np.asarray(share * fade * (shadow.opacity / 100), np.float32)
    seen = np.rint(np.clip(colours, 0, 255)).astype(np.uint8)
    return Layer(resized(seen, whole), resized(np.rint(share).astype(np.uint8), whole))


def _warped(picture: Floats, move: Floats) -> Floats:
    """Move a picture; what comes in from outside is nothing."""
    height, width = picture.shape[:2]
    moved = cv2.warpAffine(picture, move, (width, height), flags=cv2.INTER_LINEAR)
    return np.asarray(moved, np.float32)


def _blurred(picture: Floats, across: float, down: float) -> Floats:
    """Blur with a Gaussian of two deviations, as if there was nothing beyond the canvas."""
    if max(across, down) >= 2 * COARSE:
        return _widely_blurred(picture, across, down)
    blurred = cv2.GaussianBlur(
        picture, (0, 0), sigmaX=across, sigmaY=down, borderType=cv2.BORDER_CONSTANT
    )
    return np.asarray(blurred, np.float32)


def _widely_blurred(picture: Floats, across: float, down: float) -> Floats:
    """Do the same in a smaller picture: what a wide blur leaves needs no more pixels."""
    height, width = picture.shape[:2]
    by_x, by_y = max(1, int(across / COARSE)), max(1, int(down / COARSE))
    # So much of nothing around it as the blur reaches, in whole small pixels.
    left, top = (int(np.ceil(3 * side / by)) * by for side, by in ((across, by_x), (down, by_y)))
    right, bottom = left + -(width + 2 * left) % by_x, top + -(height + 2 * top) % by_y
    wide = cv2.copyMakeBorder(picture, top, bottom, left, right, cv2.BORDER_CONSTANT)
    size = (wide.shape[1], wide.shape[0])
    small = cv2.resize(wide, (size[0] // by_x, size[1] // by_y), interpolation=cv2.INTER_AREA)
    blurred = _blurred(np.asarray(small, np.float32), across / by_x, down / by_y)
    grown = cv2.resize(blurred, size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.maximum(grown, 0)[top : top + height, left : left + width], np.float32)
