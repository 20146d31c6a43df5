"""ImageMagick as a second opinion: what another program reads in our files."""

import os
import shutil
import subprocess

import pytest


def magick(*words: object) -> str:
    """Return what it prints. Where it is missing, tests are skipped; in the gate they fail."""
    program = next(filter(_is_imagemagick, ("magick", "convert")), None)
    if program is None:
        missing = "ImageMagick is not installed here"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    command = [program, *map(str, words)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _is_imagemagick(program: str) -> bool:
    """Other programs are called convert, too, among them one of Windows."""
    if shutil.which(program) is None:
        return False
    told = subprocess.run([program, "-version"], check=False, capture_output=True, text=True)
    return "ImageMagick" in told.stdout
