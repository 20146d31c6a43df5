"""Dialogs that are left in every way: nothing of them stays, and one is back where one was."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.test_canvas import wait_until
from tests.browser.test_workbench import PATIENCE, drop, sample, wait_for_cutouts

pytestmark = pytest.mark.browser


def by_escape(page: Page) -> None:
    page.keyboard.press("Escape")


def by_button(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("button", name="Close").click()


def beside(page: Page) -> None:
    page.mouse.click(8, 450)


ELEMENTS = "() => Object.keys(mounted_app.elements).length"
"""How many the page has, whether they are seen or not."""
WAYS = pytest.mark.parametrize("leave", [by_escape, by_button, beside])


@pytest.fixture
def bowl(page: Page) -> Page:
    drop(page, sample("bowl"))
    wait_for_cutouts(page, 1)
    return page


def left(page: Page, opener: Locator) -> None:
    """See that no dialog is there any more, and that its opener is in focus again."""
    expect(page.locator(".q-dialog")).to_have_count(0)
    expect(opener).to_be_focused()


@WAYS
def test_the_models_are_left_and_what_they_were_drawn_for_is_given_up(
    bowl: Page, leave: Callable[[Page], None]
) -> None:
    asked: list[Route] = []
    given_up: list[str] = []

    def hold(route: Route) -> None:
        asked.append(route)

    bowl.on("requestfailed", lambda request: given_up.append(request.url))
    bowl.route("**/models/*/preview.webp*", hold)
    opener = bowl.get_by_role("button", name="Try another model")
    opener.focus()
    bowl.keyboard.press("Enter")
    wait_until(bowl, lambda: bool(asked))
    leave(bowl)

    left(bowl, opener)
    wait_until(bowl, lambda: bool(given_up))
    assert given_up == [asked[0].request.url]
    bowl.keyboard.press("Enter")  # and it opens again, as it did at first
    wait_until(bowl, lambda: len(asked) == 2)
    expect(bowl.locator(".q-dialog button.candidate")).to_have_count(1)


@WAYS
def test_the_export_is_left_and_nothing_is_written(
    bowl: Page, tmp_path: Path, leave: Callable[[Page], None]
) -> None:
    opener = bowl.get_by_role("button", name="Sky")
    opener.focus()
    known = bowl.evaluate(ELEMENTS)
    for _ in range(2):  # again, as it was at first
        bowl.keyboard.press("e")
        bowl.get_by_label("Into a folder").fill(str(tmp_path / "out"))
        leave(bowl)
        left(bowl, opener)
        known += 1  # NiceGUI lets an empty one stay, by which it learns when the page has gone
        bowl.wait_for_function(f"(known) => ({ELEMENTS})() <= known", arg=known)

    expect(bowl.locator("iframe")).to_have_count(0)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("answer", ["Escape", "Keep them", "Remove all"])
def test_a_question_leaves_the_focus_where_it_was(bowl: Page, answer: str) -> None:
    drop(bowl, sample("lens"))
    wait_for_cutouts(bowl, 2)
    opener = bowl.get_by_role("button", name="Remove all")
    opener.focus()
    bowl.keyboard.press("Enter")
    question = bowl.get_by_role("alertdialog")
    expect(question).to_be_visible()
    if answer == "Escape":
        bowl.keyboard.press("Escape")
    else:
        question.get_by_role("button", name=answer).click()

    if answer == "Remove all":
        expect(bowl.locator(".q-dialog")).to_have_count(0)
        expect(bowl.get_by_role("button", name="Choose photos")).to_be_visible()
    else:
        left(bowl, opener)


def test_a_zip_comes_though_its_dialog_is_left_at_once(bowl: Page) -> None:
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    bowl.route("**/download.zip", hold)
    bowl.keyboard.press("e")
    with bowl.expect_download(timeout=PATIENCE) as waiting:
        bowl.get_by_role("button", name="Download ZIP").click()
        wait_until(bowl, lambda: bool(asked))
        bowl.keyboard.press("Escape")
        expect(bowl.locator(".q-dialog")).to_have_count(0)
        asked[0].continue_()  # a large photo takes its time, too

    assert waiting.value.failure() is None
