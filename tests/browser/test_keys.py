"""Keys of programs on the page: made, shown once, used, revoked."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_axe import axe_in, complaints

pytestmark = pytest.mark.browser
NOBODYS = "0" * 32


def made(page: Page, name: str) -> str:
    """Make a key, and return what is shown."""
    page.get_by_label("What is it for?").fill(name)
    page.get_by_role("button", name="Make the key").click()
    return page.locator(".secret").inner_text()


def asks(address: str, secret: str, method: str = "GET") -> int:
    path = f"{address}/jobs/{NOBODYS}"
    return httpx.request(method, path, headers={"X-Api-Key": secret}).status_code


def test_the_owner_of_a_computer_makes_a_key_and_ends_it(page: Page, address: str) -> None:
    page.get_by_role("link", name="Keys for programs").click()
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_text("Say what the key is for")).to_be_visible()
    page.get_by_label("Keep results for good").uncheck()
    page.get_by_label("Send photos and have them cut out").uncheck()
    secret = made(page, "Shop in Berlin")
    opens = asks(address, secret), asks(address, secret, "DELETE")
    page.reload()
    row = page.get_by_role("listitem").filter(has_text="Shop in Berlin")
    expect(row).to_contain_text("Look at jobs and fetch results")
    expect(row).to_contain_text("last used on")
    expect(page.locator(".secret")).to_have_count(0)
    page.emulate_media(reduced_motion="reduce")  # what fades has no contrast yet
    axe_in(page)
    assert complaints(page) == []
    row.get_by_role("button", name="Revoke Shop in Berlin").click()
    page.get_by_role("button", name="Revoke it").click()
    expect(row).to_contain_text("revoked on")

    assert opens == (404, 403)
    assert asks(address, secret) == 401
