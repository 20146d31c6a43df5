"""The running program, and a browser that minds every error and every request to elsewhere."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.filled import emptied
from tests.program import running

QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]

expect.set_options(timeout=15_000)
"""Milliseconds: what is seen at once on a quiet machine may take a while beside other work."""


CONNECTED = "window.socket?.connected"
"""In the browser: whether the page hears its server."""


@dataclass(frozen=True, slots=True)
class Stage:
    home: Path
    address: str


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Stage]:
    """The running program, which the tests of a file use one after the other: see `home`."""
    folder = tmp_path_factory.mktemp("program")
    with running(folder, models) as program:
        yield Stage(folder / "home", program.address)


@pytest.fixture
def home(stage: Stage) -> Path:
    """Where the program keeps everything; at the beginning of each test that is nothing."""
    emptied(stage.home)
    return stage.home


@pytest.fixture
def address(stage: Stage, home: Path) -> str:
    """Where the program is found, with nothing on its workbench and in its library."""
    assert home.is_dir()
    return stage.address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium where it is installed, else Playwright's own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The workbench in a window; any error on it or request to elsewhere fails the test."""
    with watched(browser, address) as page:
        page.goto(address)
        page.get_by_role("button", name="Choose photos").wait_for()
        page.wait_for_function(CONNECTED)  # it may be there before its socket
        page.locator(".offer").wait_for()  # which comes last, and moves what is below it
        yield page


@contextmanager
def watched(browser: Browser, address: str, storage: str = "") -> Iterator[Page]:
    """Open a window; any error in it or request to elsewhere but a storage is an error."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    own = (address, address.replace("http", "ws"), "data:", "blob:", *filter(None, [storage]))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.extend(_complaint(line)))
    page.on("request", lambda request: errors.extend(_elsewhere(request.url, own)))
    yield page
    context.close()
    assert errors == []


def _complaint(line: ConsoleMessage) -> list[str]:
    """What is refused is an answer, though Chromium calls it an error."""
    refused = re.search(r"status of 4(02|09|13|15|22|29)", line.text)
    return [line.text] if line.type == "error" and not refused else []


def _elsewhere(url: str, own: tuple[str, ...]) -> list[str]:
    return [] if url.startswith(own) else [url]
