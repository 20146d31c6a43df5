"""What the tests of the window need is there, is installed, or is named: the script ends well."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

if sys.platform != "linux":
    pytest.skip("the window is tested on Linux", allow_module_level=True)

TOOLS = ("Xvfb", "openbox", "xclip", "xdotool", "objdump", "strip")
LACKS_OPENBOX = """[ "$4" = openbox ] || echo install ok installed"""
OFFLINE = """[ "$1" != update ] || exit 100; echo "E: Unable to locate package" >&2; exit 100"""
NEWER = """[ "$2" = openboxt64 ] && echo "  Candidate: 3.6" || echo "  Candidate: (none)" """


def installed(
    folder: Path, programs: dict[str, str], user: int = 0
) -> "subprocess.CompletedProcess[str]":
    """Run the script where nothing is but some programs of the shell, and those given."""
    folder.mkdir()
    for name in ("sh", "grep"):
        (folder / name).symlink_to(str(shutil.which(name)))
    for name, says in {"id": f"echo {user}", **programs}.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\n{says}\n")
        program.chmod(0o755)
    return subprocess.run(
        [str(folder / "sh"), str(ROOT / "tests" / "desktop" / "install.sh")],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_where_all_is_there_nothing_is_asked_of_anybody(tmp_path: Path) -> None:
    there = {"dpkg-query": "echo install ok installed", **dict.fromkeys(TOOLS, "")}
    ended = installed(tmp_path / "bin", there, user=1000)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_who_may_not_install_is_told_what_root_has_to(tmp_path: Path) -> None:
    ended = installed(tmp_path / "bin", {"dpkg-query": LACKS_OPENBOX}, user=1000)

    assert ended.returncode == 1
    assert "As root: apt-get install openbox\n" in ended.stderr


def test_without_a_network_the_packages_are_named(tmp_path: Path) -> None:
    there = {"dpkg-query": LACKS_OPENBOX, "apt-get": OFFLINE, "apt-cache": ""}
    ended = installed(tmp_path / "bin", there)

    assert ended.returncode == 1
    assert "is there a network? Install them: openbox\n" in ended.stderr


def test_what_newer_systems_call_by_another_name_is_had_by_that(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    there = {
        "dpkg-query": LACKS_OPENBOX,
        "apt-get": f"echo $* >> {asked}",
        "apt-cache": NEWER,
        **dict.fromkeys(TOOLS, ""),
    }
    ended = installed(tmp_path / "bin", there)

    assert ended.returncode == 0
    assert asked.read_text().split()[-1] == "openboxt64"


def test_where_there_is_no_debian_the_programs_are_named(tmp_path: Path) -> None:
    ended = installed(tmp_path / "bin", {})

    assert ended.returncode == 1
    assert "Xvfb openbox xclip xdotool" in ended.stderr
