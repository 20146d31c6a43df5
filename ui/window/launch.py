"""One start in a window: the process of the window first, then what it shows, then the end."""

import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from auth.launch import LaunchGate
from inference.errors import InferenceError
from ui.cli.console import FAILED, Misused, leave, say
from ui.cli.web import LOOPBACK, address, free_port
from ui.site import Site, entrance, loopback
from ui.window.alert import YES, alert
from ui.window.claim import Silent, claim_or_hand_over
from ui.window.faults import fault_of
from ui.window.memory import Memory
from ui.window.menu import dialogs, menus
from ui.window.process import Ending, Window
from ui.window.shape import read_shape, written
from ui.window.wire import Door, Told, Wire

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from ui.hands import Hands
    from ui.house import House
    from ui.lane import Lane
    from ui.window.porter import Porter

HOST = LOOPBACK[0]
ICON = Path(__file__).parents[2] / "assets" / "icons" / "coveshot.png"
LINGER_SECONDS, LOOK_SECONDS = 60.0, 2.0
"""How long a browser that has taken the place of the window may be away, and between two looks."""
START_SECONDS = 60.0
"""How long a browser waits at most until there is something to open."""
SILENT = "Coveshot is open already, but does not answer. End it, then start it again."


def launch(
    open_house: "Callable[[], House]", home: Path, paths: Sequence[Path], *, port: int
) -> str:
    """Show the window until it is closed; returns why it was not closed by somebody, or "".

    Where there is one already, that opens the files. Raises Misused, OSError, and what opening
    the house raises.
    """
    try:
        claimed = claim_or_hand_over(home, paths)
    except Silent as error:
        raise Misused(SILENT) from error
    if claimed is None:
        return ""
    with closing(claimed), closing(Launch(home, paths)) as started:
        claimed.publish(started.door.address)
        started.window.open(started.door.address)
        with closing(open_house()) as house:
            started.serve(house, port)
    leave(house.workers, FAILED if started.fault else 0)
    return started.fault


class Launch:
    """Owns the door, the process of the window, and what it remembers."""

    def __init__(self, home: Path, paths: Sequence[Path]) -> None:
        self.memory = Memory(home / "window.json")
        self.window = Window(home / "window.log", on_told=self._hear, on_end=self._ended)
        self.door = Door(self._receive)
        self.fault = ""
        self._home = home
        self._paths = paths
        self._porter: Porter | None = None
        self._gate = LaunchGate()
        self._lock = threading.Lock()
        self._served = threading.Event()
        self._over = False
        self._address = ""

    def close(self) -> None:
        self.door.close()
        self.window.close()

    def serve(self, house: "House", port: int) -> None:
        """Serve the window; returns once that is over. Raises Misused where a port is taken."""
        from ui.api.window import add_window  # noqa: PLC0415 imports FastAPI
        from ui.cli.server import serve  # noqa: PLC0415 imports NiceGUI
        from ui.lane import Lane  # noqa: PLC0415

        port = free_port(HOST, port) if port else self._usual_port()
        self.memory.note(port=port)
        self._address = address(HOST, port)
        site = replace(loopback(port), name=f"coveshot-{port}")
        with closing(Lane(2)) as lane, closing(self._porter_of(house)) as porter:
            house = replace(house, gate=self._gate, hands=self._hands(porter, lane, site, port))
            serve(
                house,
                HOST,
                port,
                ready=partial(self._ready, porter),
                site=site,
                prepare=lambda app: add_window(app, self._gate, site),
            )

    def _porter_of(self, house: "House") -> "Porter":
        from ui.window.porter import Porter  # noqa: PLC0415 imports what reads photos

        return Porter(partial(self._arrive, house), own=self._home)

    def _hands(self, porter: "Porter", lane: "Lane", site: Site, port: int) -> "Hands":
        from ui.window.errand import Errand  # noqa: PLC0415 imports the server
        from ui.window.hands import WindowHands  # noqa: PLC0415

        token = self._gate.redeem(self._gate.ticket())
        errand = Errand(_app, lane, host=f"{HOST}:{port}", cookie=f"{site.cookie}={token}")
        return WindowHands(self.window, porter, self.memory, lane, errand)

    def _arrive(self, house: "House", file: Path, name: str, folder: str) -> str:
        """Take a photo in, with the look that was chosen last."""
        entry = house.studio.arrive(house.account, file, name=name, folder=folder)
        if preset := self.memory.now.preset:
            with suppress(InferenceError):  # it has gone meanwhile: the photo is there anyway
                house.fitting.take(house.account, entry.id, preset)
        return entry.id

    async def _ready(self, porter: "Porter") -> None:
        """Show the page, now that there is one."""
        self.window.tell(
            "be",
            shape=written(self.memory.now.shape),
            storage=str(self._home / "window"),
            icon=str(ICON) if ICON.is_file() else None,
            menu=menus(mac=sys.platform == "darwin"),
            words=dialogs(),
        )
        self.window.tell("go", address=entrance(self._address, self._gate.ticket()))
        with self._lock:
            self._porter, over = porter, self._over
        porter.bring(self._paths)
        self._served.set()
        if over:
            _stop()

    def _usual_port(self) -> int:
        """Return that of the last start, so that pages find what they have kept, or a free one."""
        with suppress(Misused):
            return free_port(HOST, self.memory.now.port)
        return free_port(HOST, 0)

    # What the window and later starts have to say, in threads of theirs

    def _receive(self, who: str, wire: Wire) -> None:
        if who == "window":
            self.window.attach(wire)
            return
        for told in wire.heard():
            if told.get("what") == "bring" and self._bring(told):
                self.window.tell("front")
                wire.tell("taken")
            else:
                wire.close()  # it comes in by itself once we have gone

    def _hear(self, told: Told) -> None:
        match told.get("what"):
            case "bring":
                self._bring(told)
            case "shape":
                self.memory.note(shape=read_shape(told["shape"]))
            case "painted":
                typer.echo("Coveshot is open.")
            case "closed":
                self._over = True

    def _bring(self, told: Told) -> bool:
        """Take files in once that can be done, and tell whether they are: who ends takes none."""
        self._served.wait()
        if self._porter is None or self._over or _stops():
            return False
        return self._porter.bring([Path(path) for path in told["paths"]])

    def _ended(self, ending: Ending) -> None:
        """Stop, or go on in the browser where the window cannot and somebody agrees."""
        self.fault = fault_of(ending)
        if self.fault:
            say(self.fault)
            # A window that lacks something has gone before there is a page.
            if alert(self.fault, yes=YES) and self._served.wait(START_SECONDS):
                webbrowser.open(entrance(self._address, self._gate.ticket()))
                _linger()
        with self._lock:
            self._over = True
            serving = self._porter is not None
        if serving:
            _stop()


def _app() -> "ASGIApp":
    from nicegui import app  # noqa: PLC0415 once it is there anyway

    return app


def _stop() -> None:
    from nicegui import app  # noqa: PLC0415 once it is there anyway

    app.shutdown()


def _stops() -> bool:
    from ui.cli.server import ends  # noqa: PLC0415 once it is there anyway

    return ends()


def _linger() -> None:
    """Wait until no page has been open for a while."""
    from nicegui import Client  # noqa: PLC0415 once it is there anyway

    seen = time.monotonic()
    while time.monotonic() - seen < LINGER_SECONDS:
        time.sleep(LOOK_SECONDS)
        if any(client.has_socket_connection for client in list(Client.instances.values())):
            seen = time.monotonic()
