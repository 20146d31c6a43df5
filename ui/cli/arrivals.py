"""What has come into a folder: whole, and not tried as it is now."""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ui.cli.sources import Source, find

PARTIAL = (".part", ".partial", ".filepart", ".crdownload", ".download", ".opdownload", ".tmp")
"""How programs call a file that they have not finished; some begin or end the name with `~`."""

Sign = tuple[int, int, int]
"""Size, time of the last change and number of a file: another one has other content, or may."""

PAUSE = 1.0
"""Seconds before something is tried again at first."""
MOST_PATIENCE = 60.0
"""Seconds before something is tried again at the latest."""


@dataclass(frozen=True, slots=True)
class _Rest:
    """How long a file is left alone, unless it becomes another one."""

    sign: Sign
    until: float
    seconds: float


@dataclass(slots=True)
class Arrivals:
    """Looks into one folder again and again; remembers what it saw, and what was tried.

    A look is quick, as long as it only reads names and sizes: it works on network shares, where
    nobody tells of changes.
    """

    folder: Path
    out: Path
    """What lies below is never looked at."""
    settle: float
    """Seconds for which a file has to stay as it is: it may still be growing."""
    clock: Callable[[], float] = time.monotonic
    unreadable: list[str] = field(default_factory=list)
    """Sentences about folders that could not be looked into at the last look."""
    _seen: dict[Path, tuple[Sign, float]] = field(default_factory=dict)
    _rests: dict[Path, _Rest] = field(default_factory=dict)

    def look(self) -> list[Source]:
        """Return what is to be cut out now. Raises Misused where the folder is gone."""
        found = find([self.folder], self.out)
        self.unreadable = found.unreadable
        now = self.clock()
        seen, ready = {}, []
        for source in found.sources:
            sign = None if _partial(source.path) else sign_of(source.path)
            if sign is None:
                continue
            before, since = self._seen.get(source.path, (None, now))
            seen[source.path] = (sign, since if sign == before else now)
            rest = self._rests.get(source.path)
            rests = rest is not None and rest.sign == sign and now < rest.until
            if sign == before and now - since >= self.settle and not rests:
                ready.append(source)
        self._seen = seen
        self._rests = {path: rest for path, rest in self._rests.items() if path in seen}
        return ready

    def tried(self, paths: Iterable[Path]) -> None:
        """Leave files alone until they are other ones than at the last look."""
        for path in paths:
            self._rest(path, math.inf)

    def later(self, path: Path) -> None:
        """Leave a file alone for a while, twice as long as the last time."""
        before, seconds = self._rests.get(path), PAUSE
        if before and before.sign == self._seen[path][0]:
            seconds = min(2 * before.seconds, MOST_PATIENCE)
        self._rest(path, seconds)

    def _rest(self, path: Path, seconds: float) -> None:
        if path in self._seen:
            sign, _ = self._seen[path]
            self._rests[path] = _Rest(sign, self.clock() + seconds, seconds)


def _partial(path: Path) -> bool:
    name = path.name.casefold()
    return name.startswith("~") or name.endswith(("~", *PARTIAL))


def sign_of(path: Path) -> Sign | None:
    """Return the sign of a file, or None where there is none, or none that can be reached."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns, stat.st_ino
