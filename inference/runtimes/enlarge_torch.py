"""Enlarging networks in PyTorch: the way to Apple's GPUs."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from inference.matter import Device, in_sentences
from inference.runtimes.enlarge_net import (
    SHARE,
    Reader,
    check,
    levels,
    network,
    planes,
    probe,
)
from inference.runtimes.torch_matter import NAME, TITLES
from inference.upscalers import SCALE, Upscaler


class TorchEnlarger:
    """One enlarging network on one device, from the same file as the others."""

    def __init__(self, upscaler: Upscaler, file: Path, asked: tuple[str, str]) -> None:
        """`asked` is one of `torch_matter.devices()` and the reason to take it."""
        where, reason = asked
        self._upscaler = upscaler
        self._steps = _Tensors(Reader(file), where)
        with in_sentences(upscaler):
            check(upscaler, self._computed(probe()))
        self._steps.reader.end()
        self.device = Device(TITLES[where], NAME, reason)

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        with in_sentences(self._upscaler):
            return levels(self._computed(planes(pixels)))

    def _computed(self, fed: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.inference_mode():
            self._steps.begin()
            given = torch.from_numpy(fed).to(self._steps.where)
            answer = network(self._upscaler.form, self._steps, given)
            return np.asarray(answer.float().cpu().numpy())

    def close(self) -> None:
        self._steps.weights.clear()


class _Tensors:
    """Computes a network at once; its weights are read on the first run and kept."""

    def __init__(self, reader: Reader, where: str) -> None:
        self.reader = reader
        self.where = where
        self.weights: list[Tensor] = []
        self._at = 0

    def begin(self) -> None:
        self._at = 0

    def convolved(self, value: Tensor, channels: int, made: int) -> Tensor:
        weights = self._next(lambda: self.reader.weights(made, channels, 3, 3))
        biases = self._next(lambda: self.reader.plain(made))
        return functional.conv2d(value, weights, biases, padding=1)

    def bent(self, value: Tensor, channels: int) -> Tensor:
        return functional.prelu(value, self._next(lambda: self.reader.plain(channels)))

    def leaky(self, value: Tensor) -> Tensor:
        return functional.leaky_relu(value, SHARE)

    def added(self, value: Tensor, other: Tensor, share: float = 1.0) -> Tensor:
        return torch.add(other, value, alpha=share)

    def joined(self, values: list[Tensor]) -> Tensor:
        return torch.cat(values, 1)

    def shuffled(self, value: Tensor) -> Tensor:
        return functional.pixel_shuffle(value, SCALE)

    def repeated(self, value: Tensor, times: int) -> Tensor:
        return functional.interpolate(value, scale_factor=times, mode="nearest")

    def _next(self, read: Any) -> Tensor:
        if self._at == len(self.weights):
            self.weights.append(torch.from_numpy(np.array(read())).to(self.where))
        self._at += 1
        return self.weights[self._at - 1]
