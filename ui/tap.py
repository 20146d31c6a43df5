"""What comes over one socket: as much as a person can cause, and no more."""

import time
from collections.abc import Callable

from starlette.types import Message, Receive

SECONDS = 10.0
MESSAGES = 1000
BYTES = 10_000_000
"""In so many seconds. A slider that is dragged sends sixty a second, each of 300 bytes."""
CLOSED: Message = {"type": "websocket.disconnect", "code": 1008}


class Tap:
    """A `receive` that ends the conversation where too much comes."""

    def __init__(self, receive: Receive, clock: Callable[[], float] = time.monotonic) -> None:
        self._receive = receive
        self._clock = clock
        self._end = 0.0
        self._messages = self._bytes = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] != "websocket.receive":
            return message
        if self._clock() >= self._end:
            self._end = self._clock() + SECONDS
            self._messages = self._bytes = 0
        self._messages += 1
        self._bytes += len(message.get("text") or message.get("bytes") or "")
        return CLOSED if self._messages > MESSAGES or self._bytes > BYTES else message
