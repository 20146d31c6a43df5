"""Photos such as a camera makes, of 2 to 48 megapixels, grown from the sample pictures.

A picture that is only enlarged is far too smooth: PNG would pack it to a fraction of what a real
photo needs, and decoders would fly. So each gets texture at the scale of its own pixels and the
grain of a sensor. Seeded: the same sample gives the same photo.
"""

from pathlib import Path
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.contender import ROOT

SAMPLES = ROOT / "assets" / "samples"
SIZES = {2: (1632, 1224), 12: (4000, 3000), 24: (6000, 4000), 48: (8000, 6000)}
"""Megapixels to width and height of a photo that is held level."""

MATTES = ROOT / "tests" / "data" / "mattes"
ROOM = 0.1
"""Around a subject, as a share of its longer side: it fills five sixths of the frame."""
ORIENTATION = 0x0112
HELD_UPRIGHT = 6
"""EXIF 2.32, 4.6.4 A: row 0 is the right side of the scene; turned a quarter to be shown."""

Plane = NDArray[np.float32]


def photos(megapixels: int, folder: Path, count: int = 4) -> list[Path]:
    """Return JPEGs of this size, made in `folder` on first use; every other is held upright."""
    made = []
    for number, sample in enumerate(sorted(SAMPLES.glob("*.jpg"))[:count]):
        photo = folder / f"{megapixels}mp" / sample.name
        if not photo.exists():
            photo.parent.mkdir(parents=True, exist_ok=True)
            _make(photo, sample, SIZES[megapixels], upright=number % 2 == 1)
        made.append(photo)
    return made


def _make(photo: Path, sample: Path, size: tuple[int, int], *, upright: bool) -> None:
    source = _filled_by_subject(sample)
    pixels = _grown(source, size[::-1] if upright else size, seed=crc32(sample.name.encode()))
    exif = Image.Exif()
    exif[ORIENTATION] = 1
    if upright:
        pixels = np.rot90(pixels)
        exif[ORIENTATION] = HELD_UPRIGHT
    unfinished = photo.with_suffix(".part")
    Image.fromarray(pixels).save(unfinished, "JPEG", quality=92, subsampling=2, exif=exif)
    unfinished.rename(photo)


def _filled_by_subject(sample: Path) -> NDArray[np.uint8]:
    """Return a sample picture cut to its subject and a little room, as shops show their goods."""
    picture = np.asarray(Image.open(sample).convert("RGB"))
    matte = np.asarray(Image.open(MATTES / f"{sample.stem}.png").convert("L"))
    left, top, width, height = cv2.boundingRect(matte)
    room = round(ROOM * max(width, height))
    rows = slice(max(0, top - room), top + height + room)
    return picture[rows, max(0, left - room) : left + width + room]


def _grown(source: NDArray[np.uint8], size: tuple[int, int], *, seed: int) -> NDArray[np.uint8]:
    """Fill (width, height) with a picture (rows, columns, 3), a plane at a time to save memory."""
    random = np.random.default_rng(seed)
    large = _filled(source, size)
    grey = cv2.cvtColor(large, cv2.COLOR_RGB2GRAY).astype(np.float32)
    busy = _busy(grey)
    # The noise of a sensor grows with the root of the light (Janesick, Photon Transfer, 2007).
    strength = 1.4 + 2.2 * np.sqrt(grey / 255)
    light = _noise(random, grey.shape, blur=0.7)
    photo = np.empty_like(large)
    for channel in range(3):
        plane = large[..., channel].astype(np.float32)
        plane += 0.8 * busy * _texture(source[..., channel], grey.shape)
        plane += strength * (light + 0.5 * _noise(random, grey.shape, blur=1.2))
        photo[..., channel] = np.clip(plane, 0, 255)
    return photo


def _filled(source: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Enlarge to cover (width, height) and cut off evenly what sticks out."""
    width, height = size
    rows, columns = source.shape[:2]
    scale = max(width / columns, height / rows)
    covering = (max(width, round(columns * scale)), max(height, round(rows * scale)))
    large = cv2.resize(source, covering, interpolation=cv2.INTER_LANCZOS4)
    left, top = (covering[0] - width) // 2, (covering[1] - height) // 2
    return np.ascontiguousarray(large[top : top + height, left : left + width])


def _busy(grey: Plane) -> Plane:
    """Where there is detail, 1, and on even walls, 0: texture belongs to things, not to walls."""
    window = (31, 31)
    contrast = cv2.blur(np.abs(grey - cv2.blur(grey, window)), window)
    return np.asarray(np.clip(contrast / 8, 0, 1), np.float32)


def _texture(channel: NDArray[np.uint8], shape: tuple[int, ...]) -> Plane:
    """The finest detail of a picture at its own scale, mirrored until it fills (rows, columns)."""
    source = channel.astype(np.float32)
    fine = source - cv2.GaussianBlur(source, (0, 0), 2.0)
    missing = [max(0, wanted - had) for wanted, had in zip(shape, fine.shape, strict=True)]
    filled = np.pad(fine, [(0, more) for more in missing], mode="symmetric")
    return filled[: shape[0], : shape[1]]


def _noise(random: np.random.Generator, shape: tuple[int, ...], *, blur: float) -> Plane:
    """Noise of deviation 1; slightly smeared, as demosaicing leaves it."""
    noise = cv2.GaussianBlur(random.standard_normal(shape, np.float32), (0, 0), blur)
    return np.asarray(noise / noise.std(), np.float32)
