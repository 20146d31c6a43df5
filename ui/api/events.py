"""What becomes of a job, told as it happens: server-sent events, by the HTML standard.

A stream looks when its process has heard that something of its scope has changed, whichever process
did that: see inference/watcher.py.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from auth.account import Account
from inference.errors import TooOften
from storage.errors import Gone, NotFound, StorageError
from storage.records import ENDED, Status, Task
from ui.api.answers import account_of
from ui.api.blobs import id_of
from ui.api.intake import Intakes

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@dataclass(frozen=True, slots=True)
class Beat:
    """Seconds of a stream."""

    unheard: float = 5.0
    """After which what waits is looked at although nothing was heard: others move its place."""
    alive: float = 15.0
    """Between signs of life, and looks at what does not wait."""
    whole: float = 600.0
    streams: int = 200
    """How many are told at a time."""
    retry: int = 3


@dataclass(slots=True)
class Events:
    intakes: Intakes
    beat: Beat = field(default_factory=Beat)
    _open: int = field(default=0, init=False)

    async def follow(self, request: Request) -> Response:
        """Answer `GET /jobs/{id}/events`; who comes back with an id is told what is newer."""
        account, task_id = account_of(request), id_of(request, "job_id")
        reception, lane = self.intakes.reception, self.intakes.lane
        task = await lane.run(reception.look, account, task_id)
        known = request.headers.get("last-event-id", "")
        if task.status in ENDED and known == _name(await self._text(request, account, task)):
            return Response(status_code=HTTPStatus.NO_CONTENT)  # then browsers do not come back
        if self._open >= self.beat.streams:
            says = "Too many jobs are followed right now. Ask for this one now and then."
            raise TooOften(says, self.beat.retry)
        stream = self._stream(request, account, task, known)
        return StreamingResponse(stream, media_type="text/event-stream", headers=HEADERS)

    async def _stream(
        self, request: Request, account: Account, task: Task, known: str
    ) -> AsyncIterator[str]:
        heard, loop = asyncio.Event(), asyncio.get_running_loop()

        def ring() -> None:
            with suppress(RuntimeError):  # the loop is closed, and nobody waits there any more
                loop.call_soon_threadsafe(heard.set)

        self._open += 1
        forget = self.intakes.reception.studio.watch(account, ring)
        try:
            yield f"retry: {self.beat.retry * 1000}\n\n"
            async for event in self._events(request, account, task, known, heard):
                yield event
        finally:
            forget()
            self._open -= 1

    async def _events(
        self, request: Request, account: Account, task: Task, known: str, heard: asyncio.Event
    ) -> AsyncIterator[str]:
        beat, silent, whole = self.beat, 0.0, 0.0
        look, now = self.intakes.reception.look, asyncio.get_running_loop().time
        while whole < beat.whole:
            began = now()
            try:
                text = await self._text(request, account, task)
                if (name := _name(text)) != known:
                    yield f"id: {name}\nevent: {task.status}\ndata: {text}\n\n"
                    known, silent = name, 0.0
                if task.status in ENDED:
                    return
                waits = task.status is Status.QUEUED
                await _hear(heard, min(beat.alive, beat.unheard) if waits else beat.alive)
                task = await self.intakes.lane.run(look, account, task.id)
            except (NotFound, Gone):
                yield "event: gone\ndata: {}\n\n"
                return
            except StorageError:  # it passes, or the one who listens goes
                await asyncio.sleep(beat.retry)
            took = now() - began
            silent, whole = silent + took, whole + took
            if silent >= beat.alive:
                yield ": nothing new\n\n"
                silent = 0.0

    async def _text(self, request: Request, account: Account, task: Task) -> str:
        return json.dumps(await self.intakes.told(request, account, task))


async def _hear(heard: asyncio.Event, seconds: float) -> None:
    """Wait until something is heard, at most so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await heard.wait()
    heard.clear()


def _name(text: str) -> str:
    """Name a state by what is told of it: any process tells it again by the same name."""
    return sha256(text.encode()).hexdigest()[:16]
