"""What the processes of one computer tell each other: lines of JSON over the loopback."""

import hmac
import json
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

HOST = "127.0.0.1"
MOST_BYTES = 1 << 22
"""Of a line: some thousands of paths."""
KNOCK_SECONDS = 5.0

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a door is, and what opens it."""

    port: int
    key: str


class Wire:
    """One end of a connection. What is told after the other end has gone is dropped."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")
        self._lock = threading.Lock()

    def tell(self, what: str, **more: Any) -> None:
        line = json.dumps({"what": what, **more}).encode() + b"\n"
        with self._lock, suppress(OSError):
            self._connection.sendall(line)

    def heard(self) -> Iterator[Told]:
        """Yield what the other end tells, until it goes."""
        with suppress(OSError, ValueError):  # ValueError for what is no JSON, and once it is closed
            while line := self._lines.readline(MOST_BYTES):
                told = json.loads(line)
                if isinstance(told, dict):
                    yield told

    def close(self) -> None:
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)  # whoever listens is done
        self._lines.close()
        self._connection.close()


class Door:
    """Where the process that is at work is reached by its window, and by later starts."""

    def __init__(self, on_guest: Callable[[str, Wire], None]) -> None:
        """`on_guest` is called in a thread of its own with who has come, and a wire to them.

        Once it returns they are let go.
        """
        self._on_guest = on_guest
        self._server = socket.create_server((HOST, 0))
        self.address = Address(self._server.getsockname()[1], secrets.token_urlsafe(32))
        threading.Thread(target=self._receive, name="door", daemon=True).start()

    def close(self) -> None:
        """Let nobody else in; who is in stays."""
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)  # else it would be waited for somebody more
        self._server.close()

    def _receive(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                threading.Thread(target=self._admit, args=[connection], daemon=True).start()

    def _admit(self, connection: socket.socket) -> None:
        connection.settimeout(KNOCK_SECONDS)
        wire = Wire(connection)
        first = next(wire.heard(), {})
        shown = str(first.get("key", "")).encode()
        if not hmac.compare_digest(shown, self.address.key.encode()):
            wire.close()
            return
        connection.settimeout(None)
        self._on_guest(str(first["what"]), wire)
        wire.close()


def knock(address: Address, who: str, patience: float | None = None) -> Wire:
    """Come in by a door; what is not told for longer than `patience` (seconds) never is.

    Raises OSError where nobody is behind it.
    """
    connection = socket.create_connection((HOST, address.port), timeout=KNOCK_SECONDS)
    connection.settimeout(patience)
    wire = Wire(connection)
    wire.tell(who, key=address.key)
    return wire
