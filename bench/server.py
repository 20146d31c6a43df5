"""The running program, as `coveshot web` starts it, in a home of its own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import httpx
import psutil

from auth.account import LOCAL
from bench.contender import ROOT
from storage.local import SqliteRecords
from storage.records import ENDED, Card, Status

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
PATIENCE = 60.0
"""Seconds after which something that has not happened will not."""


class ServerStuck(Exception):
    """The program did not start, or did not finish its photos; the text has its last words."""


class Server:
    """Owns one process of the program and the temporary home it works in."""

    def __init__(self, models: Path, prepare: Callable[[Path], None] = lambda _: None) -> None:
        """`prepare` may put things into its home before it starts."""
        self._folder = TemporaryDirectory(prefix="coveshot-bench-")
        self._home = Path(self._folder.name)
        self._log = self._home / "log"
        self._serial = count()
        prepare(self._home)
        started = time.perf_counter()
        self._process = self._started(models)
        try:
            self.url = self._address()
            self._visitor = httpx.Client(base_url=self.url, timeout=PATIENCE)
            self._first_page()
        except BaseException:
            self.close()
            raise
        self.seconds_to_first_page = time.perf_counter() - started

    @property
    def home(self) -> Path:
        return self._home

    def upload(self, photo: Path) -> None:
        """Put a photo on the workbench, as the page does it; each time as one never seen before."""
        answer = self._visitor.post(
            "/upload",
            params={"name": photo.name},
            content=unique(photo.read_bytes(), next(self._serial)),
            headers={"Origin": self.url},
        )
        answer.raise_for_status()

    def open_jobs(self) -> int:
        """Count the photos that wait or are being computed. Raises ServerStuck after a failure."""
        jobs = [card.job for card in self._bench()]
        for job in jobs:
            if job.status is Status.ERROR:
                raise ServerStuck(f"A photo failed: {job.says}")
        return sum(job.status not in ENDED for job in jobs)

    def photos(self) -> int:
        """Count what is on the workbench."""
        return len(self._bench())

    def wait_until_done(self) -> None:
        """Raises ServerStuck."""
        deadline = time.monotonic() + PATIENCE
        while self.open_jobs():
            self._check(deadline)
            time.sleep(0.1)

    def healthz_ms(self) -> float:
        """Return how long the program takes to say that it is well."""
        start = time.perf_counter()
        self._visitor.get("/healthz").raise_for_status()
        return (time.perf_counter() - start) * 1000

    def resident_mb(self) -> float:
        """Return the memory that the program holds now, with that of its children."""
        program = psutil.Process(self._process.pid)
        family = [program, *program.children(recursive=True)]
        return float(sum(process.memory_info().rss for process in family)) / 1e6

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _bench(self) -> list[Card]:
        with closing(SqliteRecords(self._home / "library.sqlite")) as records:
            return records.bench(LOCAL.scope)

    def _started(self, models: Path) -> subprocess.Popen[bytes]:
        settings = {
            "COVESHOT_HOME": str(self._home),
            "COVESHOT_MODELS": str(models),
            "COVESHOT_DEVICE": "cpu",
            "PYTHONUNBUFFERED": "1",
        }
        with self._log.open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "main.py", "web", "--port", "0", "--no-open"],
                cwd=ROOT,
                env=os.environ | settings,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _address(self) -> str:
        """Read where the program listens from what it prints."""
        deadline = time.monotonic() + PATIENCE
        while not (found := ADDRESS.search(self._log.read_text())):
            self._check(deadline)
            time.sleep(0.005)
        return found.group()

    def _first_page(self) -> None:
        """Wait for the page and for the cookie that comes with it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self._visitor.get("/").raise_for_status()
            except httpx.ConnectError:
                self._check(deadline)
                time.sleep(0.005)
            else:
                return

    def _check(self, deadline: float) -> None:
        if self._process.poll() is not None or time.monotonic() > deadline:
            raise ServerStuck(self._log.read_text()[-2000:])


def unique(jpeg: bytes, serial: int) -> bytes:
    """Add a comment after the first marker: the same picture, but no photo that is known already.

    ITU T.81, B.2.4.5: marker, the length of what follows with itself, any bytes.
    """
    comment = serial.to_bytes(8, "big")
    segment = b"\xff\xfe" + (2 + len(comment)).to_bytes(2, "big") + comment
    return jpeg[:2] + segment + jpeg[2:]
