from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from inference.catalogue import CATALOGUE, SMALL
from inference.upscalers import UPSCALERS
from main import build
from ui.cli.console import FAILED, USAGE
from ui.cli.program import program
from ui.settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def coveshot(tmp_path: Path, folder: Path) -> Run:
    """The program on a computer without any model."""

    def run(*words: object) -> Result:
        app = program(lambda: build(Settings(home=tmp_path / "home", models=folder)))
        return CliRunner().invoke(app, [*map(str, words)], catch_exceptions=False)

    return run


@pytest.fixture
def file(models: Path) -> Path:
    """The small model, as somebody might have got it."""
    return models / "u2netp" / "u2netp.onnx"


def test_the_list_tells_what_each_model_is_for_and_under_which_licence(coveshot: Run) -> None:
    lines = coveshot("models", "list").stdout.splitlines()

    assert len(lines) == 2 * len((*CATALOGUE, *UPSCALERS))
    assert lines[0].split() == f"{SMALL} - 5 MB Apache-2.0 commercial use allowed".split()
    (silueta,) = [line for line in lines if line.startswith("silueta")]
    assert "commercial use not allowed" in silueta


def test_a_file_from_elsewhere_is_verified_and_taken(
    coveshot: Run, folder: Path, file: Path
) -> None:
    result = coveshot("models", "get", SMALL, "--from", file)

    assert result.exit_code == 0
    here = folder / "u2netp" / "u2netp.onnx"
    assert here.read_bytes() == file.read_bytes()
    assert f"Quick is here: {here}" in result.stderr
    assert coveshot("models", "list").stdout.splitlines()[0].split()[1] == "here"
    assert coveshot("models", "path").stdout == f"{here}\n"
    assert coveshot("models", "verify").stdout == "Quick is verified.\n"


def test_a_model_that_is_here_is_not_fetched_again(coveshot: Run, file: Path) -> None:
    coveshot("models", "get", SMALL, "--from", file)

    assert coveshot("models", "get", SMALL).exit_code == 0


def test_a_wrong_file_is_refused(coveshot: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.onnx").write_bytes(b"not a network")
    result = coveshot("models", "get", SMALL, "--from", tmp_path / "wrong.onnx")

    assert result.exit_code == FAILED
    assert "is not the file of u2netp" in result.stderr
    assert not (folder / "u2netp" / "u2netp.onnx").exists()


def test_a_file_that_has_changed_on_the_disk_is_found(
    coveshot: Run, folder: Path, file: Path
) -> None:
    coveshot("models", "get", SMALL, "--from", file)
    with (folder / "u2netp" / "u2netp.onnx").open("r+b") as weights:
        weights.write(b"rot")
    result = coveshot("models", "verify")

    assert result.exit_code == FAILED
    assert "its checksum is another" in result.stdout


def test_an_unknown_model_is_a_mistake_of_the_command(coveshot: Run) -> None:
    result = coveshot("models", "get", "u2nep")

    assert result.exit_code == USAGE
    assert "Did you mean u2netp?" in result.stderr


@pytest.mark.parametrize("verb", ["verify", "path"])
def test_without_any_model_it_says_how_to_get_one(coveshot: Run, verb: str) -> None:
    result = coveshot("models", verb)

    assert result.exit_code == FAILED
    assert "coveshot models get recommended" in result.stderr
