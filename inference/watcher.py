"""Learns what has changed in a library, whichever process did it, for all who listen in this one.

One question for all of them, instead of one of each: two a second while something happens, one in
two seconds when nothing does, none where nobody listens. What this process does itself is looked
for at once.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from storage.errors import StorageError
from storage.ports.stirs import Stirs

log = logging.getLogger(__name__)

Ring = Callable[[], object]
"""Called in a thread of the watcher; it has to be quick, and never raises."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds between two looks: after a change, and at most; between any two."""

    first: float = 0.25
    most: float = 2.0
    least: float = 0.1
    slower: float = 1.5


@dataclass(slots=True, eq=False)
class _Ear:
    scope: str
    ring: Ring
    new: bool = field(default=True)
    """Nothing was looked at since it came: it may have missed something."""


class Watcher:
    """Owns one thread, which begins with the first who listens. Thread-safe."""

    def __init__(self, stirs: Stirs, patience: Patience = Patience()) -> None:
        self._stirs = stirs
        self._patience = patience
        self._lock = threading.Lock()
        self._ears: set[_Ear] = set()
        self._mark = 0
        self._known: dict[str, str] = {}
        self._failing = False
        self._hurried = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def listen(self, scope: str, ring: Ring) -> Callable[[], None]:
        """Ring whenever something has changed in a scope, until what is returned is called.

        It rings once for what may have happened before, and when the library cannot be asked.
        """
        ear = _Ear(scope, ring)
        with self._lock:
            self._ears.add(ear)
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
                self._thread.start()
        self.hurry()
        return lambda: self._forget(ear)

    def hurry(self) -> None:
        """Look soon: something was done here."""
        self._hurried.set()

    def look(self) -> bool:
        """Ask once and ring where something is new; tell whether anything was."""
        try:
            stir = self._stirs.since(self._mark)
        except StorageError as error:
            if not self._failing:
                log.warning("pages are not told of changes for now: %s", error.says)
            failed, self._failing = self._failing, True
            self._ring(lambda _: not failed)
            return False
        anew = self._failing or stir.mark < self._mark or not self._mark
        fresh = {one for one, stamp in stir.scopes.items() if self._known.get(one) != stamp}
        self._mark, self._known, self._failing = stir.mark, {**stir.scopes}, False
        self._ring(lambda ear: anew or ear.new or ear.scope in fresh)
        return bool(fresh)

    def close(self) -> None:
        self._stop.set()
        self.hurry()
        if self._thread:
            self._thread.join(self._patience.most)  # it may be asking what does not answer

    def _forget(self, ear: _Ear) -> None:
        with self._lock:
            self._ears.discard(ear)

    def _ring(self, wanted: Callable[[_Ear], bool]) -> None:
        with self._lock:
            called = [ear for ear in self._ears if wanted(ear)]
            for ear in called:
                ear.new = False
        for ear in called:
            ear.ring()

    def _run(self) -> None:
        pause = self._patience.first
        while not self._stop.wait(self._patience.least):
            hurried = self._hurried.wait(pause if self._ears else None)
            self._hurried.clear()
            if self._stop.is_set():
                return
            if not self._ears:
                self._mark = 0  # who comes next begins anew
                continue
            stirred = self.look()
            slower = min(pause * self._patience.slower, self._patience.most)
            pause = self._patience.first if stirred or hurried else slower
