"""Nothing serious to say for axe about any page and any state, in light and in dark."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import watched
from tests.browser.furnished import furnished
from tests.browser.tour import EMPTY, TOURS
from tests.conftest import ROOT
from tests.program import running

pytestmark = pytest.mark.browser

AXE = Path(os.environ.get("COVESHOT_TEST_AXE", ROOT / ".data" / "axe"))
GRAVE = {"serious", "critical"}
RULES: dict[Literal["light", "dark"], dict[str, Any]] = {
    "light": {},
    "dark": {"runOnly": ["color-contrast"]},  # nothing else is another in the dark
}
RUN = "rules => axe.run({ resultTypes: ['violations'], ...rules }).then(one => one.violations)"
WINDOW: ViewportSize = {"width": 1440, "height": 900}
ON_A_PHONE = {"refused", "failed", "done", "library", "photo-lens"}
PHONE: ViewportSize = {"width": 390, "height": 844}


def axe_in(page: Page) -> None:
    """Each page that is opened needs it anew."""
    page.evaluate((AXE / "node_modules" / "axe-core" / "axe.min.js").read_text())


def complaints(page: Page) -> list[str]:
    """What is grave in either scheme, each with the first element that it is about."""
    told = []
    for scheme, rules in RULES.items():
        page.emulate_media(color_scheme=scheme)
        expect(page.locator(f"body.body--{scheme}")).to_have_count(1)
        found: list[dict[str, Any]] = page.evaluate(RUN, rules)
        told += [f"{scheme}: {_told(one)}" for one in found if one["impact"] in GRAVE]
    return told


def _told(violation: dict[str, Any]) -> str:
    first = violation["nodes"][0]
    return f"{violation['id']} ({len(violation['nodes'])}): {first['target']} {first['html']}"


@pytest.mark.parametrize("tour", TOURS, ids=lambda tour: tour.__name__)
def test_no_state_is_hard_to_use_wants_anything_from_elsewhere_or_reports_an_error(
    tour: Callable[[Page, str], Iterator[str]], browser: Browser, tmp_path: Path, models: Path
) -> None:
    if tour not in EMPTY:
        furnished(tmp_path / "home", models)
    with running(tmp_path, models) as program, watched(browser, program.address) as page:
        page.emulate_media(reduced_motion="reduce")  # what fades in has no contrast yet
        grave = []
        for state in tour(page, program.address):
            axe_in(page)
            grave += [f"{state}: {one}" for one in complaints(page)]
            if state in ON_A_PHONE:
                page.set_viewport_size(PHONE)
                grave += [f"{state} on a phone: {one}" for one in complaints(page)]
                page.set_viewport_size(WINDOW)

    assert not grave, "\n".join(grave)
