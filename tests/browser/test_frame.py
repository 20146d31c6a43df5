"""What is around every page: its look, its sentences, its keys, and its connection."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_workbench import drop, sample, wait_for_cutouts

pytestmark = pytest.mark.browser


def test_a_page_has_its_look_before_its_script_and_keeps_it(page: Page) -> None:
    sheet = page.locator("head link[href*='theme.css']")
    answer = page.request.get(str(sheet.evaluate("link => link.href")))

    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")
    assert page.locator("html").get_attribute("lang") == "en-US"
    expect(page.locator("body")).to_have_css("font-size", "13px")


def test_a_lost_connection_is_told_of_and_so_is_its_return(page: Page) -> None:
    page.evaluate("window.socket.disconnect()")
    bar = page.locator(".connection")
    expect(bar).to_contain_text("Not connected.")
    expect(page.locator("#popup")).to_be_hidden()
    page.evaluate("window.socket.connect()")

    expect(bar).to_contain_text("Back again.")


def test_a_sentence_can_be_closed(page: Page) -> None:
    drop(page, sample("bowl"))
    wait_for_cutouts(page, 1)
    colour = page.get_by_label("Own colour as text")
    colour.fill("plaid")
    colour.press("Enter")
    toast = page.locator(".toast")
    expect(toast).to_contain_text("is not a background")
    toast.get_by_role("button", name="Close").click()

    expect(toast).to_have_count(0)


def test_the_list_of_keys_opens_by_a_key_and_closes_by_one(page: Page) -> None:
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text(re.compile("Go through the photos"))
    page.keyboard.press("Escape")

    expect(dialog).to_have_count(0)
