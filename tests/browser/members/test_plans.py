"""What becomes of a photo by plan, on a hosted instance over a project of its own."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import cut, sign_in, sign_up_to_keep
from tests.hosted import Hosted, somebody

pytestmark = pytest.mark.browser


def bar(page: Page) -> str:
    return page.locator(".term .stays").inner_text()


def test_a_visitor_sees_on_the_card_how_long_the_result_is_there(
    page: Page, hosted: Hosted
) -> None:
    cut(page)

    expect(page.locator(".frame .stays")).to_have_text("schedule47 hours left")
    expect(page.locator(".term .stays")).to_have_text("47 hours left, then it is deleted.")
    expect(page.get_by_role("button", name="bowl.jpg: 47 hours left.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign up to keep it longer")).to_be_visible()
    assert hosted.count("select count(*) from public.images where bucket = 'user-library'") == 0

    hosted.end_in(300)
    expect(page.locator(".frame .stays.urgent")).to_contain_text("minutes left")
    hosted.end_in(-1)
    expect(page.locator(".frame.over .says")).to_have_text(
        "Deleted: its time was over. Drop the photo again."
    )
    expect(page.locator(".term .stays")).to_contain_text("Its time is over")


def test_what_a_visitor_has_made_is_there_after_signing_up_and_can_stay_longer(
    page: Page, hosted: Hosted
) -> None:
    cut(page)
    jobs = hosted.count("select count(*) from public.jobs")
    email = somebody()
    sign_up_to_keep(page, email)
    expect(page.locator(".frame.done img")).to_be_visible()
    assert hosted.count("select count(*) from public.jobs") == jobs
    other = page.context.new_page()
    other.goto(hosted.address)
    expect(other.locator(".frame .stays")).to_contain_text("47 hours left")
    keep = page.get_by_role("button", name="Keep 7 days")
    keep.click()
    for tab in (page, other):  # each counts by the same clock
        expect(tab.locator(".frame .stays")).to_contain_text("6 days left")
    other.close()
    expect(keep).to_be_hidden()
    page.get_by_role("link", name="Library").click()
    page.get_by_role("option", name="bowl.jpg").dblclick()
    expect(page.locator(".term .stays")).to_have_text("6 days left, then it is deleted.")


def test_keeping_what_was_adopted_takes_a_credit_and_says_what_to_do_without_one(
    page: Page, hosted: Hosted
) -> None:
    email = hosted.signed_up("paid")
    cut(page)
    sign_in(page, email)
    expect(page.locator(".frame.done img")).to_be_visible()
    expect(page.locator(".who")).to_contain_text("0 credits")

    keep = page.get_by_role("button", name="Keep in the library: 1 credit")
    keep.click()
    expect(page.get_by_role("alertdialog")).to_contain_text("This takes 1 credit; you have 0.")
    page.get_by_role("button", name="Not now").click()
    expect(page.locator(".term")).to_be_visible()
    hosted.grant(email, 1)
    expect(page.locator(".who")).to_contain_text("1 credit")
    keep.click()
    expect(page.locator(".term")).to_be_hidden()
    expect(page.locator(".frame .stays")).to_have_count(0)
    expect(page.locator(".who")).to_contain_text("0 credits")
    page.reload()
    expect(page.locator(".frame.done img")).to_be_visible()


def test_a_photo_that_credits_do_not_reach_for_waits_on_the_page(
    page: Page, hosted: Hosted, photo: bytes
) -> None:
    email = hosted.signed_up("paid")
    hosted.grant(email, 1)
    sign_in(page, email)
    page.get_by_role("button", name="Choose photos").wait_for()
    cut(page)
    expect(page.locator(".who")).to_contain_text("0 credits")
    expect(page.locator(".term")).to_be_hidden()
    page.locator("#choose-photos").set_input_files(
        {"name": "chair.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    waits = page.locator(".frame.failed")
    expect(waits).to_contain_text("This takes 1 credit; you have 0.")

    hosted.grant(email, 1)
    waits.get_by_role("button", name="Try again").click()
    expect(page.locator(".frame.done img")).to_have_count(2, timeout=30_000)
