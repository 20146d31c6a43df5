"""The brush: what is painted is what is saved, and what is saved is what is rendered."""

import io
import re

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import watched
from tests.browser.test_canvas import PIXEL, stage, wait_until
from tests.browser.test_races import COUNTING, DRAWN
from tests.browser.test_workbench import SAMPLES, choose, drop, sample, wait_for_cutouts

pytestmark = pytest.mark.browser

Bytes = NDArray[np.uint8]
WIDTH, HEIGHT = 1600, 1200
STATE = ".brush-bar .facts"
SENDING = re.compile(r"/strokes\?over=")


def entry(page: Page) -> str:
    href = page.get_by_role("link", name="recipe").get_attribute("href")
    assert href
    return href.split("/")[2]


def start(page: Page) -> None:
    drop(page, sample("bowl"))
    wait_for_cutouts(page, 1)
    take_brush(page)
    expect(page.get_by_role("button", name="Keep")).to_have_attribute("aria-pressed", "true")


def take_brush(page: Page) -> None:
    page.get_by_alt_text("The cutout").wait_for()
    page.locator(".offer").wait_for()  # above the photo, it moves that as it comes
    page.keyboard.press("b")
    page.locator(".canvas.brush .stage.ready").wait_for()


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """Return the place in the window of a pixel of the photo."""
    box = page.locator(".sheet").bounding_box()
    assert box
    return box["x"] + x / WIDTH * box["width"], box["y"] + y / HEIGHT * box["height"]


def stroke(page: Page, *places: tuple[float, float]) -> None:
    page.mouse.move(*at(page, *places[0]))
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*at(page, *place), steps=3)
    page.mouse.up()


def saved(page: Page) -> None:
    """Save now rather than after a pause."""
    page.keyboard.press("Control+s")
    expect(page.locator(STATE)).to_contain_text("Saved", timeout=20_000)


def strokes(page: Page) -> Bytes | None:
    answer = page.request.get(f"{page.url}entries/{entry(page)}/strokes.png")
    return np.asarray(Image.open(io.BytesIO(answer.body()))) if answer.status == 200 else None


def thickness(page: Page, x: int, y: int) -> int:
    layer = strokes(page)
    return 0 if layer is None else int(layer[y, x, 1])


def whiteness(page: Page, x: int, y: int) -> int:
    layer = strokes(page)
    return -1 if layer is None else int(layer[y, x, 0])


def alpha(page: Page) -> Bytes:
    """Of the cutout, rendered as it is chosen now."""
    answer = page.request.get(f"{page.url}entries/{entry(page)}/download?format=png")
    assert answer.ok, answer.text()
    return np.asarray(Image.open(io.BytesIO(answer.body())).convert("RGBA"))[..., 3]


def test_what_is_painted_is_saved_rendered_and_undone(page: Page) -> None:
    start(page)
    before = alpha(page)
    page.keyboard.press("x")
    stroke(page, (700, 800), (900, 800))
    page.keyboard.press("x")
    stroke(page, (100, 100), (300, 100))
    saved(page)

    layer = strokes(page)
    assert layer is not None
    assert layer.shape == (HEIGHT, WIDTH, 2)
    assert (layer[795:806, 690:911] == (0, 255)).all()
    assert (layer[95:106, 90:311] == (255, 255)).all()
    assert not layer[300:600].any()
    after = alpha(page)
    assert (after[795:806, 690:911] == 0).all()
    assert (after[95:106, 90:311] == 255).all()
    assert (after[300:600] == before[300:600]).all()

    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Shift+z")
    expect(page.get_by_role("button", name="Redo the stroke")).to_be_enabled()
    page.keyboard.press("b")  # putting the brush down saves at once
    wait_until(page, lambda: thickness(page, 200, 100) == 0)
    undone = alpha(page)
    assert (undone[95:106, 90:311] == before[95:106, 90:311]).all()
    assert (undone[795:806, 690:911] == 0).all()


