"""Python reads this at its start: one name leads to a port of this computer."""

import os
import socket
from typing import Any

_asked = socket.getaddrinfo


def _mapped(host: Any, port: Any, *more: Any, **named: Any) -> Any:
    if host == os.environ["MAPPED_NAME"]:
        host, port = "127.0.0.1", os.environ["MAPPED_PORT"]
    return _asked(host, port, *more, **named)


socket.getaddrinfo = _mapped
