"""Who is let in: our own pages in this browser, and nobody else."""

import re
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, WebSocket
from fastapi.routing import APIRoute

from auth.guest import GuestGate
from auth.local import LocalGate
from auth.metered import Metered
from auth.rates import Act, Rate, Rates, Unmetered
from tests.face import opened_face
from ui.guard import Guard
from ui.problem import PROGRAMS
from ui.site import hosted, loopback

GATE = LocalGate(b"a secret of this computer")
HOME = "http://127.0.0.1:8080"
PASS = {"Cookie": f"coveshot={GATE.pass_for_visitors}"}
PRIVATE = [
    "/upload",
    "/photos/1/preview.webp",
    "/versions/1/thumb.webp",
    "/entries/1/download",
    "/download.zip",
    "/strip",
    "/listing/survey.json",
    "/photos/1/versions/2/download",
    "/_nicegui_ws/socket.io/",
    "/_nicegui/client/7/upload/3",
]

PUBLIC = {"/healthz", "/readyz", "/metrics", "/openapi.json", "/v1.0/openapi.json", "/v1.0/account"}
"""The last one asks for a key."""


def guarded() -> FastAPI:
    app = FastAPI()

    async def who(request: Request) -> dict[str, str | None]:
        return {"account": getattr(request.state.account, "id", None)}

    async def greet(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("hello")
        await socket.close()

    app.add_api_websocket_route("/{path:path}", greet)
    app.add_api_route("/{path:path}", who, methods=["GET", "HEAD", "POST", "PUT", "DELETE"])
    app.add_middleware(Guard, gate=GATE, site=loopback(8080))
    return app


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(guarded())
    async with httpx.AsyncClient(transport=transport, base_url=HOME) as client:
        yield client


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "localhost:8080", "LOCALHOST:8080", "[::1]:8080"]
)
async def test_this_computer_is_reached_by_its_own_names(
    client: httpx.AsyncClient, host: str
) -> None:
    answer = await client.get("/", headers={"Host": host})

    assert answer.json() == {"account": "local"}


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8080",
        "127.0.0.1",
        "127.0.0.1:9090",
        "127.0.0.1.evil.example:8080",
        "",
    ],
)
async def test_a_foreign_name_that_points_here_is_refused(
    client: httpx.AsyncClient, host: str
) -> None:
    answer = await client.get("/", headers={"Host": host, **PASS})

    assert answer.status_code == HTTPStatus.MISDIRECTED_REQUEST
    assert "address" in answer.json()["says"]
    assert "set-cookie" not in answer.headers


async def test_a_host_that_a_proxy_header_names_is_not_believed(client: httpx.AsyncClient) -> None:
    forwarded = {"X-Forwarded-Host": "127.0.0.1:8080", "Forwarded": "host=127.0.0.1:8080"}
    answer = await client.get("/", headers={"Host": "evil.example", **forwarded})

    assert answer.status_code == HTTPStatus.MISDIRECTED_REQUEST


async def test_two_hosts_are_one_too_many(client: httpx.AsyncClient) -> None:
    answer = await client.get("/", headers=[("Host", "127.0.0.1:8080"), ("Host", "evil.example")])

    assert answer.status_code == HTTPStatus.MISDIRECTED_REQUEST


@pytest.mark.parametrize("path", PRIVATE)
async def test_what_is_private_needs_the_cookie(client: httpx.AsyncClient, path: str) -> None:
    stranger = await client.get(path)
    forger = await client.get(path, headers={"Cookie": "coveshot=0123456789"})
    owner = await client.get(path, headers=PASS)

    assert stranger.status_code == forger.status_code == HTTPStatus.FORBIDDEN
    assert "set-cookie" not in stranger.headers
    assert owner.json() == {"account": "local"}


async def test_no_route_but_the_public_ones_answers_without_the_cookie(
    tmp_path: Path, models: Path
) -> None:
    with opened_face(tmp_path, models) as face:
        routes = [route for route in face.app.routes if isinstance(route, APIRoute)]
        paths = {
            re.sub(r"{\w+}", "0" * 32, one.path) for one in routes if "GET" in (one.methods or ())
        }
        async with face.browser("nobody") as browser:
            answers = {path: await browser.get(path) for path in sorted(paths - PUBLIC)}

    assert len(answers) > len(PRIVATE)
    assert {path for path, one in answers.items() if "set-cookie" in one.headers} == set()
    asked = {path: one.status_code for path, one in answers.items()}
    for_programs = {path for path in asked if path.startswith(PROGRAMS)}
    assert {asked.pop(path) for path in for_programs} == {HTTPStatus.UNAUTHORIZED}
    assert set(asked.values()) == {HTTPStatus.FORBIDDEN}


