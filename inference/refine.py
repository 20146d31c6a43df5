"""Edges that follow the picture, where the network has drawn them on its own coarse grid."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.apart import STRIP_ROWS
from inference.average import averaged
from inference.edges import (
    LEAST,
    Part,
    looked_up,
    resized,
    sampling,
    soft_part,
    soft_places,
    thrice,
)

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

OPAQUE = 255
LOW, HIGH = 5, 250
"""Of 255: between these the network is not sure."""
WORK_SIDE = 500
"""Colours are gathered in a picture whose longer side has at least these pixels, if it can."""
REACHES = ((2, 5), (4, 9), (8, 13))
"""Where colours are looked for: how many times smaller, and the side of the window there."""
ENOUGH = 0.02
"""The share of a window that must be sure for its colour to count in full."""
ALMOST = 0.3
"""How much a colour counts that was unsure at first."""
NOISE = 14.0
"""Deviation of a channel, of 255, that no colour model explains: sensor, JPEG, texture."""
TOLD = np.full((1, 4), OPAQUE, np.float32)
"""Adds up what the channels of a colour tell."""
SURER = 0.3
"""Power by which doubt in the network falls from a half towards 0 and 1."""


@dataclass(frozen=True, slots=True)
class Trust:
    """How far a matte may be moved by the colours around it."""

    prior: float
    """Deviation that the network's alpha is believed to have where it says a half, 0..1."""
    unexplained: float
    """Weight of what neither colour nor a mix of both explains."""
    proof: float
    """Mean error that the colours may make on sure pixels nearby, 0..1; 0 asks for no proof."""
    looks: tuple[int, ...]
    """How many times smaller the picture is when colours are gathered: each guides the next."""


COARSE = Trust(prior=1.0, unexplained=2.0, proof=0.0, looks=(4, 2, 1, 1))
"""For networks of few pixels a side: their edges are off by many pixels of a photo."""
FINE = Trust(prior=0.7, unexplained=10.0, proof=0.15, looks=(4, 2, 1))
"""For fine ones: colours must first prove on sure pixels that they tell better."""


QUICK = (1,)
"""The one look of those who only ask how far a matte would move."""


