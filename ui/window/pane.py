"""The window itself: a process of its own that shows what the program serves, and has its hands.

Nothing of the program is imported here: the first page waits for this one to be there.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ui.window.shape import LEAST, Shape, read_shape, written
from ui.window.wire import Address, Told, Wire, knock

DOOR = "COVESHOT_DOOR"
"""The variable that tells where the program is."""
MISSING = 3
"""The exit code where there is nothing to make a window of."""
SPLASH = (
    "<!doctype html><style>:root{color-scheme:light dark}html{background:#f4f4f4}"
    "@media(prefers-color-scheme:dark){html{background:#1e1e1e}}</style>"
)
PAINTED = (
    "performance.getEntriesByName('first-contentful-paint').map("
    "(one) => performance.timeOrigin + one.startTime)[0] ?? 0"
)
"""When something was to be seen, in milliseconds since 1970; 0 before that."""
LOOK_SECONDS = 0.02
LEAVE_SECONDS = 4.0
"""Until a window that should have closed is ended: pywebview waits for answers of pages gone."""
CORNER = (40, 40)
PRESS = """document.body.dispatchEvent(
  new KeyboardEvent("keydown", {{ ...{key}, bubbles: true, cancelable: true }}),
)"""


def main() -> int:
    """Be the window of the program that has started this one, until either ends."""
    door = json.loads(os.environ.pop(DOOR))
    try:
        wire = knock(Address(door["port"], door["key"]), "window")
    except OSError:  # the program has gone
        return 0
    try:
        _check()
        import webview  # noqa: PLC0415 takes most of the time there is
    except ImportError as error:
        return _missing(error)
    told = wire.heard()
    wanted = next(told, {})
    if wanted.get("what") != "be":  # it has gone, or goes
        return 0
    pane = Pane(webview, wire, wanted)
    try:
        pane.show(told)
    except webview.WebViewException as error:
        return _missing(error)
    return 0


def _missing(error: Exception) -> int:
    """Say what is not there where it is read once this process has ended."""
    print(error, file=sys.stderr)  # noqa: T201 as the engine does
    return MISSING


def _check() -> None:
    """Raises ImportError with the name of the library that this system lacks."""
    if sys.platform.startswith("linux"):
        import PySide6.QtWebEngineWidgets  # noqa: F401, PLC0415


class Pane:
    """One window, and what the program asks of it; what is slow has a thread of its own."""

    def __init__(self, webview: Any, wire: Wire, wanted: Told) -> None:
        self._webview, self._wire = webview, wire
        self._wanted = wanted
        self._shape = read_shape(wanted["shape"])
        self._normal = self._shape
        """As it is while it is not as large as the screen."""
        self._window = webview.create_window(
            "Coveshot",
            html=SPLASH,
            width=self._shape.width,
            height=self._shape.height,
            x=self._shape.x,
            y=self._shape.y,
            maximized=self._shape.maximized,
            min_size=LEAST,
            background_color=wanted.get("ground", "#f4f4f4"),
            text_select=True,
            zoomable=True,
            menu=self._menu(wanted.get("menu", ())),
        )
        self._heed(self._window.events)
        self._acts: dict[str, Callable[..., object]] = {
            "go": self._go,
            "photos": self._ask_photos,
            "folder": self._ask_folder,
            "target": self._ask_target,
            "copy": self._copy,
            "front": self._come_to_front,
            "full": self._window.toggle_fullscreen,
            "end": self._end,
        }
        self._painted = False
        self._lock = threading.Lock()

    def show(self, told: Any) -> None:
        """Show it, and return once it is closed. Raises WebViewException."""
        threading.Thread(target=self._listen, args=[told], daemon=True).start()
        self._webview.start(
            gui="qt" if sys.platform.startswith("linux") else None,
            private_mode=False,
            storage_path=self._wanted.get("storage"),
            icon=self._wanted.get("icon"),
            localization=self._wanted.get("words", {}),
        )
        self._wire.tell("closed")
        self._wire.close()  # whoever listens is done

    def _listen(self, told: Any) -> None:
        for message in told:
            act = self._acts.get(message.pop("what", ""))
            if act:  # a dialog stays open for as long as somebody thinks
                threading.Thread(target=act, kwargs=message, daemon=True).start()
        self._end()  # the program has gone, or the window

    def _end(self) -> None:
        """Close the window; where there is none yet, this process has nothing to lose."""
        if not self._window.events.shown.is_set():
            self._wire.tell("closed")
            os._exit(0)
        late = threading.Timer(LEAVE_SECONDS, os._exit, [0])
        late.daemon = True
        late.start()
        self._window.destroy()

    def _heed(self, events: Any) -> None:
        events.shown += self._shown
        events.loaded += self._loaded
        events.moved += lambda x, y: self._note(x=int(x), y=int(y))
        events.resized += lambda width, height: self._note(width=int(width), height=int(height))
        events.maximized += lambda: self._note(maximized=True)
        events.restored += lambda: self._note(maximized=False)
        events.closing += self._closing

    def _note(self, **changed: Any) -> None:
        with self._lock:  # each is told in a thread of its own
            self._shape = Shape(**(written(self._shape) | changed))
            if not self._shape.maximized:
                self._normal = self._shape

    def _closing(self) -> None:
        """Told on the thread that the window is on, perhaps before what was told last is noted."""
        if sys.platform.startswith("linux") and not self._shape.maximized:  # a Mac would wait
            self._note(width=int(self._window.width), height=int(self._window.height))
        shape = written(self._normal) | {"maximized": self._shape.maximized}
        self._wire.tell("shape", shape=shape)

    def _shown(self) -> None:
        """Bring it back where the screen that it was on is not there any more."""
        self._wire.tell("shown")
        if not _is_seen(self._normal, self._webview.screens):
            self._window.move(*CORNER)

    # What the program asks for

    def _go(self, address: str) -> None:
        self._window.events.shown.wait()  # pywebview would not wait for long
        self._window.load_url(address)

    def _loaded(self) -> None:
        """Told after each page; ours are those that come by HTTP."""
        if not str(self._window.get_current_url() or "").startswith("http"):
            return
        from webview.dom import DOMEventHandler  # noqa: PLC0415 as `webview` is

        self._window.dom.document.on("drop", DOMEventHandler(self._dropped, prevent_default=True))
        self._wire.tell("loaded")
        self._tell_paint()

    def _tell_paint(self) -> None:
        """Look until something is to be seen: the page may have been asked before it was there."""
        while not self._painted:
            if at := self._window.evaluate_js(PAINTED):
                self._painted = True
                self._wire.tell("painted", at=float(at) / 1000)
                return
            time.sleep(LOOK_SECONDS)

    def _dropped(self, event: Told) -> None:
        files = event.get("dataTransfer", {}).get("files", [])
        paths = [file["pywebviewFullPath"] for file in files if file.get("pywebviewFullPath")]
        if paths:
            self._wire.tell("bring", paths=paths)

    def _ask_photos(self, id: int, folder: str, kinds: Sequence[str]) -> None:  # noqa: A002 as told
        kind = self._webview.FileDialog.OPEN
        self._answer(id, kind, directory=folder, allow_multiple=True, file_types=tuple(kinds))

    def _ask_folder(self, id: int, folder: str) -> None:  # noqa: A002 as told
        self._answer(id, self._webview.FileDialog.FOLDER, directory=folder)

    def _ask_target(self, id: int, folder: str, name: str) -> None:  # noqa: A002 as told
        kind = self._webview.FileDialog.SAVE
        self._answer(id, kind, directory=folder, save_filename=name)

    def _answer(self, id_: int, kind: Any, **more: Any) -> None:
        chosen = self._window.create_file_dialog(kind, **more)
        paths = [chosen] if isinstance(chosen, str) else list(chosen or ())
        self._wire.tell("answer", id=id_, paths=paths)

    def _copy(self, id: int, file: str) -> None:  # noqa: A002 as told
        """Put a PNG on the clipboard, with its alpha; only Qt is asked for it."""
        from qtpy.QtCore import QMimeData  # noqa: PLC0415 where there is Qt
        from qtpy.QtGui import QImage  # noqa: PLC0415
        from qtpy.QtWidgets import QApplication  # noqa: PLC0415

        data = Path(file).read_bytes()

        def put() -> None:
            mime = QMimeData()
            mime.setData("image/png", data)
            mime.setImageData(QImage.fromData(data))
            QApplication.clipboard().setMimeData(mime)
            self._wire.tell("answer", id=id, paths=[file])

        self._window.native.create_window_trigger.emit(put)  # on the thread that Qt is on

    def _come_to_front(self) -> None:
        self._window.restore()
        self._window.show()

    # The menu bar

    def _menu(self, menus: Sequence[Told]) -> list[Any]:
        from webview.menu import Menu  # noqa: PLC0415 as `webview` is

        return [Menu(one["title"], [self._item(item) for item in one["items"]]) for one in menus]

    def _item(self, item: Told | None) -> Any:
        from webview.menu import MenuAction, MenuSeparator  # noqa: PLC0415 as `webview` is

        if item is None:
            return MenuSeparator()
        return MenuAction(item["title"], lambda: self._chosen(item))

    def _chosen(self, item: Told) -> None:
        if act := item.get("act"):
            self._acts[act]()
        else:
            self._window.run_js(PRESS.format(key=json.dumps(item["key"])))


def _is_seen(shape: Shape, screens: Sequence[Any]) -> bool:
    if shape.x is None or shape.y is None:
        return True  # the system has found a place
    return any(
        0 <= shape.x - one.x < one.width and 0 <= shape.y - one.y < one.height for one in screens
    )


if __name__ == "__main__":
    raise SystemExit(main())
