"""How far cutouts are from the truth: `python -m bench.score PREDICTIONS --truth DIR`.

PREDICTIONS holds `NAME.png`, upright RGBA with straight alpha. DIR holds a folder NAME for each,
with `alpha.png` and, where the colours are known, `foreground.webp`: the whole picture, or the part
that `bbox` in `meta.json` tells (left, top, right, bottom). A flat `NAME.png` is the alpha alone.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from math import ceil, hypot, isnan, log, nan, pi, sqrt
from pathlib import Path
from statistics import fmean
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST_SIDE = 1600
"""Larger pictures are averaged down to this many pixels, so that all count alike."""
SOFT = (0.05, 0.95)
"""Where the true alpha is between these, the picture mixes subject and background."""
GROUNDS = ((255, 255, 255), (0, 0, 0), (0, 200, 0))
"""White, black and a strong green: a fringe that hides on one is seen on another."""
CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


@dataclass(frozen=True, slots=True)
class Truth:
    """Alpha (height, width) uint8; the subject's colours (height, width, 3) uint8 if known."""

    alpha: Bytes
    colours: Bytes | None = None

    @classmethod
    def read(cls, place: Path) -> Self:
        """Read a folder of the truth, or a file with the alpha alone. Raises OSError."""
        alpha = _pixels(place / "alpha.png" if place.is_dir() else place, "L")
        foreground = place / "foreground.webp"
        if not foreground.exists():
            return cls(alpha)
        height, width = alpha.shape
        meta = place / "meta.json"
        told = json.loads(meta.read_text(encoding="utf-8")) if meta.exists() else {}
        left, top, right, bottom = told.get("bbox", (0, 0, width, height))
        colours = np.zeros((height, width, 3), np.uint8)
        colours[top:bottom, left:right] = _pixels(foreground, "RGBA")[..., :3]
        return cls(alpha, colours)


@dataclass(frozen=True, slots=True)
class Score:
    """All but the overlaps are better when lower; NaN where the truth cannot tell."""

    iou: float
    boundary_iou: float
    mae: float
    sad: float
    gradient: float
    foreground: float
    composite: float


@dataclass(frozen=True, slots=True)
class Layer:
    """Alpha (height, width) 0..1 and straight colours (height, width, 3) 0..255."""

    alpha: Floats
    colours: Floats


def score(cutout: Bytes, truth: Truth) -> Score:
    """Compare a cutout (height, width, 4) uint8, RGBA with straight alpha, with the truth.

    A cutout of another size is first stretched to that of the truth.
    """
    height, width = truth.alpha.shape
    if cutout.shape[:2] != (height, width):
        stretched = Image.fromarray(cutout).resize((width, height), Image.Resampling.BILINEAR)
        cutout = np.asarray(stretched)
    ours = _layer(cutout[..., 3], cutout[..., :3])
    known = truth.colours is not None
    true = _layer(truth.alpha, truth.colours if truth.colours is not None else cutout[..., :3])
    found, there = ours.alpha >= 0.5, true.alpha >= 0.5
    return Score(
        iou=_overlap(found, there),
        boundary_iou=boundary_iou(found, there),
        mae=mean_error(ours.alpha, true.alpha),
        sad=summed_error(ours.alpha, true.alpha),
        gradient=gradient_error(ours.alpha, true.alpha),
        foreground=foreground_error(ours, true) if known else nan,
        composite=composite_error(ours, true) if known else nan,
    )


def iou(alpha: Bytes, truth: Bytes) -> float:
    """Return intersection over union, 0..1, of what is at least half there.

    Both are (height, width) uint8. Two empty mattes agree: 1.
    """
    return _overlap(alpha >= 128, truth >= 128)


def boundary_iou(found: Mask, truth: Mask) -> float:
    """Return intersection over union, 0..1, of the rims of two (height, width) masks.

    A rim is what lies within half a percent of the diagonal, at least two pixels, of the edge and
    inside it; the border of the picture is an edge too. After "Boundary IoU: Improving
    Object-Centric Image Segmentation Evaluation", CVPR 2021.
    """
    return _overlap(_rim(found), _rim(truth))


def mean_error(alpha: Floats, truth: Floats) -> float:
    """Return MAE: the mean absolute difference of two alphas (height, width) 0..1."""
    return float(np.abs(alpha - truth).mean())


def summed_error(alpha: Floats, truth: Floats) -> float:
    """Return SAD: the summed absolute difference of two alphas, in thousands of pixels.

    Both are (height, width) 0..1. After "A Perceptually Motivated Online Benchmark for Image
    Matting", CVPR 2009, as is `gradient_error`.
    """
    return float(np.abs(alpha - truth).sum() / 1000)


def gradient_error(alpha: Floats, truth: Floats) -> float:
    """Return the summed squared difference of the slopes of two alphas, in thousands.

    Both are (height, width) 0..1. The slope is the length of the gradient by first derivatives of
    a Gaussian of sigma 1.4 pixels: it tells a hard edge from a soft one in the same place.
    """
    return float(((_slope(alpha) - _slope(truth)) ** 2).sum() / 1000)