def test_a_look_keeps_the_strokes_and_a_reload_finds_them(page: Page) -> None:
    start(page)
    page.keyboard.press("x")
    stroke(page, (700, 800), (900, 800))
    saved(page)
    page.get_by_role("button", name="Sky").click()
    expect(page.get_by_role("button", name="Sky")).to_have_attribute("aria-pressed", "true")
    answer = page.request.get(f"{page.url}entries/{entry(page)}/download?format=png")
    with Image.open(io.BytesIO(answer.body())) as image:
        assert image.getpixel((800, 800)) == (207, 224, 242)

    page.reload()
    wait_for_cutouts(page, 1)
    take_brush(page)
    stroke(page, (100, 100), (300, 100))
    saved(page)
    layer = strokes(page)
    assert layer is not None
    assert tuple(layer[800, 800]) == (0, 255)
    assert tuple(layer[100, 200]) == (255, 255)

    page.get_by_role("button", name="Clear strokes").click()
    page.keyboard.press("Control+s")
    wait_until(page, lambda: strokes(page) is None)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+s")
    wait_until(page, lambda: thickness(page, 200, 100) == 255)


def test_what_is_painted_stands_on_the_chosen_colour_before_and_after_it_is_saved(
    page: Page,
) -> None:
    start(page)
    page.get_by_role("button", name="Black", exact=True).click()
    left, top, *_ = stage(page)
    x, y = at(page, 40, 40)
    is_black = f"() => ({PIXEL})([{x - left}, {y - top}]).join() === '0,0,0'"
    page.wait_for_function(is_black)
    stroke(page, (800, 700), (900, 700))
    saved(page)
    expect(page.locator(".canvas .sheet img").last).to_have_attribute("src", re.compile("/looks/"))
    page.evaluate(DRAWN)

    assert page.evaluate(is_black)


def test_holes_are_filled_and_islands_removed_by_a_click(page: Page) -> None:
    start(page)
    page.keyboard.press("x")
    stroke(page, (800, 800), (820, 800))
    page.keyboard.press("x")
    stroke(page, (200, 150), (230, 150))
    page.get_by_role("button", name="Fill hole").click()
    page.mouse.click(*at(page, 810, 800))
    page.locator(".stage.ready").wait_for()
    page.get_by_role("button", name="Remove island").click()
    page.mouse.click(*at(page, 215, 150))
    page.locator(".stage.ready").wait_for()
    page.keyboard.press("Control+s")
    wait_until(page, lambda: whiteness(page, 215, 150) == 0)
    assert whiteness(page, 810, 800) == 255
    page.get_by_role("button", name="Fill hole").click()
    page.mouse.click(*at(page, 100, 1100))

    expect(page.locator(STATE)).to_contain_text("outside of the subject")
    page.keyboard.press("b")
    after = alpha(page)
    assert (after[780:821, 770:851] >= 250).all()
    assert (after[100:200, 150:280] == 0).all()


def test_one_of_two_subjects_is_chosen_by_a_click(page: Page) -> None:
    with Image.open(SAMPLES / "bowl.jpg") as bowl:
        both = Image.new("RGB", (WIDTH, HEIGHT), bowl.getpixel((5, 5)))
        both.paste(bowl.resize((800, 600)), (0, 300))
        both.paste(bowl.resize((800, 600)), (800, 300))
    file = io.BytesIO()
    both.save(file, "JPEG", quality=95)
    drop(page, ("two.jpg", file.getvalue()))
    wait_for_cutouts(page, 1)
    whole = alpha(page)
    assert whole[:, :800].any()
    assert whole[:, 800:].any()
    take_brush(page)
    page.get_by_role("button", name="Choose subject").click()
    page.mouse.click(*at(page, 1200, 700))
    everything = page.get_by_role("button", name="All subjects")
    everything.wait_for()

    assert not alpha(page)[:, :700].any()
    assert alpha(page)[:, 900:].any()
    everything.click()
    everything.wait_for(state="detached")
    assert (alpha(page) == whole).all()


def test_shift_draws_a_straight_line_and_brackets_change_the_size(page: Page) -> None:
    start(page)
    size = page.get_by_role("slider", name="Size")
    first = float(size.input_value())
    page.keyboard.press("]")
    assert float(size.input_value()) > first
    page.keyboard.press("[")
    page.keyboard.press("[")
    assert float(size.input_value()) < first
    stroke(page, (100, 100), (101, 100))
    page.keyboard.down("Shift")
    stroke(page, (500, 60), (100, 60), (500, 100))
    page.keyboard.up("Shift")
    saved(page)

    layer = strokes(page)
    assert layer is not None
    assert (layer[100, 90:511] == (255, 255)).all()
    assert not layer[60:72, 300].any()  # the line follows the pointer until that is let go


