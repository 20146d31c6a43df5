"""Numbers as people read them: how far a batch is, how long, how large, when."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

from ui.words import t

FIRST = 3
"""Photos after which a guess is worth telling."""
LAST = 30
"""Photos that tell how fast it goes now."""
REST = 10
"""A wait of so many times what is usual was a rest: a pause, or a night."""


def progress(done: int, waiting: int, ends: Sequence[float]) -> str:
    """Tell `37/120 · 3 min left`; `ends` are the Unix times at which photos were finished."""
    told = f"{done}/{done + waiting}"
    if len(ends) < FIRST:
        return told
    time = lasting(pace(ends) * waiting)
    return t("{progress} · {time} left", progress=told, time=time)


def pace(ends: Sequence[float]) -> float:
    """Return the seconds between two finished photos, while there was something to do."""
    waits = sorted(after - before for before, after in pairwise(sorted(ends)[-LAST - 1 :]))
    shorter = waits[: max(1, 3 * len(waits) // 4)]
    usual = sum(shorter) / len(shorter)
    busy = [wait for wait in waits if wait <= REST * usual + 1]
    return sum(busy) / len(busy)


def lasting(seconds: float) -> str:
    """Tell a time about: `40 s`, `3 min`, `2 h`."""
    if seconds < 60:  # noqa: PLR2004 a minute
        return t("{number} s", number=max(1, round(seconds)))
    if seconds < 2 * 3600:
        return t("{number} min", number=round(seconds / 60))
    return t("{number} h", number=round(seconds / 3600))


def sized(count: int) -> str:
    """Tell a number of bytes about: `12 kB`, `230 MB`, `1.4 GB`."""
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            digits = 1 if count < 10 * size else 0
            return t("{number} {unit}", number=f"{count / size:.{digits}f}", unit=unit)
    return t("{number} {unit}", number=-(-count // 1000), unit="kB")


def dated(moment: float) -> str:
    """Tell a moment in Unix seconds, in the time of this computer: `2026-11-25 18:43`."""
    return datetime.fromtimestamp(moment, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
