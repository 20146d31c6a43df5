"""How far a cutout is from the truth: `python -m bench.score PREDICTIONS --truth DIR`.

PREDICTIONS holds `NAME.png`, upright RGBA with straight alpha. DIR holds a folder NAME for each,
with `alpha.png` and, for the colours, `foreground.webp` with its `bbox` in `meta.json`; or a flat
`NAME.png`, the alpha alone.
"""

import argparse
import json
import sys
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from statistics import fmean

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float64]

MOST_SIDE = 1600
"""Larger pictures are averaged down to this, so that all count alike."""
SOFT = (0.05, 0.95)
"""Alpha between these is the soft band, where colours mix."""
GROUNDS = ((255, 255, 255), (0, 0, 0), (0, 200, 0))


@dataclass(frozen=True, slots=True)
class Truth:
    """Alpha (height, width) 0..1; the subject's colours (height, width, 3) 0..255 if known."""

    alpha: Floats
    colours: Floats | None


@dataclass(frozen=True, slots=True)
class Score:
    """All but the overlaps are better when lower."""

    iou: float
    """Overlap of what is at least half there."""
    boundary_iou: float
    """The same for a band of half a percent of the diagonal inside the edge (Cheng 2021)."""
    mae: float
    """Mean absolute difference of alpha, 0..1."""
    sad: float
    """Sum of absolute differences of alpha, in thousands of pixels (Rhemann 2009)."""
    gradient: float
    """Squared difference of the slopes of alpha, sigma 1.4, in thousands (Rhemann 2009)."""
    foreground: float
    """Mean difference of colour in the soft band, 0..255; 0 where the true colours are unknown."""
    composite: float
    """Mean difference in the soft band once set on white, black and green, 0..255."""


def iou(alpha: NDArray[np.uint8], truth: NDArray[np.uint8]) -> float:
    """Return intersection over union of two (height, width) uint8 alphas, cut at half."""
    return _overlap(alpha >= 128, truth >= 128)


def score(cutout: NDArray[np.uint8], truth: Truth) -> Score:
    """Compare a cutout (height, width, 4) uint8, straight alpha, with the truth of its size."""
    alpha, colours, truth = _averaged(cutout, truth)
    found, true = alpha >= 0.5, truth.alpha >= 0.5
    return Score(
        iou=_overlap(found, true),
        boundary_iou=_overlap(_rim(found), _rim(true)),
        mae=float(np.abs(alpha - truth.alpha).mean()),
        sad=float(np.abs(alpha - truth.alpha).sum() / 1000),
        gradient=float(((_slope(alpha) - _slope(truth.alpha)) ** 2).sum() / 1000),
        foreground=_foreground(alpha, colours, truth),
        composite=_composite(alpha, colours, truth),
    )


def read_truth(place: Path) -> Truth:
    """Read a folder of the truth, or a file with the alpha alone."""
    file = place / "alpha.png" if place.is_dir() else place
    alpha = np.asarray(Image.open(file).convert("L"), float) / 255
    if not (place / "foreground.webp").exists():
        return Truth(alpha, None)
    left, top, right, bottom = json.loads((place / "meta.json").read_text())["bbox"]
    colours = np.zeros((*alpha.shape, 3))
    colours[top:bottom, left:right] = np.asarray(
        Image.open(place / "foreground.webp").convert("RGBA"), float
    )[..., :3]
    return Truth(alpha, colours)


def _averaged(cutout: NDArray[np.uint8], truth: Truth) -> tuple[Floats, Floats, Truth]:
    """Return alpha 0..1, colours 0..255 and the truth, of one size that is not too large."""
    height, width = truth.alpha.shape
    if cutout.shape[:2] != (height, width):
        cutout = np.asarray(Image.fromarray(cutout).resize((width, height)))
    alpha, colours = cutout[..., 3] / 255, cutout[..., :3].astype(float)
    scale = MOST_SIDE / max(height, width)
    if scale >= 1:
        return alpha, colours, truth
    size = (round(width * scale), round(height * scale))
    small, small_true = _shrunk(alpha, size), _shrunk(truth.alpha, size)
    true_colours = (
        None if truth.colours is None else _weighed(truth.colours, truth.alpha, small_true, size)
    )
    return small, _weighed(colours, alpha, small, size), Truth(small_true, true_colours)


