"""ImageMagick as a second opinion: what another program reads in our files."""

import os
import shutil
import subprocess

import pytest


def magick(*words: object) -> str:
    """Return what it prints. Where it is missing, tests are skipped; in the gate they fail."""
    program = shutil.which("magick") or shutil.which("convert")
    if program is None:
        missing = "ImageMagick is not installed here"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    command = [program, *map(str, words)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
