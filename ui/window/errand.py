"""Asks an address of our own within the process, and writes what it answers to a file."""

import asyncio
import json
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from starlette.types import ASGIApp, Message, Scope

from storage.blobs import NO_ROOM
from ui.hands import HandsFull
from ui.lane import Lane

LETTERS = re.compile(r"filename\*=UTF-8''([^;\s]+)")
FORM = "application/x-www-form-urlencoded"

Choose = Callable[[str], Awaitable[Path | None]]
"""Asks where a file is wanted that is called so."""


class Errand:
    """Goes through the same door as a browser: with our host, and the cookie of the owner."""

    def __init__(self, app: Callable[[], ASGIApp], lane: Lane, *, host: str, cookie: str) -> None:
        """`app` is asked for when it is needed: it is not there from the beginning."""
        self._app, self._lane = app, lane
        self._host, self._cookie = host, cookie

    async def fetch(self, address: str, form: str | None, choose: Choose) -> Path | None:
        """Write an answer where `choose` says, whole or not at all; None for nowhere.

        Raises HandsFull with what was answered instead.
        """
        sink = _Sink(self._lane, choose)
        requests = iter([{"type": "http.request", "body": (form or "").encode()}])

        async def receive() -> Message:
            request = next(requests, None)
            if request is None:
                await sink.gone.wait()
            return request or {"type": "http.disconnect"}

        try:
            await self._app()(self._scope(address, form), receive, sink.send)
            return await self._lane.run(sink.end)
        except OSError as error:
            raise HandsFull(says_of(error)) from error
        finally:
            sink.drop()

    def _scope(self, address: str, form: str | None) -> Scope:
        split = urlsplit(address)
        headers = {
            b"host": self._host.encode(),
            b"cookie": self._cookie.encode(),
            b"origin": f"http://{self._host}".encode(),
        }
        if form is not None:
            headers |= {
                b"content-type": FORM.encode(),
                b"content-length": str(len(form.encode())).encode(),
            }
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET" if form is None else "POST",
            "scheme": "http",
            "path": unquote(split.path),
            "raw_path": split.path.encode(),
            "query_string": split.query.encode(),
            "root_path": "",
            "headers": list(headers.items()),
            "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", 0),
        }


class _Sink:
    """Takes one answer: into a hidden file beside its target, which it becomes at the end."""

    def __init__(self, lane: Lane, choose: Choose) -> None:
        self._lane, self._choose = lane, choose
        self.gone = asyncio.Event()
        """Set once the rest of the answer is of no use, as if a browser had gone."""
        self._trouble: OSError | None = None
        self._refusal = b""
        self._target: Path | None = None
        self._part: Path | None = None
        self._file: BinaryIO | None = None

    async def send(self, message: Message) -> None:
        try:
            if message["type"] == "http.response.start":
                if message["status"] == HTTPStatus.OK:
                    await self._begin(dict(message["headers"]))
            elif self._file:
                await self._lane.run(self._file.write, message.get("body", b""))
            else:
                self._refusal += message.get("body", b"")
        except OSError as error:
            self._trouble = error
            self.gone.set()

    async def _begin(self, headers: Mapping[bytes, bytes]) -> None:
        self._target = await self._choose(_name(headers.get(b"content-disposition", b"")))
        if self._target is None:
            self.gone.set()
            return
        self._part = self._target.parent / f".{uuid4().hex}.part"
        self._file = await self._lane.run(self._part.open, "xb")

    def end(self) -> Path | None:
        """Let the file be there. Raises HandsFull, OSError."""
        if self._trouble:
            raise self._trouble
        if self.gone.is_set():
            return None
        if not (self._file and self._part and self._target):
            raise HandsFull(_refused(self._refusal))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self._target)
        self._part = None
        return self._target

    def drop(self) -> None:
        """Leave nothing behind of what has not come to its end."""
        with suppress(OSError):
            if self._file:
                self._file.close()
            if self._part:
                self._part.unlink()


def _name(disposition: bytes) -> str:
    """Return what a file is called in all its letters, as RFC 6266 has it."""
    found = LETTERS.search(disposition.decode("latin-1"))
    return unquote(found[1]) if found else "cutout.png"


def _refused(body: bytes) -> str:
    with suppress(ValueError, KeyError, TypeError):
        return str(json.loads(body)["says"])
    return "This could not be saved. Try again."


def says_of(error: OSError) -> str:
    if error.errno in NO_ROOM:
        return "The disk is full. Make room and save it again."
    return f"{error.filename or 'This'} cannot be written: {error.strerror}."
