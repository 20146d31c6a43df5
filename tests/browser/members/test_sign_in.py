"""Signing up, in and out on a hosted instance, as somebody in a browser does it."""

import json
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import watched
from tests.browser.test_axe import axe_in, complaints
from tests.browser.visitor import fill, member, sheet, sign_up, submit
from tests.hosted import PASSWORD, Hosted, somebody

pytestmark = pytest.mark.browser


def test_who_signs_up_is_signed_in_after_a_reload_and_until_signing_out(
    page: Page, hosted: Hosted
) -> None:
    email = somebody()
    sign_up(page, email)

    member(page, email)
    page.reload()
    member(page, email)
    page.get_by_role("link", name=f"Account of {email}").click()
    expect(page.get_by_text("What you make is kept for 48 hours.")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page).to_have_url(f"{hosted.address}/")


def test_another_tab_shows_who_has_signed_in_and_out(page: Page, hosted: Hosted) -> None:
    other = page.context.new_page()
    other.goto(hosted.address)
    email = somebody()
    sign_up(page, email)
    member(page, email)
    member(other, email)
    other.goto(f"{hosted.address}/account")
    other.get_by_role("button", name="Sign out", exact=True).click()

    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_what_is_wrong_is_said_at_its_field_and_read_from_there(page: Page) -> None:
    sign_up(page, "ann", "short")
    email = page.locator("input[name=email]:visible")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_be_focused()
    expect(
        page.get_by_text("Type a whole e-mail address, such as ann@example.com.")
    ).to_be_visible()

    fill(page, email=somebody())
    submit(page)
    password = page.locator("input[name=password]:visible")
    expect(password).to_have_accessible_description("Take a longer password.")
    expect(password).to_be_focused()


def test_a_link_in_a_mail_leads_back_to_the_page_that_was_left(page: Page, hosted: Hosted) -> None:
    email = somebody()
    page.goto(f"{hosted.address}/library?q=vase")
    sheet(page)
    page.get_by_role("button", name="Send me a link instead").click()
    fill(page, email=email)
    submit(page)
    expect(page.get_by_role("status").filter(has_text=email)).to_be_visible()

    page.goto(hosted.followed())
    member(page, email)
    expect(page).to_have_url(f"{hosted.address}/library?q=vase")


def test_the_code_of_a_mail_can_be_typed_instead(page: Page, hosted: Hosted) -> None:
    hosted.gateway.auth.settings.confirms = True
    email = somebody()
    sign_up(page, email)
    expect(page.get_by_role("status").filter(has_text=email)).to_be_visible()
    fill(page, code="000000")
    submit(page)
    expect(page.locator(".wrong:visible")).to_contain_text("used up or too old")
    fill(page, code=hosted.gateway.auth.letters.mails[-1].code)
    submit(page)

    member(page, email)


def test_a_link_that_was_used_says_what_to_do(page: Page, hosted: Hosted) -> None:
    sheet(page)
    page.get_by_role("button", name="Send me a link instead").click()
    fill(page, email=somebody())
    submit(page)
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    hosted.followed()
    link = hosted.followed()

    with page.expect_response(link) as answer:
        page.goto(link)
    assert answer.value.status == 422
    expect(page.get_by_text("Have a new one sent.")).to_be_visible()
    page.get_by_role("link", name="To the workbench").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_an_account_of_another_site_signs_in(browser: Browser, hosted: Hosted) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{hosted.address}/library")
    sheet(page)
    page.get_by_role("button", name="Continue with Google").click()

    member(page, hosted.gateway.auth.settings.elsewhere)
    expect(page).to_have_url(f"{hosted.address}/library")
    context.close()


def test_a_forgotten_password_is_chosen_anew(page: Page, hosted: Hosted) -> None:
    email = somebody()
    sign_up(page, email)
    member(page, email)
    page.goto(f"{hosted.address}/account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    sheet(page)
    page.get_by_role("button", name="I have forgotten the password").click()
    fill(page, email=email)
    submit(page)
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    page.goto(hosted.followed())
    expect(page).to_have_url(f"{hosted.address}/account#password")
    fill(page, password="another long password")
    page.get_by_role("button", name="Change the password").click()

    expect(page.get_by_text("The new password counts from now on.", exact=False)).to_be_visible()


def test_signing_out_everywhere_ends_it_in_other_browsers(
    page: Page, browser: Browser, hosted: Hosted
) -> None:
    email = somebody()
    sign_up(page, email)
    member(page, email)
    with watched(browser, hosted.address) as other:
        other.goto(hosted.address)
        sheet(other)
        fill(other, email=email, password=PASSWORD)
        submit(other)
        member(other, email)
        other.goto(f"{hosted.address}/account")
        other.get_by_role("button", name="Sign out everywhere").click()
        expect(other.get_by_role("button", name="Sign in")).to_be_visible()
    page.goto(hosted.address)

    expect(page.get_by_text("You are signed out. Sign in again to go on.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_all_that_is_known_of_somebody_is_theirs_to_take_along(page: Page, hosted: Hosted) -> None:
    email = somebody()
    sign_up(page, email)
    member(page, email)
    page.goto(f"{hosted.address}/account")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download my data").click()

    with ZipFile(download.value.path()) as archive:
        known = json.loads(archive.read("data.json"))
    assert known["profile"]["plan_id"] == "free"


def test_an_account_is_deleted_only_once_the_word_is_typed(page: Page, hosted: Hosted) -> None:
    email = somebody()
    sign_up(page, email)
    member(page, email)
    page.goto(f"{hosted.address}/account")
    delete = page.get_by_role("button", name="Delete the account")
    fill(page, word="yes")
    delete.click()
    expect(page.get_by_text("Type the word as it stands there.")).to_be_visible()
    fill(page, word="delete")
    delete.click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()

    sheet(page)
    fill(page, email=email, password=PASSWORD)
    submit(page)
    expect(page.get_by_text("This account is being deleted", exact=False)).to_be_visible()


def test_axe_has_nothing_grave_to_say(page: Page, hosted: Hosted) -> None:
    page.emulate_media(reduced_motion="reduce")
    axe_in(page)
    sheet(page)
    submit(page)
    expect(page.get_by_text("This is needed.")).to_be_visible()
    assert complaints(page) == []
    page.get_by_role("button", name="Close").click()
    email = somebody()
    sign_up(page, email)
    member(page, email)
    page.goto(f"{hosted.address}/account")
    axe_in(page)
    assert complaints(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert complaints(page) == []
