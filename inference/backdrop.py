"""The grounds that a subject is set on, as pixels."""

from math import cos, radians, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.depth import SIXTEEN_BITS, TIMES, widened
from inference.encode import resized
from inference.errors import RecipeRejected
from inference.look import Ground, Scene

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

HORIZON = 0.68
"""Share of the height at which the floor of a sweep begins to rise into the wall."""
BEND = 0.16
"""Share of the height over which it does."""
FLOOR, WALL, CORNER = 1.03, 0.985, 0.12
"""Brightness of floor and wall against the chosen colour, and what the light loses to corners."""
SHADE = 0.05
"""How much darker the bend is: less of the light from above meets it."""
BLUR_SIDES = (64, 640)
MARGIN_BLUR = 4.0
"""Percent of the longer side by which a picture is blurred beside itself."""
BLUR_PIXELS = 5.0
"""A blurred picture is made so small that its blur has this deviation, within these sides."""
BAYER = 8
"""Side of the pattern that hides the steps of a gradient in eight bits."""


def backdrop(
    ground: Ground, size: tuple[int, int], photo: Bytes, alpha: Bytes, picture: Bytes | None = None
) -> Bytes:
    """Render a ground as (height, width, 3) uint8 sRGB for a canvas of (width, height) `size`.

    `photo` (h, w, 3) uint8 sRGB and `alpha` (h, w) uint8 are those before they were framed: a
    blurred ground is made of them. `picture` (h, w, 3) uint8 sRGB is an own one.
    Raises RecipeRejected where that is missing.
    """
    width, height = size
    match ground.scene:
        case Scene.LINEAR | Scene.RADIAL | Scene.SWEEP:
            return _dithered(*_painted(ground, size))
        case Scene.BLUR:
            return _blurred(photo, alpha, ground.number, size)
        case Scene.PICTURE:
            if picture is None:
                raise RecipeRejected("The background picture is missing. Choose it again.")
            return _own(picture, ground, size)
        case _:
            colour = np.array(ground.colours[0], np.uint8)
            return np.asarray(np.broadcast_to(colour, (height, width, 3)))


def deep_backdrop(
    ground: Ground, size: tuple[int, int], photo: Bytes, alpha: Bytes, picture: Bytes | None = None
) -> NDArray[np.uint16]:
    """Do what `backdrop` does, in uint16: what is painted is exact, and not dithered."""
    if ground.scene not in {Scene.LINEAR, Scene.RADIAL, Scene.SWEEP}:
        return widened(backdrop(ground, size, photo, alpha, picture))
    start, share, step = _painted(ground, size)
    made = np.empty((*share.shape, 3), np.uint16)
    for channel in range(3):
        line = (start[channel] + share * step[channel]) * TIMES
        made[..., channel] = np.rint(np.clip(line, 0, SIXTEEN_BITS))
    return made


def _painted(ground: Ground, size: tuple[int, int]) -> tuple[Floats, Floats, Floats]:
    """Return a colour, what is added to it, (3,) each, and (height, width) how much of that."""
    if ground.scene is Scene.SWEEP:
        # Below the chosen colour as far as above it: white stays within what can be shown.
        return np.zeros(3, np.float32), _sweep(size), np.array(ground.colours[0], np.float32)
    # Mixed in gamma-encoded sRGB, as CSS and every design program do.
    start, end = (np.array(colour, np.float32) for colour in ground.colours)
    linear = ground.scene is Scene.LINEAR
    return start, _along(size, ground.number) if linear else _around(size), end - start


def _along(size: tuple[int, int], degrees: float) -> Floats:
    """Return how far along a direction each pixel is, 0..1 from corner to corner, as CSS does.

    css-images-4, 3.1: degrees go clockwise from upwards, and both ends meet the far corners.
    """
    width, height = size
    x, y = sin(radians(degrees)), -cos(radians(degrees))
    length = abs(width * x) + abs(height * y)
    across = (np.arange(width, dtype=np.float32) + 0.5 - width / 2) * (x / length)
    down = (np.arange(height, dtype=np.float32) + 0.5 - height / 2) * (y / length)
    return np.asarray(np.clip(down[:, None] + across[None] + 0.5, 0, 1), np.float32)


def _around(size: tuple[int, int]) -> Floats:
    """Return how far from the middle each pixel is, 0 there and 1 in the corners."""
    across, down = (((np.arange(side, dtype=np.float32) + 0.5) / side - 0.5) ** 2 for side in size)
    return np.asarray(np.sqrt((down[:, None] + across[None]) * 2), np.float32)


def _sweep(size: tuple[int, int]) -> Floats:
    """Render paper that hangs down a wall and runs out over the floor, lit from above."""
    width, height = size
    down = (np.arange(height, dtype=np.float32) + 0.5) / height
    rise = 1 / (1 + np.exp(-(down - HORIZON) / (BEND / 6)))  # 0 on the wall, 1 on the floor
    bend = np.exp(-(((down - HORIZON) / BEND) ** 2))
    rows = WALL + (FLOOR - WALL) * rise - SHADE * bend
    across = (np.arange(width, dtype=np.float32) + 0.5) / width - 0.5
    away = across[None] ** 2 * 1.2 + (down[:, None] - 0.45) ** 2
    light = rows[:, None] * (1 - CORNER * np.clip(away / 0.5, 0, 1))
    return np.asarray(light, np.float32)


