"""Edges that follow the picture, where the network has drawn them on its own coarse grid."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.edges import LEAST, resized, sampled, soft_places, thrice

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

OPAQUE = 255
LOW, HIGH = 5, 250
"""Of 255: between these the network is not sure."""
WORK_SIDE = 1000
"""Colours are gathered in a picture whose longer side has at least these pixels, if it can."""
REACHES = ((2, 5), (4, 9), (8, 13))
"""Where colours are looked for: how many times smaller, and the side of the window there."""
ENOUGH = 0.02
"""The share of a window that must be sure for its colour to count in full."""
LOOKS = (4, 2, 1)
"""How many times smaller the picture is when colours are gathered: each look guides the next."""
ALMOST = 0.3
"""How much a colour counts that was unsure at first."""
NOISE = 14.0
"""Deviation of a channel, of 255, that no colour model explains: sensor, JPEG, texture."""
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


COARSE = Trust(prior=1.0, unexplained=4.0, proof=0.0)
"""For networks of few pixels a side: their edges are off by many pixels of a photo."""
FINE = Trust(prior=0.7, unexplained=10.0, proof=0.15)
"""For fine ones: colours must first prove on sure pixels that they tell better."""


def refine(pixels: Bytes, alpha: Bytes, *, fine: bool) -> Bytes:
    """Return an alpha (height, width) uint8 whose soft band follows the colours of the photo.

    `pixels` is the photo, (height, width, 3) uint8 sRGB; `alpha` comes from a network that is
    `fine` or not: see Model.fine. Only pixels between 5 and 250 change.

    Local means and variances of the sure colours on both sides give each unsure pixel its place on
    the line between them, as in Bayesian matting (Chuang 2001, doi 10.1109/CVPR.2001.990970). The
    network's alpha is the prior, and both are weighted by what they are worth: a pixel off the line
    counts little, and colours that misjudge the sure pixels around count less.
    """
    left, top, width, height = cv2.boundingRect(cv2.inRange(alpha, LOW + 1, HIGH - 1))
    if not width:
        return alpha
    step = max(1.0, float(max(alpha.shape) // WORK_SIDE))
    margin = round(REACHES[-1][0] * REACHES[-1][1] * step / 2)
    part = (
        slice(max(0, top - margin), top + height + margin),
        slice(max(0, left - margin), left + width + margin),
    )
    trust = FINE if fine else COARSE
    near, far, weight = _colours(pixels[part], alpha[part], step, trust)
    refined = alpha.copy()
    _move(refined[part], pixels[part], near, far, weight)
    return refined


def _colours(
    pixels: Bytes, alpha: Bytes, step: float, trust: Trust
) -> tuple[Floats, Floats, Floats]:
    """Return colours of subject and ground, 0..255, and the weight of their verdict, 0..1.

    All are float32 and smaller by `step`.
    """
    height, width = alpha.shape
    size = (max(1, round(width / step)), max(1, round(height / step)))
    picture = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    given = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    given /= np.float32(OPAQUE)
    near, far, weight = picture, picture, given
    now = np.full_like(given, 0.5)  # nothing is known at first
    for shrink in LOOKS:
        to = (max(1, size[0] // shrink), max(1, size[1] // shrink))
        seen = (resized(picture, to), resized(given, to), resized(now, to))
        near, far, weight, now = _judged(*seen, trust)
    return near, far, weight


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
    near_weight = np.maximum(inside, ALMOST * np.clip(2 * now - 1, 0, 1) ** 4)
    far_weight = np.maximum(outside, ALMOST * np.clip(1 - 2 * now, 0, 1) ** 4)
    near, near_spread = _gathered(picture, near_weight)
    far, far_spread = _gathered(picture, far_weight)
    line, offset = near - far, picture - far
    length = _dot(line, line) + np.float32(1e-3)
    told = np.clip(_dot(offset, line) / length, 0, 1)
    rest = offset - thrice(told) * line
    doubt = 3 * NOISE**2 + now * near_spread + (1 - now) * far_spread
    doubt += np.float32(trust.unexplained) * _dot(rest, rest)
    prior = np.float32(trust.prior**2) * (4 * given * (1 - given) + np.float32(0.02)) ** SURER
    weight = length * prior / (length * prior + doubt)
    if trust.proof:
        weight *= _proven(np.abs(told - given), inside, outside, trust.proof)
    unsure = 1 - inside - outside
    return near, far, weight, given + unsure * weight * (told - given)


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
    trace = LEAST / weight.mean()  # of the whole picture in each window
    planes = (*cv2.split(weighted), weight, _dot(weighted, picture))
    *colours, squares = (plane + trace * plane.mean() for plane in planes)
    sums = np.asarray(cv2.merge(colours), np.float32)
    levels = []
    for shrink, side in REACHES:
        size = (max(1, width // shrink), max(1, height // shrink))
        sums, squares = resized(sums, size), resized(squares, size)
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


def _joined(colours: Floats, values: Floats) -> Floats:
    return np.asarray(cv2.merge([*cv2.split(colours), values]), np.float32)


def _proven(error: Floats, inside: Floats, outside: Floats, most: float) -> Floats:
    """Return how well colours judge the sure pixels nearby, 0..1: the worse of the two sides."""
    size = (33, 33)
    worst = np.zeros_like(error)
    for sure in (inside, outside):
        mean = cv2.blur(error * sure, size) / (cv2.blur(sure, size) + np.float32(1e-3))
        worst = np.maximum(worst, mean)
    return np.asarray(np.exp(-((worst / np.float32(most)) ** 2)), np.float32)


def _move(alpha: Bytes, pixels: Bytes, near: Floats, far: Floats, weight: Floats) -> None:
    """Judge each unsure pixel of the photo itself by the colours around it."""
    ahead = _joined(near, weight)
    for x, y in soft_places(alpha, LOW + 1, HIGH - 1):
        found = sampled(ahead, alpha.shape, x, y)
        behind = sampled(far, alpha.shape, x, y)
        line = found[:, :3] - behind
        length = (line * line).sum(1) + np.float32(1e-3)
        told = np.clip(((pixels[y, x] - behind) * line).sum(1) / length, 0, 1)
        given = alpha[y, x].astype(np.float32)
        alpha[y, x] = np.rint(given + found[:, 3] * (told * OPAQUE - given))
