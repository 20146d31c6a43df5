"""Pictures of every page and every state, at both sizes, dark and light: `python -m bench.screens`.

They are for eyes: open them, and mend what is not good enough. The folder is `bench/.work/screens`
unless another one is named; further words are the names of the only states to take.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser.conftest import QUIET
from tests.browser.furnished import furnished
from tests.browser.tour import EMPTY, TOURS, away
from tests.conftest import ROOT
from tests.program import running

WORK = ROOT / "bench" / ".work" / "screens"
MODELS = Path(os.environ.get("COVESHOT_MODELS", ROOT / ".data" / "models"))
SIZES: dict[str, ViewportSize] = {
    "wide": {"width": 1440, "height": 900},
    "phone": {"width": 390, "height": 844},
}
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")


def main(folder: Path, only: set[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        for size in SIZES:
            for scheme in SCHEMES:
                for name, page in _sights(browser, size, scheme):
                    if not only or name in only:
                        page.screenshot(path=folder / f"{name}-{size}-{scheme}.png")
                        print(f"{name}-{size}-{scheme}")
        browser.close()


def _sights(
    browser: Browser, size: str, scheme: Literal["light", "dark"]
) -> Iterator[tuple[str, Page]]:
    for tour in (*TOURS, away):
        with tempfile.TemporaryDirectory() as home:
            if tour not in EMPTY:
                furnished(Path(home) / "home", MODELS)
            with running(Path(home), MODELS) as program:
                context = browser.new_context(
                    viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce"
                )
                page = context.new_page()
                yield from ((name, page) for name in tour(page, program.address))
                context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else WORK, set(sys.argv[2:]))
