"""What the key of a program may do: each route needs one right, or none."""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from auth.keys import CUT, KEEP, READ, RIGHTS
from auth.metered import Metered
from auth.rates import Act, Rate
from tests.face import Face, opened_face
from tests.program import Program, running
from tests.teller import let_in, listening, teller
from ui.site import loopback

NOBODYS = "0" * 32
ROUTES = {
    ("POST", "/intake"): CUT,
    ("POST", f"/jobs/{NOBODYS}/uploaded"): CUT,
    ("DELETE", f"/jobs/{NOBODYS}"): CUT,
    ("GET", f"/jobs/{NOBODYS}"): READ,
    ("GET", f"/jobs/{NOBODYS}/events"): READ,
    ("GET", f"/outputs/{NOBODYS}/cutout.png"): READ,
    ("GET", f"/outputs/{NOBODYS}/thumb.webp"): READ,
    ("POST", "/outputs/promote"): KEEP,
    ("POST", "/v1.0/removebg"): CUT,
    ("GET", "/v1.0/account"): READ,
}


@pytest.fixture(scope="module")
def face(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[tuple[Face, str]]:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    rates = Metered({Act.API: Rate("1000/minute")})
    with ExitStack() as stack:
        folder = tmp_path_factory.mktemp("rights")
        face = opened_face(folder, models, site=loopback(port), rates=rates)
        opened = stack.enter_context(face)
        stack.enter_context(listening(opened.app, listener))
        yield opened, f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("right", RIGHTS)
def test_a_key_opens_what_it_has_the_right_to(face: tuple[Face, str], right: str) -> None:
    opened, address = face
    with teller(address, let_in(opened.library.records, "ann", right)) as shop:
        answers = {route: shop.http.request(*route) for route in ROUTES}

    closed = {route for route, answer in answers.items() if answer.status_code == 403}
    assert closed == {route for route, needed in ROUTES.items() if needed != right}
    for route in closed:
        assert f"This key may not {ROUTES[route]}." in answers[route].text


def test_who_is_here_in_person_has_all_rights(face: tuple[Face, str]) -> None:
    with httpx.Client(base_url=face[1], cookies={"coveshot": "ann"}) as browser:
        found = {browser.request(*route).status_code for route in ROUTES if "v1.0" not in route[1]}

    assert 403 not in found


def test_a_key_is_told_how_often_it_may_still_ask(face: tuple[Face, str]) -> None:
    opened, address = face
    with teller(address, let_in(opened.library.records, "ann", per_minute=2)) as shop:
        answers = [shop.http.get(f"/jobs/{NOBODYS}") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
    assert {answer.headers["x-ratelimit-limit"] for answer in answers} == {"2"}
    assert 0 < int(answers[2].headers["retry-after"]) <= 60
    assert answers[2].json()["type"] == "urn:coveshot:too-many-requests"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Program]:
    with running(tmp_path_factory.mktemp("keys"), models) as program:
        yield program


def test_the_command_line_makes_lists_and_revokes_keys(program: Program) -> None:
    secret = program.say("keys", "create", "--name", "reader", "--may", "read").split()[-1]
    headers = {"X-Api-Key": secret}
    read = httpx.get(f"{program.address}/jobs/{NOBODYS}", headers=headers)
    cut = httpx.post(f"{program.address}/intake", headers=headers)
    listed = program.say("keys", "list")
    program.say("keys", "revoke", "reader")

    assert (read.status_code, cut.status_code) == (404, 403)
    assert re.search(r"reader  made [\d-]+  may read  active  last used [\d-]+", listed)
    assert "revoked" in program.say("keys", "list")
    assert httpx.get(f"{program.address}/jobs/{NOBODYS}", headers=headers).status_code == 401
