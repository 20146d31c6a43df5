"""Counts what this process does, for those who watch over it: how long, how often, how it ended."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

BOUNDS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
"""Seconds up to which durations are told apart."""


class Stage(StrEnum):
    """What a job goes through, in this order."""

    OPEN = "open"  # fetched and decoded
    MATTE = "matte"  # computed, or found
    COMPOSE = "compose"  # edges, size, background, shadow
    ENCODE = "encode"  # a PNG and a thumbnail
    KEEP = "keep"  # objects and rows


class Tally(StrEnum):
    """What is counted, by a word of its own each."""

    JOBS = "jobs_ended"
    """Jobs that ended here, by their state."""
    MATTES = "mattes"
    """Mattes that were asked for: `hit` where one was kept, else `miss`."""
    VERSIONS = "versions"
    """Announced photos that had been made already, or had not."""
    HOOKS = "hooks"
    """Messages to programs: `sent`, `failed`, `given up`."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How durations are spread: how many are not longer than each of BOUNDS, and all of them."""

    up_to: Sequence[int] = (0,) * len(BOUNDS)
    count: int = 0
    seconds: float = 0.0

    def with_one(self, seconds: float) -> "Spread":
        up_to = [one + (seconds <= bound) for one, bound in zip(self.up_to, BOUNDS, strict=True)]
        return Spread(tuple(up_to), self.count + 1, self.seconds + seconds)


@dataclass(frozen=True, slots=True)
class Reading:
    stages: Mapping[Stage, Spread] = field(default_factory=dict)
    counts: Mapping[tuple[Tally, str], int] = field(default_factory=dict)


class Meter:
    """Thread-safe; it never says whose photo it was, or what was on it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stages: dict[Stage, Spread] = {}
        self._counts: Counter[tuple[Tally, str]] = Counter()

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[None]:
        """Measure what is done in the block; what fails is not measured."""
        start = time.perf_counter()
        yield
        seconds = time.perf_counter() - start
        with self._lock:
            self._stages[stage] = self._stages.get(stage, Spread()).with_one(seconds)

    def count(self, tally: Tally, word: str) -> None:
        with self._lock:
            self._counts[tally, word] += 1

    def read(self) -> Reading:
        with self._lock:
            return Reading(dict(self._stages), dict(self._counts))
