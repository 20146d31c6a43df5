"""The routing table of the program, hosted or not by its settings, a line each: method and path."""

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nicegui import app
from starlette.routing import Mount, Route

from main import Settings, build
from ui.app import mount


def table() -> Iterator[tuple[str, str]]:
    """Yield what somebody can ask for; `app` is NiceGUI's, so this is done once a process."""
    with tempfile.TemporaryDirectory() as home:
        house = build(Settings(home=Path(home)))
        mount(house)
        yield from _lines(app.routes)
        house.close()


def _lines(routes: list[Any]) -> Iterator[tuple[str, str]]:
    for route in routes:
        if isinstance(route, Mount):
            yield "GET", f"{_plain(route.path)}/{{file}}"
            if not route.name:  # an application of its own, such as that of the socket
                yield "WS", f"{_plain(route.path)}/{{file}}"
        elif isinstance(route, Route):
            for method in sorted(route.methods or ()):
                yield method, _plain(route.path)
        else:
            yield "WS", _plain(getattr(route, "path", repr(route)))


def _plain(path: str) -> str:
    """Leave away the version of NiceGUI, and of what kind a part is."""
    return re.sub(r"{(\w+):\w+}", r"{\1}", re.sub(r"^/_nicegui/[\d.]+/", "/_nicegui/{v}/", path))


if __name__ == "__main__":
    for line in sorted(set(table())):
        sys.stdout.write(" ".join(line) + "\n")
