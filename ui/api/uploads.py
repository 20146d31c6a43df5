"""The way in: a photo arrives as the body of one request."""

import asyncio
import errno
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from inference.errors import PhotoRejected, Refusal
from inference.jobs import Studio
from inference.sniff import sniff
from storage.errors import DiskFull, NotWritable
from ui.api.answers import Unfit, account_of
from ui.lane import Lane
from ui.names import shown_folder, shown_name

HEAD = 64
"""Bytes that tell the kind of a picture."""
PIECE = 1 << 20
"""Bytes that are written at once."""
SUFFIX = ".part"
LEFT_OVER_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Inbox:
    """Where files lie while they arrive; on the disk of the library, which copies them."""

    folder: Path
    idle_seconds: float = 30.0
    """How long a sender may be silent."""

    def open(self) -> Path:
        """Make an empty file. Raises DiskFull, NotWritable."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, suffix=SUFFIX, delete=False) as file:
                return Path(file.name)
        except OSError as error:
            raise _unkept(error) from error

    def sweep(self) -> None:
        """Remove what a crash has left behind."""
        oldest = time.time() - LEFT_OVER_SECONDS
        for file in self.folder.glob(f"*{SUFFIX}"):
            with suppress(OSError):  # another Coveshot may do the same right now
                if file.stat().st_mtime < oldest:
                    file.unlink()


@dataclass(frozen=True, slots=True)
class Uploads:
    studio: Studio
    lane: Lane
    inbox: Inbox

    async def take(self, request: Request) -> Response:
        """Write the body to a file, refusing as early as can be, and hand it to the Studio."""
        account = account_of(request)
        most = account.plan.max_bytes
        _check_announced(request, most)
        file = await self.lane.run(self.inbox.open)
        try:
            await self._receive(request, file, most)
            entry = await self.lane.run(
                self.studio.arrive,
                account,
                file,
                name=shown_name(request.query_params.get("name", "")),
                folder=shown_folder(request.query_params.get("folder", "")),
            )
        except ClientDisconnect as error:
            raise Unfit("The upload was broken off.", HTTPStatus.BAD_REQUEST) from error
        finally:
            with suppress(OSError):  # what cannot be removed now is swept at the next start
                file.unlink()
        return JSONResponse({"id": entry.id}, HTTPStatus.CREATED)

    async def _receive(self, request: Request, file: Path, most: int) -> None:
        arrived = 0
        async for piece in _pieces(request, self.inbox.idle_seconds):
            if arrived == 0:
                sniff(piece)
            arrived += len(piece)
            if arrived > most:
                raise _too_large(most)
            await self.lane.run(append, file, piece)


def append(file: Path, piece: bytes) -> None:
    """Raises DiskFull, NotWritable."""
    try:
        with file.open("ab") as stream:
            stream.write(piece)
    except OSError as error:
        raise _unkept(error) from error


async def _pieces(request: Request, idle_seconds: float) -> AsyncIterator[bytes]:
    """Join the chunks of a body: a small first piece that tells the kind, then large ones."""
    piece, enough = bytearray(), HEAD
    async for chunk in _chunks(request, idle_seconds):
        piece += chunk
        if len(piece) >= enough:
            yield bytes(piece)
            piece.clear()
            enough = PIECE
    if piece:
        yield bytes(piece)


async def _chunks(request: Request, idle_seconds: float) -> AsyncGenerator[bytes]:
    body = request.stream()
    while True:
        try:
            async with asyncio.timeout(idle_seconds):
                chunk = await anext(body)
        except TimeoutError as error:
            raise Unfit(
                f"Nothing came for {idle_seconds:.0f} seconds. Send the photo again.",
                HTTPStatus.REQUEST_TIMEOUT,
            ) from error
        if not chunk:  # the end of the body
            return
        yield chunk


def _check_announced(request: Request, most: int) -> None:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise _too_large(most)


def _too_large(most: int) -> PhotoRejected:
    return PhotoRejected(
        f"This file is larger than {most / 1e6:.0f} MB, the most that is taken here. "
        "Save it smaller and try again.",
        Refusal.SIZE,
    )


def _unkept(error: OSError) -> DiskFull | NotWritable:
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return DiskFull()
    return NotWritable(f"The photo could not be written: {error.strerror}.")
