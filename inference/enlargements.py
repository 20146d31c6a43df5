"""Subjects enlarged as recipes ask for, and how long that takes here."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from inference.enlarge import TILE, enlarged
from inference.matter import Enlarger
from inference.networks import Networks
from inference.priority import Behind
from inference.recipe import Recipe
from inference.upscalers import LANCZOS, Upscaler, upscaler_named

Bytes = NDArray[np.uint8]

TRIAL_SIDE = 96
"""Pixels a side of the picture by which the time of enlarging is told."""


def _quiet() -> None:
    """Let the work go on."""


class Enlargements:
    """Thread-safe; every method may block.

    All raise ModelMissing, WeightsRejected, DeviceMissing, EngineError.
    """

    def __init__(self, networks: Networks, behind: Behind) -> None:
        self._networks = networks
        self._behind = behind
        self._paces: dict[str, float] = {}
        """Seconds for a megapixel, by the name of the network."""

    def enlarged(
        self, pixels: Bytes, alpha: Bytes, recipe: Recipe, heed: Callable[[], None] = _quiet
    ) -> tuple[Bytes, Bytes]:
        """Return a subject as large as a recipe asks for, as `enlarge.enlarged` does.

        `heed` is called before each tile: what it raises ends the work.
        """
        factor = recipe.upscale
        if factor == 1:
            return pixels, alpha
        if recipe.upscaler == LANCZOS:
            return enlarged(pixels, alpha, factor, None)
        upscaler = upscaler_named(recipe.upscaler)
        with self._networks.engine.enlarger(upscaler) as network:

            def watched(tile: Bytes) -> Bytes:
                heed()
                return network(tile)

            return enlarged(pixels, alpha, factor, watched, upscaler.overlap)

    def pace(self) -> float:
        """Return the seconds for a megapixel of the subject, or 0 where that is no matter."""
        name = self._networks.upscaler()
        if name == LANCZOS:
            return 0.0
        if name not in self._paces:
            self._paces[name] = self._behind.run(self._tried, upscaler_named(name))
        return self._paces[name]

    def _tried(self, upscaler: Upscaler) -> float:
        """Return the seconds that a megapixel takes, by enlarging a small picture."""
        with self._networks.engine.enlarger(upscaler) as network:
            grey = np.full((TRIAL_SIDE, TRIAL_SIDE, 3), 128, np.uint8)
            network(grey)  # the first run is slower than the others
            took = _seconds(network, grey)
        seen = (TILE + 2 * upscaler.overlap) ** 2 / TILE**2  # tiles see more than they draw
        return took * seen * 1e6 / TRIAL_SIDE**2


def _seconds(network: Enlarger, pixels: Bytes) -> float:
    start = time.perf_counter()
    network(pixels)
    return time.perf_counter() - start
