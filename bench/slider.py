"""A slider under a hand: how long until the picture of its new value is painted."""

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.canvas import WINDOW
from bench.figures import note
from bench.hand import chromium
from bench.server import Server

KINDS = ("Soft", "Contact", "Hard")
"""Of shadows, on white: each strength of each is a picture that was not there before."""
STRENGTHS = range(5, 100, 5)
WARM_MOVES = 2
"""The first ones of each kind also load what the page and the program need for all."""
RESTING_MS = 700
"""Between a picture and the next move: by then the finer one has come, too."""

WATCH = """
() => {
  const make = window.createImageBitmap;
  const { drawImage } = CanvasRenderingContext2D.prototype;
  const fresh = new WeakSet();
  window.createImageBitmap = async (...given) => {
    const made = await make(...given);
    fresh.add(made);
    return made;
  };
  CanvasRenderingContext2D.prototype.drawImage = function (picture, ...place) {
    drawImage.call(this, picture, ...place);
    if (fresh.delete(picture)) requestAnimationFrame((now) => window.painted?.(now));
  };
}
"""
"""Tells of each picture when the frame after its first one begins: then that is on the screen."""

MOVE = """
(slider, value) => new Promise((seen, failed) => {
  const giveUp = setTimeout(() => failed(new Error("no picture within 10 s")), 10_000);
  const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
  set.call(slider, value);
  const start = performance.now();
  window.painted = (now) => {
    window.painted = null;
    clearTimeout(giveUp);
    seen(now - start);
  };
  slider.dispatchEvent(new Event("input", { bubbles: true }));
})
"""


def slides(models: Path, photo: Path) -> Sequence[float]:
    """Return the milliseconds from moves of a slider to their pictures.

    Raises Skipped, ServerStuck.
    """
    with Server(models) as server:
        server.upload(photo)
        server.wait_until_done()
        with sync_playwright() as playwright, chromium(playwright) as browser:
            page = browser.new_page(viewport=WINDOW)
            page.goto(server.url)
            page.get_by_alt_text("The cutout").wait_for()
            page.get_by_role("button", name="White", exact=True).click()
            page.evaluate(WATCH)
            times = [took for kind in KINDS for took in _moves(page, kind)]
    note(f"{len(times)} moves, mean {sum(times) / len(times):.0f} ms, longest {max(times):.0f} ms")
    return times


def _moves(page: Page, kind: str) -> list[float]:
    page.get_by_role("button", name=kind, exact=True).click()
    page.wait_for_load_state("networkidle")
    times = []
    for strength in STRENGTHS:
        times.append(page.get_by_role("slider", name="Strength").evaluate(MOVE, str(strength)))
        page.wait_for_timeout(RESTING_MS)
    return times[WARM_MOVES:]
