"""The running program, and a browser that minds every error and every request to elsewhere."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.program import running

QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@pytest.fixture
def address(tmp_path: Path, models: Path) -> Iterator[str]:
    """Start the program in a home of its own; the address that it prints."""
    with running(tmp_path, models) as program:
        yield program.address


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
        yield page


@contextmanager
def watched(browser: Browser, address: str) -> Iterator[Page]:
    """Open a window; any error in it or request to elsewhere is an error."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.extend(_complaint(line)))
    page.on("request", lambda request: errors.extend(_elsewhere(request.url, address)))
    yield page
    context.close()
    assert errors == []


def _complaint(line: ConsoleMessage) -> list[str]:
    """What is refused is an answer, though Chromium calls it an error."""
    refused = re.search(r"status of 4(09|13|15|22)", line.text)
    return [line.text] if line.type == "error" and not refused else []


def _elsewhere(url: str, address: str) -> list[str]:
    own = (address, address.replace("http", "ws"), "data:", "blob:")
    return [] if url.startswith(own) else [url]
