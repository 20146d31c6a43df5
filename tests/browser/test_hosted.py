"""The page of a hosted instance: who comes too often is told so, and nobody reaches its folders."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import watched
from tests.browser.test_workbench import drop, sample, wait_for_cutouts
from tests.program import free_port, running

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[str]:
    """Where a hosted instance is that takes two photos an hour of a visitor."""
    port = free_port()
    with running(
        tmp_path_factory.mktemp("hosted"),
        models,
        port,
        COVESHOT_HOSTED="1",
        COVESHOT_SECRET=secrets.token_hex(32),
        COVESHOT_HOSTS=f"http://127.0.0.1:{port}",
        COVESHOT_LIMIT_UPLOADS="2/hour",
    ) as program:
        yield program.address


@pytest.fixture
def visited(browser: Browser, hosted: str) -> Iterator[Page]:
    with watched(browser, hosted) as page:
        page.goto(hosted)
        page.get_by_role("button", name="Choose photos").wait_for()
        yield page


def test_photos_beyond_the_limit_are_held_back_with_what_to_do(visited: Page) -> None:
    drop(visited, sample("bowl"), sample("lens"), sample("scissors"))
    wait_for_cutouts(visited, 2)

    held = visited.locator(".held-back")
    expect(held).to_contain_text("You have sent many photos in a short time. Try again in")
    expect(held).to_contain_text("1 more to come")
    held.get_by_role("button", name="Try now").click()
    expect(held).to_contain_text("1 more to come")
    held.get_by_role("button", name="Stop").click()
    expect(held).to_have_count(0)


def test_a_visit_has_a_cookie_that_scripts_do_not_see_and_no_folder_of_the_server(
    visited: Page,
) -> None:
    [cookie] = visited.context.cookies()
    visited.get_by_role("button", name="Try the bowl").click()
    wait_for_cutouts(visited, 1)
    visited.keyboard.press("e")

    expect(visited.get_by_role("button", name="Download ZIP")).to_be_visible()
    expect(visited.get_by_text("Into a folder of this computer")).to_have_count(0)
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert visited.evaluate("document.cookie") == ""
    assert visited.get_by_role("button", name="Get it").count() == 0


def test_an_address_that_is_not_there_leads_back(browser: Browser, hosted: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{hosted}/nowhere")

    expect(page.get_by_text("There is no such page here.")).to_be_visible()
    page.get_by_role("link", name="To the workbench").click()
    page.get_by_role("button", name="Choose photos").wait_for()
    context.close()
