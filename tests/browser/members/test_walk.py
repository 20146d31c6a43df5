"""Whole stories on a hosted instance: a visitor, a free account, a paid one, a computer."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image
from playwright.sync_api import Browser, Download, Locator, Page, expect

from tests.browser.conftest import watched
from tests.browser.test_workbench import PATIENCE, downloaded, drop, wait_for_cutouts
from tests.browser.visitor import fill, member, sign_in, sign_up_to_keep, submit
from tests.computer import open_computer
from tests.hosted import PASSWORD, Hosted, somebody

pytestmark = pytest.mark.browser


def test_a_visitor_cuts_exports_looks_back_and_deletes(
    page: Page, hosted: Hosted, photo: bytes
) -> None:
    drop(page, ("vase.jpg", photo))
    wait_for_cutouts(page, 1)
    expect(page.locator(".frame .stays")).to_contain_text("47 hours left")
    expect(page.get_by_role("button", name="Keep 7 days")).to_be_hidden()
    expect(page.get_by_role("button", name="Sign up to keep it longer")).to_be_visible()
    exported(page, "Sky", "JPEG")

    open_in_library(page, "vase.jpg")
    expect(versions(page)).to_have_count(2)
    restored(page, 1)
    expect(page.locator(".term .stays")).to_have_text("47 hours left, then it is deleted.")
    assert buckets(hosted) == {"uploads-ephemeral", "outputs-ephemeral"}
    deleted_for_good(page)
    wait_until(page, lambda: not buckets(hosted))
    assert hosted.count("select count(*) from public.images") == 0


def test_a_free_account_adopts_keeps_takes_its_data_along_and_goes(
    page: Page, hosted: Hosted, photo: bytes
) -> None:
    drop(page, ("vase.jpg", photo))
    wait_for_cutouts(page, 1)
    jobs = hosted.count("select count(*) from public.jobs")
    email = somebody()
    sign_up_to_keep(page, email)

    wait_for_cutouts(page, 1)  # what the visitor has made, and nothing is made again
    assert hosted.count("select count(*) from public.jobs") == jobs
    page.get_by_role("button", name="Keep 7 days").click()
    expect(page.locator(".frame .stays")).to_contain_text("6 days left")
    exported(page, "Sky", "PNG")
    open_in_library(page, "vase.jpg")
    expect(versions(page)).to_have_count(2)
    restored(page, 1)

    signed_out(page, hosted)
    sign_in(page, email)
    wait_for_cutouts(page, 1)
    names = taken_along(page, hosted, email)
    assert sum(name.endswith(".jpg") for name in names) == 1
    assert sum(name.endswith(".png") for name in names) >= 2
    left_for_good(page, hosted, email)


def test_a_paid_account_pays_once_for_what_it_keeps(
    page: Page, hosted: Hosted, photo: bytes
) -> None:
    drop(page, ("vase.jpg", photo))
    wait_for_cutouts(page, 1)
    email = signed_up_by_mail(page, hosted, "paid", credit=2)
    wait_for_cutouts(page, 1)
    expect(credit(page)).to_have_text("2 credits")
    page.get_by_role("button", name="Keep in the library: 1 credit").click()
    expect(page.locator(".term")).to_be_hidden()
    expect(credit(page)).to_have_text("1 credit")

    drop(page, ("other.jpg", photo + b" "))
    wait_for_cutouts(page, 2)
    expect(credit(page)).to_have_text("0 credits")
    expect(page.locator(".panel h1")).to_have_text("other.jpg")
    exported(page, "Sky", "JPEG")  # another look at a matte that is paid
    drop(page, ("third.jpg", photo + b"  "))
    expect(page.locator(".frame.failed")).to_contain_text("This takes 1 credit; you have 0.")
    expect(page.get_by_role("link", name="See your account")).to_be_visible()
    page.locator(".frame.failed").get_by_role("button", name="Remove third.jpg").click()

    page.goto(f"{hosted.address}/account")
    lines = page.locator(".ledger tbody tr")
    expect(lines).to_contain_text(["Cut out other.jpg", "Kept vase.jpg", "Given by"])
    expect(lines.locator("td:last-child")).to_have_text(["0", "1", "2"])
    prices = page.get_by_role("table", name="Plans and prices")
    expect(prices.locator(".mine")).to_contain_text("$19")
    open_in_library(page, "other.jpg")
    expect(versions(page)).to_have_count(2)
    restored(page, 1)
    expect(page.locator(".term")).to_be_hidden()
    query = "select count(*) from public.images where scope = %s and bucket = 'user-library'"
    scope = hosted.found("select id::text from auth.users where email = %s", email)
    assert hosted.count(query, scope) == 2
    deleted_for_good(page)
    page.goto(f"{hosted.address}/library")
    expect(page.locator(".photo-grid .photo")).to_have_count(1)
    expect(credit(page)).to_have_text("0 credits")

    taken_along(page, hosted, email)
    left_for_good(page, hosted, email)
    assert hosted.count("select count(*) from public.credit_ledger where account is not null") >= 3


def test_a_computer_works_alone_and_syncs_with_the_account(
    browser: Browser, hosted: Hosted, tmp_path: Path, models: Path, photo: bytes
) -> None:
    hosted.gateway.auth.settings.confirms = False
    email = hosted.signed_up("paid")
    with (
        open_computer(hosted.gateway, tmp_path / "computer", models) as computer,
        watched(browser, computer.address) as page,
    ):
        page.goto(computer.address)
        drop(page, ("vase.jpg", photo))
        wait_for_cutouts(page, 1)
        expect(page.locator(".frame .stays")).to_have_count(0)  # it is here until it is deleted
        exported(page, "Sky", "PNG")
        assert not buckets(hosted)

        page.get_by_role("button", name="Sign in").click()
        fill(page, email=email, password=PASSWORD)
        submit(page)
        expect(page.locator(".who .sync")).to_have_text("Synced", timeout=PATIENCE)
        with watched(browser, hosted.address) as elsewhere:
            elsewhere.goto(hosted.address)
            sign_in(elsewhere, email)
            open_in_library(elsewhere, "vase.jpg")
            expect(versions(elsewhere)).to_have_count(2)
            taken_along(elsewhere, hosted, email)
            left_for_good(elsewhere, hosted, email)
        page.goto(f"{computer.address}/library")  # what is here is nobody else's
        page.get_by_role("option", name="vase.jpg").dblclick()
        expect(versions(page)).to_have_count(2)
        for number in range(2):
            expect(versions(page).nth(number)).to_have_accessible_name(re.compile("Synced$"))
        restored(page, 1)
        deleted_for_good(page)


# What people do


def exported(page: Page, background: str, kind: str) -> None:
    """Put a cutout before another background, and download it."""
    page.get_by_role("button", name=background).click()
    expect(page.get_by_role("button", name=background)).to_have_attribute("aria-pressed", "true")
    _, data = downloaded(page, kind)
    assert Image.open(io.BytesIO(data)).format == kind


def open_in_library(page: Page, name: str) -> None:
    page.get_by_role("link", name="Library").click()
    page.get_by_role("option", name=name).dblclick()
    expect(page.get_by_alt_text("The cutout")).to_be_visible()


def versions(page: Page) -> Locator:
    return page.locator(".versions .version")


def restored(page: Page, number: int) -> None:
    versions(page).nth(number - 1).click()
    page.get_by_role("button", name="Show this one in the library").click()
    expect(versions(page).nth(number - 1)).to_have_accessible_name(
        re.compile(rf"Version {number}, shown in the library")
    )


def deleted_for_good(page: Page) -> None:
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Delete for good").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("This photo is not here any more.")).to_be_visible()


def signed_up_by_mail(page: Page, hosted: Hosted, plan: str, credit: int) -> str:
    """Open an account whose address is confirmed; it has a plan when its owner comes back."""
    hosted.gateway.auth.settings.confirms = True
    email = somebody()
    page.get_by_role("button", name="Sign in").click()
    page.locator(".entrance:visible").get_by_role("button", name="Open an account").click()
    fill(page, email=email, password=PASSWORD)
    submit(page)
    expect(page.get_by_role("status").filter(has_text=email)).to_be_visible()
    hosted.give_plan(email, plan)
    hosted.grant(email, credit)
    page.goto(hosted.followed())
    member(page, email)
    return email


def signed_out(page: Page, hosted: Hosted) -> None:
    page.goto(f"{hosted.address}/account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("button", name="Choose photos")).to_be_visible()


def taken_along(page: Page, hosted: Hosted, email: str) -> list[str]:
    """Download all that is known of somebody; return the names of the files."""
    page.goto(f"{hosted.address}/account")
    with page.expect_download(timeout=PATIENCE) as waiting:
        page.get_by_role("link", name="Download my data").click()
    with ZipFile(saved(waiting.value)) as archive:
        assert json.loads(archive.read("data.json"))["email"] == email
        return archive.namelist()


def saved(download: Download) -> Path:
    assert download.failure() is None
    return download.path()


def left_for_good(page: Page, hosted: Hosted, email: str) -> None:
    """Delete an account, and see that nothing of it stays but amounts without a name."""
    scope = hosted.found("select id::text from auth.users where email = %s", email)
    fill(page, word="delete")
    page.get_by_role("button", name="Delete the account").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    hosted.program.say("sweep")
    users = "select count(*) from auth.users where email = %s"
    wait_until(page, lambda: not hosted.count(users, email))  # the instance sweeps by itself, too

    assert not buckets(hosted)
    for table in ("images", "image_outputs", "jobs", "entries", "credits"):
        query = f"select count(*) from public.{table} where scope = %s"  # noqa: S608
        assert hosted.count(query, scope) == 0, table


# What is seen of it


def credit(page: Page) -> Locator:
    return page.locator(".who .credits")


def buckets(hosted: Hosted) -> set[str]:
    """Return where there are objects; each story leaves none."""
    found = hosted.found("select string_agg(distinct bucket_id, ' ') from storage.objects")
    return set(str(found or "").split())


def wait_until(page: Page, true: Callable[[], bool]) -> None:
    """Look until something is so that no page shows."""
    for _ in range(PATIENCE // 100):
        if true():
            return
        page.wait_for_timeout(100)
    raise AssertionError("It did not become so.")
