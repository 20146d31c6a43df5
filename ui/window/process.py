"""The process of the window, as the program has it: started first, told more as it is known."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Any

from ui.window.pane import DOOR
from ui.window.wire import Address, Told, Wire

ROOT = Path(__file__).parents[2]
LAST_WORDS = 20_000
"""Characters of what it has said on stderr that are looked through."""
LEAVE_SECONDS = 5.0
"""That it is given to go by itself."""
BY_SIGNAL = {-signal.SIGTERM, -signal.SIGINT}
"""What a window ends with that is ended with all programs, as at the end of a session."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a window has gone."""

    shown: bool
    closed: bool
    """Whether somebody has closed it, or we have."""
    why: str
    """What it had to say, where it could not open; of other programs and in their words."""
    code: int


MODULES = {"window": "ui.window.pane", "alert": "ui.window.alert"}


def command(part: str, *words: str) -> list[str]:
    """Return what starts a part of ours as a process: in a bundle, the bundle itself."""
    if getattr(sys, "frozen", False):
        return [sys.executable, part, *words]
    return [sys.executable, "-m", MODULES[part], *words]


def surroundings(**more: str) -> dict[str, str]:
    """Return the environment in which such a process finds us, wherever it is started."""
    paths = filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)} | more


class Window:
    """Owns the process. Thread-safe; what is told before it listens is kept until then."""

    def __init__(
        self,
        log: Path,
        *,
        on_told: Callable[[Told], None],
        on_end: Callable[[Ending], None],
        start: Sequence[str] | None = None,
    ) -> None:
        """`on_told` is handed what it tells, `on_end` how it ended, both in threads of its own.

        `log` takes what the engine says; `start` is the command that starts it.
        """
        self._log = log
        self._on_told, self._on_end = on_told, on_end
        self._command = start or command("window")
        self._lock = threading.Lock()
        self._wire: Wire | None = None
        self._unsaid: list[Told] = []
        self._asked: dict[int, Future[list[Path]]] = {}
        self._numbers = count(1)
        self._seen: set[str] = set()
        self._leaving = False
        self._listener: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def there(self) -> bool:
        """Whether it may still answer."""
        return self._process is not None and self._process.poll() is None

    def open(self, door: Address) -> None:
        """Start it; it comes in by the door. Raises OSError."""
        environment = surroundings(**{DOOR: json.dumps(asdict(door))})
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 ourselves
                self._command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,  # Ctrl-C at a terminal is for us; it is told
            )
        threading.Thread(target=self._watch, name="window", daemon=True).start()

    def attach(self, wire: Wire) -> None:
        """Take what it has come in with; returns once it has gone."""
        with self._lock:
            self._listener = threading.current_thread()
            self._wire, unsaid = wire, self._unsaid
            for told in unsaid:
                wire.tell(**told)
        for told in wire.heard():
            self._hear(told)
        self._leave()

    def tell(self, what: str, **more: Any) -> None:
        with self._lock:
            if self._wire:
                self._wire.tell(what, **more)
            else:
                self._unsaid.append({"what": what, **more})

    async def ask(self, what: str, **more: Any) -> list[Path]:
        """Return what somebody chooses; nothing where they choose nothing, or it goes meanwhile."""
        future: Future[list[Path]] = Future()
        with self._lock:
            number = next(self._numbers)
            self._asked[number] = future
        self.tell(what, id=number, **more)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """End it, and wait until it has gone."""
        self._leaving = True
        if self._process and "shown" not in self._seen:
            self._process.terminate()  # it has nothing to lose
        self.tell("end")
        self._leave()

    def _leave(self) -> None:
        """Wait until it has gone, for as long as that may take."""
        if self._process:
            try:
                self._process.wait(LEAVE_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _hear(self, told: Told) -> None:
        what = told.get("what")
        self._seen.add(str(what))
        if what == "answer":
            with self._lock:
                future = self._asked.pop(int(told["id"]), None)
            if future and not future.cancelled():
                future.set_result([Path(path) for path in told["paths"]])
        else:
            self._on_told(told)

    def _watch(self) -> None:
        assert self._process
        code = self._process.wait()
        if self._listener:  # it may have told something just before
            self._listener.join()
        with self._lock:
            asked, self._asked = self._asked, {}
        for future in asked.values():
            if not future.cancelled():
                future.set_result([])
        said = self._log.read_text(errors="replace")[-LAST_WORDS:]
        closed = self._leaving or "closed" in self._seen or code in BY_SIGNAL
        self._on_end(Ending("shown" in self._seen, closed, said, code))
