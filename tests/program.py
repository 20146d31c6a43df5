"""The program itself, started as a user starts it, in a home of its own."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.conftest import ROOT

ADDRESS = re.compile(r"Coveshot runs at (\S+)")


@dataclass(frozen=True, slots=True)
class Program:
    address: str
    pid: int
    environment: dict[str, str]
    """For other commands on the same home."""

    def kill(self) -> None:
        """End it as a power cut would, and wait for that."""
        process = psutil.Process(self.pid)
        process.kill()
        process.wait(30)

    def say(self, *words: str) -> str:
        """Run a command of the program and return what it prints."""
        return subprocess.run(
            [sys.executable, "main.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout


def free_port() -> int:
    """Return one for a program that has to know it beforehand."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path, models: Path, port: int = 0, **settings: str) -> Iterator[Program]:
    """Yield `coveshot web`, on a free port for 0; it must end without having lost an error.

    `settings` are those of the environment, such as `COVESHOT_LANGUAGE`.
    """
    # NiceGUI behaves differently where it believes itself under test.
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "NICEGUI"))}
    environment = clean | {
        "COVESHOT_HOME": str(folder / "home"),
        "COVESHOT_MODELS": str(models),
    }
    environment |= settings
    log = folder / "log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "main.py", "web", "--port", str(port), "--no-open"],
            cwd=ROOT,
            env=environment,
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Program(_address(process, log), process.pid, environment)
    finally:
        process.terminate()
        process.wait(30)
    assert "Traceback" not in log.read_text(), log.read_text()


def _address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    deadline = time.monotonic() + 60
    while not (found := ADDRESS.search(log.read_text())):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, "the program did not start"
        time.sleep(0.05)
    return found[1]