def refine(pixels: Bytes, alpha: Bytes, *, fine: bool, quick: bool = False) -> Bytes:
    """Return an alpha (height, width) uint8 whose soft band follows the colours of the photo.

    `pixels` is the photo, (height, width, 3) uint8 sRGB; `alpha` comes from a network that is
    `fine` or not: see Model.fine. Only pixels between 5 and 250 change. A `quick` one takes half
    the time and is less exact.

    Local means and variances of the sure colours on both sides give each unsure pixel its place on
    the line between them, as in Bayesian matting (Chuang 2001, doi 10.1109/CVPR.2001.990970). The
    network's alpha is the prior, and both are weighted by what they are worth: a pixel off the line
    counts little, and colours that misjudge the sure pixels around count less.
    """
    step = max(1, max(alpha.shape) // (2 * WORK_SIDE) * 2)
    margin = REACHES[-1][0] * REACHES[-1][1] * step // 2
    part = soft_part(alpha, LOW + 1, HIGH - 1, margin)
    if part is None:
        return alpha
    trust = FINE if fine else COARSE
    if quick:
        trust = replace(trust, looks=QUICK)
    line, weight = _colours(pixels[part], alpha[part], step, trust)
    refined = alpha.copy()
    _move(refined, pixels, part, step, line, weight)
    return refined


def _colours(pixels: Bytes, alpha: Bytes, step: int, trust: Trust) -> tuple[Floats, Floats]:
    """Return how colour tells alpha, and the weight of that verdict, 0..1, smaller by `step`.

    The first has four channels: red, green, blue and 255, each so many times, make the alpha of a
    pixel, 0 at the colour of the ground and 1 at that of the subject.
    """
    picture = averaged(pixels, step).astype(np.float32)
    given = averaged(alpha, step).astype(np.float32) * np.float32(1 / OPAQUE)
    size = (given.shape[1], given.shape[0])
    near, far, weight = picture, picture, given
    now = np.full_like(given, 0.5)  # nothing is known at first
    for shrink in trust.looks:
        to = (max(1, size[0] // shrink), max(1, size[1] // shrink))
        seen = (resized(picture, to), resized(given, to), resized(now, to))
        near, far, weight, now = _judged(*seen, trust)
    line = near - far
    line /= thrice(_dot(line, line) + np.float32(1e-3))
    start = _dot(line, far) * np.float32(-1 / OPAQUE)
    return np.asarray(cv2.merge([*cv2.split(line), start]), np.float32), weight


def _sure(given: Floats) -> tuple[Floats, Floats]:
    """Return 1 where a matte says subject, and 1 where it says ground."""
    inside, outside = given >= HIGH / OPAQUE, given <= LOW / OPAQUE
    return inside.astype(np.float32), outside.astype(np.float32)


def _judged(
    picture: Floats, given: Floats, now: Floats, trust: Trust
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return both colours around each pixel, the weight of their verdict, and alpha by it.

    `given` is the network's alpha, `now` what an earlier look made of it; both 0..1.
    """
    inside, outside = _sure(given)
    # What was found to be nearly all subject or all ground tells colours, too.
    near, near_spread = _gathered(picture, np.maximum(inside, _almost(2 * now - 1)))
    far, far_spread = _gathered(picture, np.maximum(outside, _almost(1 - 2 * now)))
    told, weight = np.empty_like(given), np.empty_like(given)
    for top in range(0, len(given), STRIP_ROWS):
        rows = slice(top, top + STRIP_ROWS)
        spread = now[rows] * near_spread[rows] + (1 - now[rows]) * far_spread[rows]
        told[rows], weight[rows] = _told(
            picture[rows], near[rows], far[rows], spread, given[rows], trust
        )
    if trust.proof:
        weight *= _proven(np.abs(told - given), inside, outside, trust.proof)
    unsure = 1 - inside - outside
    return near, far, weight, given + unsure * weight * (told - given)


def _told(
    picture: Floats, near: Floats, far: Floats, spread: Floats, given: Floats, trust: Trust
) -> tuple[Floats, Floats]:
    """Return alpha by the place of a colour between those of both sides, and what it is worth."""
    line, offset = near - far, picture - far
    length = _dot(line, line) + np.float32(1e-3)
    told = np.clip(_dot(offset, line) / length, 0, 1)
    offset -= thrice(told) * line
    doubt = spread + np.float32(3 * NOISE**2)
    doubt += np.float32(trust.unexplained) * _dot(offset, offset)
    prior = np.float32(trust.prior**2) * (4 * given * (1 - given) + np.float32(0.02)) ** SURER
    prior *= length
    doubt += prior
    return told, np.divide(prior, doubt, out=prior)


def _almost(sure: Floats) -> Floats:
    """Return how much a colour counts that was found to be sure by so much, -1..1."""
    sure = np.maximum(sure, 0, out=sure)
    sure *= sure
    sure *= sure
    sure *= np.float32(ALMOST)
    return sure


def _dot(one: Floats, other: Floats) -> Floats:
    return np.asarray(cv2.transform(one * other, np.ones((1, 3), np.float32)), np.float32)


def _gathered(picture: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return the mean colour of weighted pixels around each pixel, and the sum of its variances.

    The nearest window with enough of them counts; where there is none, the widest one; and where
    that has none either, the colours of the whole picture.
    """
    if not weight.any():
        weight = np.ones_like(weight)
    height, width = weight.shape
    weighted = picture * thrice(weight)
    squares = _dot(weighted, picture)
    sums = np.asarray(cv2.cvtColor(weighted, cv2.COLOR_RGB2RGBA), np.float32)
    cv2.mixChannels([weight], [sums], [0, 3])
    trace = LEAST / weight.mean()  # of the whole picture in each window
    more, squared = (trace * np.array(cv2.mean(each), np.float32) for each in (sums, squares))
    levels: list[tuple[Floats, Floats, Floats]] = []
    for shrink, side in REACHES:
        size = (max(1, width // shrink), max(1, height // shrink))
        sums, squares = resized(sums, size), resized(squares, size)
        if not levels:
            sums.reshape(size[1], -1)[:] += np.tile(more, size[0])
            squares += squared[0]
        total = np.asarray(cv2.blur(sums, (side, side)), np.float32)
        found = np.ascontiguousarray(total[..., 3])
        mean = np.ascontiguousarray(total[..., :3]) / thrice(found)
        levels.append((mean, cv2.blur(squares, (side, side)) / found - _dot(mean, mean), found))
    mean, spread, _ = levels.pop()
    for means, spreads, found in reversed(levels):
        share = np.minimum(found / np.float32(ENOUGH), 1)
        size = found.shape[1::-1]
        mean, spread = resized(mean, size), resized(spread, size)
        mean += thrice(share) * (means - mean)
        spread += share * (spreads - spread)
    return resized(mean, (width, height)), np.maximum(resized(spread, (width, height)), 0)


def _proven(error: Floats, inside: Floats, outside: Floats, most: float) -> Floats:
    """Return how well colours judge the sure pixels nearby, 0..1: the worse of the two sides."""
    size = (33, 33)
    worst = np.zeros_like(error)
    for sure in (inside, outside):
        mean = cv2.blur(error * sure, size) / (cv2.blur(sure, size) + np.float32(1e-3))
        worst = np.maximum(worst, mean)
    return np.asarray(np.exp(-((worst / np.float32(most)) ** 2)), np.float32)


def _move(alpha: Bytes, pixels: Bytes, part: Part, step: int, line: Floats, weight: Floats) -> None:
    """Judge each unsure pixel of the photo itself by the colours around it."""
    triples, flat = (
        np.ascontiguousarray(pixels).reshape(-1, 3).view("V3").ravel(),
        alpha.reshape(-1),
    )
    for at in soft_places(alpha, LOW + 1, HIGH - 1):
        own = cv2.cvtColor(triples.take(at).view(np.uint8).reshape(1, -1, 3), cv2.COLOR_RGB2RGBA)
        to = sampling(at, alpha.shape[1], part, step)
        mixed = cv2.multiply(looked_up(line, to), own, dtype=cv2.CV_32F)
        told = np.asarray(cv2.transform(mixed, TOLD), np.float32).ravel()
        np.clip(told, 0, OPAQUE, out=told)
        given = flat.take(at).astype(np.float32)
        told -= given
        told *= looked_up(weight, to).ravel()
        told += given
        flat[at] = np.rint(told, out=told)