async def test_a_page_hands_out_the_cookie_that_its_pictures_need(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get("/")
    picture = await client.get("/photos/1/preview.webp")  # the client sends what it was given

    assert page.headers["set-cookie"] == (
        f"coveshot={GATE.pass_for_visitors}; Path=/; HttpOnly; SameSite=Strict"
    )
    assert picture.json() == {"account": "local"}


async def test_a_page_replaces_an_old_cookie_and_leaves_a_good_one(
    client: httpx.AsyncClient,
) -> None:
    renewed = await client.get("/library", headers={"Cookie": "coveshot=of-an-earlier-secret"})
    again = await client.get("/library", headers=PASS)

    assert GATE.pass_for_visitors in renewed.headers["set-cookie"]
    assert "set-cookie" not in again.headers


@pytest.mark.parametrize("path", ["/healthz", "/_nicegui/3.18.0/static/nicegui.js"])
async def test_static_files_and_health_need_no_cookie_and_hand_none_out(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path)

    assert answer.status_code == HTTPStatus.OK
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "https://127.0.0.1:8080", "http://127.0.0.1:9090", "file://"],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_a_foreign_origin_changes_nothing(
    client: httpx.AsyncClient, method: str, origin: str
) -> None:
    answer = await client.request(method, "/upload", headers={"Origin": origin, **PASS})

    assert answer.status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("origin", [HOME, "http://localhost:8080", "http://[::1]:8080"])
async def test_our_own_pages_may_upload(client: httpx.AsyncClient, origin: str) -> None:
    answer = await client.post("/upload", headers={"Origin": origin, **PASS})

    assert answer.json() == {"account": "local"}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", ["/", "/photos/1/preview.webp"])
async def test_another_sites_page_cannot_embed_anything(
    client: httpx.AsyncClient, path: str, site: str
) -> None:
    embedded = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors", **PASS}
    answer = await client.get(path, headers=embedded)

    assert answer.status_code == HTTPStatus.FORBIDDEN


async def test_a_link_on_another_site_opens_the_page(client: httpx.AsyncClient) -> None:
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    answer = await client.get("/", headers=followed)

    assert answer.status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/", {}), ("/upload", {}), ("/", {"Host": "evil.example"}), ("/healthz", {})],
)
async def test_every_answer_carries_the_security_headers(
    client: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    answer = await client.get(path, headers=headers)

    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


async def shake_hands(headers: dict[str, str], path: str = "/_nicegui_ws/socket.io/") -> list[str]:
    """Open a socket; return the kinds of messages that came back."""
    answers: list[str] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        answers.append(message["type"])

    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "scheme": "ws",
        "path": path,
        "query_string": b"",
        "headers": [
            (name.lower().encode(), value.encode())
            for name, value in ({"Host": "127.0.0.1:8080"} | headers).items()
        ],
        "subprotocols": [],
    }
    await guarded()(scope, receive, send)
    return answers


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": HOME},
        {"Origin": HOME, "Cookie": "coveshot=guessed"},
        {"Origin": "http://evil.example", **PASS},
        {"Origin": "null", **PASS},
        {"Origin": HOME, "Host": "evil.example", **PASS},
    ],
)
async def test_a_foreign_socket_is_closed_before_it_opens(headers: dict[str, str]) -> None:
    assert await shake_hands(headers) == ["websocket.close"]


async def test_no_socket_anywhere_opens_without_the_cookie() -> None:
    assert await shake_hands({"Origin": HOME}, "/elsewhere") == ["websocket.close"]


async def test_the_socket_of_our_own_page_opens() -> None:
    answers = await shake_hands({"Origin": HOME, **PASS})

    assert answers == ["websocket.accept", "websocket.send", "websocket.close"]


def test_on_the_usual_port_browsers_leave_it_away() -> None:
    assert loopback(80).hosts >= {"localhost", "localhost:80"}
    assert "localhost" not in loopback(8080).hosts


# Hosted

