"""A hosted instance that leaves the cutting to others, and workers: each a process of its own."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from storage.cloud.blobs import SupabaseBlobs
from storage.cloud.door import SupabaseDoor
from storage.cloud.project import Project
from storage.errors import StorageError
from storage.records import Status
from storage.remote.records import RemoteRecords
from tests.conftest import ROOT
from tests.ground.server import faults, move_clock, sign_up
from tests.matrix import UNCOUNTED
from tests.program import free_port
from tests.teller import Teller, let_in

if TYPE_CHECKING:
    from tests.gateway.server import Gateway
    from tests.ground.cluster import Cluster

Process = subprocess.Popen[str]


def until(there: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something is seen to be so."""
    deadline = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Worker:
    process: Process

    def says(self, line: str) -> None:
        """Read what it says until it says a line that begins so."""
        assert self.process.stderr
        said: list[str] = []
        for one in self.process.stderr:
            said.append(one)
            if one.startswith(line):
                return
        raise AssertionError(f"It never said {line!r}, but: {''.join(said)}")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(30)

    def ended(self, seconds: float = 60) -> str:
        """Wait for its end, and return what it said since."""
        _, said = self.process.communicate(timeout=seconds)
        assert self.process.returncode == 0, said
        return said


@dataclass(slots=True)
class Firm:
    """An instance on a project of its own, whose web process is killed and started at will."""

    gateway: "Gateway"
    folder: Path
    models: Path
    token: str = field(default_factory=lambda: secrets.token_hex(32))
    later: float = 0.0
    """By how many seconds the clock of the project is ahead."""
    port: int = field(default_factory=free_port)
    records: RemoteRecords = field(init=False)
    blobs: SupabaseBlobs = field(init=False)
    _project: Project = field(init=False)
    _web: "subprocess.Popen[bytes]" = field(init=False)
    _own: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._project = Project(self.gateway.url, self.gateway.secret)
        self.records = RemoteRecords(SupabaseDoor(self._project))
        self.blobs = SupabaseBlobs(self._project)
        (self.folder / "tmp").mkdir(parents=True)
        self._own = {
            "PATH": os.environ["PATH"],
            "TMPDIR": str(self.folder / "tmp"),
            "COVESHOT_MODELS": str(self.models),
            "COVESHOT_WORKER_TOKEN": self.token,
            "COVESHOT_DECODE_APART": "0",
        }
        self.open()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Of the web process."""
        return self._web.pid

    def open(self) -> None:
        """Start the web process, and wait until it answers."""
        environment = {
            **self._own,
            **UNCOUNTED,
            "COVESHOT_HOME": str(self.folder / "home"),
            "COVESHOT_HOSTED": "1",
            "COVESHOT_SECRET": secrets.token_hex(32),
            "COVESHOT_HOSTS": self.address,
            "COVESHOT_COMPUTE": "elsewhere",
            "COVESHOT_MOST_WAITING": "10000",
            "SUPABASE_URL": self.gateway.url,
            "SUPABASE_PUBLISHABLE_KEY": self.gateway.publishable,
            "SUPABASE_SECRET_KEY": self.gateway.secret,
        }
        with (self.folder / "log").open("ab") as log:
            self._web = subprocess.Popen(
                [sys.executable, "main.py", "web", "--port", str(self.port), "--no-open"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        until(self._answers)

    def kill(self) -> None:
        self._web.kill()
        self._web.wait(30)

    def start_anew_later(self) -> None:
        """Start the web process an hour later: what a killed one has left in its folder goes."""
        self.kill()
        long_ago = time.time() - 7200
        for file in (self.folder / "home").rglob("*.part"):
            os.utime(file, (long_ago, long_ago))
        self.open()

    def close(self) -> None:
        self._web.terminate()
        self._web.wait(30)
        self._project.close()

    @contextmanager
    def worker(self, *words: str, seconds: float = 0, **settings: str) -> Iterator[Worker]:
        """A worker on a device that takes so long."""
        known = {
            **self._own,
            "COVESHOT_HOME": str(self.folder / "worker"),
            "COVESHOT_INSTANCE": self.address,
            "PRETEND_SECONDS": str(seconds),
            **settings,
        }
        command = [sys.executable, "-m", "tests.pretend", "worker", *words]
        with _started(command, known) as process:
            yield process

    @contextmanager
    def serverless(self, port: int) -> Iterator[None]:
        """A worker that waits for requests, behind the local API server of Runpod's SDK."""
        sdk = ROOT / ".data" / "runpod" / "bin" / "python"
        if not sdk.exists():
            assert os.environ.get("CI") != "true", "there is no SDK"
            pytest.skip("this needs Runpod's SDK: see tests/runpod/install.sh")
        known = {
            **self._own,
            "COVESHOT_HOME": str(self.folder / "worker"),
            "COVESHOT_INSTANCE": self.address,
        }
        wants = ("--rp_serve_api", "--rp_api_host", "127.0.0.1", "--rp_api_port", str(port))
        command = [str(sdk), "-m", "tests.pretend", "serverless", *wants]
        with (
            (self.folder / "serverless.log").open("wb") as log,
            subprocess.Popen(command, cwd=ROOT, env=known, stdout=log, stderr=log) as process,
        ):
            try:
                until(lambda: process.poll() is not None or _listens(port))
                assert process.poll() is None, (self.folder / "serverless.log").read_text()
                yield
            finally:
                process.kill()

    @contextmanager
    def sweep(self) -> Iterator[Worker]:
        """A sweep of the instance, as it runs beside it."""
        known = {
            **self._own,
            "SUPABASE_URL": self.gateway.url,
            "SUPABASE_SECRET_KEY": self.gateway.secret,
        }
        with _started([sys.executable, "main.py", "sweep"], known) as process:
            yield process

    def swept(self) -> None:
        """Sweep to the end: what one round finds without an owner, the next one removes."""
        for _ in range(2):
            with self.sweep() as sweep:
                sweep.ended()

    @contextmanager
    def member(self, balance: int) -> Iterator[tuple[Teller, str]]:
        """A program with a key of somebody who pays, and the scope of that."""
        scope = sign_up(self.gateway.ground, "paid", balance=balance)
        headers = {"X-Api-Key": let_in(self.records, scope)}
        with httpx.Client(base_url=self.address, headers=headers, timeout=60) as http:
            yield Teller(http), scope

    def told(self, what: str, body: Mapping[str, Any]) -> httpx.Response:
        """Tell the instance something as a worker does."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.post(f"{self.address}/work/{what}", json=body, headers=headers, timeout=60)

    def held(self) -> None:
        """Wait until a request hangs at the project."""
        until(lambda: self.gateway.faults.holding)

    def wait(self, seconds: float) -> None:
        """Let time go by in the project; what is dropped is taken back, as any process does."""
        self.later += seconds
        move_clock(self.gateway.ground, f"{self.later} seconds")
        self.records.recover()

    def drained(self) -> None:
        """Let a worker do all that waits."""
        with self.worker("--drain") as worker:
            worker.ended()

    def audit(self) -> None:
        """See that all is in order: rows, objects, money, leases, files."""
        objects = {name for name, _ in self.blobs.listing()}
        assert objects == set(self.records.objects())
        assert faults(self.gateway.ground) == []
        assert self.records.leased() == []
        assert not [one for one in (self.folder / "tmp").rglob("*") if one.is_file()]
        for name in ("inbox", "dock"):
            assert not [*(self.folder / "home" / name).glob("*.part")]

    def objects(self) -> int:
        return sum(1 for _ in self.blobs.listing())

    def status(self, scope: str, job_id: str) -> Status:
        return self.records.intakes.task(scope, job_id).status

    def _answers(self) -> bool:
        assert self._web.poll() is None, (self.folder / "log").read_text()
        with suppress(httpx.TransportError, StorageError):
            return httpx.get(f"{self.address}/healthz").is_success
        return False


def _listens(port: int) -> bool:
    with suppress(httpx.TransportError):
        return bool(httpx.get(f"http://127.0.0.1:{port}/openapi.json").status_code)
    return False


@contextmanager
def _started(command: list[str], known: dict[str, str]) -> Iterator[Worker]:
    with subprocess.Popen(
        command, cwd=ROOT, env=known, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Worker(process)
        finally:
            process.kill()


@contextmanager
def firm(cluster: "Cluster", folder: Path, models: Path) -> Iterator[Firm]:
    ground = cluster.ground()
    made = import_module("tests.gateway.server").Gateway
    gateway: Gateway = made(ground, cluster.over(ground), folder / "objects")
    firm = Firm(gateway, folder, models)
    try:
        yield firm
    finally:
        firm.close()
        gateway.close()
        cluster.drop(ground)
