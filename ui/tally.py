"""How far a batch is, and how long it will still take."""

import time
from collections.abc import Callable

from ui.words import t

FIRST = 2
"""Photos after which a guess is worth telling."""


class Tally:
    """Counts from the moment that something began to wait."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: float | None = None
        self._done_then = 0

    def text(self, done: int, waiting: int) -> str:
        """Tell `37/120 · 3 min left`; nothing where nothing waits."""
        if not waiting:
            self._since = None
            return ""
        if self._since is None:
            self._since, self._done_then = self._clock(), done
        progress = f"{done}/{done + waiting}"
        finished = done - self._done_then
        if finished < FIRST:
            return progress
        seconds = (self._clock() - self._since) / finished * waiting
        return t("{progress} · {time} left", progress=progress, time=lasting(seconds))


def lasting(seconds: float) -> str:
    """Tell a time about: `40 s`, `3 min`."""
    if seconds < 60:  # noqa: PLR2004 a minute
        return t("{number} s", number=max(1, round(seconds)))
    return t("{number} min", number=round(seconds / 60))
