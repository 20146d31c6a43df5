"""One window a library: whoever starts it again hands over what it was started with."""

import json
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path

from storage.blobs import write_durably
from ui.window.wire import Address, knock

LOCK, NOTE = "window.lock", "window.door"
PATIENCE = 60.0
"""Seconds that one which has just begun is given to take something in, one that ends to be gone."""
LOOK_SECONDS = 0.05


class Silent(Exception):
    """A library has a window, and that does not answer."""


class Claim:
    """Holds a library for one window; the system gives it back whatever ends the process."""

    def __init__(self, home: Path, lock: sqlite3.Connection) -> None:
        self._note = home / NOTE
        self._lock = lock

    def publish(self, address: Address) -> None:
        """Tell later starts, and nobody else, where to hand over. Raises OSError."""
        write_durably(self._note, json.dumps(asdict(address)).encode())
        self._note.chmod(0o600)

    def close(self) -> None:
        self._note.unlink(missing_ok=True)
        self._lock.close()


def claim(home: Path) -> Claim | None:
    """Take a library for a window; None where there is one already. Raises OSError."""
    home.mkdir(parents=True, exist_ok=True)
    # SQLite locks alike on all systems, and its lock never outlives a process.
    try:
        lock = sqlite3.connect(home / LOCK, timeout=0, isolation_level=None)
    except sqlite3.OperationalError as error:
        raise PermissionError(13, "Permission denied", str(home / LOCK)) from error
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            return None
        raise PermissionError(13, "Permission denied", str(home / LOCK)) from error
    return Claim(home, lock)


def claim_or_hand_over(
    home: Path, paths: Sequence[Path], patience: float = PATIENCE
) -> Claim | None:
    """Take a library, or let the window that has it open some files and come to the front.

    None where it does. One that ends takes nothing more, and is waited for. Raises Silent, OSError.
    """
    last = time.monotonic() + patience
    while (left := last - time.monotonic()) > 0:
        if claimed := claim(home):
            return claimed
        if _taken(home, paths, left):
            return None
        time.sleep(LOOK_SECONDS)
    raise Silent


def _taken(home: Path, paths: Sequence[Path], patience: float) -> bool:
    with suppress(OSError, ValueError, KeyError, TypeError):
        note = json.loads((home / NOTE).read_text())
        wire = knock(Address(note["port"], note["key"]), "start", patience)
        with closing(wire):
            wire.tell("bring", paths=[str(path) for path in paths])
            return any(told.get("what") == "taken" for told in wire.heard())
    return False
