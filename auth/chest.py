"""Where keys to servers elsewhere are kept: by the system, or in a file of one's own.

The file is for machines that have no such place. It can be read by its owner alone.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from auth.keychain import Backend

SERVICE = "Coveshot key"
LAST = "last"
KEYS = "keys"


class Chest:
    """Knows each server by its address, and which was used last. One command at a time."""

    def __init__(
        self,
        file: Path,
        backend: Backend | None = None,
        refusals: tuple[type[Exception], ...] = (),
    ) -> None:
        """`refusals` are the errors of a system that is locked, or told not to."""
        self._file = file
        self._backend = backend
        self._refusals = refusals

    @property
    def last(self) -> str:
        """The address that somebody logged in at last; empty for none."""
        return str(self._read().get(LAST, ""))

    def keep(self, address: str, key: str) -> bool:
        """Keep a key; tell whether the system keeps it, or else the file does."""
        told, sealed = self._read(), False
        if self._backend:
            with suppress(*self._refusals):
                self._backend.set_password(SERVICE, address, key)
                sealed = True
        keys = {**told.get(KEYS, {})}
        keys.pop(address, None)
        self._write({LAST: address, KEYS: keys if sealed else {**keys, address: key}})
        return sealed

    def find(self, address: str) -> str | None:
        if key := self._read().get(KEYS, {}).get(address):
            return str(key)
        if self._backend:
            with suppress(*self._refusals):
                return self._backend.get_password(SERVICE, address)
        return None

    def forget(self, address: str) -> None:
        if self._backend:
            with suppress(*self._refusals):
                self._backend.delete_password(SERVICE, address)
        told = self._read()
        keys = {one: key for one, key in told.get(KEYS, {}).items() if one != address}
        last = told.get(LAST, "")
        self._write({LAST: "" if last == address else last, KEYS: keys})

    def _read(self) -> dict[str, Any]:
        with suppress(OSError, ValueError):
            told = json.loads(self._file.read_text("utf-8"))
            if isinstance(told, dict):
                return told
        return {}

    def _write(self, told: dict[str, Any]) -> None:
        """Write anew, never readable by others, not even for a moment. Raises OSError."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        part = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        with suppress(FileNotFoundError):
            part.unlink()
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(told, stream)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(self._file)


def chest(file: Path) -> Chest:
    """Return what keeps keys on this computer."""
    try:
        import keyring  # noqa: PLC0415 looks for backends when it is imported
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:
        return Chest(file)

    backend = keyring.get_keyring()
    if backend.priority <= 0:  # those that refuse, or forget at once
        return Chest(file)
    return Chest(file, backend, (KeyringError, RuntimeError, OSError))
