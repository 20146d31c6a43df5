"""Where the browser of this computer comes back to, for a program that is no page itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from auth.errors import LinkExpired

HOST = "127.0.0.1"
PATH = "/auth/callback"
MOST_BYTES = 16_384
"""Of a request."""
READ_SECONDS = 5.0
NONSENSE = (
    *(TimeoutError, ValueError, OSError),
    *(asyncio.IncompleteReadError, asyncio.LimitOverrunError),
)
"""What comes of those who ask for something else, or for nothing."""
HEADERS = (
    "Connection: close",
    "Cache-Control: no-store",
    "Content-Type: text/html; charset=utf-8",
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy: no-referrer",
    "X-Content-Type-Options: nosniff",
)


@dataclass(frozen=True, slots=True)
class Listening:
    """Waits for one browser."""

    callback: str
    """The address to come back to, which the project has to allow: http://127.0.0.1:*/**"""
    _arrived: "asyncio.Future[dict[str, str]]"

    async def came_back(self, seconds: float) -> dict[str, str]:
        """Return what the browser has brought along. Raises LinkExpired after so long."""
        try:
            return await asyncio.wait_for(asyncio.shield(self._arrived), seconds)
        except TimeoutError as error:
            raise LinkExpired from error


@asynccontextmanager
async def listening(page: str) -> AsyncIterator[Listening]:
    """Listen on a port of this computer alone; whoever comes back is shown a page, once."""
    arrived: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()

    at_work: set[asyncio.Task[Any] | None] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        at_work.add(asyncio.current_task())
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), READ_SECONDS)
            brought = None if arrived.done() else _brought(head, port)
            if brought is not None:
                arrived.set_result(brought)
            writer.write(_reply(page if brought is not None else ""))
            await writer.drain()
        except NONSENSE:
            pass
        finally:
            writer.close()
            at_work.discard(asyncio.current_task())

    server = await asyncio.start_server(answer, HOST, 0, limit=MOST_BYTES)
    port: int = server.sockets[0].getsockname()[1]
    try:
        yield Listening(f"http://{HOST}:{port}{PATH}", arrived)
    finally:
        server.close()
        waiting = [task for task in at_work if task]
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


def _brought(head: bytes, port: int) -> dict[str, str] | None:
    """Return what a request brings along; None for one that is not meant for us."""
    first, *rest = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    hosts = [line.partition(":")[2].strip() for line in rest if line.lower().startswith("host:")]
    split = urlsplit(target)
    if method != "GET" or split.path != PATH or hosts != [f"{HOST}:{port}"]:
        return None
    brought = dict(parse_qsl(split.query))
    return brought if "flow" in brought else None


def _reply(page: str) -> bytes:
    body = page.encode()
    status = "200 OK" if page else "404 Not Found"
    lines = (f"HTTP/1.1 {status}", *HEADERS, f"Content-Length: {len(body)}", "", "")
    return "\r\n".join(lines).encode() + body
