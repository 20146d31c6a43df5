"""The window as it is installed: the bundle, on a screen with a window manager."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tests.commands import another
from tests.conftest import ROOT
from tests.desktop.screen import PATIENCE, Inside, Screen, lacking, port_apart, screen, until

BUNDLE = ROOT / "dist" / "coveshot"
HEEDS = "Boolean(window.socket?.connected) && document.readyState === 'complete'"
START = "QTWEBENGINE_REMOTE_DEBUGGING"
"""A variable of Qt that is another one for each start."""
ROOM = 1 << 28
"""Bytes of shared memory that pages are drawn in; where there is less, it is files."""
NOT_OURS = re.compile(
    r"^(PYTEST|NICEGUI|COVESHOT|SUPABASE|DISPLAY|WAYLAND|PYTHON|VIRTUAL_ENV|QT|XDG|DESKTOP|KDE|GNOME)"
)


@dataclass(slots=True)
class Running:
    """One start of the program."""

    process: "subprocess.Popen[str]"
    folder: Path
    """Where the bundle is."""
    inside: Inside
    log: Path
    environment: dict[str, str] = field(default_factory=dict)

    def ended(self, patience: float = PATIENCE) -> int:
        """Wait for its end and return its code."""
        return self.process.wait(patience)

    def said(self) -> str:
        return self.log.read_text()

    def end(self) -> None:
        """Let it end, if it has not yet, and whatever it has started with it."""
        self.process.terminate()
        try:
            self.ended()
            until(lambda: not self.family())
        finally:
            for one in self.family():
                one.kill()

    def family(self) -> list[psutil.Process]:
        """Return it, its window, what shows the pages of that, and dialogs of its own."""
        found = []
        start = self.environment[START]
        for one in psutil.process_iter():
            with suppress(psutil.Error):  # it has just gone, or is another's
                ours = one.environ().get(START) == start
                found += [one] if ours and one.exe().startswith(str(self.folder)) else []
        return found

    def told(self) -> str:
        """Return all that it and its window have said."""
        log = Path(self.environment["COVESHOT_HOME"], "window.log")
        return self.said() + (log.read_text(errors="replace") if log.is_file() else "")

    def opened(self) -> None:
        """Wait until something is to be seen in the window, and heeds keys."""
        until(lambda: "Coveshot is open." in self.said() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()
        until(lambda: self.inside.ask(HEEDS))

    @property
    def pane(self) -> int:
        """The process of its window."""
        found = until(lambda: children(self.process.pid, "window"))
        return found[0]


def children(pid: int, word: str) -> list[int]:
    found = []
    for one in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.ZombieProcess, psutil.NoSuchProcess):  # it has just gone
            found += [one.pid] if word in one.cmdline()[1:2] else []
    return found


@dataclass(frozen=True, slots=True)
class Bundle:
    folder: Path
    home: Path
    screen: Screen

    @contextmanager
    def started(self, *words: str, before: tuple[str, ...] = (), **more: str) -> Iterator[Running]:
        """Start it with something to say, and end it at the end. `before` stands before all."""
        port = port_apart()
        ours = {
            "COVESHOT_HOME": str(self.home),
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",  # no keyring of whoever runs this
            "QTWEBENGINE_DISABLE_SANDBOX": "1",  # containers have none, and root may not
            START: str(port),
        }
        if shutil.disk_usage("/dev/shm").free < ROOM:  # noqa: S108 which containers have little of
            ours["QTWEBENGINE_CHROMIUM_FLAGS"] = "--disable-dev-shm-usage"
        clean = {name: value for name, value in os.environ.items() if not NOT_OURS.match(name)}
        environment = clean | self.screen.environment | ours | more
        log = self.home.parent / f"log-{port}"
        # Where these tests run in the background, they are deaf to Ctrl-C, and so were children.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with log.open("w") as sink:
            process = subprocess.Popen(
                [*before, str(self.folder / "coveshot"), *words],
                cwd="/",
                env=environment,
                stdout=sink,
                stderr=subprocess.STDOUT,
                text=True,
            )
        running = Running(process, self.folder, Inside(port), log, environment)
        try:
            yield running
            running.end()
            assert "Traceback" not in running.said()
        except BaseException:
            print(running.told())  # noqa: T201 shown with what has failed
            raise
        finally:
            if running.family():
                running.end()


@pytest.fixture(scope="session")
def built() -> Path:
    """Whoever asks for these tests wants to know: what is not there makes them fail."""
    assert not lacking(), f"needs {', '.join(lacking())}: sh tests/desktop/install.sh"
    assert (BUNDLE / "coveshot").exists(), "needs the bundle: make bundle"
    return BUNDLE


@pytest.fixture(scope="session")
def shown(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    assert built.is_dir()
    with screen(tmp_path_factory.mktemp("screen")) as shown:
        yield shown


@pytest.fixture
def bundle(built: Path, shown: Screen, tmp_path: Path) -> Bundle:
    return Bundle(built, tmp_path / "home", shown)


@pytest.fixture
def vase(tmp_path: Path, photo: bytes) -> Path:
    file = tmp_path / "Fotos für morgen" / "vase mit ü.jpg"
    file.parent.mkdir()
    file.write_bytes(photo)
    return file


@pytest.fixture
def urn(tmp_path: Path, photo: bytes) -> Path:
    file = tmp_path / "urn.jpg"
    file.write_bytes(another(photo))
    return file