SECRET = b"of a hosted instance, 32 bytes!!"
OUT = "https://cutouts.example.com"
PROXY = ip_network("127.0.0.0/8")


def hosted_app(rates: Rates | None = None) -> FastAPI:
    app = FastAPI()

    async def who(request: Request) -> dict[str, str | None]:
        account = request.state.account
        address = request.client.host if request.client else None
        return {"account": account.id if account else None, "address": address}

    async def fail(request: Request) -> None:
        raise RuntimeError(request.url.path)

    app.add_api_route("/fault", fail)
    app.add_api_route("/{path:path}", who, methods=["GET", "POST"])
    site = hosted([OUT], [PROXY])
    app.add_middleware(Guard, gate=GuestGate(SECRET), site=site, rates=rates or Unmetered())
    return app


@asynccontextmanager
async def visitor(
    rates: Rates | None = None, address: str = "203.0.113.9"
) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(hosted_app(rates), raise_app_exceptions=False)
    told = {"X-Forwarded-For": address, "X-Forwarded-Proto": "https"}
    async with httpx.AsyncClient(transport=transport, base_url=OUT, headers=told) as client:
        yield client


async def test_each_browser_is_a_visit_of_its_own_and_stays_it() -> None:
    async with visitor() as first, visitor() as second:
        came = [(await one.get("/")).json()["account"] for one in (first, second)]
        again = (await first.get("/photos/1/preview.webp")).json()

    assert len(set(came)) == 2
    assert again == {"account": came[0], "address": "203.0.113.9"}


async def test_a_name_that_was_not_signed_here_is_nobody() -> None:
    forged = f"{'0' * 32}.{'0' * 64}"
    async with visitor() as client:
        answer = await client.get("/strip", headers={"Cookie": f"__Host-coveshot={forged}"})

    assert answer.status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("origin", ["http://cutouts.example.com", "https://evil.example", "null"])
async def test_a_hosted_page_is_written_to_by_itself_alone(origin: str) -> None:
    async with visitor() as client:
        await client.get("/")
        foreign = await client.post("/upload", headers={"Origin": origin})
        own = await client.post("/upload", headers={"Origin": OUT})

    assert foreign.status_code == HTTPStatus.FORBIDDEN
    assert own.status_code == HTTPStatus.OK


async def test_who_asks_too_often_is_told_when_to_come_back_in_one_shape() -> None:
    rates = Metered({act: Rate("2/hour") for act in Act})
    async with visitor(rates) as client:
        await client.get("/")
        codes = [(await client.post("/upload")).status_code for _ in range(2)]
        program = await client.post("/upload")
        await client.get("/library")
        page = await client.get("/", headers={"Accept": "text/html"})
        async with visitor(rates, "198.51.100.7") as other:
            elsewhere = await other.get("/")

    assert codes == [HTTPStatus.OK] * 2
    assert program.status_code == page.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert program.json()["says"].startswith("You have sent many photos")
    assert 0 < int(program.headers["retry-after"]) <= 3600
    assert "You have asked for much" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert elsewhere.status_code == HTTPStatus.OK


async def test_a_program_is_told_how_often_it_may_still_ask() -> None:
    rates = Metered({act: Rate("2/hour") for act in Act})
    async with visitor(rates) as client:
        await client.get("/")
        answers = [await client.get("/jobs/1") for _ in range(3)]
        page = await client.get("/strip")

    told = ("x-ratelimit-limit", "x-ratelimit-remaining")
    assert [[one.headers[name] for name in told] for one in answers] == [
        ["2", "1"],
        ["2", "0"],
        ["2", "0"],
    ]
    assert all(0 < int(one.headers["x-ratelimit-reset"]) <= 3600 for one in answers)
    assert answers[2].status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert answers[2].headers["content-type"] == "application/problem+json"
    assert answers[2].headers["retry-after"] == answers[2].headers["x-ratelimit-reset"]
    assert "x-ratelimit-limit" not in page.headers


async def test_a_fault_of_ours_keeps_the_headers_and_tells_nothing_of_the_code(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with visitor() as client:
        answer = await client.get("/fault", headers={"Accept": "text/html"})

    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "fault of its own" in answer.text
    assert "RuntimeError" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["strict-transport-security"]
    assert "RuntimeError" in caplog.text


async def test_what_is_no_page_is_sandboxed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/photos/1/preview.webp", headers=PASS)

    assert "sandbox" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]
