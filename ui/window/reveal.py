"""Shows a file among the others of its folder, in whatever this desktop has for that."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from shutil import which

from ui.hands import HandsFull

SECONDS = 10.0
MANAGER = "org.freedesktop.FileManager1"


def reveal(path: Path) -> None:
    """Raises HandsFull where there is nothing to show it in."""
    for command in ways(path, sys.platform):
        if which(command[0]) and _ran(command):
            return
    raise HandsFull(f"There is no file manager here to show it in. It is {path}.")


def ways(path: Path, platform: str) -> list[list[str]]:
    """Return commands of which the first that works will do."""
    if platform == "win32":
        return [["explorer", f"/select,{path}"]]
    if platform == "darwin":
        return [["open", "-R", str(path)]]
    call = ["--session", "--print-reply", f"--dest={MANAGER}", f"/{MANAGER.replace('.', '/')}"]
    uri = path.as_uri().replace(",", "%2C")  # which would begin another one
    items = [f"{MANAGER}.ShowItems", f"array:string:{uri}", "string:"]
    return [["dbus-send", *call, *items], ["xdg-open", str(path.parent)]]


def _ran(command: Sequence[str]) -> bool:
    try:
        ended = subprocess.run(command, check=False, capture_output=True, timeout=SECONDS)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0 or command[0] == "explorer"  # which says 1 whatever happens