def test_strokes_that_cannot_be_saved_stay_and_can_be_sent_again(page: Page) -> None:
    start(page)

    def full(route: Route) -> None:
        route.fulfill(status=413, json={"says": "The disk is full."})

    page.route(SENDING, full)
    stroke(page, (100, 100), (300, 100))
    expect(page.locator(STATE)).to_contain_text("stay here", timeout=20_000)
    expect(page.locator(STATE)).to_contain_text("The disk is full.")
    assert strokes(page) is None
    page.unroute(SENDING)
    page.get_by_role("button", name="Try again").click()
    saved(page)

    layer = strokes(page)
    assert layer is not None
    assert tuple(layer[100, 200]) == (255, 255)


def test_what_is_painted_while_another_stroke_is_on_its_way_is_saved_when_that_is_asked_for(
    page: Page,
) -> None:
    start(page)
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(SENDING, hold, times=1)
    stroke(page, (100, 100), (300, 100))
    page.keyboard.press("Control+s")
    wait_until(page, lambda: bool(waiting))
    stroke(page, (100, 600), (300, 600))
    page.keyboard.press("Control+s")
    waiting[0].continue_()
    expect(page.locator(STATE)).to_contain_text("Saved")

    assert [thickness(page, 200, y) for y in (100, 600)] == [255, 255]


def test_two_windows_paint_on_one_photo_and_nothing_is_lost(
    page: Page, browser: Browser, address: str
) -> None:
    start(page)
    with watched(browser, address) as other:
        other.goto(address)
        wait_for_cutouts(other, 1)
        take_brush(other)
        stroke(page, (100, 600), (300, 600))
        stroke(other, (100, 100), (300, 100))  # which saves itself when it has rested
        saved(page)
        other.keyboard.press("Control+s")
        expect(other.locator(STATE)).to_contain_text("together with what was painted")
        assert [thickness(page, 200, y) for y in (100, 600)] == [255, 255]

        expect(page.locator(STATE)).to_contain_text("was painted on in another window")
        page.keyboard.press("x")
        stroke(page, (100, 100), (300, 100))
        saved(page)
        expect(other.locator(STATE)).to_contain_text("was painted on in another window")
        stroke(other, (100, 300), (300, 300))
        other.keyboard.press("Control+z")
        other.keyboard.press("b")

    assert [whiteness(page, 200, y) for y in (100, 600)] == [0, 255]
    assert thickness(page, 200, 300) == 0


def test_a_stroke_is_taken_back_alone_after_others_were_joined_with_it(
    page: Page, browser: Browser, address: str
) -> None:
    start(page)
    with watched(browser, address) as other:
        other.goto(address)
        wait_for_cutouts(other, 1)
        take_brush(other)
        stroke(page, (120, 180), (280, 180))
        stroke(other, (100, 100), (300, 100))  # which saves itself when it has rested
        saved(page)
        other.keyboard.press("Control+s")
        expect(other.locator(STATE)).to_contain_text("together with what was painted")
        other.keyboard.press("Control+z")
        other.keyboard.press("Control+s")
        wait_until(other, lambda: thickness(page, 200, 100) == 0)

        assert thickness(page, 200, 180) == 255


def test_while_one_paints_nothing_goes_over_the_socket(page: Page) -> None:
    sent: list[str | bytes] = []

    def note(frame: str | bytes) -> None:
        sent.append(frame)

    page.on("websocket", lambda socket: socket.on("framesent", note))
    page.reload()
    page.get_by_role("button", name="Choose photos").wait_for()
    start(page)
    page.wait_for_timeout(0)
    sent.clear()
    for row in range(4):
        stroke(page, (100, 100 + 40 * row), (500, 100 + 40 * row))

    # Nothing but its heartbeat, and every three seconds what has come.
    assert [frame for frame in sent if len(frame) > 10 and '["ack"' not in str(frame)] == []
    saved(page)


