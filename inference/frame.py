"""A subject on a canvas: how large, and where."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.encode import resized
from inference.look import MOST_PIXELS, MOST_SIDE, SUBJECT, Frame

Bytes = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""

VISIBLE = 13
"""Of 255: what is fainter than a twentieth is no part of the subject's box."""
OPAQUE = 255
CUT_OFF = 0.01
"""Share of a photo's side along which a subject must meet it to be cut off there."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a photo, or a part of it, goes on a canvas; all in pixels."""

    part: Box
    """Of the photo."""
    at: Box
    """On the canvas; as large as `part`, or smaller."""
    canvas: tuple[int, int]
    """Width and height."""

    @classmethod
    def whole(cls, alpha: Bytes) -> "Place":
        """All of a photo, as it is."""
        height, width = alpha.shape
        return cls((0, 0, width, height), (0, 0, width, height), (width, height))


def box_of(alpha: Bytes, least: int = VISIBLE) -> Box:
    """Return the box of what is visible in (height, width) uint8; all where nothing is."""
    left, top, width, height = cv2.boundingRect(cv2.inRange(alpha, least, 255))
    if not width:
        return 0, 0, alpha.shape[1], alpha.shape[0]
    return left, top, width, height


def place(alpha: Bytes, frame: Frame, most_scale: float = 1.0) -> Place | None:
    """Return where the photo goes that has this alpha; None where it stays as it is.

    Nothing is made larger than `most_scale`, against its size in the photo. A subject that the
    photo's edge cuts off stays at that edge: in the middle of a canvas, the cut would be seen.
    """
    height, width = alpha.shape
    if not frame.canvas and not frame.fill:
        return None
    if frame.canvas == SUBJECT:
        return _padded(alpha, frame.padding / 100, most_scale)
    if not frame.fill:
        return _whole((width, height), frame, most_scale)
    part = box_of(alpha)
    left, right = part[0] == 0, part[0] + part[2] == width
    top, bottom = part[1] == 0, part[1] + part[3] == height
    # What the photo cuts off on both sides goes from edge to edge here, too.
    share = frame.fill / 100
    across, down = 1.0 if left and right else share, 1.0 if top and bottom else share
    room = (round(part[2] / across), round(part[3] / down))
    canvas = frame.size or _around(room, frame.ratio or (width, height))
    most_scale *= frame.scale / 100 or 1
    scale = min(most_scale, across * canvas[0] / part[2], down * canvas[1] / part[3])
    size = (max(1, round(part[2] * scale)), max(1, round(part[3] * scale)))
    free = canvas[0] - size[0], canvas[1] - size[1]
    x = free[0] // 2 if left == right else free[0] * right
    y = free[1] * bottom if top or bottom else free[1] // 2
    if frame.align == "bottom" and not top:
        y = min(free[1], max(y, round(canvas[1] * (1 + share) / 2) - size[1]))
    return Place(part, (x, y, *size), canvas)


def series_scale(shapes: Iterable[tuple[Bytes, int]], frame: Frame) -> float:
    """Return the one `scale` of a frame, in percent, at which each of several subjects fits.

    `shapes` are (height, width) uint8 alphas, which may be small, each with the longer side of its
    photo in pixels. The frame has a size and a share.
    """
    scale = 1.0
    for alpha, side in shapes:
        to = place(alpha, replace(frame, scale=0.0), most_scale=math.inf)
        if to:
            scale = min(scale, to.at[2] / to.part[2] * max(alpha.shape) / side)
    return math.floor(scale * 1000) / 10  # in steps that people read; downwards, so that all fit


def cut_off(alpha: Bytes) -> tuple[str, ...]:
    """Return the sides on which the photo of (height, width) uint8 `alpha` cuts its subject off."""
    edges = {"left": alpha[:, 0], "right": alpha[:, -1], "top": alpha[0], "bottom": alpha[-1]}
    return tuple(side for side, edge in edges.items() if (edge > OPAQUE // 2).mean() >= CUT_OFF)


def placed(pixels: Bytes, alpha: Bytes, to: Place) -> tuple[Bytes, Bytes]:
    """Return pixels (height, width, 3) and alpha (height, width) uint8 on a canvas of `to`."""
    left, top, width, height = to.part
    x, y, new_width, new_height = to.at
    rows, columns = slice(top, top + height), slice(left, left + width)
    subject = np.dstack([pixels[rows, columns], alpha[rows, columns]])
    if (new_width, new_height) != (width, height):
        subject = resized(subject, (new_width, new_height))
    across, down = to.canvas
    framed = np.zeros((down, across, 3), np.uint8)
    shape = np.zeros((down, across), np.uint8)
    framed[y : y + new_height, x : x + new_width] = subject[..., :3]
    shape[y : y + new_height, x : x + new_width] = subject[..., 3]
    return framed, shape


def _padded(alpha: Bytes, padding: float, most_scale: float) -> Place:
    """Crop to the subject, with a margin on each side on which the photo does not cut it off."""
    height, width = alpha.shape
    left, top, across, down = part = box_of(alpha)
    margin = round(padding * max(across, down))
    before = (margin * (left > 0), margin * (top > 0))
    after = (margin * (left + across < width), margin * (top + down < height))
    canvas = before[0] + across + after[0], before[1] + down + after[1]
    most = min(MOST_SIDE / max(canvas), math.sqrt(MOST_PIXELS / (canvas[0] * canvas[1])))
    scale = min(1.0, most_scale, most)
    x, y, new_across, new_down = (round(one * scale) for one in (*before, across, down))
    at = (x, y, max(1, new_across), max(1, new_down))
    room = tuple(max(1, round(side * scale)) for side in canvas)
    return Place(part, at, (max(room[0], at[0] + at[2]), max(room[1], at[1] + at[3])))


def _whole(size: tuple[int, int], frame: Frame, most_scale: float) -> Place:
    """Place all of a photo: as large as fits, in the middle."""
    width, height = size
    canvas = frame.size or _around(size, frame.ratio or size)
    scale = min(most_scale, canvas[0] / width, canvas[1] / height)
    new = (max(1, round(width * scale)), max(1, round(height * scale)))
    at = ((canvas[0] - new[0]) // 2, (canvas[1] - new[1]) // 2, *new)
    return Place((0, 0, width, height), at, canvas)


def _around(size: tuple[int, int], ratio: tuple[int, int]) -> tuple[int, int]:
    """Return the smallest (width, height) in a ratio that has room for `size`."""
    across, down = ratio
    scale = max(size[0] / across, size[1] / down)
    most = min(MOST_SIDE / max(across, down), math.sqrt(MOST_PIXELS / (across * down)))
    scale = min(scale, most)  # the subject gives way: its share is what was asked for
    return max(1, round(across * scale)), max(1, round(down * scale))
