"""A workbench with very many photos: while they come in, and when it is opened."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.sync_api import Error, sync_playwright

from bench.contender import ROOT
from bench.figures import Skipped, note
from bench.hand import Hand
from bench.server import Server, unique
from bench.visit import PAUSE, small_alone
from tests.browser.filled import crowded

UPLOADS = 200
STRIP = 2000
OPENINGS = 5
CLICKS = 20
FIRST = 8
"""Photos that are cut out before, to know what that alone takes."""


@dataclass(frozen=True, slots=True)
class Rush:
    """What was seen while very many photos came in and the first of them were cut out."""

    round_trips_ms: Sequence[float]
    growth_mb: float
    """How much more memory the program held at the most than while it did nothing but cut out."""


def rush(models: Path, photos: Sequence[Path]) -> Rush:
    """Choose photos on the page, all at once, and click until the last one is in.

    Raises Skipped, ServerStuck.
    """
    with (
        TemporaryDirectory() as folder,
        TemporaryDirectory(dir=ROOT / "bench" / ".work") as many,
        Server(small_alone(models, Path(folder))) as server,
    ):
        before = _computing_mb(server, photos[0])
        with Hand(server.url) as hand:
            idle = [hand.round_trip_ms() for _ in range(CLICKS)]
            hand.choose(_unique(photos, Path(many)))
            start, peak, round_trips = time.perf_counter(), before, []
            while server.photos() < FIRST + UPLOADS:
                round_trips.append(hand.round_trip_ms())
                peak = max(peak, server.resident_mb())
                time.sleep(PAUSE)
    note(
        f"{UPLOADS} photos came in within {time.perf_counter() - start:.0f} s: "
        f"{len(round_trips)} clicks, median {median(round_trips):.1f} ms, before them "
        f"{median(idle):.1f} ms; {peak:.0f} MB at most, {before:.0f} MB without uploads"
    )
    return Rush(round_trips, peak - before)


def _computing_mb(server: Server, photo: Path) -> float:
    """Return what the program holds at the most while it cuts out, and nothing comes in."""
    for _ in range(FIRST):
        server.upload(photo)
    peak = 0.0
    while server.open_jobs():
        peak = max(peak, server.resident_mb())
        time.sleep(PAUSE)
    return peak


def opening_seconds(models: Path) -> float:
    """Return how long a page with thousands of photos takes until the first ones are seen."""
    times = []
    with (
        TemporaryDirectory() as folder,
        Server(
            small_alone(models, Path(folder)), prepare=lambda home: crowded(home, STRIP)
        ) as server,
        sync_playwright() as playwright,
    ):
        try:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        except Error as error:
            raise Skipped(f"no Chromium: {error.message.splitlines()[0]}") from error
        for _ in range(OPENINGS):
            context = browser.new_context()  # with nothing from the last time
            page = context.new_page()
            start = time.perf_counter()
            page.goto(server.url)
            page.locator(f'.frame[aria-setsize="{STRIP + 1}"] .name').first.wait_for()
            times.append(time.perf_counter() - start)
            context.close()
        browser.close()
    note(f"{STRIP} photos were seen after {', '.join(f'{one:.2f}' for one in times)} s")
    return median(times)


def _unique(photos: Sequence[Path], folder: Path) -> list[Path]:
    """Make photos that nobody has seen before of a few."""
    files = [folder / f"{number}.jpg" for number in range(UPLOADS)]
    for number, file in enumerate(files):
        file.write_bytes(unique(photos[number % len(photos)].read_bytes(), UPLOADS + number))
    return files
