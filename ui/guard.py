"""The door: it lets in our own pages and no other site's, and nobody too often."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from auth.account import Account
from auth.errors import GateError
from auth.gate import Gate
from auth.keys import Key, Program
from auth.rates import Act, Asker, Rates, Standing, TooMany, Unmetered
from auth.session import PREFIX
from storage.errors import StorageError
from ui.headers import with_counts, with_headers
from ui.problem import PROGRAMS, PUTS, THEIRS
from ui.refusal import OWN_FAULT, Answer, Objection, refuse
from ui.site import Site, is_loopback
from ui.tap import Tap

log = logging.getLogger(__name__)

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
    "/entrance/",
    "/_nicegui_ws/",
    "/_nicegui/client/",
)
"""Answered only to a browser that has our cookie, and so has opened a page of ours."""
FREE = (
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/theme.css",
    "/favicon.ico",
    "/_nicegui/",
    "/components/",
    "/samples/",
)
"""Files that browsers keep and that cost next to nothing: never counted."""
ARRIVALS = "/auth/"
"""Where people come back to who sign in over a mail or another site."""
ENTRANCE = (ARRIVALS, "/entrance/")
LEAVING = "/entrance/sign-out"
"""Whoever wants to be out of here is let out, whatever can be known of them."""
METRICS = "/metrics"
PROBES = ("/healthz", "/readyz", METRICS)
"""What whoever watches over us asks for from this computer, by another name than browsers do."""
WINDOW = "/window/"
"""Where a window comes in by its ticket."""
COOKIELESS = (METRICS, WINDOW, *PRIVATE, *FREE, ARRIVALS, THEIRS, *PROGRAMS, PUTS)
"""Paths that hand no cookie out; all others are pages."""
READING = {"GET", "HEAD"}
SENDING = ("/upload", "/pictures")
RETRY_SECONDS = 5
Keys = Callable[[str], Awaitable[Program | None]]
"""Finds whose key a program shows. Raises StorageError."""


async def no_keys(_: str) -> Program | None:
    """Of an instance that programs do not come to."""


NO_KEY = "Show a key in X-Api-Key, or open Coveshot's page in this browser first."
NO_TICKET = "This address belongs to the window of Coveshot. For a browser: coveshot web"
WRONG_KEY = "This key is wrong, or was revoked. Make another one."


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of who asks."""

    account: Account | None = None
    key: Key | None = None
    """That a program shows."""
    token: str = ""
    """The cookie of a browser."""


