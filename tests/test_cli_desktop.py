"""`coveshot desktop` where there can be no window: a sentence, and the browser instead."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from socket import create_server

import pytest

from tests.conftest import ROOT
from tests.desktop.screen import until
from ui.cli.console import FAILED, USAGE
from ui.window.reveal import ways

if not sys.platform.startswith("linux"):
    pytest.skip("screens are asked for by variables on Linux alone", allow_module_level=True)


COMMAND = [sys.executable, "main.py", "desktop"]
FOLLOWS = """
import pathlib, sys, urllib.request as web
answer = web.build_opener(web.HTTPCookieProcessor()).open(sys.argv[2])
there = pathlib.Path(sys.argv[1])
there.with_suffix(".part").write_text(f"{answer.status} {answer.geturl()}")
there.with_suffix(".part").rename(there)
"""
"""A browser that goes where it is led, and writes down where it came to."""


def surroundings(home: Path, **settings: str) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "NICEGUI", "DISPLAY", "WAYLAND"))
    }
    return inherited | {"COVESHOT_HOME": str(home)} | settings


def desktop(home: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words],
        cwd=ROOT,
        env=surroundings(home, **settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def test_without_a_screen_the_browser_is_offered(tmp_path: Path) -> None:
    ended = desktop(tmp_path / "home")

    assert ended.returncode == USAGE
    assert "There is no screen" in ended.stderr
    assert "coveshot web" in ended.stderr
    assert not (tmp_path / "home").exists()


def test_a_window_that_cannot_open_is_said_with_the_browser_as_a_way_out(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    file = tmp_path / "vase.jpg"
    file.write_bytes(photo)
    home = tmp_path / "home"
    # Nobody answers there, whether there is a Qt or not.
    ended = desktop(home, str(file), DISPLAY=":4711", COVESHOT_MODELS=str(models))

    assert ended.returncode == FAILED
    assert "coveshot web" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_who_agrees_to_the_browser_at_once_is_shown_the_page(tmp_path: Path, models: Path) -> None:
    """Agreeing is done before there is a page: a dialog of the desktop that says yes by itself."""
    came_to, follows = tmp_path / "came to", tmp_path / "follows.py"
    follows.write_text(FOLLOWS)
    agrees = tmp_path / "bin" / "zenity"
    agrees.parent.mkdir()
    agrees.write_text("#!/bin/sh\n")
    agrees.chmod(0o755)
    settings = {
        "BROWSER": f"{shlex.join([sys.executable, str(follows), str(came_to)])} %s",
        "PATH": f"{agrees.parent}:{os.environ['PATH']}",
        "COVESHOT_MODELS": str(models),
    }
    environment = surroundings(tmp_path / "home", DISPLAY=":4711", **settings)
    process = subprocess.Popen(COMMAND, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        until(came_to.exists)
        still = process.poll()
    finally:
        process.terminate()
        process.wait(30)

    assert came_to.read_text().startswith("200 http://127.0.0.1:")
    assert still is None


def test_a_port_that_is_taken_is_said(tmp_path: Path, models: Path) -> None:
    with create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = desktop(
            tmp_path / "home",
            *("--port", str(port)),
            DISPLAY=":4711",
            COVESHOT_MODELS=str(models),
        )

    assert ended.returncode == USAGE
    assert f"Port {port} of 127.0.0.1 cannot be had" in ended.stderr


def test_a_home_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    ended = desktop(tmp_path / "file" / "home", DISPLAY=":4711")

    assert ended.returncode == USAGE
    assert "cannot be written" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_files_are_shown_among_others_in_what_each_system_has(tmp_path: Path) -> None:
    file = tmp_path / "a, b ü.png"

    assert ways(file, "win32") == [["explorer", f"/select,{file}"]]
    assert ways(file, "darwin") == [["open", "-R", str(file)]]
    shown, opened = ways(file, "linux")
    assert shown[-2].endswith("a%2C%20b%20%C3%BC.png")
    assert opened == ["xdg-open", str(tmp_path)]