def test_a_finger_paints_and_two_fingers_zoom(page: Page) -> None:
    start(page)
    session = page.context.new_cdp_session(page)
    left, top, *_ = stage(page)
    assert (left, top) > (0, 0)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        told = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    touch("touchStart", at(page, 100, 100))
    touch("touchMove", at(page, 200, 100))
    touch("touchMove", at(page, 300, 100))
    touch("touchEnd")
    saved(page)
    one, two = at(page, 600, 200), at(page, 700, 200)
    touch("touchStart", one)
    touch("touchStart", one, two)
    for away in (20, 40, 60):
        touch("touchMove", (one[0] - away, one[1]), (two[0] + away, two[1]))
    touch("touchEnd")

    expect(page.locator(".stage")).to_have_class(re.compile("zoomed"))
    layer = strokes(page)
    assert layer is not None
    assert tuple(layer[100, 200]) == (255, 255)
    assert not layer[180:220, 500:800].any()


def test_a_pen_paints_as_it_is_pressed_and_fingers_then_move_the_photo(page: Page) -> None:
    start(page)
    page.keyboard.press("z")
    session = page.context.new_cdp_session(page)
    size = 2 ** float(page.get_by_role("slider", name="Size").input_value())

    def pen(kind: str, place: tuple[float, float], force: float) -> None:
        x, y = at(page, *place)
        told = {"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}
        session.send("Input.dispatchMouseEvent", told | {"pointerType": "pen", "force": force})

    def finger(kind: str, *places: tuple[float, float]) -> None:
        told = [{"x": x, "y": y} for x, y in places]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    pen("mousePressed", (700, 700), 0.5)
    pen("mouseMoved", (900, 700), 0.5)
    pen("mouseReleased", (900, 700), 0.0)
    before = page.locator(".sheet").bounding_box()
    left, top = at(page, 800, 500)
    finger("touchStart", (left, top))
    finger("touchMove", (left + 30, top + 20))
    finger("touchEnd")
    after = page.locator(".sheet").bounding_box()
    saved(page)

    layer = strokes(page)
    assert layer is not None
    thick = int((layer[:, 800, 1] > 127).sum())
    assert thick == pytest.approx(size / 2, rel=0.25)
    assert not layer[500:600].any()
    assert before
    assert after
    assert (after["x"] - before["x"], after["y"] - before["y"]) == pytest.approx((30, 20), abs=1)


def test_edges_are_softened_with_the_brush_in_hand(page: Page) -> None:
    start(page)
    before = alpha(page)
    stroke(page, (100, 100), (300, 100))
    saved(page)
    page.get_by_role("slider", name="Feather").fill("6")
    wait_until(page, lambda: "feather" in recipe_file(page))

    after = alpha(page)
    soft = [int(((one > 10) & (one < 245)).sum()) for one in (before, after)]
    assert soft[1] > 2 * soft[0]
    assert (after[95:106, 90:311] == 255).all()


def recipe_file(page: Page) -> str:
    return page.request.get(f"{page.url}entries/{entry(page)}/recipe").text()


def test_a_phone_has_the_brush_in_the_place_of_its_sheet(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    drop(page, sample("bowl"))
    wait_for_cutouts(page, 1)
    page.get_by_role("button", name="Brush").click()
    expect(page.get_by_role("slider", name="Size")).to_be_in_viewport()
    expect(page.locator(".panel")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="Split").click()

    expect(page.locator(".panel")).to_be_visible()


def test_the_brush_stays_in_hand_from_one_photo_to_the_next(page: Page) -> None:
    drop(page, sample("bowl"), sample("lens"))
    wait_for_cutouts(page, 2)
    choose(page, "bowl.jpg")
    take_brush(page)
    page.evaluate(COUNTING)
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/strokes.png", hold)
    page.keyboard.press("ArrowDown")
    wait_until(page, lambda: bool(waiting))
    # Before, after and the cutout without paint are here sooner than the strokes.
    page.wait_for_function("window.made >= 3")
    waiting[0].continue_()

    page.locator(".canvas.brush .stage.ready").wait_for()
