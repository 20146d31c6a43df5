"""The engine: few models in memory, loaded once, used by one photo at a time."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from inference.catalogue import Model
from inference.doubt import NONE, Doubt
from inference.errors import OutOfMemory
from inference.matter import F32, Device, Enlarger, Matter
from inference.upscalers import Upscaler
from inference.weights import Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

REST_SECONDS = 5.0
"""A model that nobody has used for this long gives its working memory back ..."""
IDLE_SECONDS = 600.0
"""... and after this long all of it."""
MOST_LOADED = 2
"""A fine model and the quick one that helps it."""


class Opening(Protocol):
    """Opens networks on a device."""

    @property
    def may_fall_back(self) -> bool:
        """Whether a photo may be computed on the CPU where it does not fit elsewhere."""
        ...

    @property
    def device(self) -> Device:
        """The device that will be tried first. Raises DeviceMissing."""
        ...

    def precision(self, model: Model) -> str: ...

    def open(self, model: Model, file: Path, precision: str = F32) -> Matter:
        """Raises DeviceMissing, EngineError."""
        ...

    def open_on_cpu(self, model: Model, file: Path) -> Matter: ...

    def open_enlarger(self, upscaler: Upscaler, file: Path) -> Enlarger:
        """Raises DeviceMissing, EngineError, WeightsRejected."""
        ...


@dataclass(frozen=True, slots=True)
class Matted:
    """A matte and how it came about."""

    alpha: "NDArray[np.uint8]"
    device: Device
    seconds: float
    says: str = ""
    """What is worth knowing, such as a fall-back; empty where all went as it should."""
    doubt: Doubt = NONE
    """How far it may be wrong, as far as somebody has judged it."""


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
        self, weights: Weights, opener: Opening, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._weights = weights
        self._opener = opener
        self._clock = clock
        self._lock = threading.Lock()
        self._loaded: list[_Loaded] = []
        """The one used last is the last."""
        self._enlarging = threading.Lock()
        self._enlarger: tuple[Upscaler, Enlarger] | None = None
        self._enlarger_used = 0.0

    @property
    def device(self) -> Device:
        """The device that computes, and why it is this one."""
        loaded = self._loaded[-1:]
        return loaded[0].matter.device if loaded else self._opener.device

    def precision(self, model: Model) -> str:
        """Return the quickest number format here that keeps the mattes of a model."""
        return self._opener.precision(model)

    def matte(self, pixels: "NDArray[np.uint8]", model: Model, precision: str = F32) -> Matted:
        """Return the alpha (height, width) uint8 of upright sRGB pixels (height, width, 3) uint8.

        A photo that does not fit into the memory of the device is computed on the CPU.
        Raises ModelMissing, WeightsRejected, DeviceMissing, EngineError.
        """
        with self._lock:
            loaded = self._load(model, precision)
            matter = loaded.matter
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
            loaded.used_at, loaded.worked = self._clock(), True
            seconds = time.perf_counter() - start
            return Matted(alpha=alpha, device=device, seconds=seconds, says=says)

    @contextmanager
    def enlarger(self, upscaler: Upscaler) -> Iterator[Enlarger]:
        """Lend a network that enlarges to one at a time.

        Raises ModelMissing, WeightsRejected, DeviceMissing, EngineError.
        """
        with self._enlarging:
            yield self._enlarger_of(upscaler)
            self._enlarger_used = self._clock()

    def _enlarger_of(self, upscaler: Upscaler) -> Enlarger:
        if self._enlarger and self._enlarger[0] == upscaler:
            return self._enlarger[1]
        self._drop_enlarger()
        opened = self._opener.open_enlarger(upscaler, self._weights.path(upscaler))
        self._enlarger = upscaler, opened
        return opened

    def _drop_enlarger(self) -> None:
        if self._enlarger:
            self._enlarger[1].close()
            self._enlarger = None

    def rest(self) -> bool:
        """Give back what an idle model does not need; tell whether there was anything."""
        if not self._lock.acquire(blocking=False):
            return False  # busy is not idle
        try:
            rested = [self._rested(loaded) for loaded in self._loaded.copy()]
            return any([*rested, self._enlarger_rested()])
        finally:
            self._lock.release()

    def _enlarger_rested(self) -> bool:
        idle = self._clock() - self._enlarger_used
        if not self._enlarger or idle <= IDLE_SECONDS:
            return False
        if not self._enlarging.acquire(blocking=False):
            return False
        self._drop_enlarger()
        self._enlarging.release()
        return True

    def _rested(self, loaded: _Loaded) -> bool:
        idle = self._clock() - loaded.used_at
        if idle > IDLE_SECONDS:
            self._unload(loaded)
            return True
        if loaded.worked and idle > REST_SECONDS:
            loaded.matter.rest()
            loaded.worked = False
            return True
        return False

    def close(self) -> None:
        """Give the memory back; a photo that is being computed is not waited for."""
        if self._lock.acquire(timeout=1.0):
            for loaded in self._loaded.copy():
                self._unload(loaded)
            self._lock.release()
        if self._enlarging.acquire(timeout=1.0):
            self._drop_enlarger()
            self._enlarging.release()

    def _load(self, model: Model, precision: str) -> _Loaded:
        """Return a model as the last of those in memory; the one used first gives way."""
        for loaded in self._loaded:
            if (loaded.model, loaded.precision) == (model, precision):
                self._loaded.remove(loaded)
                break
        else:
            if len(self._loaded) == MOST_LOADED:
                self._unload(self._loaded[0])
            matter = self._opener.open(model, self._weights.path(model), precision)
            loaded = _Loaded(model, precision, matter, self._clock())
        self._loaded.append(loaded)
        return loaded

    def _unload(self, loaded: _Loaded) -> None:
        self._loaded.remove(loaded)
        loaded.matter.close()
