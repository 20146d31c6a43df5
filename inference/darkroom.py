"""Pictures of strangers are read in processes of their own, which may run out of everything.

A bomb, a hang or a crash of a reader is a sentence about that photo, and another process is there
for the next one. What such a process has is its memory and one line to us: neither the environment
with its secrets, nor any other file that is open here.
"""

import os
import queue
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inference.errors import OutOfMemory, PhotoRejected, Refusal
from inference.header import LOCAL_LIMITS, Header, Limits
from inference.sniff import HEAD, Kind, sniff
from inference.wire import Message, Torn, memory, receive, send

if TYPE_CHECKING:
    from inference.photo import Photo

ROOT = Path(__file__).parents[1]
PHOTOS = 200
"""After so many a process is replaced: what libraries leak, leaks no further."""
START_SECONDS = 60.0
TRIES = 5
MOST_LETTERS = 500
MEGABYTE = 1 << 20
UNREADABLE = "This photo cannot be read: it is damaged, or built to do harm."
ENDLESS = "This photo takes too long to open. Save it anew in another program and try again."
# Nothing of ours: a reader that was taken over finds no secret. One thread for each library.
ENVIRONMENT = {
    "PYTHONPATH": str(ROOT),
    "LC_ALL": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}
TOO_MUCH = (
    "This photo takes more memory to open than one photo may have here. Save it smaller, or anew "
    "in another program, and try again."
)


class Darkroom:
    """Owns a few warm processes. Thread-safe; more callers than processes wait for one."""

    def __init__(
        self,
        processes: int = 2,
        *,
        megabytes: int = 1500,
        seconds: float = 20.0,
        photos: int = PHOTOS,
    ) -> None:
        """`megabytes` is the memory for one photo, `seconds` its time."""
        self._megabytes, self._seconds, self._photos = megabytes, seconds, photos
        self._free: queue.LifoQueue[Booth] = queue.LifoQueue()
        self._closed = False
        for _ in range(processes):
            self._free.put(self._booth())

    def open(self, data: bytes, limits: Limits = LOCAL_LIMITS, *, deep: bool = False) -> "Photo":
        """Check and decode a file. Raises PhotoRejected, OutOfMemory."""
        from inference.plate import unpacked  # noqa: PLC0415 NumPy comes in with the first photo

        with _shared(data) as handle:
            asked = _asked(limits, look=False, deep=deep)
            answer = self._answer(asked, handle)
        header = _header(answer, sniff(data[:HEAD]), limits)
        try:
            return unpacked(answer, header)
        except Torn as error:
            raise PhotoRejected(UNREADABLE, Refusal.BROKEN) from error
        finally:
            answer.drop()

    def inspect(self, source: bytes | Path, limits: Limits = LOCAL_LIMITS) -> Header:
        """Look at the header alone. Raises PhotoRejected, OutOfMemory."""
        if isinstance(source, bytes):
            with _shared(source) as handle:
                return self._header(handle, source[:HEAD], limits)
        with source.open("rb") as file:
            head = file.read(HEAD)
            return self._header(file.fileno(), head, limits)

    def close(self) -> None:
        self._closed = True
        with suppress(queue.Empty):
            while True:
                self._free.get_nowait().end()

    def _header(self, handle: int, head: bytes, limits: Limits) -> Header:
        kind = sniff(head)
        answer = self._answer(_asked(limits, look=True, deep=False), handle)
        return _header(answer, kind, limits)

    def _answer(self, asked: dict[str, Any], handle: int) -> Message:
        """Have a file read by the next free process. Raises PhotoRejected, OutOfMemory."""
        booth = self._ready()
        sound = False
        try:
            answer = booth.ask(asked, handle, self._seconds)
            sound = booth.photos < self._photos
        except TimeoutError as error:
            raise PhotoRejected(ENDLESS, Refusal.BROKEN) from error
        except (Torn, OSError) as error:
            raise PhotoRejected(UNREADABLE, Refusal.BROKEN) from error
        finally:
            self._give_back(booth, sound=sound)
        try:
            _check(answer.said)
        except PhotoRejected:
            answer.drop()
            raise
        return answer

    def _ready(self) -> "Booth":
        """Return a process that answers: one that died meanwhile is no fault of the next photo."""
        for _ in range(TRIES):
            booth = self._free.get()
            if booth.is_ready():
                return booth
            self._give_back(booth, sound=False)
        raise OutOfMemory("Photos cannot be read right now. Try again in a minute.")

    def _give_back(self, booth: "Booth", *, sound: bool) -> None:
        if not sound:
            booth.end()
            booth = self._booth()
        if self._closed:
            booth.end()
        self._free.put(booth)

    def _booth(self) -> "Booth":
        return Booth(self._megabytes * MEGABYTE, self._seconds)


class Booth:
    """One process, and the line to it."""

    def __init__(self, most_bytes: int, seconds: float) -> None:
        self.photos = 0
        """So many were read here."""
        self._begun = False
        self._line, theirs = socket.socketpair()
        command = [sys.executable, "-P", "-s", "-m", "inference.developing"]
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 our own module
                [*command, str(theirs.fileno()), str(most_bytes), str(seconds)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd=ROOT,
                env=ENVIRONMENT,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_ready(self) -> bool:
        try:
            if not self._begun:
                self._line.settimeout(START_SECONDS)
                self._begun = bool(receive(self._line).said["ready"])
        except (Torn, OSError, KeyError):
            return False
        return self._process.poll() is None

    def ask(self, said: dict[str, Any], handle: int, seconds: float) -> Message:
        """Raises Torn, OSError, TimeoutError."""
        self.photos += 1
        self._line.settimeout(seconds)
        send(self._line, said, handle)
        return receive(self._line)

    def end(self) -> None:
        self._line.close()
        self._process.kill()
        self._process.wait()


@contextmanager
def _shared(data: bytes) -> Iterator[int]:
    handle = memory(0)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        yield handle
    finally:
        os.close(handle)


def _asked(limits: Limits, *, look: bool, deep: bool) -> dict[str, Any]:
    return {
        "limits": [limits.max_bytes, limits.max_pixels, limits.max_side],
        "look": look,
        "deep": deep,
    }


def _check(said: dict[str, Any]) -> None:
    """Raises PhotoRejected."""
    if "memory" in said:
        raise PhotoRejected(TOO_MUCH, Refusal.BROKEN)
    if "refusal" in said:
        try:
            raise PhotoRejected(str(said["says"])[:MOST_LETTERS], Refusal[said["refusal"]])
        except KeyError as error:
            raise PhotoRejected(UNREADABLE, Refusal.BROKEN) from error


def _header(answer: Message, kind: Kind, limits: Limits) -> Header:
    """Believe a process that read a stranger's file no more than is needed."""
    match answer.said:
        case {"width": int(width), "height": int(height)} if (
            min(width, height) > 0
            and max(width, height) <= limits.max_side
            and width * height <= limits.max_pixels
        ):
            return Header(kind.mime, kind.extension, width, height)
    answer.drop()
    raise PhotoRejected(UNREADABLE, Refusal.BROKEN)
