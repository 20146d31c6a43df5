"""What is asked for one after the other, and answered in another order."""

import io
import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import groupby

import pytest
from PIL import Image
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.browser.conftest import CONNECTED
from tests.browser.test_canvas import PIXEL, sheet, stage, wait_until
from tests.browser.test_workbench import drop, sample, wait_for_cutouts

pytestmark = pytest.mark.browser

RED, BLUE = (200, 0, 0), (0, 0, 200)
COUNTING = """() => {
  const make = window.createImageBitmap;
  window.made = 0;
  window.createImageBitmap = async (...given) => {
    const bitmap = await make(...given);
    setTimeout(() => (window.made += 1)); // when whoever waited for it has gone on
    return bitmap;
  };
}"""
CHOICE = r'\\"id\\":\\"(\w+)\\",\\"near'
WATCHING = """() => {
  const name = () => document.querySelector(".frame.chosen .name").title;
  window.chosen = [name()];
  const strip = document.querySelector(".filmstrip");
  const note = () => window.chosen.push(name());
  new MutationObserver(note).observe(strip, { subtree: true, attributes: true });
}"""
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def plain(colour: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (1600, 1200), colour).save(file, "PNG")
    return file.getvalue()


def answer(routes: list[Route], colour: tuple[int, int, int]) -> None:
    for route in routes:
        with suppress(PlaywrightError):  # the page has given up on it
            route.fulfill(body=plain(colour), content_type="image/png")


def test_a_look_that_arrives_late_is_not_shown(page: Page) -> None:
    drop(page, sample("bowl"))
    wait_for_cutouts(page, 1)
    page.evaluate(COUNTING)
    waiting: dict[str, list[Route]] = {}
    page.route("**/looks/**", lambda route: waiting.setdefault(route.request.url, []).append(route))
    for count, look in enumerate(("Contact", "Hard"), start=1):
        page.get_by_role("button", name=look, exact=True).click()
        wait_until(page, lambda count=count: len(waiting) == count)  # type: ignore[misc]
    first, second = waiting.values()
    left, top, *_ = stage(page)
    x0, y0, w, h = sheet(page)
    corner = [x0 + w - 8 - left, y0 + h - 8 - top]
    answer(second, BLUE)
    page.wait_for_function(f"() => ({PIXEL})({corner}).join() === '0,0,200'")
    made = page.evaluate("window.made")
    answer(first, RED)
    page.wait_for_function("(made) => window.made > made", arg=made)
    page.evaluate(DRAWN)

    assert page.evaluate(PIXEL, corner) == [*BLUE]


