"""`coveshot web`: a server for this computer alone."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import psutil
import pytest
from typer.testing import CliRunner

from tests.conftest import ROOT
from tests.program import free_port
from ui.cli.console import USAGE
from ui.cli.program import program
from ui.house import House


def must_not_open() -> House:
    raise AssertionError("nothing is opened for a command that cannot be carried out")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "example.org", "::"])  # noqa: S104
def test_it_listens_on_this_computer_alone(host: str) -> None:
    result = CliRunner().invoke(program(must_not_open), ["web", "--host", host, "--no-open"])

    assert result.exit_code == USAGE
    assert result.stderr.startswith("Coveshot is for this computer alone")


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        result = CliRunner().invoke(program(must_not_open), ["web", "--port", str(port)])

    assert result.exit_code == USAGE
    assert f"Port {port} of 127.0.0.1 cannot be had" in result.stderr
    assert "coveshot web --port 0" in result.stderr


OVERTAKEN = """
import socket, sys
from pathlib import Path
from main import build
from ui.cli.program import program
from ui.settings import Settings

held = []

def open_house():
    held.append(socket.create_server(("127.0.0.1", int(sys.argv[1]))))
    return build(Settings(home=Path(sys.argv[2]), models=Path(sys.argv[3]), device="cpu"))

program(open_house)(["web", "--port", sys.argv[1], "--no-open"])
"""


def test_a_port_that_somebody_takes_meanwhile_is_said_too(tmp_path: Path, models: Path) -> None:
    port = str(free_port())
    ended = subprocess.run(
        [sys.executable, "-c", OVERTAKEN, port, str(tmp_path), str(models)],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "NICEGUI"))},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == USAGE, ended.stderr
    assert f"Port {port} of 127.0.0.1 cannot be had" in ended.stderr


@contextmanager
def running(home: Path, models: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Yield the process and the address that it has printed."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "NICEGUI"))  # NiceGUI runs otherwise under pytest
    }
    process = subprocess.Popen(
        [sys.executable, "main.py", "web", "--no-open", *words],
        cwd=ROOT,
        env=inherited | {"COVESHOT_HOME": str(home), "COVESHOT_MODELS": str(models)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        try:
            assert process.stdout
            yield process, process.stdout.readline().removesuffix("\n")
        finally:
            process.kill()


@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_runs_answers_and_ends_when_asked(
    tmp_path: Path, models: Path, ends: signal.Signals
) -> None:
    with running(tmp_path, models, "--port", "0") as (process, line):
        said, _, address = line.rpartition(" ")
        page = httpx.get(address)
        healthy = httpx.get(f"{address}/healthz").json()
        process.send_signal(ends)
        assert process.stdout
        last_words = process.stdout.read()
        code = process.wait(20)

    assert said == "Coveshot runs at"
    assert address.startswith("http://127.0.0.1:")
    assert page.status_code == 200
    assert "Coveshot" in page.text
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert healthy["ok"] is True
    assert code == 0
    assert last_words == ""


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "COVESHOT_HOSTS"),
        ({"COVESHOT_HOSTS": "cutouts.example.com"}, "openssl rand -hex 32"),
        ({"COVESHOT_HOSTS": "cutouts.example.com", "COVESHOT_SECRET": "short"}, "openssl"),
    ],
)
def test_hosted_it_does_not_start_without_what_makes_it_safe(
    tmp_path: Path, models: Path, settings: dict[str, str], says: str
) -> None:
    ours = {"COVESHOT_HOME": str(tmp_path), "COVESHOT_MODELS": str(models), "COVESHOT_HOSTED": "1"}
    ended = subprocess.run(
        [sys.executable, "main.py", "web", "--port", "0", "--host", "0.0.0.0"],  # noqa: S104
        cwd=ROOT,
        env=os.environ | ours | settings,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == USAGE
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr


def test_two_of_them_share_a_library(tmp_path: Path, models: Path) -> None:
    with (
        running(tmp_path, models, "--port", "0") as (_, first),
        running(tmp_path, models, "--port", "0") as (_, second),
    ):
        addresses = {line.rpartition(" ")[2] for line in (first, second)}
        codes = [httpx.get(f"{address}/healthz").status_code for address in addresses]

    assert codes == [200, 200]


def test_a_name_of_another_site_that_points_here_is_not_answered(
    tmp_path: Path, models: Path
) -> None:
    with running(tmp_path, models, "--port", "0") as (_, line):
        address = line.rpartition(" ")[2]
        answer = httpx.get(address, headers={"Host": "evil.example"})

    assert answer.status_code == 421


def test_clients_that_a_server_never_uses_are_not_brought_in_by_it() -> None:
    code = """
import sys
from ui.cli.server import left_out
with left_out("aiohttp", "requests", "httpx._main"):
    import nicegui
assert not {"aiohttp", "rich", "pygments"} & set(sys.modules)
import requests  # for those who do use it
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True
    )

    assert ran.returncode == 0, ran.stderr


@pytest.mark.skipif(not psutil.LINUX, reason="other systems do not tell what is mapped")
def test_the_first_page_is_there_before_anything_that_works_on_pixels(
    tmp_path: Path, models: Path
) -> None:
    with running(tmp_path, models, "--port", "0") as (process, line):
        page = httpx.get(line.rpartition(" ")[2])
        mapped = {part for it in maps_of(process.pid) for part in Path(it).parts}

    assert page.status_code == 200
    assert "pydantic_core" in mapped
    assert (
        not {"numpy", "cv2", "PIL", "isal", "zlib_ng", "onnxruntime", "openvino", "torch"} & mapped
    )


def maps_of(pid: int) -> list[str]:
    return [one.path for one in psutil.Process(pid).memory_maps()]


def test_neither_pixels_nor_signing_in_are_imported_to_start(tmp_path: Path, models: Path) -> None:
    code = """
import sys
from main import build
from ui.settings import Settings
from ui.app import mount
house = build(Settings())
mount(house)
house.workers.start()
assert not {"supabase_auth", "jwt", "cryptography", "keyring", "limits"} & set(sys.modules)
assert not {"supabase", "numpy", "cv2", "PIL", "onnxruntime", "openvino"} & set(sys.modules)
house.close()
"""
    environment = {"COVESHOT_HOME": str(tmp_path), "COVESHOT_MODELS": str(models)}
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | environment,
        check=False,
        capture_output=True,
        text=True,
    )

    assert ran.returncode == 0, ran.stderr
