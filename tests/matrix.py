"""Who may call what, of all that the program answers: the rows of matrix.csv, and how to ask.

`desktop` is the owner of a computer, `computer` one whose computer knows a project, and `passer-by`
whoever else asks that. `worker` shows the token of an instance that hands work out: its routes are
there alone, so it is asked for them by everybody.
"""

import ast
import csv
import http.client
import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

import httpx

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "tests" / "matrix.csv"
WITHIN = {"app", "ui"}
HANGING = re.compile(
    r"add_\w*(route|files?)|mount|include_router|page|websocket|get|head|post|put|patch|delete"
)
"""What of those hangs a route up."""
BY = "BY"
NOBODYS = "0" * 32
OPENED = {
    "/photos/{image_id}/preview.webp",
    "/versions/{version_id}/thumb.webp",
    "/entries/{entry_id}/download",
}
"""Some of what an owner sees of a photo that was cut out."""
PARTS = {"model": "u2netp", "level": "0", "x": "0", "y": "0", "spot": "hole", "name": "amazon-main"}
MUCH = "1000000/minute"
COUNTED = ("PAGES", "READS", "UPLOADS", "UPLOADS_NEAR", "CUTS", "API", "SIGN_INS")
WORK = "/work/"
"""What routes for workers begin with."""
UNCOUNTED = {f"COVESHOT_LIMIT_{name}": MUCH for name in COUNTED} | {
    "COVESHOT_MOST_PAGES": "1000",
    "COVESHOT_MOST_OPEN_EACH": "1000",
}
"""Settings of an instance that never minds how often it is asked."""
Line = tuple[str, str]
"""A method, or WS for a socket, and a path with the names of its parts."""


@dataclass(frozen=True, slots=True)
class Asker:
    """What somebody shows to whoever is asked."""

    address: str
    cookie: str = ""
    host: str = ""
    """The name that is asked for, if it is not that of the address."""
    origin: str = ""
    """Of the page that asks, if it is another site's."""
    key: str = ""
    token: str = ""

    def asks(self, method: str, path: str) -> int:
        """Return the status; 101 is a socket that opens."""
        headers = {"Host": self.host or urlsplit(self.address).netloc}
        if self.cookie:
            headers |= {"Cookie": self.cookie, "Origin": self.origin or self.address}
        if self.origin:
            headers["Sec-Fetch-Site"] = "cross-site"
        if self.key:
            headers["X-Api-Key"] = self.key
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if method == "WS":
            headers |= {"Connection": "Upgrade", "Upgrade": "websocket"}
            headers |= {"Sec-WebSocket-Version": "13"}
            headers |= {"Sec-WebSocket-Key": "c29tZSByYW5kb20gbm9uY2U="}
            path += "?EIO=4&transport=websocket"
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        connection.putrequest("GET" if method == "WS" else method, path, skip_host=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.putheader("Content-Length", "0")
        connection.endheaders()
        status = connection.getresponse().status
        connection.close()
        return status


def hangers() -> set[str]:
    """Return the functions of the pages and the API that hang routes up, by file and name."""
    return {
        f"{file.relative_to(ROOT)}:{function.name}"
        for file in (ROOT / "ui").rglob("*.py")
        for function in _functions(ast.parse(file.read_text(encoding="utf-8")))
        if any(map(_hangs, ast.walk(function)))
    }


def _functions(of: ast.Module | ast.ClassDef) -> Iterator[ast.FunctionDef]:
    """Yield those of a module and its classes; what is within one belongs to it."""
    for node in of.body:
        if isinstance(node, ast.ClassDef):
            yield from _functions(node)
        elif isinstance(node, ast.FunctionDef):
            yield node


def _hangs(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    of = node.func.value
    return isinstance(of, ast.Name) and of.id in WITHIN and bool(HANGING.fullmatch(node.func.attr))


def answered(asker: Asker, lines: Iterable[Line]) -> dict[Line, int]:
    return {(method, path): asker.asks(method, filled(path)) for method, path in lines}


def rows() -> dict[Line, dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["method"], row["path"]): row for row in csv.DictReader(file)}


def column(who: str, lines: Iterable[Line] | None = None) -> dict[Line, int]:
    """Return the statuses that one who asks is to get, for some lines or all."""
    table = rows()
    return {line: int(table[line][who]) for line in (table if lines is None else lines)}


def at_work() -> list[Line]:
    return [line for line in rows() if line[1].startswith(WORK)]


def elsewhere() -> list[Line]:
    return [line for line in rows() if not line[1].startswith(WORK)]


def filled(path: str, ids: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return an address of what nobody has, but for the ids that are given."""
    if path == "/_nicegui_ws/{file}":
        return "/_nicegui_ws/socket.io/"
    parts = {**PARTS, **ids}
    return re.sub(r"{(\w+)}", lambda part: parts.get(part[1], NOBODYS), path)


@contextmanager
def visit(address: str) -> Iterator[httpx.Client]:
    """Open a browser that has opened the page, and is a visit of its own."""
    with httpx.Client(base_url=address, timeout=60) as browser:
        browser.get("/")
        yield browser


def cookie_of(browser: httpx.Client) -> str:
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def cut_out(browser: httpx.Client, photo: bytes) -> dict[str, str]:
    """Send a photo and wait until it is cut out; return the ids that come of it."""
    entry = browser.post("/upload?name=vase.jpg", content=photo).json()["id"]
    [image] = browser.get("/listing/ids.json").json()["ids"]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for row in browser.get("/strip?since=0").json()["rows"]:
            if row[0] == entry and row[3] == "done":
                return {"entry_id": entry, "image_id": image, "version_id": str(row[7])}
    raise AssertionError("it was not cut out")


def mixed_up(
    ids: dict[str, str], owner: httpx.Client, others: Iterable[httpx.Client]
) -> list[tuple[str, object]]:
    """Return what is not shown to its owner, or to others is not as if it was not there."""
    paths = [path for method, path in rows() if method == "GET" and "_id}" in path]
    nothing = dict.fromkeys(ids, NOBODYS)
    closed = [(path, "its owner") for path in OPENED if _answer(owner, path, ids)[0] != 200]
    return closed + [
        (path, found)
        for other in others
        for path in paths
        if (found := _answer(other, path, ids)) != _answer(other, path, nothing)
        or (found[0] < 400 and path != "/library/{image_id}")  # a page, on which nothing is
    ]


def _answer(browser: httpx.Client, path: str, ids: dict[str, str]) -> tuple[int, str]:
    """Return the status and, of what is no page, what is said."""
    found = browser.get(f"{filled(path, ids)}?x=0.5&y=0.5")  # a place, for what lies there
    kind = found.headers.get("content-type", "")
    return found.status_code, json.dumps(found.json()) if kind == "application/json" else ""
