"""PyTorch: the way to CUDA in bfloat16, and to Apple's GPUs."""

import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.catalogue import Model
from inference.matter import BF16, Device, in_sentences
from inference.tensor import matte, tensor

NAME = "PyTorch"
TITLES = {"cuda": "GPU (CUDA)", "mps": "GPU (Apple)", "cpu": "CPU"}
"""In order of preference."""


def available() -> bool:
    """Tell whether it is installed."""
    return find_spec("torch") is not None


def devices() -> list[str]:
    """Return what it can compute on here, the best first."""
    import torch  # noqa: PLC0415 a second that others need not pay

    with warnings.catch_warnings():  # a driver that is too old is no card
        warnings.simplefilter("ignore")
        found = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return [name for name in TITLES if found.get(name, True)]


def has_bf16(device: str) -> bool:
    """Tell whether a device multiplies bfloat16 itself, and not by way of float32."""
    import torch  # noqa: PLC0415

    return device == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)


class TorchMatter:
    """A salient-object network (U-2-Net, IS-Net) in PyTorch, in float32 or bfloat16.

    The photo is scaled on the CPU, by the same code for every runtime, so that all of them see the
    same pixels; a square of at most 1024 pixels a side then goes over by page-locked memory.
    """

    def __init__(
        self, model: Model, file: Path, precision: str, threads: int, asked: tuple[str, str]
    ) -> None:
        """`asked` is one of `devices()` and the reason to take it."""
        import torch  # noqa: PLC0415

        from inference.runtimes.torch_net import load  # noqa: PLC0415

        where, reason = asked
        if where == "cpu":
            torch.set_num_threads(threads)
        self._model = model
        self._where = where
        self._kind = torch.bfloat16 if precision == BF16 else torch.float32
        # Convolutions on CUDA are quickest with the channels of a pixel side by side.
        network: Any = load(file)
        if precision == BF16:
            network.take_out_levels(model.side, model.least_level)
        self._network = network.to(where, self._kind, memory_format=torch.channels_last)
        self.device = Device(TITLES[where], f"{NAME}, {precision}", reason)

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        with in_sentences(self._model):
            prediction = self._computed(tensor(pixels, self._model))
        return matte(prediction, pixels.shape[:2])

    def _computed(self, fed: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the (side, side) float32 prediction for (1, 3, side, side) float32."""
        import torch  # noqa: PLC0415

        given = torch.from_numpy(fed)
        if self._where == "cuda":
            given = given.pin_memory()
        with torch.inference_mode():
            given = given.to(self._where, self._kind, non_blocking=True)
            answer = self._network(given.contiguous(memory_format=torch.channels_last))
            return np.asarray(answer[0, 0].float().cpu().numpy())

    def rest(self) -> None:
        """Give back what the allocator keeps for later."""
        import torch  # noqa: PLC0415

        if self._where == "cuda":
            torch.cuda.empty_cache()
        elif self._where == "mps":
            torch.mps.empty_cache()

    def close(self) -> None:
        self._network = None
        self.rest()
