"""The image of a worker, as far as it can be known without being built."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

TEXT = (ROOT / "Dockerfile").read_text()


def test_a_linter_finds_nothing_in_the_image_of_a_worker() -> None:
    beside = shutil.which("hadolint", path=str(ROOT / ".venv" / "bin")) or shutil.which("hadolint")
    if beside is None:
        pytest.skip("hadolint is for Linux on x86 here")
    linted = subprocess.run(
        [beside, ROOT / "Dockerfile"], capture_output=True, text=True, check=False
    )

    assert (linted.returncode, linted.stdout) == (0, "")


def test_the_image_has_all_that_is_shipped_and_is_sent_no_more() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    shipped = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"])
    copied = {
        word.removeprefix("./")
        for line in re.findall(r"^COPY (.*) \S+$", TEXT, re.MULTILINE)
        for word in line.split()
    }
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line[0] == "!"}

    assert shipped <= copied == sent
    assert all(Path(ROOT, name).exists() for name in copied)


def test_the_image_names_no_key() -> None:
    assert not re.search(r"^(ENV|ARG).*(TOKEN|SECRET|KEY)", TEXT, re.MULTILINE)
