"""The pictures of the workbench in README: `python -m bench.showroom`, with the models at hand.

Four samples, each in looks of its own, on a workbench and in a library where all is done.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from auth.account import LOCAL
from bench.screens import MODELS, SIZES
from main import build
from tests.browser.conftest import QUIET
from tests.conftest import ROOT
from tests.program import running
from ui.house import House
from ui.settings import Settings

PICTURES = ROOT / "docs" / "images"
QUALITY = 95
SOFT = {"kind": "soft"}
LOOKS: dict[str, tuple[dict[str, object], ...]] = {
    "bowl": ({"background": "linear #4a5160 #15171c 180"}, {"background": "sweep #cfdbe2"}),
    "lens": ({"background": "sweep #e8ded1"},),
    "whisk": ({"background": "radial #ffffff #cfd5dc", "shadow": SOFT},),
    "scissors": ({"background": "sweep #f3d9d6", "shadow": SOFT},),
}
"""What each sample is set on, one after the other."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        _furnish(Path(folder) / "home")
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        with running(Path(folder), MODELS) as program:
            with _window(browser, "light") as page:
                page.goto(program.address)
                page.locator(".frame", has_text="scissors").locator(".picture").click()
                page.locator(".offer .icon-button").dispatch_event("click")
                _take(page, "workbench")
            with _window(browser, "dark") as page:
                page.goto(program.address)
                page.locator(".frame", has_text="scissors").locator(".picture").click()
                page.locator(".preset-line select").select_option("amazon-main")
                page.locator(".verdict.bad, .verdict.good").wait_for()
                _take(page, "rules")
                page.goto(f"{program.address}/library")
                page.locator(".photo[title]", has_text="bowl").dblclick()
                page.locator(".versions .version").nth(2).wait_for()
                page.keyboard.press("s")
                _take(page, "versions")
        browser.close()


def _furnish(home: Path) -> None:
    home.mkdir()
    with closing(build(Settings(home=home, models=MODELS))) as house:
        for name, looks in LOOKS.items():
            file = home / "arriving"
            shutil.copy(ROOT / "assets" / "samples" / f"{name}.jpg", file)
            entry = house.studio.arrive(LOCAL, file, name=f"{name}.jpg")
            _work(house)
            for look in looks:
                house.studio.dress(LOCAL, entry.id, look)
                house.studio.keep(LOCAL, entry.id)
                _work(house)


def _work(house: House) -> None:
    while job := house.library.records.start("showroom"):
        house.studio.work(house.library, job)


@contextmanager
def _window(browser: Browser, scheme: Literal["light", "dark"]) -> Iterator[Page]:
    context = browser.new_context(
        viewport=SIZES["wide"], color_scheme=scheme, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def _take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    file = PICTURES / f"{name}.png"
    page.screenshot(path=file)
    with Image.open(file) as picture:
        picture.convert("RGB").save(file.with_suffix(".webp"), "WEBP", quality=QUALITY, method=6)
    file.unlink()


if __name__ == "__main__":
    main()
