"""One visit to the running program: a photo, a rest, then clicks while it works hard."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from bench.figures import Skipped, note
from bench.hand import Hand
from bench.server import Server
from inference.catalogue import SMALL, model_named

CLICKS = 80
PAUSE = 0.05
"""Seconds between two clicks."""
REST = 9.0
"""Seconds after which a program that has done its work is idle."""
WAITING = 3
"""Photos that are kept in the queue, so that it never runs dry while the clicks are timed."""


@dataclass(frozen=True, slots=True)
class Visit:
    idle_mb: float
    round_trips_ms: Sequence[float]
    healthz_ms: Sequence[float]


def visit(models: Path, photos: Sequence[Path]) -> Visit:
    """Visit a program that has the small model alone. Raises Skipped, ServerStuck."""
    with (
        TemporaryDirectory() as folder,
        Server(small_alone(models, Path(folder))) as server,
    ):
        server.upload(photos[0])
        server.wait_until_done()
        time.sleep(REST)
        idle_mb = server.resident_mb()
        with Hand(server.url) as hand:
            return Visit(idle_mb, *_busy(server, hand, photos))


def late(times: Sequence[float]) -> float:
    """Return the 95th percentile: one in twenty took longer."""
    return quantiles(times, n=20, method="inclusive")[-1]


def _busy(
    server: Server, hand: Hand, photos: Sequence[Path]
) -> tuple[Sequence[float], Sequence[float]]:
    """Click and ask, again and again, while photos compute; return both series of times (ms)."""
    round_trips: list[float] = []
    healthz: list[float] = []
    supply = cycle(photos)
    while len(round_trips) < CLICKS:
        for _ in range(WAITING - server.open_jobs()):
            server.upload(next(supply))
        click, answer = hand.round_trip_ms(), server.healthz_ms()
        if server.open_jobs():  # else it may have been idle, and that is no feat
            round_trips.append(click)
            healthz.append(answer)
        time.sleep(PAUSE)
    for name, times in (("round trip", round_trips), ("healthz", healthz)):
        note(
            f"{name} while photos compute: median {sorted(times)[len(times) // 2]:.1f} ms, "
            f"longest {max(times):.1f} ms of {len(times)}"
        )
    return round_trips, healthz


def small_alone(models: Path, folder: Path) -> Path:
    """Copy the small model into a folder of its own: with others there, `auto` would take them."""
    row = model_named(SMALL)
    if not (models / row.file).exists():
        raise Skipped(f"no weights at {models / row.file}; get them: coveshot models get {SMALL}")
    copy = folder / row.file
    copy.parent.mkdir(parents=True)
    shutil.copyfile(models / row.file, copy)
    return folder
