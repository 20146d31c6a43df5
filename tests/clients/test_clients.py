"""Clients that others wrote for remove.bg, unchanged, against the running program."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.clients.elsewhere import elsewhere
from tests.conftest import ROOT
from tests.program import running

HERE = Path(__file__).parent
PACKAGES = Path(os.environ.get("COVESHOT_TEST_CLIENTS", ROOT / ".data" / "clients"))


def node() -> str:
    """The Node that is installed, or the one that the set-up has brought."""
    own = Path(sys.executable).with_name("node")
    return shutil.which("node") or str(own)


@pytest.fixture(scope="module")
def way(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[dict[str, str]]:
    """The running program; the environment that leads there, and a key."""
    folder = tmp_path_factory.mktemp("shop")
    with (
        running(folder, models) as program,
        elsewhere(folder, program.address) as environment,
    ):
        key = program.say("keys", "create", "--name", "shop").split()[-1]
        yield os.environ | environment | {"KEY": key}


@pytest.mark.parametrize(
    ("words", "mode"),
    [
        ([sys.executable, HERE / "cut_remove_bg_api.py"], "RGBA"),
        ([sys.executable, HERE / "cut_removebg.py"], "RGB"),
        ([node(), HERE / "cut.js"], "RGBA"),
    ],
    ids=["PyPI remove-bg-api", "PyPI removebg", "npm remove.bg"],
)
def test_a_client_cuts_a_photo_and_does_not_notice(
    tmp_path: Path, way: dict[str, str], photo: bytes, words: list[str | Path], mode: str
) -> None:
    file, result = tmp_path / "vase.jpg", tmp_path / "result"
    file.write_bytes(photo)

    said = subprocess.run(
        [*words, way["KEY"], file, result],
        env=way | {"NODE_PATH": str(PACKAGES / "node_modules")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert said.returncode == 0, said.stderr
    with Image.open(result) as image:
        assert image.mode == mode
        assert 240_000 < image.width * image.height <= 250_000
        pixels = np.asarray(image)
    if mode == "RGBA":
        assert pixels[5, 5, 3] == 0
        assert pixels[..., 3].max() == 255
    else:
        assert pixels[5, 5].tolist() == pytest.approx([0, 128, 0], abs=2)


def test_a_wrong_key_comes_to_a_client_as_its_own_error(
    tmp_path: Path, way: dict[str, str], photo: bytes
) -> None:
    file = tmp_path / "vase.jpg"
    file.write_bytes(photo)

    said = subprocess.run(
        [sys.executable, HERE / "cut_remove_bg_api.py", "wrong", file, tmp_path / "result"],
        env=way,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert "ApiErrorCode403" in said.stderr
