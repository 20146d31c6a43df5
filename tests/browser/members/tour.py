"""A walk through what people see of accounts, plans and sync, in every state."""

import io
from collections.abc import Iterator
from contextlib import closing

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.test_workbench import PATIENCE, drop, sample, wait_for_cutouts
from tests.browser.visitor import cut, fill, member, sheet, sign_in, sign_up, submit
from tests.hosted import PASSWORD, Hosted, somebody
from tests.program import Program

WRONG = "not the password"
LONG_AGO = "2026-01-31 12:00"
UPLOADS = 20
"""Photos that one address may send in an hour."""


def entrance(page: Page, hosted: Hosted) -> Iterator[str]:
    """Walk through the sheet that people sign in and up on."""
    faults = hosted.gateway.faults
    page.goto(hosted.address)
    sheet(page)
    yield "sign-in"
    submit(page)
    page.get_by_text("This is needed.").first.wait_for()
    yield "sign-in-needed"
    fill(page, email=hosted.signed_up("free"), password=WRONG)
    submit(page)
    expect(page.locator("input[name=password]:visible")).to_have_attribute("aria-invalid", "true")
    yield "sign-in-wrong"
    faults.blow("503", "auth/v1/token", times=9)
    submit(page)
    page.locator(".entry-form .wrong[role=alert]:visible").wait_for()
    faults.clear_up()
    yield "sign-in-away"
    page.get_by_role("button", name="Open an account").click()
    yield "sign-up"
    fill(page, email=somebody(), password="short")
    submit(page)
    page.get_by_text("Take a longer password.").wait_for()
    yield "sign-up-weak"
    hosted.gateway.auth.settings.confirms = True
    fill(page, password=PASSWORD)
    submit(page)
    page.get_by_role("heading", name="Look into your mail").wait_for()
    yield "mail-sent"
    fill(page, code="000000")
    submit(page)
    page.locator(".wrong:visible").first.wait_for()
    yield "mail-code-wrong"
    hosted.gateway.auth.settings.confirms = False
    page.get_by_role("button", name="Sign in with a password").click()
    page.get_by_role("button", name="I have forgotten the password").click()
    yield "forgotten"
    with page.expect_response("**/auth/callback*"):
        page.goto(f"{hosted.address}/auth/callback?flow=old&code=old")
    yield "link-used-up"


def guest(page: Page, hosted: Hosted) -> Iterator[str]:
    """Walk through what a visitor sees."""
    page.goto(f"{hosted.address}/account")
    page.get_by_role("table", name="Plans and prices").wait_for()
    yield "account-guest"
    page.goto(f"{hosted.address}/keys")
    page.get_by_text("Sign in to make one.").wait_for()
    yield "programs-guest"
    page.goto(hosted.address)
    cut(page)
    page.locator(".frame .stays").wait_for()
    yield "guest-cut"
    hosted.end_in(300)
    page.locator(".frame .stays.urgent").wait_for()
    yield "guest-urgent"
    hosted.end_in(-1)
    page.locator(".frame.over").wait_for()
    yield "guest-over"
    drop(page, ("large.jpg", _large()))
    page.locator(".bound", has_text="Made at 12 of").wait_for(timeout=PATIENCE)
    yield "guest-large"
    drop(page, ("huge.png", _blank(7000, 5200)))
    page.locator(".frame.failed").wait_for()
    yield "guest-too-large"
    name, photo = sample("whisk")  # no two alike: what is known is not sent
    drop(page, *[(f"{n} {name}", photo + bytes([n])) for n in range(UPLOADS)])
    page.locator(".held-back", has_text="Try again in").wait_for()
    yield "guest-too-often"


def plans(page: Page, hosted: Hosted) -> Iterator[str]:
    """Walk through the account page and the workbench of each plan."""
    email = hosted.signed_up("free")
    page.goto(hosted.address)
    sign_in(page, email)
    cut(page)
    page.get_by_role("button", name="Keep 7 days").wait_for()
    yield "free-cut"
    page.goto(f"{hosted.address}/library")
    page.locator(".photo .stays").wait_for()
    yield "free-library"
    yield from _account(page, hosted, "account-free")
    email = _another(page, hosted, "paid", credit=1)
    cut(page)
    drop(page, sample("lens"))
    page.locator(".frame.failed").wait_for()
    yield "out-of-credits"
    hosted.grant(email, 500, "month:2026-11")
    hosted.grant(email, 3, reason="Sorry for the wait on Tuesday")
    yield from _account(page, hosted, "account-paid")
    page.goto(f"{hosted.address}/keys")
    page.get_by_role("button", name="Make the key").wait_for()
    yield "programs"
    page.get_by_label("What is it for?").fill("Shop in Berlin")
    page.get_by_role("button", name="Make the key").click()
    page.locator(".secret").wait_for()
    yield "programs-made"
    page.goto(hosted.address)
    lapsed = hosted.signed_up("paid")
    hosted.give_plan(lapsed, "paid", LONG_AGO)
    hosted.grant(lapsed, 12)
    _signed_out(page, hosted)
    sign_in(page, lapsed)
    yield from _account(page, hosted, "account-lapsed")
    hosted.gateway.faults.blow("503", "rpc/statement", times=99)
    page.reload()
    page.locator(".account .trouble").wait_for(timeout=PATIENCE)
    hosted.gateway.faults.clear_up()
    yield "account-away"


