"""The two networks of Real-ESRGAN, and the reader of their weights.

The forms, each written once for every runtime: SRVGGNetCompact and RRDBNet of
github.com/xinntao/Real-ESRGAN; ESRGAN, Wang and others 2018, arXiv 1809.00219.
"""

from pathlib import Path
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from inference.errors import WeightsRejected
from inference.upscalers import SCALE, Upscaler

Floats = NDArray[np.float32]
Value = TypeVar("Value")

HALVES = 0x01306B47
"""What ncnn writes before weights in float16 (its wiki: param and model file structure)."""
FEATURES, GROWTH = 64, 32
COMPACT_LAYERS = 16
DENSE_BLOCKS, DENSE_DEPTH = 23, 3
SHARE = 0.2
"""Of a block's answer that is added to what came in, and of a leaky unit below zero."""
PROBE_SIDE = 16
SEEN = ((0, 10, 50), (1, 40, 7), (2, 33, 33), (2, 63, 63))
"""Channel, row and column of the values of a probe."""
CLOSE = 2e-3
"""How far they may be off: a tenth of what one level of 255 takes would be 4e-4; five of those."""


class Steps(Protocol, Generic[Value]):
    """What a network is made of, in the words of one runtime."""

    def convolved(self, value: Value, channels: int, made: int) -> Value:
        """Convolve 3 x 3 with the next weights and biases."""
        ...

    def bent(self, value: Value, channels: int) -> Value:
        """PReLU with the next slopes, one a channel."""
        ...

    def leaky(self, value: Value) -> Value: ...

    def added(self, value: Value, other: Value, share: float = 1.0) -> Value:
        """Return share * value + other."""
        ...

    def joined(self, values: list[Value]) -> Value:
        """Put channels behind each other."""
        ...

    def shuffled(self, value: Value) -> Value:
        """Make SCALE x SCALE pixels of each pixel's channels."""
        ...

    def repeated(self, value: Value, times: int) -> Value:
        """Make times x times equal pixels of each."""
        ...


def network(form: str, steps: Steps[Value], pixels: Value) -> Value:
    """Enlarge (1, 3, height, width), RGB 0..1, four times."""
    return (_compact if form == "compact" else _dense)(steps, pixels)


def probe() -> Floats:
    """Return the picture by which a converted network is compared with the original one."""
    y, x = np.mgrid[0:PROBE_SIDE, 0:PROBE_SIDE].astype(np.float32) / (PROBE_SIDE - 1)
    return np.stack([x, y, (np.sin(9 * x + 5 * y) + 1) / 2]).astype(np.float32)[None]


def check(upscaler: Upscaler, answer: Floats) -> None:
    """Raises WeightsRejected where a network answers the probe with something else."""
    values = [float(answer.mean()), *(float(answer[0][place]) for place in SEEN)]
    if not np.allclose(values, upscaler.probe, atol=CLOSE):
        raise WeightsRejected(
            f"{upscaler.title} was not converted as it should be. Get it anew: coveshot models "
            f"get {upscaler.name}"
        )


class Reader:
    """Hands the arrays of an ncnn file out in their order. Raises WeightsRejected."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._data = file.read_bytes()
        self._at = 0

    def weights(self, *shape: int) -> Floats:
        """Return the next array that says for itself how it is kept."""
        kept = int(self._taken("<u4", 1)[0])
        if kept not in {0, HALVES}:
            raise WeightsRejected(f"{self._file} has weights of an unknown kind.")
        count = int(np.prod(shape))
        if not kept:
            return self._taken("<f4", count).reshape(shape)
        halves = self._taken("<f2", count)
        self._at += -self._at % 4
        return halves.astype(np.float32).reshape(shape)

    def plain(self, count: int) -> Floats:
        """Return the next array of float32."""
        return self._taken("<f4", count)

    def end(self) -> None:
        if self._at != len(self._data):
            raise WeightsRejected(f"{self._file} has more weights than its network.")

    def _taken(self, kind: str, count: int) -> NDArray[np.float32]:
        size = np.dtype(kind).itemsize * count
        if self._at + size > len(self._data):
            raise WeightsRejected(f"{self._file} has fewer weights than its network.")
        taken = np.frombuffer(self._data, kind, count, self._at)
        self._at += size
        return taken


def _compact(steps: Steps[Value], pixels: Value) -> Value:
    now = steps.bent(steps.convolved(pixels, 3, FEATURES), FEATURES)
    for _ in range(COMPACT_LAYERS):
        now = steps.bent(steps.convolved(now, FEATURES, FEATURES), FEATURES)
    now = steps.shuffled(steps.convolved(now, FEATURES, 3 * SCALE**2))
    return steps.added(now, steps.repeated(pixels, SCALE))


def _dense(steps: Steps[Value], pixels: Value) -> Value:
    first = now = steps.convolved(pixels, 3, FEATURES)
    for _ in range(DENSE_BLOCKS):
        before = now
        for _ in range(DENSE_DEPTH):
            now = _block(steps, now)
        now = steps.added(now, before, SHARE)
    now = steps.added(steps.convolved(now, FEATURES, FEATURES), first)
    for _ in range(2):
        now = steps.leaky(steps.convolved(steps.repeated(now, 2), FEATURES, FEATURES))
    now = steps.leaky(steps.convolved(now, FEATURES, FEATURES))
    return steps.convolved(now, FEATURES, 3)


def _block(steps: Steps[Value], entered: Value) -> Value:
    seen = [entered]
    for number in range(4):
        joined = steps.joined(seen) if number else entered
        seen.append(steps.leaky(steps.convolved(joined, FEATURES + number * GROWTH, GROWTH)))
    last = steps.convolved(steps.joined(seen), FEATURES + 4 * GROWTH, FEATURES)
    return steps.added(last, entered, SHARE)


def planes(pixels: NDArray[np.uint8]) -> Floats:
    """Return (height, width, 3) uint8 as (1, 3, height, width) of 0..1."""
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None], np.float32) / np.float32(255)


def levels(answer: Floats) -> NDArray[np.uint8]:
    """Return (1, 3, height, width) of 0..1 as (height, width, 3) uint8."""
    rounded = np.rint(np.clip(answer[0], 0, 1) * 255)
    return np.ascontiguousarray(rounded.astype(np.uint8).transpose(1, 2, 0))
