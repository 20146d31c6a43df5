"""The entry of the bundle in the menu of a desktop: made, read as desktops read it, taken out."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

if sys.platform == "win32":
    pytest.skip("a script for desktops of Linux", allow_module_level=True)

ODD = "Programme für 100 % \"Ärzte\" `$HOME` \\ & 'ß'"
"""A folder that takes every rule of quoting there is."""
PROGRAM = '#!/bin/sh\nprintf "%s\\n" "$@" > "$(dirname "$0")/opened"\n'


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    bundle = tmp_path / ODD / "coveshot"
    icons = bundle / "_internal" / "assets" / "icons"
    icons.mkdir(parents=True)
    (icons / "coveshot.svg").write_text("<svg/>")
    (bundle / "coveshot").write_text(PROGRAM)
    (bundle / "coveshot").chmod(0o755)
    shutil.copy(ROOT / "bundle" / "linux" / "install.sh", bundle)
    return bundle


def install(bundle: Path, share: Path, *words: str) -> None:
    subprocess.run(
        ["sh", str(bundle / "install.sh"), *words],
        env=os.environ | {"XDG_DATA_HOME": str(share)},
        check=True,
    )


def test_a_photo_is_opened_by_the_entry_of_the_menu_wherever_the_program_lies(
    bundle: Path, tmp_path: Path
) -> None:
    install(bundle, tmp_path / "share")
    install(bundle, tmp_path / "share")  # a second time changes nothing
    [entry] = (tmp_path / "share").rglob("*.desktop")
    [icon] = (tmp_path / "share").rglob("*.svg")
    lines = dict(line.split("=", 1) for line in entry.read_text().splitlines() if "=" in line)
    subprocess.run([*command(lines["Exec"]), "a photo.jpg"], check=True)

    assert (bundle / "opened").read_text() == "a photo.jpg\n"
    assert lines["Icon"] == icon.stem == entry.stem
    assert "image/jpeg" in lines["MimeType"].split(";")


def test_the_entry_of_the_menu_is_taken_out(bundle: Path, tmp_path: Path) -> None:
    install(bundle, tmp_path / "share")
    install(bundle, tmp_path / "share", "--remove")
    install(bundle, tmp_path / "share", "--remove")

    left = [path for path in (tmp_path / "share").rglob("*") if path.is_file()]
    # A desktop that keeps a list of who opens what has it in order.
    assert [path for path in left if "coveshot" in path.name + path.read_text()] == []


def command(value: str) -> list[str]:
    """Return what a desktop starts, without files (Desktop Entry Specification, 1.5)."""
    value = re.sub(r"\\(.)", lambda found: {"s": " "}.get(found[1], found[1]), value)
    quoted, _, rest = value[1:].rpartition('" ')
    assert (value[0], rest) == ('"', "%F")
    return [re.sub(r'\\(["`$\\])', r"\1", quoted).replace("%%", "%")]
