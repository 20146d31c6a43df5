"""The port of what is noted for those who answer for an instance; it is only ever added to."""

import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

log = logging.getLogger(__name__)


class Audit(Protocol):
    def note(self, action: str, scope: str, detail: Mapping[str, str | int]) -> None:
        """Note what has happened in a scope, never a name of a file. Thread-safe; may block."""
        ...


class NoAudit:
    """On one's own computer."""

    def note(self, action: str, scope: str, detail: Mapping[str, str | int]) -> None: ...


class FileAudit:
    """A line of JSON a note, in a file that survives a power cut."""

    def __init__(self, file: Path, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._clock = clock

    def note(self, action: str, scope: str, detail: Mapping[str, str | int]) -> None:
        noted = {"at": self._clock(), "action": action, "scope": scope, "detail": dict(detail)}
        line = json.dumps(noted, separators=(",", ":")).encode() + b"\n"
        try:
            self._append(line)
        except OSError:  # what is noted has happened all the same
            log.exception("%s in %s could not be noted", action, scope)

    def _append(self, line: bytes) -> None:
        handle = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line)
            os.fsync(handle)
        finally:
            os.close(handle)
