"""How long somebody waits for the window: the installed program, until something is to be seen."""

import os
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.contender import ROOT
from bench.figures import Skipped
from tests.desktop.screen import Screen, lacking, screen

PROGRAM = ROOT / "dist" / "coveshot" / "coveshot"
STARTS = 3
OPEN = "Coveshot is open."


def first_paint_seconds() -> float:
    """Return the median of a few starts; the first of all, which makes a library, is not counted.

    Raises Skipped without the bundle, or without a screen to show it on.
    """
    if not PROGRAM.exists():
        raise Skipped("needs the bundle: make bundle")
    if lacking():
        raise Skipped(f"needs {', '.join(lacking())}")
    with tempfile.TemporaryDirectory() as folder, screen(Path(folder)) as shown:
        home = Path(folder) / "home"
        _, *counted = [_paint(home, shown) for _ in range(STARTS + 1)]
    return median(counted)


def _paint(home: Path, shown: Screen) -> float:
    ours = {"COVESHOT_HOME": str(home), "QTWEBENGINE_DISABLE_SANDBOX": "1"}
    begun = time.perf_counter()
    with subprocess.Popen(
        [str(PROGRAM)],
        env=os.environ | shown.environment | ours,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        told = process.stdout.readline()
        seconds = time.perf_counter() - begun
        process.terminate()
    if OPEN not in told:
        raise Skipped("the window did not open")
    return seconds