class Held:
    """The socket of a page, whose answers wait as long as one likes."""

    def __init__(
        self,
        page: Page,
        *,
        holds: bool = False,
        hears: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`holds` from the first word, so that the page is not connected; `hears` what it says."""
        self.waiting: list[tuple[WebSocketRoute, str | bytes]] = []
        self.holds, self._hears = holds, hears
        page.route_web_socket("**", self._join)
        page.reload()
        if not holds:
            page.wait_for_function(CONNECTED)  # before that nothing is said

    def _join(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        socket.on_message(partial(self._send, server))
        server.on_message(partial(self._pass, socket))

    def _send(self, server: WebSocketRoute, word: str | bytes) -> None:
        self._hears(str(word))
        server.send(word)

    def _pass(self, socket: WebSocketRoute, answer: str | bytes) -> None:
        if self.holds:
            self.waiting.append((socket, answer))
        else:
            socket.send(answer)

    def says(self, word: str) -> bool:
        return any(word in str(answer) for _, answer in self.waiting)

    def deliver(self, count: int | None = None) -> None:
        """Let answers through that wait, the first so many or all."""
        for socket, answer in self.waiting[:count]:
            socket.send(answer)
        del self.waiting[:count]


def test_two_quick_steps_are_not_taken_back_by_the_answer_to_the_first(page: Page) -> None:
    drop(page, sample("bowl"), sample("lens"), sample("scissors"))
    wait_for_cutouts(page, 3)
    held = Held(page)
    chosen = page.locator(".frame.chosen .name")
    expect(chosen).to_have_text("bowl.jpg")
    expect(page.locator(".panel h1")).to_have_text("bowl.jpg")
    held.holds = True
    page.keyboard.press("ArrowDown")
    wait_until(page, lambda: held.says("select"))
    of_the_first = len(held.waiting)
    page.keyboard.press("ArrowDown")
    expect(chosen).to_have_text("scissors.jpg")
    held.deliver(of_the_first)
    expect(page.locator(".panel h1")).to_have_text("lens.jpg")
    page.evaluate(DRAWN)

    assert chosen.inner_text() == "scissors.jpg"
    held.holds = False
    held.deliver()
    expect(page.locator(".panel h1")).to_have_text("scissors.jpg")
    expect(chosen).to_have_text("scissors.jpg")


def test_words_that_are_typed_on_are_not_taken_back_by_the_answer_to_the_first(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/library")
    held = Held(page)
    field = page.get_by_role("searchbox")
    expect(page.get_by_text("Your library is empty.")).to_be_visible()
    held.holds = True
    field.fill("vase")
    wait_until(page, lambda: held.says("library?text=vase"))  # what is said last of it
    of_the_first = len(held.waiting)
    field.fill("vases of glass")
    wait_until(page, lambda: held.says("library?text=vases"))
    held.deliver(of_the_first)
    expect(page).to_have_url(re.compile("text=vase$"))
    page.evaluate(DRAWN)
    assert field.input_value() == "vases of glass"

    held.holds = False
    held.deliver()
    expect(page).to_have_url(re.compile("text=vases"))
    expect(field).to_have_value("vases of glass")
    page.get_by_role("button", name="Show all").click()
    expect(field).to_have_value("")


def test_a_slider_is_not_moved_back_by_the_answer_to_an_earlier_move(page: Page) -> None:
    drop(page, sample("bowl"))
    wait_for_cutouts(page, 1)
    held = Held(page)
    page.get_by_role("button", name="1:1", exact=True).click()
    fill = page.get_by_role("slider", name="Subject fills")
    fill.fill("80")
    expect(page.get_by_role("button", name="Bottom")).to_be_visible()  # the answer has come
    held.holds = True
    fill.fill("35")
    wait_until(page, lambda: held.says('"value":35'))
    of_the_first = len(held.waiting)
    fill.fill("60")
    wait_until(page, lambda: held.says('"value":60'))
    held.deliver(of_the_first)
    page.evaluate(DRAWN)
    page.evaluate(DRAWN)
    assert fill.input_value() == "60"

    held.holds = False
    held.deliver()
    page.get_by_role("button", name="Reset all").click()
    expect(fill).to_have_value("0")


@pytest.fixture
def unheard(page: Page) -> tuple[Held, list[str]]:
    """A page with two cutouts whose server says nothing yet, and the ids of those it chooses."""
    for name in ("bowl", "whisk"):
        drop(page, sample(name))
    wait_for_cutouts(page, 2)
    chosen: list[str] = []
    held = Held(page, holds=True, hears=lambda word: chosen.extend(re.findall(CHOICE, word)))
    expect(page.locator(".frame.done")).to_have_count(2)
    return held, chosen


def test_what_is_pressed_before_the_page_is_connected_comes_in_its_turn(
    page: Page, unheard: tuple[Held, list[str]]
) -> None:
    held, chosen = unheard
    pressed = []
    for key in ("ArrowDown", *["ArrowDown", "ArrowUp"] * 6):
        page.keyboard.press(key)
        pressed.append(page.evaluate("sessionStorage.getItem('coveshot-chosen')"))
    held.holds = False
    held.deliver()
    wait_until(page, lambda: len(chosen) >= len(pressed))

    assert chosen == pressed


def test_what_the_server_chooses_at_first_does_not_move_what_was_chosen_meanwhile(
    page: Page, unheard: tuple[Held, list[str]]
) -> None:
    held, _ = unheard
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    page.evaluate(WATCHING)
    held.holds = False
    held.deliver()
    expect(page.locator(".panel h1")).to_have_text("bowl.jpg")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".panel h1")).to_have_text("whisk.jpg")  # all before that is answered

    assert [name for name, _ in groupby(page.evaluate("window.chosen"))] == [
        "bowl.jpg",
        "whisk.jpg",
    ]


def test_the_page_to_begin_with_is_not_seen_where_photos_are(
    page: Page, unheard: tuple[Held, list[str]]
) -> None:
    held, _ = unheard

    expect(page.locator(".welcome")).to_be_hidden()
    held.holds = False
    held.deliver()
    expect(page.locator(".bench")).to_be_visible()
    expect(page.locator(".welcome")).to_be_hidden()
