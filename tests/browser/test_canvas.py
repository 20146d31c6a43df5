"""Looking closely: zoom, tiles and comparisons, in a real browser on the running program."""

import io
import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Request, expect

from auth.account import LOCAL
from storage.local import SqliteRecords
from storage.records import Order
from tests.browser.test_workbench import choose, drop, sample, wait_for_cutouts

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 3000, 2000
FRAMES = 300
"""So many may pass until the canvas has drawn what was asked for."""
PIXEL = """
([x, y]) => {
  const canvas = document.querySelector(".stage > canvas");
  const ratio = canvas.width / canvas.clientWidth;
  return [...canvas.getContext("2d").getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3);
}
"""


def large() -> tuple[str, bytes]:
    """A PNG in which each pixel tells where it is."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    pixels = np.dstack([columns % 256, rows % 256, columns // 256 * 16 + rows // 256])
    file = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(file, "PNG", compress_level=1)
    return "large.png", file.getvalue()


@pytest.fixture
def tiles(page: Page) -> list[tuple[int, int, int]]:
    """Level, column and row of each tile of the photo that was asked for."""
    asked: list[tuple[int, int, int]] = []

    def note(request: Request) -> None:
        if found := re.search(r"/photos/\w+/tiles/(\d+)/(\d+)/(\d+)\.webp", request.url):
            asked.append((int(found[1]), int(found[2]), int(found[3])))

    page.on("request", note)
    return asked


def stage(page: Page) -> tuple[float, float, float, float]:
    box = page.locator(".stage").bounding_box()
    assert box
    return box["x"], box["y"], box["width"], box["height"]


def sheet(page: Page) -> tuple[float, float, float, float]:
    box = page.locator(".sheet").bounding_box()
    assert box
    return box["x"], box["y"], box["width"], box["height"]


def place_on_photo(page: Page, x: float, y: float) -> tuple[float, float]:
    """Shares of width and height of the photo at a place of the window."""
    left, top, width, height = sheet(page)
    return (x - left) / width, (y - top) / height


def opened(page: Page) -> None:
    drop(page, large())
    expect(page.locator(".frame .name")).to_have_text("large.png", timeout=60_000)
    page.get_by_alt_text("The photo").wait_for()


def test_the_wheel_zooms_to_the_pointer(page: Page) -> None:
    drop(page, sample("bowl"))
    page.get_by_alt_text("The photo").wait_for()
    left, top, width, height = stage(page)
    x, y = left + width / 3, top + height / 4
    page.mouse.move(x, y)
    before = place_on_photo(page, x, y)
    for _ in range(4):
        page.mouse.wheel(0, -400)
        page.mouse.wheel(0, -400)
        page.mouse.wheel(0, 200)

    expect(page.locator(".stage")).to_have_class(re.compile("zoomed"))
    assert place_on_photo(page, x, y) == pytest.approx(before, abs=0.002)


def test_tiles_are_loaded_where_one_looks_and_nowhere_else(
    page: Page, tiles: list[tuple[int, int, int]]
) -> None:
    opened(page)
    assert tiles == []  # the preview is enough while it fits

    page.get_by_role("button", name="100 %").click()
    left, top, width, height = stage(page)
    seen = {
        (int(x * WIDTH) // 512, int(y * HEIGHT) // 512)
        for x, y in (
            place_on_photo(page, left + width * (i % 20) / 19.01, top + height * (i // 20) / 19.01)
            for i in range(400)
        )
        if 0 <= x < 1 and 0 <= y < 1
    }
    wait_until(page, lambda: {tile[1:] for tile in tiles if tile[0] == 0} >= seen)

    assert {tile[1:] for tile in tiles if tile[0] == 0} <= seen
    assert len(seen) < 6 * 4
    assert len(tiles) == len(set(tiles))

    page.mouse.move(left + 40, top + 40)
    page.mouse.down()
    page.mouse.move(left + 40 + width, top + 40 + height, steps=4)
    page.mouse.up()
    wait_until(page, lambda: (0, 0, 0) in tiles)


def test_a_pixel_of_the_photo_is_a_square_of_its_very_colour(
    page: Page, tiles: list[tuple[int, int, int]]
) -> None:
    opened(page)
    wait_for_cutouts(page, 1)  # else there is nothing beside the original to be held
    left, top, width, height = stage(page)
    x, y = left + width / 2 + 3, top + height / 2 + 5
    page.mouse.move(x, y)
    for _ in range(8):
        page.mouse.wheel(0, -800)
    expect(page.get_by_text("3200 %")).to_be_visible()
    wait_until(page, lambda: any(tile[0] == 0 for tile in tiles))
    across, down = place_on_photo(page, x, y)
    column, row = int(across * WIDTH), int(down * HEIGHT)
    x0, y0, w, h = sheet(page)
    middle = [x0 + (column + 0.5) * w / WIDTH - left, y0 + (row + 0.5) * h / HEIGHT - top]
    page.get_by_role("button", name="Original").hover()
    page.mouse.down()
    page.wait_for_function(
        f"wanted => ({PIXEL})({middle}).join() === wanted",
        arg=f"{column % 256},{row % 256},{column // 256 * 16 + row // 256}",
    )
    page.mouse.up()


def test_before_and_after_are_blended_and_the_original_is_held(page: Page) -> None:
    drop(page, sample("bowl"))
    wait_for_cutouts(page, 1)
    page.get_by_role("button", name="Black").click()
    page.get_by_role("button", name="Blend").click()
    blend = page.get_by_role("slider", name="Blend of before and after")
    left, top, width, height = stage(page)
    x0, y0, *_ = sheet(page)
    corner = [x0 - left + 8, y0 - top + 8]

    def becomes(wanted: Callable[[int], bool]) -> int:
        seen = -1
        for _ in range(FRAMES):
            seen = int(page.evaluate(PIXEL, corner)[0])
            if wanted(seen):
                return seen
            page.evaluate("() => new Promise(requestAnimationFrame)")
        raise AssertionError(seen)

    blend.fill("100")
    becomes(lambda seen: seen == 0)
    blend.fill("0")
    original = becomes(lambda seen: seen > 150)
    blend.fill("50")
    becomes(lambda seen: abs(seen - original / 2) <= 2)
    page.keyboard.down("Space")
    becomes(lambda seen: seen == original)
    page.keyboard.up("Space")
    assert (width, height) > (0, 0)


def test_two_fingers_zoom_where_they_are(page: Page) -> None:
    drop(page, sample("bowl"))
    page.get_by_alt_text("The photo").wait_for()
    left, top, width, height = stage(page)
    x, y = left + width / 2 - 60, top + height / 2 - 40
    before = place_on_photo(page, x, y)
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *apart: float) -> None:
        points = [{"x": x + side * away, "y": y, "id": side} for away in apart for side in (-1, 1)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 40)
    for away in (60, 80, 100, 120):
        touch("touchMove", away)
    touch("touchEnd")

    expect(page.locator(".stage")).to_have_class(re.compile("zoomed"))
    assert place_on_photo(page, x, y) == pytest.approx(before, abs=0.01)


def wait_until(page: Page, true: Callable[[], bool]) -> None:
    """Let the page go on until something that is noted here is so."""
    for _ in range(1200):
        if true():
            return
        page.wait_for_timeout(25)
    raise AssertionError


def cut_again(home: Path) -> None:
    """Have all photos cut out another time, as another window may, and pause before that."""
    with closing(SqliteRecords(home / "library.sqlite")) as records:
        records.batch.pause(LOCAL.scope)
        for card in records.bench(LOCAL.scope):
            key = f"again {card.entry.id}"
            job = records.admit(card.image, Order(key=key, op_key=key, recipe=card.job.recipe))
            recipe = card.entry.recipe
            records.change(LOCAL.scope, card.entry.id, recipe=recipe, job_id=job.id)


def test_of_another_photo_no_cutout_is_shown_while_both_are_cut_again(
    page: Page, home: Path
) -> None:
    drop(page, sample("bowl"), sample("lens"))
    wait_for_cutouts(page, 2)
    choose(page, "bowl.jpg")
    page.get_by_alt_text("The cutout").wait_for()
    cut_again(home)
    expect(page.locator(".frame.done")).to_have_count(0)
    expect(page.get_by_alt_text("The cutout")).to_be_visible()  # of the same photo, it stays
    page.keyboard.press("ArrowDown")

    expect(page.locator(".panel h1")).to_have_text("lens.jpg")
    expect(page.get_by_alt_text("The cutout")).to_have_count(0)
