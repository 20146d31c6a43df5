"""Where bodies of requests lie while they arrive: on the disk, however many come at once."""

import asyncio
import errno
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request

from inference.errors import PhotoRejected, Refusal
from inference.sniff import HEAD
from storage.errors import DiskFull, NotWritable
from ui.api.answers import Unfit
from ui.lane import Lane

PIECE = 1 << 17
"""Bytes that are written at once: what each sender has in memory."""
SUFFIX = ".part"
LEFT_OVER_SECONDS = 3600.0


def _nothing(_: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Inbox:
    """A folder on the disk of the library, which copies from it."""

    folder: Path
    idle_seconds: float = 30.0
    """How long a sender may be silent."""
    whole_seconds: float = 1800.0
    """How long a body may take: who sends a byte now and then holds a place for ever."""

    @asynccontextmanager
    async def receive(
        self, request: Request, lane: Lane, most: int, check: Callable[[bytes], object] = _nothing
    ) -> AsyncIterator[Path]:
        """Write a body of at most `most` bytes to a file, which is there for the `with` block.

        `check` may refuse its first bytes. Raises Unfit (408), PhotoRejected, DiskFull,
        NotWritable, and ClientDisconnect where the sender has hung up.
        """
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > most:
            raise _too_large(most)
        file = await lane.run(self.open)
        try:
            arrived = 0
            async for piece in _pieces(request, self.idle_seconds, self.whole_seconds):
                if arrived == 0:
                    check(piece)
                arrived += len(piece)
                if arrived > most:
                    raise _too_large(most)
                await lane.run(append, file, piece)
            yield file
        finally:
            with suppress(OSError):  # what cannot be removed now is swept at the next start
                file.unlink()

    def open(self) -> Path:
        """Make an empty file. Raises DiskFull, NotWritable."""
        with writing():
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, suffix=SUFFIX, delete=False) as file:
                return Path(file.name)

    def sweep(self) -> None:
        """Remove what a crash has left behind."""
        oldest = time.time() - LEFT_OVER_SECONDS
        for file in self.folder.glob(f"*{SUFFIX}"):
            with suppress(OSError):  # another Coveshot may do the same right now
                if file.stat().st_mtime < oldest:
                    file.unlink()


def append(file: Path, piece: bytes) -> None:
    """Raises DiskFull, NotWritable."""
    with writing(), file.open("ab") as stream:
        stream.write(piece)


@contextmanager
def writing() -> Iterator[None]:
    """Say in a sentence why a file cannot be written. Raises DiskFull, NotWritable."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise DiskFull from error
        raise NotWritable(f"The photo could not be written: {error.strerror}.") from error


async def _pieces(
    request: Request, idle_seconds: float, whole_seconds: float
) -> AsyncIterator[bytes]:
    """Join the chunks of a body: a small first piece that tells the kind, then large ones."""
    piece, enough = bytearray(), HEAD
    async for chunk in _chunks(request, idle_seconds, whole_seconds):
        piece += chunk
        if len(piece) >= enough:
            yield bytes(piece)
            piece.clear()
            enough = PIECE
    if piece:
        yield bytes(piece)


async def _chunks(
    request: Request, idle_seconds: float, whole_seconds: float
) -> AsyncGenerator[bytes]:
    body, end = request.stream(), time.monotonic() + whole_seconds
    while True:
        if time.monotonic() > end:
            raise Unfit(
                "This takes too long. Send the photo again over a faster connection.",
                HTTPStatus.REQUEST_TIMEOUT,
            )
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


def _too_large(most: int) -> PhotoRejected:
    return PhotoRejected(
        f"This file is larger than {most / 1e6:.0f} MB, the most that is taken here. "
        "Save it smaller and try again.",
        Refusal.SIZE,
    )
