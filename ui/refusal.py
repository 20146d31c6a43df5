"""Answers of those who are not let in, or find nothing: a sentence, in one shape."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from auth.rates import Standing
from ui.headers import counts
from ui.problem import THEIRS, error_list, problem, speaks_to_programs
from ui.words import VOICE, t

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a request is not answered as it was meant."""

    status: HTTPStatus
    says: str
    again_after: int = 0
    """Seconds after which it may be tried again; 0 where that does not help."""
    limit: int = 0
    """How often it may be asked for in such a time, where that is counted."""


class Answer:
    """A `send` that knows whether an answer has begun: then there is no room for another one."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def __call__(self, message: Message) -> None:
        self.begun = True
        await self._send(message)


NOT_HERE = Objection(HTTPStatus.NOT_FOUND, "There is no such page here.")
OWN_FAULT = Objection(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "Coveshot has a fault of its own here; the log has it. Go to the workbench and try again.",
)


OTHERWISE = "This address is asked for in another way."


async def missing(request: Request, error: Exception) -> Response:
    """Answer for an address that is not there, or not in this way."""
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else NOT_HERE.status
    objection = NOT_HERE if status is NOT_HERE.status else Objection(status, OTHERWISE)
    more = getattr(error, "headers", None) or {}
    return answer(objection, request.headers, request.method, request.url.path, more)


async def refuse(objection: Objection, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer people with a page, programs with `{"says": sentence}`, and close sockets."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": objection.says})
        return
    said = answer(objection, Headers(scope=scope), scope["method"], scope["path"])
    await said(scope, receive, send)


def answer(
    objection: Objection,
    headers: Headers,
    method: str = "GET",
    path: str = "/",
    further: Mapping[str, str] | None = None,
) -> Response:
    # Without `close` the server would read a body that nobody wants to its end.
    more = {"Cache-Control": "no-store", "Connection": "close", **(further or {})}
    if objection.again_after:
        more["Retry-After"] = str(objection.again_after)
    if objection.limit:
        more |= counts(Standing(objection.limit, 0, objection.again_after))
    if speaks_to_programs(path):
        return problem(objection.status, objection.says, headers=more)
    if path.startswith(THEIRS):
        return error_list(objection.status, objection.says, headers=more)
    says = t(objection.says)
    if method == "GET" and "text/html" in headers.get("accept", ""):
        return HTMLResponse(_page(says), objection.status, headers=more)
    return JSONResponse({"says": says}, objection.status, headers=more)


def _page(says: str) -> str:
    """Return a page of its own: it may be sent a thousand times a second, and takes no memory."""
    link = escape(t("To the workbench"))
    return (
        f'<!doctype html><html lang="{escape(VOICE.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Coveshot</title><style>{LOOK}</style></head><body><main>"
        f'<h1>Coveshot</h1><p>{escape(says)}</p><p><a href="/">{link}</a></p></main></body></html>'
    )


LOOK = (
    ":root{color-scheme:light dark;--canvas:#f4f4f4;--text:#1c1c1c;--accent:#2b5fd9}"
    "@media(prefers-color-scheme:dark){:root{--canvas:#1e1e1e;--text:#ececec;--accent:#8ab0ff}}"
    "body{margin:0;min-height:100dvh;display:grid;place-items:center;background:var(--canvas);"
    'color:var(--text);font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,'
    '"Liberation Sans",sans-serif}'
    "main{max-width:26rem;padding:32px;text-align:center}h1{font-size:20px;font-weight:600;margin:0}"
    "p{margin:16px 0 0}a{color:var(--accent)}"
)
"""Of tokens.css, so that it needs no second request."""
