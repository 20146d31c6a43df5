"""A start in a window: an address alone opens nothing."""

from collections.abc import AsyncIterator
from http import HTTPStatus

import httpx
import pytest
from fastapi import FastAPI

from auth.launch import LaunchGate
from ui.api.window import add_window
from ui.guard import Guard
from ui.site import entrance, loopback

PORT = 8421
ADDRESS = f"http://127.0.0.1:{PORT}"


@pytest.fixture
def gate() -> LaunchGate:
    return LaunchGate()


@pytest.fixture
async def browser(gate: LaunchGate) -> AsyncIterator[httpx.AsyncClient]:
    app, site = FastAPI(), loopback(PORT)
    add_window(app, gate, site)
    app.add_api_route("/", lambda: "the page")
    app.add_api_route("/strip", lambda: "photos")
    app.add_middleware(Guard, gate=gate, site=site)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url=ADDRESS, follow_redirects=True
    ) as browser:
        yield browser


async def test_a_ticket_lets_its_browser_in(browser: httpx.AsyncClient, gate: LaunchGate) -> None:
    page = await browser.get(entrance(ADDRESS, gate.ticket()))
    photos = await browser.get("/strip")

    assert (page.status_code, page.json()) == (HTTPStatus.OK, "the page")
    assert photos.status_code == HTTPStatus.OK


async def test_without_one_no_page_is_shown_and_no_cookie_handed_out(
    browser: httpx.AsyncClient,
) -> None:
    answers = [await browser.get(path) for path in ("/", "/strip", "/window/made-up")]

    assert {answer.status_code for answer in answers} == {HTTPStatus.FORBIDDEN}
    assert not browser.cookies
    assert "coveshot web" in answers[0].json()["says"]


async def test_a_ticket_is_good_once(browser: httpx.AsyncClient, gate: LaunchGate) -> None:
    address = entrance(ADDRESS, gate.ticket())
    await browser.get(address)
    browser.cookies.clear()
    again = await browser.get(address)

    assert again.status_code == HTTPStatus.FORBIDDEN
    assert not browser.cookies


async def test_the_ticket_of_another_start_is_good_for_nothing(browser: httpx.AsyncClient) -> None:
    strange = LaunchGate()
    entered = await browser.get(entrance(ADDRESS, strange.ticket()))
    token = strange.redeem(strange.ticket())
    shown = await browser.get("/strip", headers={"Cookie": f"coveshot={token}"})

    assert entered.status_code == shown.status_code == HTTPStatus.FORBIDDEN
