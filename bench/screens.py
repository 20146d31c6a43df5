"""Pictures of every page and every state, at both sizes, dark and light: `python -m bench.screens`.

They are for eyes: open them, and mend what is not good enough. The folder is `bench/.work/screens`
unless another one is named; further words are the names of the only states to take. What accounts
and sync look like needs the parts of `make test-db`.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.browser.conftest import QUIET
from tests.browser.furnished import furnished
from tests.browser.members import tour as members
from tests.browser.members.conftest import SETTINGS
from tests.browser.tour import EMPTY, TOURS, away
from tests.computer import open_computer
from tests.conftest import ROOT
from tests.ground.cluster import start_cluster
from tests.hosted import open_hosted
from tests.program import running

WORK = ROOT / "bench" / ".work" / "screens"
MODELS = Path(os.environ.get("COVESHOT_MODELS", ROOT / ".data" / "models"))
SIZES: dict[str, ViewportSize] = {
    "wide": {"width": 1440, "height": 900},
    "phone": {"width": 390, "height": 844},
}
Scheme = Literal["light", "dark"]
SCHEMES: list[Scheme] = ["light", "dark"]


def main(folder: Path, only: set[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        for size, scheme in product(SIZES, SCHEMES):
            for name, page in _sights(browser, size, scheme):
                _take(page, folder, only, f"{name}-{size}-{scheme}")
        for name, page in _sights_of_members(browser):
            for size, scheme in product(SIZES, SCHEMES):
                page.set_viewport_size(SIZES[size])
                page.emulate_media(color_scheme=scheme)
                _take(page, folder, only, f"{name}-{size}-{scheme}")
            page.set_viewport_size(SIZES["wide"])
        browser.close()


def _take(page: Page, folder: Path, only: set[str], name: str) -> None:
    if only and name.rsplit("-", 2)[0] not in only:
        return
    page.screenshot(path=folder / f"{name}.png")
    print(name)


def _sights(browser: Browser, size: str, scheme: Scheme) -> Iterator[tuple[str, Page]]:
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


def _sights_of_members(browser: Browser) -> Iterator[tuple[str, Page]]:
    """Each is seen once and pictured in every way: what leads to it takes long, and changes it."""
    with (
        closing(start_cluster()) as cluster,
        tempfile.TemporaryDirectory() as folder,
        open_hosted(cluster, Path(folder), MODELS, **SETTINGS) as hosted,
    ):
        for tour in members.TOURS:
            with closing(browser.new_context(reduced_motion="reduce")) as context:
                page = context.new_page()
                yield from ((name, page) for name in tour(page, hosted))
        with (
            open_computer(hosted.gateway, Path(folder) / "computer", MODELS) as program,
            closing(browser.new_context(reduced_motion="reduce")) as context,
        ):
            page = context.new_page()
            yield from ((name, page) for name in members.computer(page, hosted, program))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else WORK, set(sys.argv[2:]))
