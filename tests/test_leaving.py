"""A server that is ended while it is at work: calls in hand are refused, and nothing breaks."""

import socket
import subprocess
import sys
from asyncio import CancelledError
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from starlette.types import Message, Receive, Scope, Send

from tests.conftest import ROOT
from tests.program import running
from ui.leaving import Leaving
from ui.site import loopback

SCOPE = {"type": "http", "method": "GET", "path": "/jobs", "headers": []}
BUSY = """
import atexit
from types import SimpleNamespace
from ui.cli.console import leave
atexit.register(print, "libraries are closed around who computes")
print("all is closed")
leave(SimpleNamespace(busy=True))
"""


def test_a_call_in_hand_is_refused_when_the_server_ends(tmp_path: Path, models: Path) -> None:
    with running(tmp_path, models) as program:
        key = program.say("keys", "create", "--name", "shop").split()[-1]
        host = program.address.removeprefix("http://")
        name, port = host.split(":")
        with closing(socket.create_connection((name, int(port)), timeout=30)) as slow:
            slow.sendall(
                f"POST /v1.0/removebg HTTP/1.1\r\nHost: {host}\r\nX-Api-Key: {key}\r\n"
                "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000\r\n"
                "Expect: 100-continue\r\n\r\n".encode()
            )
            begun = slow.recv(1 << 16)
            process = psutil.Process(program.pid)
            process.terminate()
            answer = b"".join(iter(lambda: slow.recv(1 << 16), b""))
        code = process.wait(30)

    assert b" 100 " in begun
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"Coveshot is ending." in answer
    assert code == 0
    assert "Exception" not in (tmp_path / "log").read_text()


async def sent_by(error: BaseException | None, *, ends: bool, begun: bool = False) -> list[Message]:
    """Return what is sent where an app breaks off with an error."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def app(_: Scope, __: Receive, send: Send) -> None:
        if begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        if error:
            raise error

    await Leaving(app, loopback(8420), lambda: ends)(SCOPE, receive, send)
    return sent


@pytest.mark.parametrize("error", [CancelledError(), RuntimeError("No response returned.")])
async def test_what_breaks_off_at_the_end_is_said_unless_it_has_been_answered(
    error: BaseException,
) -> None:
    refused = await sent_by(error, ends=True)
    answered = await sent_by(error, ends=True, begun=True)

    assert refused[0]["status"] == 503
    assert (b"x-content-type-options", b"nosniff") in refused[0]["headers"]
    assert [message["type"] for message in answered] == ["http.response.start"]


async def test_what_breaks_off_before_is_a_fault() -> None:
    with pytest.raises(RuntimeError):
        await sent_by(RuntimeError(), ends=False)


def test_who_still_computes_is_not_waited_for_and_breaks_nothing() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", BUSY], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "all is closed\n", "")
