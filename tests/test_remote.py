"""Photos of a laptop, cut out on a server: the program itself on both sides, over HTTP."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.commands import another
from tests.conftest import ROOT
from tests.program import Program, free_port, running
from ui.remote.errors import Elsewhere, Lost, Refused
from ui.remote.server import LONGEST_PAUSE, PATIENCE, Server


@dataclass(frozen=True, slots=True)
class Laptop:
    """Another computer, with a home of its own and no models."""

    folder: Path
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "NICEGUI"))}
        home = {
            "COVESHOT_HOME": str(self.folder / "laptop"),
            "COVESHOT_MODELS": str(self.folder / "none"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        object.__setattr__(self, "environment", clean | home)

    @property
    def photos(self) -> Path:
        return self.folder / "photos"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "main.py", "remote", *words],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def says(self, *words: str, typed: str = "") -> tuple[int, str]:
        command = self.start(*words)
        _, said = command.communicate(typed, timeout=120)
        return command.returncode, said

    def cuts(self, *more: str) -> tuple[int, str]:
        return self.says("cut", str(self.photos), "--to", str(self.out), *more)

    def made(self) -> list[str]:
        return sorted(file.relative_to(self.out).as_posix() for file in self.out.rglob("*.png"))


@pytest.fixture
def laptop(tmp_path: Path, photo: bytes) -> Iterator[Laptop]:
    laptop = Laptop(tmp_path)
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a child inherits deafness
    (laptop.photos / "more").mkdir(parents=True)
    (laptop.photos / "vase.jpg").write_bytes(photo)
    (laptop.photos / "more" / "bowl.jpg").write_bytes(another(photo))
    (laptop.photos / "zip.txt").write_text("no photo")
    yield laptop
    signal.signal(signal.SIGINT, before)


def logged_in(laptop: Laptop, program: Program) -> None:
    key = program.say("keys", "create", "--name", laptop.folder.name)
    code, said = laptop.says("login", program.address, typed=key)
    assert code == 0, said


def jobs(program: Program) -> set[str]:
    """The jobs that were ever on a server."""
    with sqlite3.connect(Path(program.environment["COVESHOT_HOME"]) / "library.sqlite") as rows:
        return {job for (job,) in rows.execute("select id from jobs")}


def test_a_folder_is_cut_out_elsewhere_and_what_is_done_is_not_done_again(
    laptop: Laptop, tmp_path: Path, models: Path
) -> None:
    with running(tmp_path, models) as program:
        logged_in(laptop, program)
        code, said = laptop.cuts("--background", "white")
        again = laptop.cuts("--background", "white")
        status = laptop.says("status")
        made, known = laptop.made(), jobs(program)
        laptop.says("logout")
        out = laptop.says("status")

    assert code == 0, said
    assert made == ["more/bowl.png", "vase.png"]
    with Image.open(laptop.out / "vase.png") as cutout:
        assert cutout.mode == "RGB"
        assert cutout.getpixel((0, 0)) == (255, 255, 255)
    assert again[0] == 0
    assert "2 already done" in again[1]
    assert len(known) == 2
    assert status[0] == 0
    assert "knows the key" in status[1]
    assert out[0] == 2
    assert "Log in first" in out[1]
    home = Path(laptop.environment["COVESHOT_HOME"])
    assert (home / "remote.json").stat().st_mode & 0o077 == 0
    assert "cove_" not in (home / "remote.json").read_text()


def test_a_server_that_is_killed_and_comes_back_is_waited_for(
    laptop: Laptop, tmp_path: Path, models: Path
) -> None:
    port = free_port()
    with running(tmp_path, models, port) as program:
        logged_in(laptop, program)
        command = laptop.start("cut", str(laptop.photos), "--to", str(laptop.out), "--jobs", "1")
        assert command.stderr
        first = command.stderr.readline()
        program.kill()
    with running(tmp_path, models, port) as program:
        _, rest = command.communicate(timeout=120)
        known = jobs(program)

    assert "vase.png" in first
    assert command.returncode == 0, rest
    assert laptop.made() == ["more/bowl.png", "vase.png"]
    assert len(known) == 2


def test_a_run_that_ends_early_is_gone_on_with(
    laptop: Laptop, tmp_path: Path, models: Path
) -> None:
    port = free_port()
    bowl = laptop.photos / "more" / "bowl.jpg"
    later = bowl.rename(tmp_path / "bowl.jpg")
    with running(tmp_path, models, port) as program:
        logged_in(laptop, program)
        laptop.cuts()
        program.kill()
    later.rename(bowl)
    stopped = ended(laptop, signal.SIGINT)
    killed = ended(laptop, signal.SIGKILL)
    with running(tmp_path, models, port) as program:
        code, again = laptop.cuts()
        known = jobs(program)

    assert stopped[0] == 130
    assert "goes on where it stopped" in stopped[1]
    assert killed[0] == -signal.SIGKILL
    assert code == 0, again
    assert laptop.made() == ["more/bowl.png", "vase.png"]
    assert "1 already done" in again
    assert len(known) == 2


def ended(laptop: Laptop, by: signal.Signals) -> tuple[int, str]:
    """End a run that has a photo in hand while its server is away."""
    command = laptop.start("cut", str(laptop.photos), "--to", str(laptop.out))
    assert command.stderr
    assert "already done" in command.stderr.readline()
    command.send_signal(by)
    _, said = command.communicate(timeout=60)
    return command.returncode, said


@dataclass(slots=True)
class Script:
    """A server that answers what it is told to, one after the other."""

    answers: list[httpx.Response | type[Exception]]
    asked: list[httpx.Request] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    stopped: bool = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, httpx.Response):
            return answer
        raise answer("gone")

    def wait(self, seconds: float) -> bool:
        self.waited.append(seconds)
        return self.stopped


def problem(status: int, name: str, says: str, **headers: str) -> httpx.Response:
    told = {"type": f"urn:coveshot:{name}", "status": status, "detail": says}
    return httpx.Response(
        status, json=told, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


FOUND = {"cached": True, "output_urls": {"png": "https://a.example/outputs/1/cutout.png"}}


@contextmanager
def scripted(*answers: httpx.Response | type[Exception]) -> Iterator[tuple[Server, Script]]:
    script = Script([*answers])
    with httpx.Client(transport=httpx.MockTransport(script)) as http:
        yield Server("https://a.example", "cove_k", http, script.wait), script


def announce(server: Server) -> Any:
    return server.announce({"sha256": "0"}, "token")


@pytest.mark.parametrize("passing", [
    httpx.ConnectError, httpx.ReadTimeout, httpx.Response(502), httpx.Response(503),
    problem(429, "too-often", "Too often.", Retry_After="7"),
])  # fmt: skip
def test_what_passes_is_waited_for(passing: httpx.Response | type[Exception]) -> None:
    with scripted(passing, httpx.Response(200, json=FOUND)) as (server, script):
        assert announce(server) == FOUND

    assert script.waited == [
        7.0 if isinstance(passing, httpx.Response) and passing.status_code == 429 else 0.5
    ]
    assert {one.headers["idempotency-key"] for one in script.asked} == {"token"}


def test_a_server_that_stays_away_ends_the_run_with_what_to_do() -> None:
    with scripted(httpx.ConnectError) as (server, script), pytest.raises(Elsewhere) as ended:
        announce(server)

    assert "cannot be reached. Check the network. Run the same command again" in ended.value.says
    assert PATIENCE <= sum(script.waited) < PATIENCE + 2 * LONGEST_PAUSE


@pytest.mark.parametrize(("answer", "kind", "says"), [
    (problem(402, "out-of-credits", "You have 0."), Elsewhere, "There are not enough"),
    (problem(429, "too-often", "Too often.", Retry_After="1800"), Elsewhere, "again in 30 minutes"),
    (problem(401, "no-key", "Wrong."), Elsewhere, "coveshot remote login"),
    (problem(403, "not-allowed", "This key may not cut."), Elsewhere, "may not cut"),
    (problem(413, "quota-exceeded", "The library is full."), Elsewhere, "is full"),
    (problem(413, "photo-too-large", "It has 90 MB."), Refused, "90 MB"),
    (problem(422, "photo-refused", "It is damaged."), Refused, "damaged"),
    (httpx.Response(500, text="<html>"), Lost, "answers 500"),
    (httpx.Response(200, text="<html>"), Elsewhere, "is no server of Coveshot"),
])  # fmt: skip
def test_what_does_not_pass_is_said(
    answer: httpx.Response, kind: type[Exception], says: str
) -> None:
    with scripted(answer) as (server, _), pytest.raises(kind) as refused:
        announce(server)

    assert says in refused.value.says  # type: ignore[attr-defined]


def test_a_key_is_shown_to_its_own_server_alone() -> None:
    with scripted(httpx.Response(200)) as (server, script):
        for foreign in (
            "https://b.example/1.png",
            "http://a.example/1.png",
            "https://a.example:8/1",
        ):
            with pytest.raises(Refused):
                server.fetch(foreign)
        told = {
            "upload_url": "https://store.example/x",
            "upload_headers": {"Content-Type": "image/jpeg"},
        }
        server.put(told, Path(__file__))

    [sent] = script.asked
    assert "x-api-key" not in sent.headers
    assert sent.content == Path(__file__).read_bytes()


def test_a_piece_that_was_cut_goes_on_where_it_stopped(tmp_path: Path) -> None:
    file, came, lost = tmp_path / "large.jpg", bytearray(), [True]
    file.write_bytes(bytes(range(250)) * 4)

    def store(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(201, headers={"Location": "http://inside/files/7"})
        if request.method == "HEAD":
            return httpx.Response(200, headers={"Upload-Offset": str(len(came))})
        if int(request.headers["Upload-Offset"]) != len(came):
            return httpx.Response(409)
        came.extend(request.read())
        if len(came) == 600 and lost:
            lost.pop()
            raise httpx.ReadError("the answer is lost")
        return httpx.Response(204, headers={"Upload-Offset": str(len(came))})

    pieces = {"url": "https://store.example/up", "headers": {"x-signature": "s"}, "piece": 300}
    with httpx.Client(transport=httpx.MockTransport(store)) as http:
        server = Server("https://a.example", "cove_k", http, lambda _: False)
        server.put({"resumable": pieces}, file)

    assert bytes(came) == file.read_bytes()


def test_whoever_stops_waits_for_nothing() -> None:
    with scripted(httpx.ConnectError) as (server, script):
        script.stopped = True
        with pytest.raises(Elsewhere, match="Stopped"):
            announce(server)

    assert len(script.asked) == 1
