"""A walk through every page and every state, whatever language they speak."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from tests.browser.test_workbench import PATIENCE, drop, sample

SCROLLED = """
async one => {
  one.scrollBy(200, 200);
  for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame);
}
"""
MOST_STEPS = 20
DRAWN = "() => [...document.images].every(one => one.complete)"


def welcome(page: Page, address: str) -> Iterator[str]:
    """Walk through a workbench without a photo, and a library without one."""
    page.goto(address)
    page.locator(".welcome h1").wait_for()
    yield "welcome"
    drop(page, ("paper.pdf", b"%PDF-1.7 " + bytes(100)))
    page.locator(".incoming .failed, .incoming [role=alert]").first.wait_for()
    yield "refused"
    page.route("**/upload*", lambda _: None)  # which is never answered
    drop(page, sample("bowl"), sample("lens"))
    page.locator(".incoming progress").first.wait_for()
    yield "uploading"
    page.goto(f"{address}/library")
    page.locator(".stand-in:visible").wait_for()
    yield "library-empty"
    page.goto(f"{address}/library/{'0' * 32}")
    page.locator(".stand-in:visible").wait_for()
    yield "photo-gone"


def workbench(page: Page, address: str) -> Iterator[str]:
    """Walk through the workbench of a furnished home."""
    page.goto(address)
    for state in ("computing", "waiting", "cancelled", "failed"):
        _choose(page, f".frame.{state}")
        page.locator(".notice:visible").wait_for()
        _loaded(page)
        yield state
    _choose(page, ".frame:has(.doubt)")
    _seen(page)
    yield "doubtful"
    _choose(page, ".frame.done", "lens.jpg")
    _seen(page)
    yield "done"
    yield from _panel(page)
    yield from _dialogs(page)
    yield from _many(page)
    yield from _passing(page)


def _panel(page: Page) -> Iterator[str]:
    more = page.locator(".panel .more")  # on a phone it is a sheet
    if more.is_visible():
        more.click()
    folded = page.locator(".fold-head button[aria-expanded=false]")
    while folded.count():
        folded.first.click()
    yield "panel"
    page.locator(".preset-line select").select_option("amazon-main")
    page.locator(".verdict.bad, .verdict.good").wait_for(timeout=PATIENCE)
    _seen(page)
    yield "preset"
    page.locator(".preset-line .icon-button").click()
    page.locator(".menu:visible, [role=menu]:visible").first.wait_for()
    yield "menu"
    page.keyboard.press("Escape")
    if more.is_visible():
        more.click()


def _dialogs(page: Page) -> Iterator[str]:
    yield from _dialog(page, "?", "keys")
    yield from _dialog(page, "m", "candidates")
    yield from _dialog(page, "e", "export")
    page.keyboard.press("b")
    page.locator(".brush-bar").wait_for()
    yield "brush"
    page.keyboard.press("b")


def _many(page: Page) -> Iterator[str]:
    page.locator(".strip-tools .look").click()
    page.locator(".filmstrip.review").wait_for()
    _seen(page)
    yield "review"
    page.locator(".strip-tools .look").click()
    page.keyboard.press("g")
    page.locator(".filmstrip.grid").wait_for()
    _loaded(page)
    yield "grid"
    page.keyboard.press("Control+a")
    page.locator(".marked-tools").wait_for()
    yield "selected"
    page.locator(".marked-tools .icon-button").last.click()
    page.locator(".toast, [role=alertdialog]").first.wait_for()
    yield "remove"
    page.keyboard.press("Escape")
    expect(page.locator(".q-dialog")).to_have_count(0)


def _passing(page: Page) -> Iterator[str]:
    page.evaluate("window.socket.disconnect()")
    page.locator(".connection.away").wait_for()
    yield "away"
    page.reload()
    page.locator(".connection.back").wait_for()
    yield "back"


def library(page: Page, address: str) -> Iterator[str]:
    """Walk through the library of a furnished home."""
    page.goto(f"{address}/library")
    photos = page.locator(".photo[title]")
    photos.first.wait_for()
    _loaded(page)
    yield "library"
    photos.first.click()
    photos.nth(3).click(modifiers=["Shift"])
    page.locator(".doing:visible").wait_for()
    yield "library-chosen"
    yield from _dialog(page, "c", "collect")
    yield from _dialog(page, "e", "library-export")
    page.keyboard.press("Escape")
    yield from _dialog(page, "?", "library-keys")
    page.locator(".bar .place button").first.click()
    page.locator(".usage tr").first.wait_for()
    yield "storage"
    page.keyboard.press("Escape")
    page.locator("input[type=search]").fill("no such photo")
    page.locator(".stand-in:visible").wait_for()
    yield "nothing"
    page.locator("input[type=search]").fill("")
    photos.first.wait_for()
    page.locator(".collections .trash").click()
    page.locator(".stand-in:visible").wait_for()
    yield "trash-empty"
    page.goto(f"{address}/library")
    page.locator(".photo[title]", has_text="whisk.jpg").click()
    page.keyboard.press("Delete")
    page.locator(".toast").wait_for()
    yield "thrown"
    trash = page.locator(".collections .trash")
    trash.click()
    expect(trash).to_have_attribute("aria-current", "page")  # else it is clicked where it was
    page.locator(".photo[title]", has_text="whisk.jpg").click()
    yield "trash"
    page.keyboard.press("Delete")
    page.locator("[role=alertdialog]").wait_for()
    yield "purge"
    page.keyboard.press("Escape")


def away(page: Page, address: str) -> Iterator[str]:
    """See a library that does not answer."""
    page.route("**/listing/survey.json*", lambda route: route.abort())
    page.goto(f"{address}/library")
    page.locator(".photo-grid .stand-in[role=alert]").wait_for()
    yield "library-away"


def photo(page: Page, address: str) -> Iterator[str]:
    """Walk through pages of single photos of a furnished home."""
    for name in ("torn.jpg", "stopped.jpg", "lens, large.jpg", "lens.jpg"):
        page.goto(f"{address}/library")
        page.locator(".photo[title]", has=page.get_by_text(name, exact=True)).dblclick()
        page.locator(".exhibit:visible").wait_for()
        _loaded(page)
        yield f"photo-{name.partition('.')[0].replace(', ', '-')}"
    page.keyboard.press("s")
    expect(page.locator(".pair-tools [aria-pressed=true]")).to_have_count(1)
    _loaded(page)
    yield "photo-split"
    page.locator(".panel select").last.select_option("shopify")
    yield "photo-choice"
    page.keyboard.press("Delete")
    page.locator(".toast").wait_for()
    yield "photo-trash"


def _choose(page: Page, kind: str, name: str = "") -> None:
    """Scroll to the first photo of this kind: what is not in sight is not in the page."""
    frame, scroller = page.locator(kind, has_text=name), page.locator(".filmstrip .scroller")
    page.locator(".frame.chosen").wait_for()  # the photos are there
    scroller.evaluate("one => one.scrollTo(0, 0)")
    for _ in range(MOST_STEPS):
        if frame.count():
            break
        scroller.evaluate(SCROLLED)
    frame.first.locator(".picture").click()
    expect(page.locator(f"{kind}.chosen")).to_have_count(1)


def _dialog(page: Page, key: str, name: str) -> Iterator[str]:
    page.keyboard.press(key)
    page.locator(".q-dialog .paper:visible").wait_for()
    expect(page.locator(".q-dialog .candidate.waiting")).to_have_count(0, timeout=PATIENCE)
    yield name
    page.keyboard.press("Escape")
    expect(page.locator(".q-dialog")).to_have_count(0)


def _seen(page: Page) -> None:
    expect(page.locator(".scene, .canvas").first).to_be_visible()
    _loaded(page)


def _loaded(page: Page) -> None:
    page.wait_for_function(DRAWN)


TOURS = (welcome, workbench, library, photo)
EMPTY = (welcome, away)
"""They need nothing in the home."""
