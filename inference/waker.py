"""Wakes workers that sleep while nothing waits: from zero, and as many as the line is long."""

import logging
import threading
from collections.abc import Callable
from math import ceil
from typing import Protocol

from storage.errors import StorageError

log = logging.getLogger(__name__)

LOOK_SECONDS = 3.0
TROUBLE_SECONDS = 30.0
"""Between two looks; longer where the last one failed."""


class Asleep(Exception):
    """Who wakes workers does not answer; the text says what it said."""


class Provider(Protocol):
    """Workers that begin when they are asked to, and end by themselves when nothing waits."""

    def awake(self) -> int:
        """Return how many work, or are about to. Raises Asleep."""
        ...

    def wake(self) -> None:
        """Let one more begin. Raises Asleep."""
        ...

    def close(self) -> None: ...


class Waker:
    """Owns a thread that looks at the line, and wakes who is missing."""

    def __init__(
        self, provider: Provider, waiting: Callable[[], int], *, most: int = 1, each: int = 20
    ) -> None:
        """At most so many are awake, and one for `each` so many photos that wait."""
        self._provider = provider
        self._waiting = waiting
        self._most = most
        self._each = each
        self._trouble = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="waker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self, patience: float = 10.0) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(patience)
        self._provider.close()

    def round(self) -> int:
        """Wake as many as are missing; return how many. Raises Asleep, StorageError."""
        waiting = self._waiting()
        if not waiting:
            return 0
        missing = min(self._most, ceil(waiting / self._each)) - self._provider.awake()
        for _ in range(missing):
            self._provider.wake()
        return max(0, missing)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                woken, self._trouble = self.round(), ""
            except (Asleep, StorageError) as error:
                if str(error) != self._trouble:  # once, not all the time
                    log.warning("workers cannot be woken: %s", error)
                self._trouble = str(error)
                self._stop.wait(TROUBLE_SECONDS)
            else:
                if woken:
                    log.info("workers woken: %d", woken)
                self._stop.wait(LOOK_SECONDS)
