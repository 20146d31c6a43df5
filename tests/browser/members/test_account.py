"""The account page in each plan: what it allows, what was spent, and what there is to be had."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_axe import axe_in, complaints
from tests.browser.test_canvas import wait_until
from tests.browser.test_keys import asks, made
from tests.browser.visitor import cut, sign_in
from tests.hosted import Hosted

pytestmark = pytest.mark.browser
ARCHIVES = (
    "select s.archive_after_days from public.settings s"
    " join auth.users u on u.id::text = s.scope where u.email = %s"
)


def account(page: Page, hosted: Hosted) -> None:
    page.goto(f"{hosted.address}/account")
    page.get_by_role("table", name="Plans and prices").wait_for()


def row(page: Page, plan: str) -> str:
    rows = page.get_by_role("table", name="Plans and prices").get_by_role("row")
    return rows.filter(has=page.get_by_role("rowheader", name=plan)).inner_text()


def test_a_visitor_sees_what_there_is_and_whom_to_ask(page: Page, hosted: Hosted) -> None:
    account(page, hosted)

    assert "$19\t500\tuntil you delete them\t50 MP, 50 MB\tfull size\t100 GB" in row(page, "Paid")
    assert "48 hours, on request 7 days" in row(page, "Free")
    expect(page.get_by_text("cannot be bought here yet", exact=False)).to_be_visible()
    link = page.get_by_role("link", name="Write to them")
    expect(link).to_have_attribute("href", "mailto:help@example.com")


def test_each_credit_that_came_or_went_has_its_line(page: Page, hosted: Hosted) -> None:
    email = hosted.signed_up("paid")
    hosted.grant(email, 500, "month:2026-11")
    hosted.grant(email, 3, reason="Sorry for yesterday")
    sign_in(page, email)
    page.get_by_role("button", name="Choose photos").wait_for()
    cut(page)
    account(page, hosted)
    lines = page.get_by_role("table", name="Credits that came and went").locator("tbody tr")

    expect(page.locator(".purse .count")).to_have_text("502 credits")
    expect(lines).to_have_count(3)
    expect(lines.nth(0)).to_contain_text("Cut out bowl.jpg")
    expect(lines.nth(0)).to_contain_text("\N{MINUS SIGN}1")
    expect(lines.nth(1)).to_contain_text("Sorry for yesterday")
    expect(lines.nth(2)).to_contain_text("Credits of the month")
    expect(page.get_by_text("500 come at the beginning of each month.")).to_be_visible()
    page.emulate_media(reduced_motion="reduce")  # what fades has no contrast yet
    axe_in(page)
    assert complaints(page) == []


def test_older_lines_are_fetched_when_they_are_asked_for(page: Page, hosted: Hosted) -> None:
    email = hosted.signed_up("paid")
    for number in range(27):
        hosted.grant(email, 1, key=f"{number}", reason=f"Gift {number}")
    sign_in(page, email)
    account(page, hosted)
    lines = page.locator(".ledger tbody tr")
    expect(lines).to_have_count(25)
    older = page.get_by_role("button", name="Show older lines")
    older.click()

    expect(lines).to_have_count(27)
    expect(lines.last).to_contain_text("Gift 0")
    expect(older).to_be_hidden()


def test_what_is_wanted_of_the_library_counts_at_once(page: Page, hosted: Hosted) -> None:
    email = hosted.signed_up("paid")
    sign_in(page, email)
    account(page, hosted)
    originals = page.get_by_label("Keep originals")
    expect(originals).to_be_checked()
    originals.uncheck()
    page.get_by_label("Versions to keep").select_option("3")
    expect(page.get_by_label("Versions to keep")).to_have_value("3")
    page.get_by_label("When to archive").select_option("30")
    expect(page.get_by_label("When to archive")).to_have_value("30")
    wait_until(page, lambda: hosted.found(ARCHIVES, email) == 30)  # the page goes on as it is

    account(page, hosted)
    expect(page.get_by_label("When to archive")).to_have_value("30")
    expect(originals).not_to_be_checked()
    expect(page.get_by_label("Versions to keep")).to_have_value("3")


def test_a_plan_that_has_ended_says_what_became_of_the_library(page: Page, hosted: Hosted) -> None:
    email = hosted.signed_up("paid")
    hosted.give_plan(email, "paid", "2026-01-31 12:00")
    sign_in(page, email)
    account(page, hosted)

    expect(page.get_by_text("Your plan Paid has ended on 2026-01-31.", exact=False)).to_be_visible()
    expect(page.get_by_label("Keep originals")).to_be_hidden()


def test_a_plan_of_the_instance_goes_by_its_own_name(page: Page, hosted: Hosted) -> None:
    hosted.tell(
        "insert into public.plans select 'studio', 'Studio', persists, kept_hours, longer_hours,"
        " max_bytes, max_pixels, max_side, credits_per_matte, credits_per_upscale, 50, 900,"
        " storage_bytes, keep_versions from public.plans where id = 'paid'"
    )
    sign_in(page, hosted.signed_up("studio"))
    account(page, hosted)

    expect(page.locator(".account .plan .tier")).to_have_text("Studio")
    assert "your plan\t$9\t50" in row(page, "Studio")


def test_books_that_cannot_be_read_are_read_at_the_second_try(page: Page, hosted: Hosted) -> None:
    sign_in(page, hosted.signed_up("paid"))
    hosted.gateway.faults.blow("403", "rpc/statement", times=9)
    page.goto(f"{hosted.address}/account")
    trouble = page.locator(".account .trouble")
    expect(trouble).to_be_visible(timeout=20_000)
    hosted.gateway.faults.clear_up()
    trouble.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("table", name="Plans and prices")).to_be_visible()
    expect(trouble).to_be_hidden()


def test_a_photo_of_the_library_shows_how_long_it_is_still_there(
    page: Page, hosted: Hosted
) -> None:
    sign_in(page, hosted.signed_up("free"))
    page.get_by_role("button", name="Choose photos").wait_for()
    cut(page)
    page.goto(f"{hosted.address}/library")
    expect(page.locator(".photo .stays")).to_have_text("schedule47 hours left")
    expect(page.get_by_role("option", name="bowl.jpg, 47 hours left")).to_be_visible()

    hosted.end_in(300)
    page.reload()
    expect(page.locator(".photo .stays.urgent")).to_contain_text("minutes left")


def test_a_program_is_let_in_with_a_key_as_often_as_it_may(page: Page, hosted: Hosted) -> None:
    page.goto(f"{hosted.address}/keys")
    expect(page.get_by_role("heading", name="Keys for programs")).to_be_visible()
    expect(page.get_by_label("What is it for?")).to_have_count(0)
    page.goto(hosted.address)
    sign_in(page, hosted.signed_up("paid"))
    account(page, hosted)
    page.get_by_role("link", name="Keys for programs").click()
    page.get_by_label("Requests a minute at most").fill("2")
    secret = made(page, "Shop")
    expect(page.get_by_role("listitem").filter(has_text="Shop")).to_contain_text(
        "Everything · 2 requests a minute"
    )

    assert [asks(hosted.address, secret) for _ in range(3)] == [404, 404, 429]