def foreground_error(ours: Layer, true: Layer) -> float:
    """Return the mean absolute difference of colour, 0..255, in the soft band.

    Only where the cutout shows something: the colour of what is clear means nothing. NaN where
    there is no such pixel.
    """
    shown = _soft(true.alpha) & (ours.alpha > 0.02)
    return float(np.abs(ours.colours - true.colours)[shown].mean()) if shown.any() else nan


def composite_error(ours: Layer, true: Layer) -> float:
    """Return the mean absolute difference of colour, 0..255, once both are set on `GROUNDS`.

    Counted in the soft band and three pixels around it, which is what people see of a fringe. 0
    where the truth has no soft band.
    """
    band = cv2.dilate(_soft(true.alpha).astype(np.uint8), CROSS, iterations=3).astype(bool)
    if not band.any():
        return 0.0
    a, t = ours.alpha[band][:, None], true.alpha[band][:, None]
    # Two mixtures over one ground differ by what they add and by how much of the ground they hide.
    added = ours.colours[band] * a - true.colours[band] * t
    return fmean(float(np.abs(added + (t - a) * ground).mean()) for ground in np.array(GROUNDS))


def _layer(alpha: Bytes, colours: Bytes) -> Layer:
    """Average a picture that is too large, its colours by how much of them is seen."""
    height, width = alpha.shape
    scale = MOST_SIDE / max(height, width)
    if scale >= 1:
        return Layer(alpha / 255, colours.astype(float))
    size = (round(width * scale), round(height * scale))
    seen = alpha / 255
    small = _shrunk(seen, size)
    mixed = [_shrunk(colours[..., channel] * seen, size) for channel in range(3)]
    return Layer(small, np.stack(mixed, -1) / np.maximum(small, 1e-4)[..., None])


def _shrunk(values: Floats, size: tuple[int, int]) -> Floats:
    # Pillow's box counts each pixel whole or not at all; OpenCV's INTER_AREA splits them, and its
    # figures could not be compared with those published for these sets.
    image = Image.fromarray(values.astype(np.float32))
    return np.asarray(image.resize(size, Image.Resampling.BOX), float)


def _overlap(one: Mask, other: Mask) -> float:
    union = int((one | other).sum())
    return int((one & other).sum()) / union if union else 1.0


def _rim(mask: Mask) -> Mask:
    steps = max(2, round(0.005 * hypot(*mask.shape)))
    padded = np.pad(mask, 1).astype(np.uint8)
    inner: Mask = cv2.erode(padded, CROSS, iterations=steps)[1:-1, 1:-1].astype(bool)
    return mask & ~inner


def _slope(alpha: Floats, sigma: float = 1.4) -> Floats:
    # The kernel ends where the bell falls below a hundredth, and has unit norm.
    radius = ceil(sigma * sqrt(-2 * log(sqrt(2 * pi) * sigma * 0.01)))
    x = np.arange(-radius, radius + 1, dtype=float)
    bell = np.exp(-(x**2) / (2 * sigma**2))
    falling = x * bell
    falling /= np.linalg.norm(np.outer(bell, falling))
    edge = cv2.BORDER_REPLICATE
    across = cv2.sepFilter2D(alpha, cv2.CV_64F, falling, bell, borderType=edge)
    down = cv2.sepFilter2D(alpha, cv2.CV_64F, bell, falling, borderType=edge)
    return np.asarray(np.hypot(across, down), float)


def _soft(alpha: Floats) -> Mask:
    return (alpha > SOFT[0]) & (alpha < SOFT[1])


def _pixels(file: Path, mode: str) -> Bytes:
    with Image.open(file) as image:
        return np.asarray(image.convert(mode))


def main(words: Sequence[str] | None = None) -> int:
    """Print a row for each prediction and the means; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.score", description=__doc__)
    parser.add_argument("predictions", type=Path)
    parser.add_argument("--truth", type=Path, required=True, metavar="DIR")
    chosen = parser.parse_args(words)
    if not chosen.truth.is_dir():
        parser.error(f"{chosen.truth} is not a folder")
    truths = _truths(chosen.truth)
    predicted = [name for name in truths if (chosen.predictions / f"{name}.png").exists()]
    if not predicted:
        print(f"No picture in {chosen.predictions} has the name of a truth.", file=sys.stderr)
        return 1
    print(f"{'':16}" + "".join(f"{field.name:>14}" for field in fields(Score)))
    rows = []
    for name in predicted:
        cutout = _pixels(chosen.predictions / f"{name}.png", "RGBA")
        rows.append(astuple(score(cutout, Truth.read(truths[name]))))
        print(_row(name, rows[-1]))
    print(_row(f"mean of {len(rows)}", [_mean(column) for column in zip(*rows, strict=True)]))
    if missing := [name for name in truths if name not in predicted]:
        print(f"No prediction for {', '.join(missing)}: the means leave them out.", file=sys.stderr)
    return 0


def _truths(folder: Path) -> dict[str, Path]:
    flat = {file.stem: file for file in folder.glob("*.png")}
    whole = {file.parent.name: file.parent for file in folder.glob("*/alpha.png")}
    return dict(sorted((flat | whole).items()))


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not isnan(value)]
    return fmean(known) if known else nan


def _row(name: str, values: Sequence[float]) -> str:
    return f"{name:16}" + "".join(
        f"{'-':>14}" if isnan(value) else f"{value:14.4f}" for value in values
    )


if __name__ == "__main__":
    sys.exit(main())
