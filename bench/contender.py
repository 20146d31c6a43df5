"""A contender: a process of its own that turns photos into cutouts and tells what that cost.

One line goes in, the path of a photo; one line comes back, JSON with the fields of Cost. Both
sides of the race answer through the same `serve`, so both are measured alike. This module needs
nothing but the standard library: the peer's environment has none of our packages.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[1]
FAREWELL = 10
"""Seconds in which a contender has to end once it is asked nothing more."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one cutout took."""

    cpu_seconds: float
    """Of all threads, user and system."""
    wall_seconds: float
    peak_mb: float
    """The most memory that the process has held since it started."""
    output_bytes: int


class ContenderDied(Exception):
    """A contender ended without an answer; its own words are on stderr."""


class Contender:
    """Owns one process that cuts photos out, one at a time."""

    def __init__(self, python: Path, module: str, *arguments: str, **settings: str) -> None:
        self._module = module
        self._process = subprocess.Popen(
            [python, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | settings,
        )

    def cut(self, photo: Path) -> Cost:
        """Raises ContenderDied."""
        process = self._process
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(f"{photo}\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass  # then it has no answer either
        for line in process.stdout:
            if line.startswith("{"):  # libraries print, too
                return Cost(**json.loads(line))
        raise ContenderDied(f"{self._module} ended with exit code {process.wait()}.")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._process.communicate(timeout=FAREWELL)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()


def serve(cut: Callable[[bytes], bytes]) -> None:
    """Answer until stdin ends: `cut` makes the bytes of a PNG out of the bytes of a photo."""
    for line in sys.stdin:
        data = Path(line.rstrip("\n")).read_bytes()
        print(json.dumps(asdict(_cost(cut, data))), flush=True)


def _cost(cut: Callable[[bytes], bytes], data: bytes) -> Cost:
    wall, cpu = time.perf_counter(), time.process_time()
    cutout = cut(data)
    return Cost(
        cpu_seconds=time.process_time() - cpu,
        wall_seconds=time.perf_counter() - wall,
        peak_mb=peak_mb(),
        output_bytes=len(cutout),
    )


def peak_mb() -> float:
    """Return the peak of this program alone: `ru_maxrss` also knows the process it came from."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return float("nan")  # no Linux
    (peak,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1000
