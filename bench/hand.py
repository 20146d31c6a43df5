"""A designer's hand at the page: a real browser that clicks and waits for the answer to show."""

import shutil
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

from bench.figures import Skipped

BACKGROUNDS = ("Black", "White")
"""Two swatches to go back and forth between; by the names they are read out with."""

ROUND_TRIP = """
swatch => new Promise((answered, failed) => {
  const giveUp = setTimeout(() => failed(new Error("no answer to a click within 10 s")), 10_000);
  const start = performance.now();
  const answer = new MutationObserver(() => {
    if (swatch.getAttribute("aria-pressed") !== "true") return;
    answer.disconnect();
    clearTimeout(giveUp);
    answered(performance.now() - start);
  });
  answer.observe(swatch, {attributes: true, attributeFilter: ["aria-pressed"]});
  swatch.click();
})
"""
"""Timed inside the page: what drives the browser from outside adds milliseconds of its own."""


def chromium(playwright: Playwright) -> Browser:
    """Start Chromium. Raises Skipped."""
    try:
        return playwright.chromium.launch(executable_path=shutil.which("chromium"))
    except Error as error:
        raise Skipped(f"no Chromium: {error.message.splitlines()[0]}") from error


class Hand:
    """Owns a browser with the workbench open."""

    def __init__(self, url: str) -> None:
        self._playwright = sync_playwright().start()
        try:
            self._browser = chromium(self._playwright)
        except Skipped:
            self._playwright.stop()
            raise
        self._page = self._browser.new_page()
        self._page.goto(url)
        self._swatches = cycle(
            self._page.get_by_role("button", name=name, exact=True) for name in BACKGROUNDS
        )
        self.round_trip_ms()  # the first click also loads what the page needs later

    def round_trip_ms(self) -> float:
        """Click another background; return how long until the server has marked it as chosen."""
        took = next(self._swatches).evaluate(ROUND_TRIP)
        return float(took)

    def choose(self, photos: Sequence[Path]) -> None:
        """Let the page take photos in; returns before it has."""
        self._page.set_input_files("#choose-photos", photos)

    def close(self) -> None:
        self._browser.close()
        self._playwright.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
