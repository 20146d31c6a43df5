"""Who may call what, of all that the hosted program answers: see matrix.csv.

A route or page without a row fails, and so does a row without a route.
"""

import csv
import http.client
import json
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.conftest import ROOT
from tests.program import Program, free_port, running

TABLE = Path(__file__).with_name("matrix.csv")
WHO = ("stranger", "guest", "other site", "other name", "key")
NOBODYS = "0" * 32
PARTS = {"model": "u2netp", "level": "0", "x": "0", "y": "0", "spot": "hole", "name": "amazon-main"}
MUCH = "1000000/minute"


def settings(port: int) -> dict[str, str]:
    counted = ("PAGES", "READS", "UPLOADS", "UPLOADS_NEAR", "CUTS", "API", "SIGN_INS")
    return {f"COVESHOT_LIMIT_{name}": MUCH for name in counted} | {
        "COVESHOT_HOSTED": "1",
        "COVESHOT_SECRET": secrets.token_hex(32),
        "COVESHOT_HOSTS": f"http://127.0.0.1:{port}",
        "COVESHOT_MOST_PAGES": "1000",
        "COVESHOT_MOST_OPEN_EACH": "1000",
        "SUPABASE_URL": "http://127.0.0.1:9",  # nobody signs in here, but the way there is open
        "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_of_nobody",
    }


@dataclass(frozen=True, slots=True)
class Stage:
    program: Program
    address: str
    key: str
    routes: list[tuple[str, str]]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Stage]:
    port = free_port()
    folder = tmp_path_factory.mktemp("hosted")
    with running(folder, models, port, **settings(port)) as program:
        told = subprocess.run(
            [sys.executable, "-m", "tests.routes"],
            cwd=ROOT,
            env=program.environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        routes = [(method, path) for method, _, path in map(halves, told.splitlines())]
        key = re.search(r"cove_\S+", program.say("keys", "create", "--name", "shop"))
        assert key
        yield Stage(program, program.address, key[0], routes)


def halves(line: str) -> tuple[str, str, str]:
    return line.partition(" ")


def rows() -> dict[tuple[str, str], dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["method"], row["path"]): row for row in csv.DictReader(file)}


@contextmanager
def visit(address: str) -> Iterator[httpx.Client]:
    """Open a browser that has opened the page, and is a visit of its own."""
    with httpx.Client(base_url=address, timeout=60) as browser:
        browser.get("/")
        yield browser


def asked(stage: Stage, who: str, cookie: str, method: str, path: str) -> int:
    """Ask as somebody, and return the status; 101 is a socket that opens."""
    host = urlsplit(stage.address).netloc
    headers = {"Host": "evil.example" if who == "other name" else host}
    if who in {"guest", "other site", "other name"}:
        headers |= {"Cookie": cookie, "Origin": stage.address}
    if who == "other site":
        headers |= {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    if who == "key":
        headers["X-Api-Key"] = stage.key
    if method == "WS":
        headers |= {"Connection": "Upgrade", "Upgrade": "websocket"}
        headers |= {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "c29tZSByYW5kb20gbm9uY2U="}
        path += "?EIO=4&transport=websocket"
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.putrequest("GET" if method == "WS" else method, path, skip_host=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.putheader("Content-Length", "0")
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def filled(path: str) -> str:
    if path == "/_nicegui_ws/{file}":
        return "/_nicegui_ws/socket.io/"
    return re.sub(r"{(\w+)}", lambda part: PARTS.get(part[1], NOBODYS), path)


def test_each_route_has_a_row_and_each_row_a_route(stage: Stage) -> None:
    assert sorted(rows()) == sorted(stage.routes)


def test_each_is_answered_as_its_row_says(stage: Stage) -> None:
    with visit(stage.address) as browser:
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    found = {
        (method, path): {who: str(asked(stage, who, cookie, method, filled(path))) for who in WHO}
        for method, path in rows()
    }

    assert found == {one: {who: row[who] for who in WHO} for one, row in rows().items()}


def test_no_row_lets_another_site_or_another_name_in() -> None:
    assert {row["other site"] for row in rows().values()} == {"403"}
    assert {row["other name"] for row in rows().values()} <= {"421", "403"}


def test_what_is_somebody_elses_is_answered_as_if_it_were_not_there(
    stage: Stage, photo: bytes
) -> None:
    with visit(stage.address) as ann, visit(stage.address) as bob:
        entry = ann.post("/upload?name=vase.jpg", content=photo).json()["id"]
        version = cut_out(ann, entry)
        image = ann.get("/listing/ids.json").json()["ids"][0]
        own = {"entry_id": entry, "version_id": version, "image_id": image}
        paths = [path for method, path in stage.routes if method == "GET" and "_id}" in path]
        seen = {path: [answer(one, path, own) for one in (ann, bob)] for path in paths}
        nobodys = {path: answer(bob, path, dict.fromkeys(own, NOBODYS)) for path in paths}

    foreign = {path: found for path, (_, found) in seen.items()}
    assert {path for path, (found, _) in seen.items() if found[0] == 200} >= {
        "/photos/{image_id}/preview.webp",
        "/versions/{version_id}/thumb.webp",
        "/entries/{entry_id}/download",
    }
    assert foreign == nobodys
    assert {status for path, (status, _) in foreign.items() if path != "/library/{image_id}"} == {
        404
    }


def cut_out(browser: httpx.Client, entry: str) -> str:
    """Wait until a photo is cut out; return the id of its version."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for row in browser.get("/strip?since=0").json()["rows"]:
            if row[0] == entry and row[3] == "done":
                return str(row[7])
    raise AssertionError("it was not cut out")


def answer(browser: httpx.Client, path: str, ids: dict[str, str]) -> tuple[int, str]:
    """Return the status and, of what is no page, what is said."""
    address = re.sub(r"{(\w+)}", lambda part: ids.get(part[1], PARTS.get(part[1], NOBODYS)), path)
    found = browser.get(f"{address}?x=0.5&y=0.5")  # a place, for what lies there
    kind = found.headers.get("content-type", "")
    return found.status_code, json.dumps(found.json()) if kind == "application/json" else ""
