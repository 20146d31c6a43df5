"""What is in hand when the server ends is refused in a sentence, and the log stays quiet."""

from asyncio import CancelledError
from collections.abc import Callable
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from ui.headers import with_headers
from ui.refusal import Answer, Objection, refuse
from ui.site import Site

RETRY_SECONDS = 5
ENDS = Objection(
    HTTPStatus.SERVICE_UNAVAILABLE, "Coveshot is ending. Try it again in a moment.", RETRY_SECONDS
)


class Leaving:
    """ASGI middleware around all others, each of which would take the end for a fault."""

    def __init__(self, app: ASGIApp, site: Site, ends: Callable[[], bool]) -> None:
        self._app, self._site = app, site
        self._ends = ends

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = Answer(send)
        try:
            await self._app(scope, receive, answer)
        except (CancelledError, RuntimeError):  # RuntimeError where it is cancelled further inside
            if not self._ends():
                raise
            if scope["type"] == "http" and not answer.begun:
                await refuse(ENDS, scope, receive, with_headers(send, self._site))
