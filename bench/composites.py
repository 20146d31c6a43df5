"""Pictures whose mattes are known exactly, because they are made here: shapes on grounds.

Six kinds take turns: solid things, hair, holes, wires, discs out of focus, and glass. Each is
shaded so that it looks round, stands before a texture or a photo, and has the grain of a sensor in
both layers before they are mixed. Seeded: the same number gives the same picture.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.contender import ROOT
from bench.quality import Scene

SAMPLES = ROOT / "assets" / "samples"
WIDTH, HEIGHT = 1200, 900
FINER = 2
"""How many times larger shapes are drawn, so that their edges are smooth."""
COUNT = 64

Bytes = NDArray[np.uint8]
Random = np.random.Generator


@dataclass(frozen=True, slots=True)
class Composite:
    """A photo and its layers: (height, width, 3), (height, width), (height, width, 3) uint8."""

    photo: Bytes
    alpha: Bytes
    colours: Bytes


def composites(folder: Path, count: int = COUNT) -> list[Scene]:
    """Return scenes in the form of `bench.quality.foreign`, made in `folder` on first use."""
    scenes = []
    for number in range(count):
        kind = KINDS[number % len(KINDS)].__name__.strip("_")
        place = folder / f"{number:02}-{kind}"
        if not (place / "input.jpg").exists():
            made = composite(number)
            place.mkdir(parents=True, exist_ok=True)
            Image.fromarray(made.alpha).save(place / "alpha.png")
            Image.fromarray(made.colours).save(place / "foreground.webp", lossless=True, method=0)
            Image.fromarray(made.photo).save(place / "input.jpg", quality=95, subsampling=0)
        scenes.append(Scene(place.name, place / "input.jpg", place / "alpha.png"))
    return scenes


def composite(number: int) -> Composite:
    """Make one of the pictures."""
    random = np.random.default_rng(number)
    draw = KINDS[number % len(KINDS)]
    size = (WIDTH, HEIGHT) if random.random() < 0.5 else (HEIGHT, WIDTH)
    large = np.zeros((size[1] * FINER, size[0] * FINER), np.uint8)
    shape = draw(large, random)
    alpha = np.asarray(cv2.resize(shape, size, interpolation=cv2.INTER_AREA), np.uint8)
    ground = _ground(size, random)
    colours = _grained(_shaded(alpha, ground, random), random)
    behind = _grained(ground, random)
    share = alpha[..., None].astype(np.float32) / 255
    photo = np.rint(share * colours + (1 - share) * behind).astype(np.uint8)
    return Composite(photo, alpha, colours)


# Shapes, white on black, larger than they will be


def _solid(canvas: Bytes, random: Random) -> Bytes:
    cv2.fillPoly(
        canvas, [_blob(canvas, random, waves=int(random.integers(2, 6)))], 255, cv2.LINE_AA
    )
    return canvas


def _hair(canvas: Bytes, random: Random) -> Bytes:
    """A ball of fur: curved strokes that leave it on all sides."""
    outline = _blob(canvas, random, waves=2, share=0.2)
    cv2.fillPoly(canvas, [outline], 255, cv2.LINE_AA)
    middle = outline.mean(0)
    for start in outline[random.integers(0, len(outline), 500)]:
        away = (start - middle) / (np.hypot(*(start - middle)) + 1e-6)
        side = np.array([-away[1], away[0]]) * random.normal(0, 0.5)
        length = random.uniform(0.04, 0.13) * max(canvas.shape)
        steps = np.linspace(-0.3, 1, 12)[:, None]
        stroke = start + length * (steps * away + steps**2 * side)
        points = np.rint(stroke).astype(np.int32)
        thick = int(random.integers(2, 6))
        cv2.polylines(canvas, [points], False, 255, thick, cv2.LINE_AA)  # noqa: FBT003 OpenCV's
    return canvas


def _holes(canvas: Bytes, random: Random) -> Bytes:
    """A mug, a ring or a lattice: the ground shows through clear openings."""
    outline = _blob(canvas, random, waves=3)
    cv2.fillPoly(canvas, [outline], 255, cv2.LINE_AA)
    middle, extent = outline.mean(0), float(np.ptp(outline, 0).min())
    if random.random() < 0.5:
        opening = np.rint(middle + (outline - middle) * random.uniform(0.35, 0.65)).astype(np.int32)
        cv2.fillPoly(canvas, [opening], 0, cv2.LINE_AA)
        return canvas
    step = extent / random.integers(4, 7)
    for row in np.arange(-2, 3):
        for column in np.arange(-2, 3):
            place = np.rint(middle + step * 0.9 * np.array([column, row])).astype(int)
            cv2.circle(canvas, place.tolist(), int(step * 0.25), 0, -1, cv2.LINE_AA)
    return canvas


def _wires(canvas: Bytes, random: Random) -> Bytes:
    """A body on thin legs."""
    height, width = canvas.shape
    outline = _blob(canvas, random, waves=2, share=0.22) - np.array([0, height // 8])
    cv2.fillPoly(canvas, [outline.astype(np.int32)], 255, cv2.LINE_AA)
    left, top = outline.min(0)
    right, bottom = outline.max(0)
    for place in np.linspace(left + 0.1 * (right - left), right - 0.1 * (right - left), 5):
        foot = (int(place + random.normal(0, width / 40)), int(height * 0.93))
        start = (int(place), int((top + bottom) / 2))
        cv2.line(canvas, start, foot, 255, int(random.integers(6, 22)), cv2.LINE_AA)
    return canvas


def _disc(canvas: Bytes, random: Random) -> Bytes:
    """A thing out of focus: its edge is soft."""
    sharp = _solid(canvas, random)
    return np.asarray(cv2.GaussianBlur(sharp, (0, 0), FINER * random.uniform(4, 16)), np.uint8)


def _glass(canvas: Bytes, random: Random) -> Bytes:
    """A glass: half through inside, more solid towards the rim and at the foot."""
    outline = _blob(canvas, random, waves=2)
    cv2.fillPoly(canvas, [outline], 255, cv2.LINE_AA)
    depth = cv2.distanceTransform(canvas, cv2.DIST_L2, 3)
    rim = np.clip(1 - depth / (0.12 * depth.max()), 0, 1)
    rows = np.linspace(0, 1, len(canvas))[:, None]
    through = random.uniform(0.55, 0.75) + 0.2 * np.clip((rows - 0.6) * 4, 0, 1)
    share = np.maximum(through, np.sqrt(rim))
    return np.asarray(np.rint(canvas * np.clip(share, 0, 1)), np.uint8)


KINDS: tuple[Callable[[Bytes, Random], Bytes], ...] = (
    _solid,
    _hair,
    _holes,
    _wires,
    _disc,
    _glass,
)


def _blob(canvas: Bytes, random: Random, *, waves: int, share: float = 0.33) -> NDArray[np.int32]:
    """Return the outline of a rounded thing near the middle, (n, 2) x and y."""
    height, width = canvas.shape
    turn = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    radius = np.ones_like(turn)
    for wave in range(1, waves + 1):
        strength = random.uniform(0, 0.22) / wave
        radius += strength * np.cos(wave * turn + random.uniform(0, 2 * np.pi))
    middle = np.array([width, height]) * (0.5 + random.uniform(-0.06, 0.06, 2))
    stretch = np.array([random.uniform(0.8, 1.2), random.uniform(0.8, 1.2)])
    round_ = np.stack([np.cos(turn), np.sin(turn)], 1) * radius[:, None] * stretch
    return np.asarray(np.rint(middle + round_ * share * min(width, height)), np.int32)


# Colours


def _ground(size: tuple[int, int], random: Random) -> NDArray[np.float32]:
    if random.random() < 0.5:
        return _texture(size, random)
    photo = Image.open(random.choice(sorted(SAMPLES.glob("*.jpg")))).convert("RGB")
    width, height = photo.size
    # A corner of it: the subject of the sample itself is no part of the ground.
    corner = photo.crop((0, 0, width // 6, height // 6)).resize(size, Image.Resampling.BICUBIC)
    pixels = np.asarray(corner, np.float32)
    return pixels[:, ::-1].copy() if random.random() < 0.5 else pixels


def _texture(size: tuple[int, int], random: Random) -> NDArray[np.float32]:
    """Noise of several sizes and a slope of light on a colour."""
    width, height = size
    base = random.uniform(60, 220, 3)
    slope = np.linspace(-1, 1, width)[None] * random.normal(0, 20)
    slope = slope + np.linspace(-1, 1, height)[:, None] * random.normal(0, 20)
    noise = np.zeros((height, width), np.float32)
    for cells in (4, 16, 64):
        coarse = random.normal(0, random.uniform(2, 14), (cells, cells)).astype(np.float32)
        noise += cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)
    tint = random.uniform(0.6, 1.4, 3)
    pixels = base + (slope + noise)[..., None] * tint
    return np.asarray(np.clip(pixels, 0, 255), np.float32)


def _shaded(alpha: Bytes, ground: NDArray[np.float32], random: Random) -> NDArray[np.float32]:
    """Give the subject a colour unlike its ground, light from a side, and a grain of its own."""
    height, width = alpha.shape
    behind = ground[alpha > 0].mean(0)
    colour = next(c for c in random.uniform(10, 245, (100, 3)) if np.abs(c - behind).max() > 90)
    depth = cv2.GaussianBlur(alpha.astype(np.float32) / 255, (0, 0), 40)
    across = cv2.Sobel(depth, cv2.CV_32F, 1, 0, ksize=5)
    down = cv2.Sobel(depth, cv2.CV_32F, 0, 1, ksize=5)
    towards = random.uniform(0, 2 * np.pi)
    light = across * np.cos(towards) + down * np.sin(towards)
    light /= np.abs(light).max() + 1e-6
    own = _texture((width, height), random).mean(2)
    pixels = colour * (1 + 0.45 * light[..., None]) + 0.5 * (own - own.mean())[..., None]
    return np.asarray(np.clip(pixels, 0, 255), np.float32)


def _grained(pixels: NDArray[np.float32], random: Random) -> Bytes:
    grain = random.standard_normal(pixels.shape[:2], np.float32)[..., None]
    return np.asarray(np.rint(np.clip(pixels + 2.5 * grain, 0, 255)), np.uint8)
