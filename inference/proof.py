"""Proof that a graphics card computes, and that it computes what the CPU does."""

import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.catalogue import Model
from inference.errors import DeviceMissing
from inference.matter import Matter
from inference.providers import CPU
from inference.session import Opener
from inference.weights import Weights

MOST_APART = 2
"""Levels of 255 by which an alpha of the card may differ from the CPU's: half precision rounds."""
ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Proof:
    """What a card did with a model."""

    device: str
    """As the runtime tells it once the network has run."""
    apart: int
    """The greatest difference of any alpha from the CPU's, 0..255."""
    photos_per_second: float
    """By the network alone, with the photo scaled and the matte stretched."""
    memory_mb: int | None
    """Taken on the card; None where no nvidia-smi tells it."""

    @property
    def holds(self) -> bool:
        return self.apart <= MOST_APART

    @property
    def says(self) -> str:
        memory = "" if self.memory_mb is None else f", {self.memory_mb} MB of its memory"
        speed = f"{self.device}: {self.photos_per_second:.1f} photos a second{memory}"
        if self.holds:
            return f"{speed}, alpha within {self.apart} of the CPU's."
        return (
            f"{speed}, but alpha is up to {self.apart} of 255 off the CPU's. "
            "Get a newer driver; until then COVESHOT_DEVICE=cpu gives the right cutouts."
        )


def prove(
    model: Model, weights: Weights, photos: Sequence[NDArray[np.uint8]], card: Opener, cpu: Opener
) -> Proof:
    """Cut photos, (height, width, 3) uint8 sRGB, on the card and on the CPU, and compare.

    Raises DeviceMissing where nothing but the CPU computes, ModelMissing, WeightsRejected,
    EngineError, OutOfMemory.
    """
    file = weights.path(model)
    before = _used_mb()
    fast = card.open(model, file)
    try:
        if fast.device.name == CPU.title:
            raise DeviceMissing(f"No graphics card computes here. {fast.device.reason}".strip())
        found = [fast(photo) for photo in photos]  # the first one warms up
        start = time.perf_counter()
        for number in range(ROUNDS):
            fast(photos[number % len(photos)])
        seconds = time.perf_counter() - start
        after = _used_mb()
        name = f"{fast.device.name}, {fast.device.provider}"
    finally:
        fast.close()
    return Proof(
        device=name,
        apart=_apart(found, photos, cpu.open_on_cpu(model, file)),
        photos_per_second=ROUNDS / seconds,
        memory_mb=None if before is None or after is None else after - before,
    )


def _apart(
    found: Sequence[NDArray[np.uint8]], photos: Sequence[NDArray[np.uint8]], cpu: Matter
) -> int:
    try:
        pairs = zip(found, photos, strict=True)
        return max(int(np.abs(alpha.astype(np.int16) - cpu(photo)).max()) for alpha, photo in pairs)
    finally:
        cpu.close()


def _used_mb() -> int | None:
    """Return what is taken of the first card's memory."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    words = [program, "--query-gpu=memory.used", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(words, capture_output=True, text=True, timeout=20, check=True)  # noqa: S603
        return int(told.stdout.split()[0])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None
