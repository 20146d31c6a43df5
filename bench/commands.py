"""Whole commands beside each other: one photo from cold, and batches, in CPU seconds and memory."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.contender import ROOT
from bench.figures import Skipped, note
from bench.peers import REMBG_PYTHON, rembg_home
from inference.catalogue import Model

COVESHOT = Path(sys.executable).with_name("coveshot")
IMGLY = ROOT / "bench" / ".work" / "imgly"
COLD_ROUNDS = 3
LAUNCHER = """
import json, resource, subprocess, sys
from pathlib import Path

spent, *words = sys.argv[1:]
code = subprocess.call(words)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
Path(spent).write_text(json.dumps([usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000]))
sys.exit(code)
"""
"""A small process in between: a command's peak of memory begins with what started it."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a command took, with all the processes it started."""

    cpu_seconds: float
    peak_mb: float


def run(
    words: Sequence[str | Path], settings: Mapping[str, str], folder: Path | None = None
) -> Spent:
    """Run a command to its end. Raises CalledProcessError with its last words on stderr."""
    with TemporaryDirectory() as heard:
        said, spent = Path(heard, "said"), Path(heard, "spent")
        with said.open("wb") as sink:
            code = subprocess.call(
                [sys.executable, "-c", LAUNCHER, spent, *words],
                env=os.environ | settings,
                cwd=folder,
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        if code:
            note(said.read_text(errors="replace")[-2000:])
            raise subprocess.CalledProcessError(code, list(map(str, words)))
        return Spent(*json.loads(spent.read_text()))


@dataclass(frozen=True, slots=True)
class Commands:
    """The programs as they are started from a terminal, and where their things are."""

    models: Path
    work: Path

    def ours(self, photos: Path, model: Model, *words: str, runtime: str = "auto") -> Spent:
        """Cut a photo or a folder with the program itself, from an empty home."""
        with TemporaryDirectory() as home:
            out = Path(home, "out")
            return run(
                [COVESHOT, "cut", photos, f"--out={out}", f"--model={model.name}", *words],
                {
                    "COVESHOT_HOME": home,
                    "COVESHOT_MODELS": str(self.models),
                    "COVESHOT_RUNTIME": runtime,
                    "COVESHOT_DEVICE": "cpu",
                },
            )

    def rembg(self, mode: str, photos: Path, model: Model) -> Spent:
        """Let `rembg i` cut one photo, or `rembg p` a folder. Raises Skipped."""
        program = REMBG_PYTHON.with_name("rembg")
        if not program.exists():
            raise Skipped("rembg is not installed here; `make bench` does it")
        home = rembg_home(self.work / "rembg" / model.name, model, self.models / model.file)
        with TemporaryDirectory() as out:
            target = Path(out, "cutout.png") if mode == "i" else Path(out)
            words: list[str | Path] = [program, mode, "-m", model.session, photos, target]
            return run(words, {"REMBG_HOME": str(home)})

    def imgly(self, photo: Path) -> Spent:
        """Let imgly's package for Node cut one photo with IS-Net. Raises Skipped."""
        if not (IMGLY / "node_modules").exists():
            raise Skipped("imgly's package is not installed here; `make bench` does it")
        with TemporaryDirectory() as out:
            script = shutil.copy(ROOT / "bench" / "imgly" / "cut.mjs", IMGLY)
            # It looks for its networks below the folder that it is started in.
            return run(["node", script, photo, Path(out, "cutout.png")], {}, IMGLY)

    def batch(self, photos: Sequence[Path], count: int) -> Path:
        """Return a folder with so many photos: names of their own for the same few files."""
        folder = self.work / f"batch-{count}"
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            photo = photos[number % len(photos)]
            link = folder / f"{number:03}-{photo.name}"
            if not link.exists():
                link.symlink_to(photo)
        return folder


def cold_ratio(commands: Commands, photo: Path, model: Model, peer: str) -> float:
    """Return a peer's CPU seconds for one photo from cold over ours; the median of the rounds."""
    ratios = []
    for _ in range(COLD_ROUNDS):
        ours = commands.ours(photo, model, "--bare")
        theirs = commands.imgly(photo) if peer == "imgly" else commands.rembg("i", photo, model)
        ratios.append(theirs.cpu_seconds / ours.cpu_seconds)
        note(f"cold: ours {ours.cpu_seconds:.2f}, {peer} {theirs.cpu_seconds:.2f} CPU s")
    return median(ratios)


def batch_ratio(commands: Commands, photos: Path, model: Model) -> float:
    """Return the CPU seconds of `rembg p` for a folder over those of `coveshot cut --bare`."""
    ours = commands.ours(photos, model, "--bare")
    theirs = commands.rembg("p", photos, model)
    note(
        f"batch {model.name}: ours {ours.cpu_seconds:.1f} CPU s, {ours.peak_mb:.0f} MB; "
        f"rembg p {theirs.cpu_seconds:.1f} CPU s, {theirs.peak_mb:.0f} MB"
    )
    return theirs.cpu_seconds / ours.cpu_seconds


def growth(commands: Commands, photos: Sequence[Path], model: Model) -> float:
    """Return the peak memory of a batch of 100 over that of a batch of 4."""
    few = commands.ours(commands.batch(photos, 4), model)
    many = commands.ours(commands.batch(photos, 100), model)
    note(f"peak memory: {few.peak_mb:.0f} MB for 4 photos, {many.peak_mb:.0f} MB for 100")
    return many.peak_mb / few.peak_mb
