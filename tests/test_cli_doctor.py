import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from inference.providers import CPU
from inference.session import Opener
from main import build
from tests.test_engine import Brightness
from ui.cli.console import FAILED
from ui.cli.program import program
from ui.settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def coveshot(home: Path, models: Path) -> Run:
    def run(*words: str, device: str = "cpu", path: Path | None = None) -> Result:
        app = program(lambda: build(Settings(home=home, models=models, device=device)))
        env = {"PATH": str(path)} if path else {}
        return CliRunner().invoke(app, [*words], env=env, catch_exceptions=False)

    return run


def stray(home: Path) -> Path:
    """Put an object into the library that no row speaks of, older than any upload."""
    file = home / "library" / "local" / "abc" / "output" / "stray.png"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"pixels")
    os.utime(file, (0, 0))
    return file


def test_a_healthy_program_says_so(coveshot: Run, home: Path) -> None:
    result = coveshot("doctor")

    assert result.exit_code == 0
    assert "COVESHOT_DEVICE asks for cpu. A test picture took" in result.stdout
    assert f"{home}, " in result.stdout
    assert "u2netp: Quick is verified." in result.stdout
    assert "Every row has its objects" in result.stdout


def test_json_says_the_same(coveshot: Run) -> None:
    answer = json.loads(coveshot("doctor", "--json").stdout)

    assert answer["healthy"] is True
    assert {check["name"] for check in answer["checks"]} == {
        *("version", "home", "model", "device", "library")
    }


def test_a_device_that_must_be_used_and_is_not_there_is_wrong(coveshot: Run) -> None:
    result = coveshot("doctor", device="directml")

    assert result.exit_code == FAILED
    assert "This computer has no 'directml' for Coveshot." in result.stdout


def test_a_stray_object_is_found_and_set_aside_but_never_deleted(coveshot: Run, home: Path) -> None:
    coveshot("doctor")
    file = stray(home)
    found = coveshot("doctor")
    there = file.exists()
    repaired = coveshot("doctor", "--repair")

    assert there
    assert found.exit_code == FAILED
    assert "local/abc/output/stray.png" in found.stdout
    assert repaired.exit_code == 0
    assert f"Set aside in {home / 'trash'}" in repaired.stderr
    (moved,) = (home / "trash").rglob("stray.png")
    assert moved.read_bytes() == b"pixels"


def test_a_library_that_lost_an_object_is_wrong(coveshot: Run, home: Path, photo: bytes) -> None:
    photo_file = home.with_name("vase.jpg")
    photo_file.write_bytes(photo)
    coveshot("cut", str(photo_file), "-o", str(home.with_name("out")), "--keep")
    (original,) = (home / "library").rglob("original.jpg")
    original.unlink()
    result = coveshot("doctor")

    assert result.exit_code == FAILED
    assert "Objects that are gone: 1 (local/" in result.stdout


def test_a_graphics_card_that_is_not_used_is_told_of_with_what_to_do(
    coveshot: Run, tmp_path: Path
) -> None:
    card = tmp_path / "bin" / "nvidia-smi"
    card.parent.mkdir()
    card.write_text("#!/bin/sh\necho NVIDIA GeForce RTX 4090\n")
    card.chmod(0o755)
    result = coveshot("doctor", path=card.parent)

    assert result.exit_code == 0
    assert "NVIDIA GeForce RTX 4090 is here, but it is not used." in result.stdout
    assert "pip install onnxruntime-gpu" in result.stdout


def test_without_a_card_its_proof_fails_and_says_so(
    coveshot: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Opener, "_present", {CPU.onnx})
    result = coveshot("doctor", "--gpu", path=tmp_path)  # where no nvidia-smi is

    assert result.exit_code == FAILED
    assert "No graphics card computes here." in result.stdout
    assert "pip" not in result.stdout


def test_a_card_is_proven_with_each_model(coveshot: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def on_card(self: Opener, *_: object) -> Brightness:  # noqa: ARG001
        return Brightness("GPU")

    monkeypatch.setattr(Opener, "open", on_card)
    monkeypatch.setattr(Opener, "open_on_cpu", on_card)
    result = coveshot("doctor", "--gpu")

    assert result.exit_code == 0
    assert "u2netp: GPU, GPU: " in result.stdout