def ends(page: Page, hosted: Hosted) -> Iterator[str]:
    """Walk through how it ends: elsewhere, and for good."""
    hosted.gateway.auth.settings.confirms = False
    email = somebody()
    page.goto(hosted.address)
    sign_up(page, email)
    member(page, email)
    browser = page.context.browser
    assert browser
    with closing(browser.new_context()) as elsewhere:
        other = elsewhere.new_page()
        other.goto(hosted.address)
        sign_in(other, email)
        other.goto(f"{hosted.address}/account")
        other.get_by_role("button", name="Sign out everywhere").click()
        other.get_by_role("button", name="Sign in").wait_for()
    page.goto(hosted.address)
    page.get_by_text("You are signed out. Sign in again to go on.").wait_for()
    yield "session-ended"
    sign_in(page, email)
    page.goto(f"{hosted.address}/account")
    fill(page, word="delete")
    page.get_by_role("button", name="Delete the account").click()
    page.get_by_role("button", name="Choose photos").wait_for()
    sheet(page)
    fill(page, email=email, password=PASSWORD)
    submit(page)
    page.get_by_text("This account is being deleted", exact=False).wait_for()
    yield "account-deleted"


def computer(page: Page, hosted: Hosted, program: Program) -> Iterator[str]:
    """Walk through a computer of one's own: its sheet, and how far its library is."""
    faults = hosted.gateway.faults
    page.goto(program.address)
    cut(page)
    page.locator(".enter").click()
    page.locator(".entry-form:visible").wait_for()
    yield "computer-sign-in"
    fill(page, email=hosted.signed_up("free"), password=WRONG)
    submit(page)
    expect(page.locator("input[name=password]:visible")).to_have_attribute("aria-invalid", "true")
    yield "computer-wrong"
    fill(page, password=PASSWORD)
    submit(page)
    yield from _standing(page, "Not synced", "sync-off")
    page.get_by_role("button", name="Sign out").click()
    page.locator(".enter").click()
    faults.blow("503", "rpc/sync_pending", times=1000)  # what has come is not looked at yet
    fill(page, email=hosted.signed_up("paid"), password=PASSWORD)
    submit(page)
    yield from _standing(page, "Syncing 1 photo", "sync-syncing")
    yield from _marked(page, program, "sent")
    faults.clear_up()
    yield from _standing(page, "Synced", "sync-done")
    yield from _marked(page, program, "synced")
    faults.blow("503", "rpc/sync_open", times=1000)
    page.goto(program.address)
    drop(page, sample("lens"))
    wait_for_cutouts(page, 2)
    yield from _standing(page, "Offline; 1 photo waits", "sync-offline")
    hosted.tell("update public.plans set max_bytes = 100 where id = 'paid'")
    faults.clear_up()
    yield from _standing(page, "1 photo could not be synced", "sync-refused")
    yield from _marked(page, program, "refused")


def _marked(page: Page, program: Program, mark: str) -> Iterator[str]:
    """Show the page of a photo, whose version is so far."""
    page.goto(f"{program.address}/library")
    page.locator(".photo[title]").first.dblclick()
    page.locator(f".version .synced.{mark}").first.wait_for(timeout=PATIENCE)
    yield f"photo-{mark}"


def _standing(page: Page, words: str, name: str) -> Iterator[str]:
    """Show the sheet of the computer, once its library is so far."""
    expect(page.locator(".who .sync")).to_have_text(words, timeout=PATIENCE)
    yield f"{name}-corner"
    page.locator(".who").click()
    page.locator(".q-dialog .sync-state:visible").wait_for()
    yield name
    if name != "sync-off":  # from where one signs out
        page.keyboard.press("Escape")
        expect(page.locator(".q-dialog")).to_have_count(0)


def _account(page: Page, hosted: Hosted, name: str) -> Iterator[str]:
    """Show the account page from its top to its end."""
    page.goto(f"{hosted.address}/account")
    page.get_by_role("table", name="Plans and prices").wait_for()
    yield name
    page.locator(".account").evaluate("one => one.scrollTo(0, one.clientHeight - 80)")
    yield f"{name}-middle"
    page.locator(".account").evaluate("one => one.scrollTo(0, one.scrollHeight)")
    yield f"{name}-end"


def _another(page: Page, hosted: Hosted, plan: str, credit: int) -> str:
    """Let somebody else sign in, who has a plan."""
    email = hosted.signed_up(plan)
    hosted.grant(email, credit)
    _signed_out(page, hosted)
    sign_in(page, email)
    return email


def _signed_out(page: Page, hosted: Hosted) -> None:
    page.goto(f"{hosted.address}/account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Choose photos").wait_for()


def _blank(width: int, height: int) -> bytes:
    data = io.BytesIO()
    Image.new("1", (width, height)).save(data, "PNG")
    return data.getvalue()


def _large() -> bytes:
    """Return a photo of more pixels than visitors have cut out."""
    _, photo = sample("lens")
    data = io.BytesIO()
    with Image.open(io.BytesIO(photo)) as image:
        image.resize((4500, 4500 * image.height // image.width)).save(data, "JPEG")
    return data.getvalue()


TOURS = (entrance, plans, ends, guest)
