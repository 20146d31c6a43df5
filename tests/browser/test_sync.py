"""A library of one's own computer: without an account, and with one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import watched
from tests.browser.test_workbench import drop, wait_for_cutouts
from tests.browser.visitor import fill, submit
from tests.computer import open_computer
from tests.hosted import PASSWORD, Hosted, open_hosted
from tests.program import Program

if TYPE_CHECKING:
    from tests.ground.cluster import Cluster

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True)
class Stage:
    hosted: Hosted
    folder: Path
    models: Path
    browser: Browser


@pytest.fixture(scope="module")
def hosted(
    cluster: "Cluster", tmp_path_factory: pytest.TempPathFactory, models: Path
) -> Iterator[Hosted]:
    with open_hosted(cluster, tmp_path_factory.mktemp("hosted"), models) as hosted:
        hosted.gateway.auth.settings.redirects = ("http://127.0.0.1:*/**",)
        hosted.gateway.auth.settings.confirms = False
        yield hosted


@pytest.fixture(scope="module")
def computer(
    hosted: Hosted, tmp_path_factory: pytest.TempPathFactory, models: Path
) -> Iterator[Program]:
    with open_computer(hosted.gateway, tmp_path_factory.mktemp("computer"), models) as program:
        yield program


@pytest.fixture
def page(browser: Browser, computer: Program) -> Iterator[Page]:
    with watched(browser, computer.address) as page:
        page.goto(computer.address)
        page.get_by_role("button", name="Sign in").wait_for()
        yield page


def sign_in(page: Page, email: str) -> None:
    page.get_by_role("button", name="Sign in").click()
    fill(page, email=email, password=PASSWORD)
    submit(page)
    expect(page.get_by_role("button", name=f"Account of {email}")).to_be_visible()


def sign_out(page: Page) -> None:
    page.locator(".who").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_without_an_account_nothing_is_asked_outside(
    page: Page, hosted: Hosted, photo: bytes
) -> None:
    asked = len(hosted.gateway.faults.seen)
    drop(page, ("vase.jpg", photo))
    wait_for_cutouts(page, 1)
    page.get_by_role("link", name="Library").click()
    expect(page.locator(".photo-grid .photo")).to_have_count(1)

    mine = [line for line in hosted.gateway.faults.seen[asked:] if "rpc" not in line]
    assert mine == []


def test_who_signs_in_with_a_password_is_shown_and_keeps_the_library_when_signed_out(
    page: Page, hosted: Hosted
) -> None:
    email = hosted.signed_up("free")
    sign_in(page, email)
    page.reload()
    expect(page.get_by_role("button", name=f"Account of {email}")).to_be_visible()
    expect(page.locator(".frame.done img")).to_have_count(1)
    sign_out(page)

    expect(page.locator(".frame.done img")).to_have_count(1)


def test_a_library_is_synced_and_seen_on_the_hosted_instance(
    page: Page, hosted: Hosted, browser: Browser
) -> None:
    email = hosted.signed_up("paid")
    sign_in(page, email)

    expect(page.locator(".who .sync")).to_have_text("Synced", timeout=20_000)
    with watched(browser, hosted.address) as elsewhere:
        elsewhere.goto(f"{hosted.address}/library")
        elsewhere.get_by_role("button", name="Sign in").click()
        fill(elsewhere, email=email, password=PASSWORD)
        submit(elsewhere)
        expect(elsewhere.locator(".photo-grid .photo img")).to_have_count(1)
        expect(elsewhere.locator(".photo-grid")).to_contain_text("vase.jpg")
    sign_out(page)


def test_without_the_network_the_corner_says_so_until_it_is_back(
    page: Page, hosted: Hosted, photo: bytes
) -> None:
    email = hosted.signed_up("paid")
    sign_in(page, email)
    expect(page.locator(".who .sync")).to_have_text("Synced", timeout=20_000)
    hosted.gateway.faults.blow("503", "rpc/sync_open", times=1000)
    drop(page, ("bowl.jpg", photo + b" "))
    wait_for_cutouts(page, 2)
    expect(page.locator(".who .sync")).to_have_text("Offline; 1 photo waits", timeout=30_000)
    hosted.gateway.faults.clear_up()

    expect(page.locator(".who .sync")).to_have_text("Synced", timeout=60_000)
    sign_out(page)


def test_the_browser_of_the_computer_signs_in_and_the_page_shows_it(
    page: Page, hosted: Hosted
) -> None:
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Continue with Google").click()

    elsewhere = hosted.gateway.auth.settings.elsewhere
    expect(page.get_by_role("button", name=f"Account of {elsewhere}")).to_be_visible()
    sign_out(page)


def test_a_forgotten_password_is_chosen_anew(page: Page, hosted: Hosted) -> None:
    email = hosted.signed_up("free")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="I have forgotten the password").click()
    fill(page, email=email)
    submit(page)
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    assert httpx.get(hosted.followed()).is_success
    page.get_by_role("button", name=f"Account of {email}").click()
    fill(page, password="another long password")
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("The new password counts from now on.", exact=False)).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_wrong_password_is_said_at_its_field(page: Page, hosted: Hosted) -> None:
    page.get_by_role("button", name="Sign in").click()
    fill(page, email=hosted.signed_up("free"), password="another password")
    submit(page)

    expect(page.locator("input[name=password]:visible")).to_have_attribute("aria-invalid", "true")
