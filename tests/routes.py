"""The routing table of the program as its settings make it, a line each: method and path.

After it come the functions that hung routes into it, a line each: BY and their names.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from nicegui import app
from starlette.routing import Mount, Route

from auth.launch import LaunchGate
from main import build
from tests.matrix import BY, ROOT, hangers
from ui.api.window import add_window
from ui.app import mount
from ui.settings import Settings
from ui.site import loopback


def table() -> Iterator[tuple[str, str]]:
    """Yield what somebody can ask for; `app` is NiceGUI's, so this is done once a process."""
    called: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        file = frame.f_code.co_filename
        if event == "call" and file.startswith(str(ROOT / "ui")):
            called.add(f"{Path(file).relative_to(ROOT)}:{frame.f_code.co_name}")

    with tempfile.TemporaryDirectory() as home:
        house = build(Settings(home=Path(home)))
        sys.setprofile(note)
        mount(house)
        if house.site is None:  # a window has one way more, with a gate of its own
            add_window(app, LaunchGate(), loopback(0))
        sys.setprofile(None)
        yield from _lines(app.routes)
        house.close()
    yield from ((BY, one) for one in hangers() if one in called)


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