class Guard:
    """ASGI middleware that checks Host, Origin and cookie, finds the account that asks, and counts.

    A name of another site that was pointed at us fails by its Host; a page of another site by its
    Origin, by Sec-Fetch-Site, and by the cookie, which the browser does not send for it.
    What proxies tell is believed where the site names them, and dropped elsewhere.
    The account stands in `request.state.account`, the key that a program shows in
    `request.state.key`, whether a session has just been found to be over in `request.state.ended`,
    the address of who asks in `request.client`.
    """

    def __init__(
        self,
        app: ASGIApp,
        gate: Gate,
        site: Site,
        rates: Rates = Unmetered(),  # noqa: B008 empty
        crowd: Callable[[str], Objection | None] = lambda _: None,
        keys: Keys = no_keys,
    ) -> None:
        """`crowd` tells what speaks against one more page for an address."""
        self._app = app
        self._gate = gate
        self._site = site
        self._rates = rates
        self._crowd = crowd
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        scope = self._site.seen(scope)
        headers = Headers(scope=scope)
        if scope["type"] == "http":
            send = with_headers(send, self._site)
        objection = self._objection(scope, headers)
        known, standing = Known(), None
        if not objection:
            known, objection = await self._found(scope, headers)
        if not objection:
            standing, objection = self._counted(scope, known)
        if objection:
            await refuse(objection, scope, receive, send)
            return
        if scope["type"] == "http" and scope["path"].startswith((THEIRS, *PROGRAMS)):
            send = with_counts(send, standing)
        account = known.account
        ended = account is None and known.token.startswith(PREFIX)
        if account is None and _is_page(scope):
            token = self._gate.pass_for_visitors
            account = await self._gate.who(token)
            send = with_headers(send, self._site, self._site.set_cookie(token))
        told = {"account": account, "key": known.key, "ended": ended}
        scope["state"] = {**scope.get("state", {}), **told}
        await self._answered(scope, receive, send)

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in; what fails there without an answer gets a sentence, and the headers."""
        if scope["type"] == "websocket" and self._site.hosted:
            receive = Tap(receive)
        answer = Answer(send)
        try:
            await self._app(scope, receive, answer)
        except Exception:
            if answer.begun or scope["type"] != "http":
                raise
            log.exception("%s %s failed", scope["method"], scope["path"])
            await refuse(OWN_FAULT, scope, receive, send)

    async def _who(self, scope: Scope, token: str) -> tuple[Account | None, Objection | None]:
        """Find who asks; where that cannot be known now, nobody is taken for a stranger."""
        try:
            return await self._gate.who(token), None
        except GateError as error:
            if scope["path"].startswith(FREE) and not scope["path"].startswith(PRIVATE):
                return None, None
            if scope["path"] == LEAVING:
                return await self._gate.who(self._gate.pass_for_visitors), None
            return None, Objection(HTTPStatus.SERVICE_UNAVAILABLE, error.says, RETRY_SECONDS)

    async def _found(self, scope: Scope, headers: Headers) -> tuple[Known, Objection | None]:
        if secret := _key(scope, headers):
            known, objection = await self._with(scope, secret)
        else:
            token = cookie_parser(headers.get("cookie", "")).get(self._site.cookie, "")
            account, objection = await self._who(scope, token)
            known = Known(account, token=token)
        objection = objection or _stranger(scope, known.account)
        if (
            not objection
            and _is_page(scope)
            and not (known.account or self._gate.pass_for_visitors)
        ):
            objection = Objection(HTTPStatus.FORBIDDEN, NO_TICKET)
        return known, objection

    async def _with(self, scope: Scope, secret: str) -> tuple[Known, Objection | None]:
        """Find the account of a program: no cookie speaks for who shows a key."""
        try:
            program = await self._keys(secret)
        except StorageError as error:
            away = Objection(HTTPStatus.SERVICE_UNAVAILABLE, error.says, RETRY_SECONDS)
            return Known(), away
        if program:
            return Known(program.account, program.key), None
        theirs = scope["path"].startswith(THEIRS)  # there it is said in other words
        return Known(), None if theirs else Objection(HTTPStatus.UNAUTHORIZED, WRONG_KEY)

    def _objection(self, scope: Scope, headers: Headers) -> Objection | None:
        """What speaks against a request whoever asks."""
        called = [host.lower() for host in headers.getlist("host")]
        probed = scope["path"] in PROBES and is_loopback(scope)
        if len(called) != 1 or not (called[0] in self._site.hosts or probed):
            return Objection(
                HTTPStatus.MISDIRECTED_REQUEST,
                "Coveshot is not reached under this address. Open the one it has printed.",
            )
        origins = headers.getlist("origin")
        foreign = any(origin.lower() not in self._site.origins for origin in origins)
        if (foreign and _changes(scope)) or _is_embedded(scope, headers):
            return Objection(
                HTTPStatus.FORBIDDEN,
                "Another site asked for this. Only Coveshot's own pages may.",
            )
        return None

    def _counted(self, scope: Scope, known: Known) -> tuple[Standing | None, Objection | None]:
        act = act_of(scope)
        if act is None:
            return None, None
        try:
            standing = self._rates.spend(act, Asker(scope["client"][0], known.account, known.key))
        except TooMany as error:
            much = HTTPStatus.TOO_MANY_REQUESTS
            return None, Objection(much, error.says, error.seconds, error.limit)
        return standing, self._crowd(scope["client"][0]) if _is_page(scope) else None


def act_of(scope: Scope) -> Act | None:
    """Return as what a request is counted; None for what is free."""
    path = scope["path"]
    if scope["type"] == "websocket":
        return Act.PAGE
    if path in SENDING and scope["method"] == "POST":
        return Act.UPLOAD
    if path.startswith(ENTRANCE):
        return Act.SIGN_IN
    if path.startswith((THEIRS, *PROGRAMS, PUTS)):
        return Act.API
    if _is_page(scope):
        return Act.PAGE
    private = path.startswith(PRIVATE)
    return None if path.startswith(FREE) and not private else Act.READ


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


def _key(scope: Scope, headers: Headers) -> str:
    """Return the key that a program shows where keys are asked for."""
    if scope["type"] != "http" or not scope["path"].startswith((THEIRS, *PROGRAMS)):
        return ""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return headers.get("x-api-key", "") or (token.strip() if kind.lower() == "bearer" else "")


def _stranger(scope: Scope, account: Account | None) -> Objection | None:
    if account is None and scope["type"] == "http" and scope["path"].startswith(PROGRAMS):
        return Objection(HTTPStatus.UNAUTHORIZED, NO_KEY)
    private = scope["type"] == "websocket" or scope["path"].startswith(PRIVATE)
    if account is not None or not private:
        return None
    return Objection(
        HTTPStatus.FORBIDDEN, "Open Coveshot's page in this browser first, then retry."
    )


def _is_page(scope: Scope) -> bool:
    reads = scope["type"] == "http" and scope["method"] in READING
    return reads and not scope["path"].startswith(COOKIELESS)
