"""All by key, all that is in focus in sight, and the cutout on the clipboard."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_workbench import PATIENCE, drop, sample, wait_for_cutouts

pytestmark = pytest.mark.browser

PASTED = """async () => {
  const [item] = await navigator.clipboard.read();
  const image = await createImageBitmap(await item.getType("image/png"));
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const alpha = (x, y) => context.getImageData(x, y, 1, 1).data[3];
  return [image.width, image.height, alpha(5, 5), alpha(image.width / 2, image.height / 2)];
}"""
MOST_TABS = 80


def tab_to(page: Page, wanted: Locator) -> None:
    """Go on by Tab until an element is in focus; all on the way shows that it is."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        inside = page.evaluate("document.activeElement !== document.body")
        assert not inside or outline != "none", page.evaluate("document.activeElement.outerHTML")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is not reached by Tab")


def test_a_photo_is_cut_dressed_and_downloaded_by_keys_alone(page: Page) -> None:
    tab_to(page, page.get_by_role("button", name="Try the bowl"))
    page.keyboard.press("Enter")
    wait_for_cutouts(page, 1)
    sky = page.get_by_role("button", name="Sky")
    tab_to(page, sky)
    page.keyboard.press("Space")
    expect(sky).to_have_attribute("aria-pressed", "true")
    tab_to(page, page.get_by_role("link", name="Download PNG"))
    with page.expect_download(timeout=PATIENCE) as waiting:
        page.keyboard.press("Enter")

    assert waiting.value.suggested_filename == "bowl.png"


def test_a_menu_is_walked_by_arrows_and_left_by_escape(page: Page) -> None:
    drop(page, sample("bowl"))
    wait_for_cutouts(page, 1)
    button = page.get_by_role("button", name="Presets", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Save this look")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Add from a file")).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.get_by_role("menu")).to_have_count(0)
    expect(button).to_be_focused()


def test_a_cutout_is_copied_with_its_transparency(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    drop(page, sample("bowl"))
    wait_for_cutouts(page, 1)
    page.keyboard.press("Control+c")
    expect(page.locator(".toast")).to_contain_text("Copied with its transparency")

    assert page.evaluate(PASTED) == [1600, 1200, 0, 255]


def test_a_browser_that_refuses_to_copy_leaves_a_sentence_with_a_way_out(page: Page) -> None:
    drop(page, sample("bowl"))
    wait_for_cutouts(page, 1)
    page.evaluate(
        "() => { navigator.clipboard.write = () => Promise.reject(new DOMException('no')); }"
    )
    page.get_by_role("button", name="Copy the cutout").click()

    expect(page.locator(".toast")).to_contain_text("Download the PNG instead")


def test_nothing_moves_where_less_motion_is_asked_for(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    times = page.evaluate(
        """() => [...document.querySelectorAll("*")].flatMap(one => {
          const { transitionDuration, animationDuration } = getComputedStyle(one);
          return [transitionDuration, animationDuration];
        })"""
    )

    assert all(float(re.sub("[^0-9.e-]", "", time.split(",")[0])) < 0.01 for time in times)
