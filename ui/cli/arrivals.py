"""What has come into a folder: whole, and not tried as it is now."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ui.cli.sources import Source, find

PARTIAL = (".part", ".partial", ".filepart", ".crdownload", ".download", ".opdownload", ".tmp")
"""How programs call a file that they have not finished; some begin or end the name with `~`."""

Sign = tuple[int, int, int]
"""Size, time of the last change and number of a file: another one has other content, or may."""


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
    _tried: dict[Path, Sign] = field(default_factory=dict)

    def look(self) -> list[Source]:
        """Return what is to be cut out now. Raises Misused where the folder is gone."""
        found = find([self.folder], self.out)
        self.unreadable = found.unreadable
        now = self.clock()
        seen, ready = {}, []
        for source in found.sources:
            sign = None if _partial(source.path) else _sign(source.path)
            if sign is None:
                continue
            before, since = self._seen.get(source.path, (None, now))
            seen[source.path] = (sign, since if sign == before else now)
            if self._tried.get(source.path) != sign == before and now - since >= self.settle:
                ready.append(source)
        self._seen = seen
        self._tried = {path: sign for path, sign in self._tried.items() if path in seen}
        return ready

    def tried(self, paths: Iterable[Path]) -> None:
        """Leave files alone until they are other ones than at the last look."""
        self._tried |= {path: self._seen[path][0] for path in paths if path in self._seen}


def _partial(path: Path) -> bool:
    name = path.name.casefold()
    return name.startswith("~") or name.endswith(("~", *PARTIAL))


def _sign(path: Path) -> Sign | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns, stat.st_ino
