"""The program as it is started: `python main.py`."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from storage.errors import DiskFull
from tests.conftest import ROOT
from ui.cli.console import FAILED, USAGE, printable
from ui.cli.program import program
from ui.cli.version import version
from ui.house import House

HEAVY = {"numpy", "nicegui", "onnxruntime", "cv2", "PIL", "httpx", "fastapi"}


def coveshot(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "main.py", *words],
        cwd=ROOT,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_tells_its_version() -> None:
    assert coveshot("--version").stdout == f"coveshot {version()}\n"


def test_without_a_word_it_tells_what_it_can_do() -> None:
    result = coveshot()

    assert result.returncode == 0
    for verb in ("web", "cut", "models", "doctor"):
        assert f"\n  {verb} " in result.stdout


def test_an_unknown_word_is_refused() -> None:
    assert coveshot("crop").returncode == USAGE


@pytest.mark.parametrize("words", ["--version", "--help", "cut --help", "models --help"])
def test_asking_for_help_loads_nothing_large(words: str) -> None:
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "main.py", *words.split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines()}

    assert "typer" in loaded
    assert not HEAVY & loaded


def test_a_setting_that_cannot_be_had_is_a_sentence(tmp_path: Path) -> None:
    result = coveshot("doctor", COVESHOT_HOME=str(tmp_path), COVESHOT_DEVICE="quantum")

    assert result.returncode == FAILED
    assert result.stderr.startswith("'quantum' is not a device. Use auto, ")
    assert "Traceback" not in result.stderr


def test_a_number_out_of_its_range_is_a_sentence(tmp_path: Path) -> None:
    result = coveshot("doctor", COVESHOT_HOME=str(tmp_path), COVESHOT_WORKERS="0")

    assert result.returncode == USAGE
    assert "COVESHOT_WORKERS=0 cannot be used" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_error_that_speaks_is_its_sentence_alone() -> None:
    def fails() -> House:
        raise DiskFull

    result = CliRunner().invoke(program(fails), ["doctor"])

    assert result.exit_code == FAILED
    assert result.stderr == f"{DiskFull().says}\n"


def test_an_error_of_our_own_keeps_its_trace() -> None:
    def fails() -> House:
        raise LookupError("a bug")

    with pytest.raises(LookupError, match="a bug"):
        CliRunner().invoke(program(fails), ["doctor"], catch_exceptions=False)


def test_a_name_cannot_steer_the_terminal() -> None:
    assert printable("a\x1b[2J\u202egpj.exe\udc80") == "a�[2J�gpj.exe�"
    assert printable("Ärmel 鞋 (2).png") == "Ärmel 鞋 (2).png"


def unopened() -> House:
    raise AssertionError("nothing is opened to show the help")


@pytest.mark.parametrize(
    ("before", "then"),
    [
        (signal.SIG_DFL, signal.default_int_handler),
        (signal.SIG_IGN, signal.SIG_IGN),  # of whoever has started it in the background
    ],
)
def test_ctrl_c_is_told_once_a_verb_begins(before: signal.Handlers, then: object) -> None:
    usual = signal.signal(signal.SIGINT, before)
    try:
        result = CliRunner().invoke(program(unopened), [])
        after = signal.getsignal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, usual)

    assert result.exit_code == 0
    assert after is then
