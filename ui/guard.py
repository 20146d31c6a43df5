"""The door of the local web app: it lets in our own pages and no other site's."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auth.account import Account
from auth.gate import Gate
from ui.words import t

COOKIE = "coveshot"
PRIVATE = (
    "/upload",
    "/pictures",
    "/photos/",
    "/versions/",
    "/entries/",
    "/presets/",
    "/download.zip",
    "/library.zip",
    "/strip",
    "/listing/",
    "/_nicegui_ws/",
    "/_nicegui/client/",
)
"""Answered only to a browser that has our cookie, and so has opened a page of ours."""
COOKIELESS = (*PRIVATE, "/healthz", "/theme.css", "/_nicegui/", "/v1.0/")
"""Paths that hand no cookie out; all others are pages."""
READING = {"GET", "HEAD"}
HTTP_PORT = 80

SECURITY_HEADERS = {
    # NiceGUI compiles its templates in the browser: without both `unsafe-` words pages stay empty.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; "
        "font-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
        "form-action 'self'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # With `no-referrer` browsers send `Origin: null` with the forms of our own pages.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def loopback_hosts(port: int) -> frozenset[str]:
    """Return what a browser on this computer may call us in its Host header."""
    names = ("127.0.0.1", "localhost", "[::1]")
    bare = names if port == HTTP_PORT else ()  # browsers leave the port of the scheme away
    return frozenset({*bare, *(f"{name}:{port}" for name in names)})


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a request is not let in."""

    status: HTTPStatus
    says: str


class Guard:
    """ASGI middleware that checks Host, Origin and cookie, and finds the account that asks.

    A name of another site that was pointed at this computer fails by its Host; a page of another
    site by its Origin, by Sec-Fetch-Site, and by the cookie, which the browser does not send for
    it. Headers of proxies are never read: there is none before a program on one's own computer.
    The account stands in `request.state.account`.
    """

    def __init__(self, app: ASGIApp, gate: Gate, hosts: Iterable[str]) -> None:
        self._app = app
        self._gate = gate
        self._hosts = {host.lower() for host in hosts}
        self._origins = {f"http://{host}" for host in self._hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        account = await self._gate.who(cookie_parser(headers.get("cookie", "")).get(COOKIE))
        objection = self._objection(scope, headers) or _stranger(scope, account)
        if scope["type"] == "http":
            send = _with_headers(send, SECURITY_HEADERS)
        if objection:
            await _refuse(objection, scope, receive, send)
            return
        if account is None and _is_page(scope):
            account = await self._gate.who(self._gate.pass_for_visitors)
            send = _with_headers(send, {"Set-Cookie": self._cookie()})
        scope["state"] = {**scope.get("state", {}), "account": account}
        await self._app(scope, receive, send)

    def _objection(self, scope: Scope, headers: Headers) -> Objection | None:
        """What speaks against a request whoever asks."""
        called = [host.lower() for host in headers.getlist("host")]
        if len(called) != 1 or called[0] not in self._hosts:
            return Objection(
                HTTPStatus.MISDIRECTED_REQUEST,
                "Coveshot is not reached under this address. Open the one it has printed.",
            )
        foreign = any(origin.lower() not in self._origins for origin in headers.getlist("origin"))
        if (foreign and _changes(scope)) or _is_embedded(scope, headers):
            return Objection(
                HTTPStatus.FORBIDDEN,
                "Another site asked for this. Only Coveshot's own pages may.",
            )
        return None

    def _cookie(self) -> str:
        return f"{COOKIE}={self._gate.pass_for_visitors}; Path=/; HttpOnly; SameSite=Strict"


def _changes(scope: Scope) -> bool:
    return scope["type"] == "websocket" or scope["method"] not in READING


def _is_embedded(scope: Scope, headers: Headers) -> bool:
    """Another site's page has this as a picture, a script, a fetch: anything but a followed link.

    Another port of this computer is another site, too, although browsers send it our cookie.
    """
    site = headers.get("sec-fetch-site", "none")
    followed = headers.get("sec-fetch-mode") == "navigate"
    foreign = site not in {"same-origin", "none"} and not followed
    return foreign and scope["type"] == "http"  # for sockets browsers disagree; Origin tells enough


def _stranger(scope: Scope, account: Account | None) -> Objection | None:
    private = scope["type"] == "websocket" or scope["path"].startswith(PRIVATE)
    if account is not None or not private:
        return None
    return Objection(
        HTTPStatus.FORBIDDEN, "Open Coveshot's page in this browser first, then retry."
    )


def _is_page(scope: Scope) -> bool:
    reads = scope["type"] == "http" and scope["method"] in READING
    return reads and not scope["path"].startswith(COOKIELESS)


async def _refuse(objection: Objection, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": objection.says})
        return
    # Without `close` the server would read a body that nobody wants to its end.
    headers = {"Cache-Control": "no-store", "Connection": "close"}
    response = JSONResponse({"says": t(objection.says)}, objection.status, headers=headers)
    await response(scope, receive, send)


def _with_headers(send: Send, more: dict[str, str]) -> Send:
    async def send_with_more(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in more.items():
                if name == "Set-Cookie" or name not in headers:
                    headers.append(name, value)
        await send(message)

    return send_with_more
