"""The library with ten thousand photos: how soon it opens, and how smoothly it scrolls."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from bench.figures import Skipped, note
from bench.server import Server
from bench.visit import late
from tests.stock import stocked

PHOTOS = 10_000
FRAMES = 180
STEP = 240
"""Pixels that are scrolled between two frames: ten thousand photos in half a minute."""

SCROLL = """
async ([frames, step]) => {
  const list = document.querySelector(".photo-grid .scroller");
  const times = [];
  let last = await new Promise(requestAnimationFrame);
  for (let frame = 0; frame < frames; frame++) {
    list.scrollTop += step;
    const now = await new Promise(requestAnimationFrame);
    times.push(now - last);
    last = now;
  }
  return times;
}
"""


@dataclass(frozen=True, slots=True)
class Look:
    seconds_to_open: float
    """Until the first thumbnail is there."""
    frames_ms: Sequence[float]


def look(models: Path) -> Look:
    """Open the library of a running program and scroll. Raises Skipped, ServerStuck."""
    with Server(models) as server, sync_playwright() as playwright:
        stocked(server.home, PHOTOS)
        try:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        except Error as error:
            raise Skipped(f"no Chromium: {error.message.splitlines()[0]}") from error
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(server.url)  # what all pages need is there, as for anybody who comes from it
        start = time.perf_counter()
        page.goto(f"{server.url}/library")
        page.locator(".photo img").first.wait_for()
        seconds = time.perf_counter() - start
        times = page.evaluate(SCROLL, [FRAMES, STEP])
        browser.close()
    note(
        f"library of {PHOTOS:,}: opened in {seconds:.2f} s; frames while it scrolls: "
        f"95th percentile {late(times):.0f} ms, longest {max(times):.0f} ms"
    )
    return Look(seconds, times)
