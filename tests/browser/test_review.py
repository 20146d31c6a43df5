"""The review of what is worth a look."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.filled import cut_out
from tests.browser.test_batch import opened
from tests.browser.test_workbench import PATIENCE
from tests.program import running

pytestmark = pytest.mark.browser


@pytest.fixture
def doubtful(tmp_path: Path, models: Path, browser: Browser, photo: bytes) -> Iterator[Page]:
    """Five cutouts, three of which are worth a look: most of all the second one."""
    (tmp_path / "home").mkdir()
    cut_out(tmp_path / "home", models, photo, [0.6, 0.9, 0.1, 0.7, 0.0])
    with running(tmp_path, models) as program, opened(browser, program.address) as page:
        expect(page.locator(".frame.done")).to_have_count(5)
        expect(page.locator(".frame.chosen")).to_be_visible()  # keys go on from there
        yield page


def chosen(page: Page, name: str) -> None:
    expect(page.locator(".frame.chosen .name")).to_have_text(name)


def test_r_goes_to_the_next_doubtful_photo_and_enter_accepts_it(doubtful: Page) -> None:
    page, look = doubtful, doubtful.locator(".look")
    expect(look).to_have_text("Worth a look (3)")
    for name in ("1.jpg", "3.jpg", "0.jpg", "1.jpg"):
        page.keyboard.press("r")
        chosen(page, name)
    expect(page.locator(".panel")).to_contain_text("Worth a look: Reason 1.")
    page.keyboard.press("Enter")
    chosen(page, "3.jpg")
    expect(look).to_have_text("Worth a look (2)")
    expect(page.locator(".panel")).to_contain_text("Worth a look: Reason 3.")  # all is known there
    page.reload()
    expect(look).to_have_text("Worth a look (2)")
    chosen(page, "3.jpg")
    page.keyboard.press("Enter")
    chosen(page, "0.jpg")
    page.keyboard.press("Enter")

    expect(look).to_be_hidden()
    expect(page.locator(".toast")).to_contain_text("Nothing is left", timeout=PATIENCE)


def test_what_is_worth_a_look_is_shown_alone_with_its_reasons(doubtful: Page) -> None:
    page, look = doubtful, doubtful.locator(".look")
    look.click()
    expect(page.locator(".frame .name")).to_have_text(["1.jpg", "3.jpg", "0.jpg"])
    chosen(page, "1.jpg")
    page.keyboard.press("g")
    expect(page.locator(".frame .why")).to_have_text(["Reason 1.", "Reason 3.", "Reason 0."])
    for left in (2, 1):
        page.keyboard.press("Enter")
        expect(page.locator(".frame")).to_have_count(left)
    page.keyboard.press("Enter")

    expect(page.locator(".nothing")).to_have_text("Nothing is left to look at.")
    look.click()
    expect(page.locator(".frame.done")).to_have_count(5)
