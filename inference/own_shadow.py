"""The shadow that a subject already has in its photo, to be kept on another ground."""

import cv2
import numpy as np
from numpy.typing import NDArray

from inference.frame import box_of

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

WORK_SIDE = 900
"""Longer side in pixels of the picture in which it is looked for: shadows are soft."""
TURNS = 12
"""Of fitting the ground without what is darker than it."""
DARKER, LIGHTER = 1.0, 2.5
"""Deviations beyond which a pixel is not the bare ground: shadows are dark, gleams are bright."""
SPREAD = 1.4826
"""From a median deviation to a standard one, of a normal distribution."""
STEPS = 1.5
"""Of 255: a ground this even is as even as eight bits tell."""
CERTAIN, LEAST = 2.0, 0.015
"""Deviations of the ground that are no shadow, and a darkness that is none either."""
UNSEEN = (30.0, 80.0)
"""Of 255: on a ground darker than the first no shadow can be seen, from the second on it can."""
NEAR = (0.3, 0.8)
"""Way from the subject, in its own size, up to which its shadow is kept, and where it ends."""
BESIDE, SEEN, MOST_DARK = 0.25, 0.02, 0.35
"""A way from the subject in its own size; what is dark there; and the share of the ground there
that may be: a shadow covers less, and whatever covers more is none."""
BORDER = 0.03
"""Share of the photo's longer side over which a shadow fades towards the end of the photo."""


def own_shadow(photo: Bytes, alpha: Bytes) -> Floats:
    """Return how much darker the ground is beside the subject than it would be without it.

    `photo` (height, width, 3) uint8 sRGB and `alpha` (height, width) uint8 are of one size. The
    result is 0..1 and smaller: its longer side has at most WORK_SIDE pixels. Black laid on the bare
    ground with it as alpha gives the photo's shadow back, in gamma-encoded sRGB.

    The bare ground is a surface of second degree in x and y, fitted to its brightness again and
    again without what is darker (an M-estimator, Huber 1964, doi 10.1214/aoms/1177703732). What the
    ground's own unevenness explains is no shadow. Where the ground is no plain one, but a room or a
    pattern, no shadow can be told from it: then the result is 0 everywhere.
    """
    height, width = alpha.shape
    scale = min(1.0, WORK_SIDE / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    light = cv2.resize(photo, size, interpolation=cv2.INTER_AREA).astype(np.float32).mean(axis=2)
    shape = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.uint8)
    bare = np.asarray(cv2.erode(cv2.inRange(shape, 0, 2), np.ones((5, 5), np.uint8)), np.bool_)
    if not shape.any() or bare.sum() < bare.size // 50:  # of too little, nothing can be told
        return np.zeros(shape.shape, np.float32)
    ground, unevenness = _ground(light, bare)
    dark = 1 - light / np.maximum(ground, 1)
    floor = np.maximum(CERTAIN * unevenness / np.maximum(ground, 1), LEAST)
    far = _way(shape)
    dark = np.clip((dark - floor) / np.maximum(1 - floor, np.float32(0.1)), 0, 1)
    beside = dark[bare & (far > BESIDE)]
    if not len(beside) or (beside > SEEN).mean() > MOST_DARK:
        return np.zeros(shape.shape, np.float32)
    dark = _under(np.asarray(dark, np.float32), bare)
    dark *= _step(ground, *UNSEEN) * (1 - _step(far, *NEAR)) * _inside(shape.shape)
    return np.asarray(cv2.GaussianBlur(dark, (0, 0), 1.0), np.float32)


def _ground(light: Floats, bare: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Return the brightness of the ground everywhere, and the deviation that is left over."""
    rows, columns = light.shape
    y, x = (np.linspace(-1, 1, count, dtype=np.float32) for count in (rows, columns))
    x, y = np.broadcast_to(x[None], light.shape), np.broadcast_to(y[:, None], light.shape)
    terms = np.stack([np.ones_like(light), x, y, x * x, x * y, y * y], axis=-1)
    every = max(1, int(np.sqrt(bare.sum() / 20_000)))  # so many pixels tell as much as all
    some = np.zeros_like(bare)
    some[::every, ::every] = bare[::every, ::every]
    seen, values = terms[some].astype(np.float64), light[some].astype(np.float64)
    kept = values >= np.median(values)
    spread, left = STEPS, values
    factors = np.zeros(terms.shape[-1])
    for _ in range(TURNS):
        factors = np.linalg.lstsq(seen[kept], values[kept], rcond=None)[0]
        left = values - seen @ factors
        spread = max(STEPS, SPREAD * float(np.median(np.abs(left[kept]))))
        kept = (left > -DARKER * spread) & (left < LIGHTER * spread)
    # Cut off on one side, a spread looks smaller than it is: take that of the brighter half.
    above = left[left > 0]
    spread = max(spread, SPREAD * float(np.median(above)) if len(above) else 0.0)
    return np.asarray(terms @ factors, np.float32), spread


def _under(dark: Floats, bare: NDArray[np.bool_]) -> Floats:
    """Let what is known grow in under the subject, whose soft edges let it through."""
    known = bare.astype(np.float32)
    whole = np.where(bare, dark, 0).astype(np.float32)
    weight = known.copy()
    for deviation in (2.0, 6.0, 20.0):
        near = cv2.GaussianBlur(np.where(bare, dark, 0).astype(np.float32), (0, 0), deviation)
        seen = np.asarray(cv2.GaussianBlur(known, (0, 0), deviation), np.float32)
        missing = np.clip(0.05 - weight, 0, 0.05) / 0.05
        whole += missing * near
        weight += missing * seen
    return np.asarray(whole / np.maximum(weight, 1e-3), np.float32)


def _way(shape: Bytes) -> Floats:
    """Return how far from the subject each pixel is, in its own size."""
    _, _, width, height = box_of(shape)
    away = cv2.distanceTransform(cv2.inRange(shape, 0, 127), cv2.DIST_L2, 3)
    return np.asarray(away / max(1.0, float(np.sqrt(width * height))), np.float32)


def _inside(shape: tuple[int, ...]) -> Floats:
    """Return 0 at the ends of the photo and 1 within: nothing ends there all at once."""
    fade = max(1.0, BORDER * max(shape))
    down, across = (
        np.minimum(np.arange(side), np.arange(side)[::-1]).astype(np.float32) / np.float32(fade)
        for side in shape
    )
    return _step(np.minimum(down[:, None], across[None]), 0, 1)


def _step(values: Floats, start: float, end: float) -> Floats:
    share = np.clip((values - start) / (end - start), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)
