"""What somebody does in a browser to sign in, and to have a photo cut out."""

from playwright.sync_api import Page, expect

from tests.hosted import PASSWORD


def sheet(page: Page) -> None:
    page.locator(".enter").click()
    page.get_by_role("heading", name="Sign in").wait_for()


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"input[name={name}]:visible").fill(value)


def submit(page: Page) -> None:
    page.locator(".entry-form:visible button[type=submit]").first.click()


def sign_up(page: Page, email: str, password: str = PASSWORD) -> None:
    sheet(page)
    page.get_by_role("button", name="Open an account").click()
    fill(page, email=email, password=password)
    submit(page)


def member(page: Page, email: str) -> None:
    expect(page.get_by_role("link", name=f"Account of {email}")).to_be_visible()


def sign_in(page: Page, email: str) -> None:
    page.get_by_role("button", name="Sign in").click()
    fill(page, email=email, password=PASSWORD)
    submit(page)
    member(page, email)


def sign_up_to_keep(page: Page, email: str) -> None:
    """Open an account from the bar that tells how long a result is still there."""
    page.get_by_role("button", name="Sign up to keep it longer").click()
    page.locator(".entrance:visible").get_by_role("button", name="Open an account").click()
    fill(page, email=email, password=PASSWORD)
    submit(page)
    member(page, email)


def cut(page: Page, sample: str = "bowl") -> None:
    """Have a sample cut out, and wait for it."""
    page.get_by_role("button", name=f"Try the {sample}").click()
    expect(page.locator(".frame.done img")).to_be_visible(timeout=30_000)
