"""What goes wrong in a project itself: for programs whose own network no test reaches."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import PlainTextResponse

from tests.weather import Blow

App = Any
"""Of ASGI."""


@dataclass(slots=True)
class Faults:
    """Lies before an app; does nothing, unless blows are told.

    A blow is a status; `lose`: it is done and the answer is not sent; `hang`: it is not done and
    never answered; `mute`: it is done and never answered; or `slow`: it is done after the pause.
    """

    app: App
    blows: list[Blow] = field(default_factory=list)
    pause_seconds: float = 0.2
    seen: list[str] = field(default_factory=list)
    """Each request, as `GET /rest/v1/plans`."""
    holding: list[str] = field(default_factory=list)
    """Those that are never answered, once they have come that far."""
    _gone: bool = False

    def blow(self, kind: str, pattern: str, times: int = 1, after: int = 0) -> None:
        self.blows.append(Blow(kind, pattern, times, after))

    def clear_up(self) -> None:
        self.blows.clear()
        self.holding.clear()

    @contextmanager
    def gone(self) -> Iterator[None]:
        """Let nothing be reached for a while."""
        self._gone = True
        try:
            yield
        finally:
            self._gone = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        line = f"{scope['method']} {scope['path']}"
        self.seen.append(line)
        struck = next((blow.kind for blow in self.blows if blow.strikes(line)), "")
        if self._gone:
            struck = "503"
        if struck.isdecimal():
            await PlainTextResponse("no upstream", int(struck))(scope, receive, send)
        elif struck == "hang":
            await self._held(line, receive)
        elif struck == "mute":
            await self.app(scope, receive, _nothing)
            await self._held(line, receive)
        elif struck == "lose":
            await self.app(scope, receive, _nothing)
            await _cut(send)
        else:
            if struck == "slow":
                await asyncio.sleep(self.pause_seconds)
            await self.app(scope, receive, send)

    async def _held(self, line: str, receive: Any) -> None:
        self.holding.append(line)
        while (await receive())["type"] != "http.disconnect":
            pass


async def _nothing(_: Any) -> None:
    """Keep an answer to oneself."""


async def _cut(send: Any) -> None:
    """Promise more than is sent, which ends the connection."""
    headers = [(b"content-length", b"1"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