def _blurred(photo: Bytes, alpha: Bytes, percent: float, size: tuple[int, int]) -> Bytes:
    """Blur what is around the subject, and let it grow over the place where that was.

    Normalised convolution (Knutsson and Westin 1993, doi 10.1109/CVPR.1993.341081): the subject
    weighs nothing, so that it leaves no glow.
    """
    height, width = alpha.shape
    side = np.clip(BLUR_PIXELS / (percent / 100), *BLUR_SIDES)
    scale = min(1.0, float(side) / max(width, height))
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    picture = cv2.resize(photo, small, interpolation=cv2.INTER_AREA).astype(np.float32)
    seen = cv2.resize(alpha, small, interpolation=cv2.INTER_AREA)
    # What touches the subject has its colour in it.
    around = np.asarray(cv2.erode(255 - seen, np.ones((3, 3), np.uint8)), np.float32)
    weight = np.asarray((around / 255) ** 2 + 1e-6, np.float32)
    weighted = np.asarray(picture * weight[..., None], np.float32)
    deviation = max(0.5, percent / 100 * max(small))
    filled = _smooth(weighted, deviation)
    total = _smooth(weight, deviation)
    # Far inside the subject, wider looks fill in what this one does not reach.
    for times in (3, 9):
        missing = np.clip(0.2 - total, 0, 0.2) * np.float32(1e-2)
        filled = filled + _smooth(weighted, deviation * times) * missing[..., None]
        total = total + _smooth(weight, deviation * times) * missing
    blurred = np.clip(filled / total[..., None], 0, 255)
    return _covering(blurred.astype(np.float32), size)


def _own(picture: Bytes, ground: Ground, size: tuple[int, int]) -> Bytes:
    """Lay a picture over all of the canvas, or all of it onto the canvas.

    What it then leaves free is filled by itself, large and blurred.
    """
    if ground.fit == "fill":
        return _softened(_cropped(picture, ground.at, size), ground.number)
    height, width = picture.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    new = (max(1, round(width * scale)), max(1, round(height * scale)))
    x, y = ((room - side) // 2 for room, side in zip(size, new, strict=True))
    whole = _softened(_cropped(picture, ground.at, size), MARGIN_BLUR)
    whole[y : y + new[1], x : x + new[0]] = _softened(resized(picture, new), ground.number)
    return whole


def _cropped(picture: Bytes, at: tuple[float, float], size: tuple[int, int]) -> Bytes:
    """Return the part of a picture that has the form of (width, height), at that size."""
    height, width = picture.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    across, down = (
        min(width, max(1, round(size[0] / scale))),
        min(height, max(1, round(size[1] / scale))),
    )
    left, top = round(at[0] * (width - across)), round(at[1] * (height - down))
    part = np.ascontiguousarray(picture[top : top + down, left : left + across])
    return part.copy() if (across, down) == size else resized(part, size)


def _softened(picture: Bytes, percent: float) -> Bytes:
    """Blur a picture by a deviation in percent of its longer side."""
    if not percent:
        return picture
    height, width = picture.shape[:2]
    side = np.clip(BLUR_PIXELS / (percent / 100), *BLUR_SIDES)
    scale = min(1.0, float(side) / max(width, height))
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    little = cv2.resize(picture, small, interpolation=cv2.INTER_AREA).astype(np.float32)
    return _covering(_smooth(little, percent / 100 * max(small)), (width, height))


def _smooth(picture: Floats, deviation: float) -> Floats:
    return np.asarray(
        cv2.GaussianBlur(picture, (0, 0), deviation, borderType=cv2.BORDER_REFLECT), np.float32
    )


def _covering(picture: Floats, size: tuple[int, int]) -> Bytes:
    """Return the middle of a picture, as large as covers (width, height)."""
    height, width = picture.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    place = np.array(
        [
            [1 / scale, 0, (width - size[0] / scale) / 2 + (0.5 / scale - 0.5)],
            [0, 1 / scale, (height - size[1] / scale) / 2 + (0.5 / scale - 0.5)],
        ]
    )
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    grown = cv2.warpAffine(picture, place, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.rint(np.clip(grown, 0, 255)).astype(np.uint8)


def _dithered(start: Floats, share: Floats, step: Floats) -> Bytes:
    """Return start + share * step as uint8, rounded up or down by a pattern that hides the steps.

    Ordered dithering (Bayer 1973): the same picture each time, and one that compresses.
    """
    pattern = _bayer()
    height, width = share.shape
    made = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, BAYER):  # strips stay in the processor's cache
        rows = share[top : top + BAYER]
        turn = np.tile(pattern, (1, width // BAYER + 1))[: len(rows), :width]
        for channel in range(3):
            line = rows * step[channel] + (start[channel] + turn)
            made[top : top + BAYER, :, channel] = np.clip(line, 0, 255)
    return made


def _bayer() -> Floats:
    """Return an 8 x 8 pattern of thresholds between 0 and 1."""
    order = np.zeros((1, 1))
    while len(order) < BAYER:
        order = np.block([[4 * order, 4 * order + 2], [4 * order + 3, 4 * order + 1]])
    return np.asarray((order + 0.5) / BAYER**2, np.float32)
