"""The window's own process with a pretended engine: nothing is seen, and each odd end is had."""

import json
import os
import sys
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Self

from ui.window.pane import DOOR, Pane
from ui.window.wire import Address, knock


class Happening(threading.Event):
    """Something that a window tells, in a thread of its own, as pywebview does."""

    def __init__(self) -> None:
        super().__init__()
        self._acts: list[Callable[..., Any]] = []

    def __iadd__(self, act: Callable[..., Any]) -> Self:
        self._acts.append(act)
        return self

    def happen(self) -> None:
        self.set()
        for act in self._acts:
            threading.Thread(target=act, daemon=True).start()


class Awaited(Happening):
    """Happens once somebody waits for it."""

    def wait(self, timeout: float | None = None) -> bool:
        del timeout
        self.happen()
        return True


class Engine:
    """What stands for pywebview, and for its one window; `oddity` is one of those below."""

    screens = ()
    width, height = 1000, 700

    def __init__(self, oddity: str) -> None:
        self._oddity = oddity
        names = ("loaded", "moved", "resized", "maximized", "restored", "closing")
        self.events = SimpleNamespace(
            shown=Awaited() if oddity == "late" else Happening(),
            **{name: Happening() for name in names},
        )
        self.dom = SimpleNamespace(document=SimpleNamespace(on=lambda *_: None))
        self._over = threading.Event()
        self._asked = 0

    def create_window(self, *_: object, **__: object) -> "Engine":
        return self

    def start(self, **_: object) -> None:
        if self._oddity not in {"late", "never"}:
            self.events.shown.happen()
        if self._oddity == "stays":
            threading.Thread(target=threading.Event().wait).start()
            return
        self._over.wait()

    def load_url(self, _: str) -> None:
        assert self.events.shown.is_set(), "who asks before waits for so long, and no longer"
        self.events.loaded.happen()

    def get_current_url(self) -> str:
        return "http://127.0.0.1/"

    def evaluate_js(self, _: str) -> float:
        self._asked += 1
        if self._asked == 1:  # another page comes while this one is asked
            self.events.loaded.happen()
            raise RuntimeError
        return 1000.0

    def destroy(self) -> None:
        assert self.events.shown.is_set(), "who asks before waits for so long, and no longer"
        self._over.set()

    def toggle_fullscreen(self) -> None: ...


def main(oddity: str) -> None:
    sys.modules["webview.dom"] = SimpleNamespace(DOMEventHandler=lambda *_, **__: None)  # type: ignore[assignment]
    sys.modules["webview.menu"] = SimpleNamespace(Menu=None)  # type: ignore[assignment]
    door = json.loads(os.environ[DOOR])
    wire = knock(Address(door["port"], door["key"]), "window")
    told = wire.heard()
    Pane(Engine(oddity), wire, next(told)).show(told)


if __name__ == "__main__":
    main(sys.argv[1])
