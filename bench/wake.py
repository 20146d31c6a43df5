"""How soon the program is there: its imports, and its first page, each in a fresh process."""

import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.contender import ROOT
from bench.server import Server

TRIES = 3
IMPORTS = """
from time import perf_counter
start = perf_counter()
import main
from ui.app import mount
print(perf_counter() - start)
"""
"""All that stands between the interpreter and a program that listens; no weights are read."""


def import_seconds() -> float:
    """Return the median; a first run, which only fills the caches, is not counted."""
    return median([_imported() for _ in range(TRIES + 1)][1:])


def first_page_seconds() -> float:
    """Return the median from the start of the process until `/` has been answered with 200."""
    return median([_first_page() for _ in range(TRIES + 1)][1:])


def first_page_mb() -> float:
    """Return the memory of a program that has shown its page and seen no photo."""
    with TemporaryDirectory() as no_models, Server(Path(no_models)) as server:
        return server.resident_mb()


def _imported() -> float:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def _first_page() -> float:
    with TemporaryDirectory() as no_models, Server(Path(no_models)) as server:
        return server.seconds_to_first_page
