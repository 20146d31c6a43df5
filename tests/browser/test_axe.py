"""Nothing serious to say for axe about any page and any state, in light and in dark."""

import os
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.test_workbench import drop, sample, wait_for_cutouts
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

AXE = Path(os.environ.get("COVESHOT_TEST_AXE", ROOT / ".data" / "axe"))
GRAVE = {"serious", "critical"}
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
WINDOW: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def axed(page: Page) -> Page:
    """The workbench with axe in it, still: what fades in has no contrast yet."""
    page.emulate_media(reduced_motion="reduce")
    axe_in(page)
    return page


def axe_in(page: Page) -> None:
    """Each page that is opened needs it anew."""
    page.evaluate((AXE / "node_modules" / "axe-core" / "axe.min.js").read_text())


def complaints(page: Page) -> list[str]:
    """What is grave in either scheme, each with the first element that it is about."""
    told = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        expect(page.locator(f"body.body--{scheme}")).to_have_count(1)
        found: list[dict[str, Any]] = page.evaluate("axe.run().then(one => one.violations)")
        told += [f"{scheme}: {_told(one)}" for one in found if one["impact"] in GRAVE]
    return told


def _told(violation: dict[str, Any]) -> str:
    first = violation["nodes"][0]
    return f"{violation['id']} ({len(violation['nodes'])}): {first['target']} {first['html']}"


def test_where_photos_come_in(axed: Page) -> None:
    assert complaints(axed) == []
    axed.set_viewport_size(PHONE)
    assert complaints(axed) == []
    drop(axed, ("paper.pdf", b"%PDF-1.7 " + bytes(100)))
    expect(axed.locator(".incoming")).to_contain_text("it is a PDF")
    assert complaints(axed) == []


def test_the_workbench_and_all_that_opens_on_it(axed: Page) -> None:
    _, torn = sample("scissors")
    drop(axed, sample("bowl"), sample("lens"), ("torn.jpg", torn[:9000]))
    wait_for_cutouts(axed, 2)
    expect(axed.locator(".frame.failed")).to_have_count(1)
    for name in ("Edges", "Size", "File"):
        axed.locator(".fold-head h2 button", has_text=name).click()
    assert complaints(axed) == []

    axed.get_by_role("button", name="Presets", exact=True).click()
    assert complaints(axed) == []
    axed.keyboard.press("Escape")
    for key, title in (("?", "Keys"), ("m", "Try another model")):
        axed.keyboard.press(key)
        expect(axed.get_by_role("dialog", name=title)).to_be_visible()
        assert complaints(axed) == []
        axed.keyboard.press("Escape")
        expect(axed.get_by_role("dialog")).to_have_count(0)
    axed.keyboard.press("b")
    assert complaints(axed) == []
    axed.keyboard.press("b")
    axed.keyboard.press("g")
    expect(axed.locator(".filmstrip.grid")).to_be_visible()
    axed.keyboard.press("Control+a")
    expect(axed.locator(".frame.marked")).to_have_count(3)
    assert complaints(axed) == []


def test_what_is_said_in_passing(axed: Page) -> None:
    drop(axed, sample("bowl"))
    wait_for_cutouts(axed, 1)
    axed.get_by_role("button", name="Sky").click()
    axed.get_by_role("button", name="Reset all").click()
    expect(axed.locator(".toast")).to_have_count(1)
    axed.evaluate("window.socket.disconnect()")
    expect(axed.locator(".connection")).to_be_visible()
    assert complaints(axed) == []


def test_a_photo_that_failed_and_the_question_before_all_are_removed(axed: Page) -> None:
    _, torn = sample("scissors")
    drop(axed, ("a.jpg", torn[:9000]), ("b.jpg", torn[:9500]))
    expect(axed.locator(".frame.failed")).to_have_count(2, timeout=60_000)
    assert complaints(axed) == []
    axed.set_viewport_size(PHONE)
    assert complaints(axed) == []
    axed.set_viewport_size(WINDOW)
    axed.get_by_role("button", name="Remove all").click()
    expect(axed.get_by_role("alertdialog")).to_be_visible()
    assert complaints(axed) == []


def test_the_library_and_one_photo_of_it(axed: Page, address: str) -> None:
    drop(axed, sample("bowl"))
    wait_for_cutouts(axed, 1)
    axed.get_by_role("link", name="Library").click()
    photo = axed.locator(".photo[title]")
    expect(photo).to_have_count(1)
    axe_in(axed)
    assert complaints(axed) == []
    axed.set_viewport_size(PHONE)
    assert complaints(axed) == []
    axed.set_viewport_size(WINDOW)
    photo.click()
    assert complaints(axed) == []
    axed.locator(".collections .trash").click()
    expect(axed.get_by_text("The trash is empty.")).to_be_visible()
    assert complaints(axed) == []

    axed.goto(f"{address}/library")
    photo.dblclick()
    expect(axed.locator(".versions .version")).to_have_count(1)
    axe_in(axed)
    assert complaints(axed) == []
    axed.set_viewport_size(PHONE)
    assert complaints(axed) == []
