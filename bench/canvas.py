"""Large photos under a hand: how long frames take while it zooms, moves and paints."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from bench.figures import note
from bench.hand import chromium
from bench.server import Server

WINDOW = ViewportSize(width=1440, height=900)
ROUNDS = 3
"""In, across and out: first with nothing loaded, then with what was seen before."""
NOTCHES = 7
NOTCH = 200
"""Of a wheel, in pixels; so many go from the whole of 48 megapixels to 100 %, and on to 800 %."""
STEPS = 120
SETTLED_MS = 400

WATCH = """
() => {
  window.frames_ms = [];
  let last = performance.now();
  const frame = now => {
    window.frames_ms.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
"""
"""Timed inside the page, by its own frames: what keeps one waiting makes the next one late."""


def looking(models: Path, photo: Path) -> Sequence[float]:
    """Return the milliseconds from frame to frame of a close look. Raises Skipped, ServerStuck."""
    return _frame_times(models, photo, _look_around)


def painting(models: Path, photo: Path) -> Sequence[float]:
    """Return the milliseconds from frame to frame of strokes, fitted and near, as `looking`."""
    return _frame_times(models, photo, _paint)


def _frame_times(models: Path, photo: Path, act: Callable[[Page], None]) -> Sequence[float]:
    with Server(models) as server:
        server.upload(photo)
        server.wait_until_done()
        with sync_playwright() as playwright, chromium(playwright) as browser:
            page = browser.new_page(viewport=WINDOW)
            page.goto(server.url)
            page.get_by_alt_text("The cutout").wait_for()
            page.wait_for_load_state("networkidle")
            tiles: list[str] = []
            page.on("request", lambda one: tiles.extend([one.url] if "/tiles/" in one.url else []))
            page.evaluate(WATCH)
            page.evaluate("frames_ms.length = 0")
            for _ in range(ROUNDS):
                act(page)
            times: list[float] = page.evaluate("frames_ms")
    note(
        f"{len(times)} frames, mean {sum(times) / len(times):.1f} ms, longest {max(times):.0f} ms, "
        f"while {len(tiles)} tiles were asked for"
    )
    return times


def _look_around(page: Page) -> None:
    """Zoom in, twice, each time draw a circle with the photo in hand, and zoom out."""
    x, y = _middle(page)
    for _ in range(2):
        page.mouse.move(x + 60, y)
        for _ in range(NOTCHES):
            page.mouse.wheel(0, -NOTCH)
        _circle(page, x, y)
        page.wait_for_timeout(SETTLED_MS)
    for _ in range(2 * NOTCHES):
        page.mouse.wheel(0, NOTCH)


def _paint(page: Page) -> None:
    """Draw circles with the brush, of the usual size and four times as large, and nearer."""
    if page.locator(".brush-bar").count() == 0:
        page.keyboard.press("b")
        page.locator(".stage.ready").wait_for()
    x, y = _middle(page)
    _circle(page, x, y)
    for _ in range(6):
        page.keyboard.press("]")
    _circle(page, x + 30, y)
    for _ in range(6):
        page.keyboard.press("[")
    for _ in range(NOTCHES):
        page.mouse.wheel(0, -NOTCH)
    _circle(page, x, y)
    page.wait_for_timeout(SETTLED_MS)
    page.keyboard.press("z")


def _circle(page: Page, x: float, y: float) -> None:
    page.mouse.move(x + 200, y + 40)
    page.mouse.down()
    for step in range(STEPS):
        angle = step / STEPS * 2 * math.pi
        page.mouse.move(x + 200 * math.cos(angle), y + 40 + 150 * math.sin(angle))
    page.mouse.up()


def _middle(page: Page) -> tuple[float, float]:
    stage = page.locator(".stage").bounding_box()
    assert stage
    return stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
