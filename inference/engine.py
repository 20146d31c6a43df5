"""The engine: one model in memory a device, loaded once, used by one photo at a time."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.catalogue import Model
from inference.errors import OutOfMemory
from inference.matter import Device, Matter
from inference.session import F32, Opener
from inference.weights import Weights

REST_SECONDS = 5.0
"""A model that nobody has used for this long gives its working memory back ..."""
IDLE_SECONDS = 600.0
"""... and after this long all of it."""


@dataclass(frozen=True, slots=True)
class Matted:
    """A matte and how it came about."""

    alpha: NDArray[np.uint8]
    device: Device
    seconds: float
    says: str = ""
    """What is worth knowing, such as a fall-back; empty where all went as it should."""


@dataclass(slots=True)
class _Loaded:
    model: Model
    precision: str
    matter: Matter
    used_at: float
    worked: bool = False
    """Whether it holds working memory, up to 1.7 GB, from photos."""


class Engine:
    """Owns the models in memory. Thread-safe: photos take turns."""

    def __init__(
        self, weights: Weights, opener: Opener, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._weights = weights
        self._opener = opener
        self._clock = clock
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None
        self._pace: float | None = None

    @property
    def device(self) -> Device:
        """The device that computes, and why it is this one."""
        loaded = self._loaded
        return loaded.matter.device if loaded else self._opener.device

    @property
    def seconds_per_photo(self) -> float | None:
        """A running mean of what the network took, or None before the first photo."""
        return self._pace

    def precision(self, model: Model) -> str:
        """Return the quickest number format here that keeps the mattes of a model."""
        return self._opener.precision(model)

    def matte(self, pixels: NDArray[np.uint8], model: Model, precision: str = F32) -> Matted:
        """Return the alpha (height, width) uint8 of upright sRGB pixels (height, width, 3) uint8.

        A photo that does not fit into the memory of the device is computed on the CPU.
        Raises ModelMissing, WeightsRejected, DeviceMissing, EngineError.
        """
        with self._lock:
            matter = self._load(model, precision)
            start = time.perf_counter()
            says = ""
            device = matter.device
            try:
                alpha = matter(pixels)
            except OutOfMemory:
                if not self._opener.may_fall_back:
                    raise
                says = f"Computed on the CPU: too large for the memory of {device.name}."
                fallback = self._opener.open_on_cpu(model, self._weights.path(model))
                device = fallback.device
                alpha = fallback(pixels)
                fallback.close()
            self._note_use()
            seconds = time.perf_counter() - start
            self._pace = seconds if self._pace is None else 0.7 * self._pace + 0.3 * seconds
            return Matted(alpha=alpha, device=device, seconds=seconds, says=says)

    def rest(self) -> bool:
        """Give back what an idle model does not need; tell whether there was anything."""
        if not self._lock.acquire(blocking=False):
            return False  # busy is not idle
        try:
            loaded = self._loaded
            idle = self._clock() - loaded.used_at if loaded else 0.0
            if loaded and idle > IDLE_SECONDS:
                self._unload()
                return True
            if loaded and loaded.worked and idle > REST_SECONDS:
                loaded.matter.rest()
                loaded.worked = False
                return True
            return False
        finally:
            self._lock.release()

    def close(self) -> None:
        """Give the memory back; a photo that is being computed is not waited for."""
        if self._lock.acquire(timeout=1.0):
            self._unload()
            self._lock.release()

    def _load(self, model: Model, precision: str) -> Matter:
        loaded = self._loaded
        if not loaded or (loaded.model, loaded.precision) != (model, precision):
            self._unload()
            matter = self._opener.open(model, self._weights.path(model), precision)
            loaded = self._loaded = _Loaded(model, precision, matter, self._clock())
        return loaded.matter

    def _note_use(self) -> None:
        assert self._loaded
        self._loaded.used_at = self._clock()
        self._loaded.worked = True

    def _unload(self) -> None:
        if self._loaded:
            self._loaded.matter.close()
            self._loaded = None