def _shrunk(values: Floats, size: tuple[int, int]) -> Floats:
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), float)


def _weighed(colours: Floats, alpha: Floats, small: Floats, size: tuple[int, int]) -> Floats:
    """Average colours by how much of them is seen."""
    return _shrunk(colours * alpha[..., None], size) / np.maximum(small, 1e-4)[..., None]


def _overlap(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    union = int((one | other).sum())
    return int((one & other).sum()) / union if union else 1.0


def _rim(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    steps = max(2, round(0.005 * float(np.hypot(*mask.shape))))
    padded = np.pad(mask, 1).astype(np.uint8)
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    inner = cv2.erode(padded, cross, iterations=steps)[1:-1, 1:-1]
    rim: NDArray[np.bool_] = mask & ~inner.astype(bool)
    return rim


def _slope(alpha: Floats, sigma: float = 1.4) -> Floats:
    """Return the length of the gradient, by derivatives of a Gaussian with unit norm."""
    radius = int(np.ceil(sigma * np.sqrt(-2 * np.log(np.sqrt(2 * np.pi) * sigma * 0.01))))
    x = np.arange(-radius, radius + 1, dtype=float)
    bell = np.exp(-(x**2) / (2 * sigma**2)) / (sigma * np.sqrt(2 * np.pi))
    falling = -x * bell / sigma**2
    norm = float(np.sqrt((np.outer(bell, falling) ** 2).sum()))
    border = cv2.BORDER_REPLICATE
    across = cv2.sepFilter2D(alpha, cv2.CV_64F, falling / norm, bell, borderType=border)
    down = cv2.sepFilter2D(alpha, cv2.CV_64F, bell, falling / norm, borderType=border)
    return np.asarray(np.hypot(across, down), float)


def _foreground(alpha: Floats, colours: Floats, truth: Truth) -> float:
    if truth.colours is None:
        return 0.0
    both = (truth.alpha > SOFT[0]) & (truth.alpha < SOFT[1]) & (alpha > 0.02)
    return float(np.abs(colours - truth.colours)[both].mean()) if both.any() else 0.0


def _composite(alpha: Floats, colours: Floats, truth: Truth) -> float:
    if truth.colours is None:
        return 0.0
    soft = ((truth.alpha > SOFT[0]) & (truth.alpha < SOFT[1])).astype(np.uint8)
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    band = cv2.dilate(soft, cross, iterations=3).astype(bool)
    if not band.any():
        return 0.0
    a, t = alpha[band][:, None], truth.alpha[band][:, None]
    ours, true = colours[band], truth.colours[band]
    return fmean(
        float(np.abs((ours * a + (1 - a) * ground) - (true * t + (1 - t) * ground)).mean())
        for ground in np.array(GROUNDS, float)
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.score", description=__doc__)
    parser.add_argument("predictions", type=Path)
    parser.add_argument("--truth", type=Path, required=True)
    chosen = parser.parse_args()
    names = [field.name for field in fields(Score)]
    print(f"{'':16}" + "".join(f"{name:>14}" for name in names))
    scores = []
    for place in sorted(chosen.truth.iterdir()):
        file = chosen.predictions / f"{place.stem}.png"
        if file.exists():
            cutout = np.asarray(Image.open(file).convert("RGBA"))
            scores.append(score(cutout, read_truth(place)))
            _print(place.stem, astuple(scores[-1]))
    if not scores:
        print("No prediction has the name of a truth.", file=sys.stderr)
        return 1
    _print("mean", tuple(fmean(column) for column in zip(*map(astuple, scores), strict=True)))
    return 0


def _print(name: str, values: tuple[float, ...]) -> None:
    print(f"{name:16}" + "".join(f"{value:14.4f}" for value in values))


if __name__ == "__main__":
    sys.exit(main())
