"""`coveshot worker` on a device that only takes its time: for tests of all that is around it.

The environment says how long (`PRETEND_SECONDS`), and whether a photo ends the process
(`PRETEND_DIES`), as one does that a driver cannot bear.
"""

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.catalogue import Model
from inference.matter import F32, Device, Enlarger, Matter
from inference.upscalers import Upscaler
from main import build, open_crew
from ui.cli.program import program
from ui.settings import Settings

BEGUN = "computing"
"""What it says when it has begun with a photo."""


class Patient:
    """A network that finds dark things, in as many seconds as it is told."""

    def __init__(self, seconds: float, *, dies: bool) -> None:
        self.device = Device("a clock", "pretend")
        self._seconds = seconds
        self._dies = dies

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        sys.stderr.write(f"{BEGUN}\n")
        sys.stderr.flush()
        if self._dies:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(self._seconds)
        return np.where(pixels.mean(axis=2) < 128, 255, 0).astype(np.uint8)

    def rest(self) -> None: ...
    def close(self) -> None: ...


class Pretending:
    """Opens a clock for each network."""

    may_fall_back = False

    def __init__(self, seconds: float, *, dies: bool = False) -> None:
        self._matter = Patient(seconds, dies=dies)
        self.device = self._matter.device

    def precision(self, model: Model) -> str:  # noqa: ARG002
        return F32

    def open(self, model: Model, file: Path, precision: str = F32) -> Matter:  # noqa: ARG002
        return self._matter

    def open_on_cpu(self, model: Model, file: Path) -> Matter:  # noqa: ARG002
        return self._matter

    def open_enlarger(self, upscaler: Upscaler, file: Path) -> Enlarger:
        raise NotImplementedError


if __name__ == "__main__":
    clock = Pretending(
        float(os.environ.get("PRETEND_SECONDS", "0")), dies="PRETEND_DIES" in os.environ
    )
    program(
        lambda: build(Settings()),
        open_crew=lambda: open_crew(Settings(), clock),
    )(prog_name="coveshot")
