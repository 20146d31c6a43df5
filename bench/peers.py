"""Coveshot beside rembg: the same photos and weights, turn by turn, in CPU seconds.

CPU seconds rather than time on the clock: they change little when the computer has other work.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

from bench.contender import ROOT, Contender, Cost
from bench.figures import Skipped, note
from inference.catalogue import Model

ROUNDS = 3
REMBG_PYTHON = ROOT / ".venv-rembg" / ("Scripts" if os.name == "nt" else "bin") / "python"


@dataclass(frozen=True, slots=True)
class Turns:
    """What one photo cost both sides, round by round."""

    ours: Sequence[Cost]
    theirs: Sequence[Cost]


@dataclass(frozen=True, slots=True)
class Match:
    """Who cuts against whom: the same weights, each side with its own settings."""

    model: Model
    bare: bool = False
    """Whether ours leaves edges and colours as the network and the photo have them."""
    runtime: str = "auto"
    theirs: str = "plain"
    """plain, decontaminated, or network: the inference alone."""


def run_match(match: Match, models: Path, photos: Sequence[Path], work: Path) -> Sequence[Turns]:
    """Let both cut these photos. Raises Skipped where weights or rembg are missing, ContenderDied.

    Weights are below `models`.
    """
    model = match.model
    weights = models / model.file
    if not weights.exists():
        raise Skipped(f"no weights at {weights}; get them: coveshot models get {model.name}")
    if not REMBG_PYTHON.exists():
        raise Skipped("rembg is not installed here; `make bench` does it")
    home = rembg_home(work / "rembg" / model.name, model, weights)
    own = [str(models), model.name, match.runtime, "bare" if match.bare else "shipped"]
    theirs = [model.session, match.theirs]
    with (
        Contender(Path(sys.executable), "bench.own_peer", *own) as us,
        Contender(REMBG_PYTHON, "bench.rembg_peer", *theirs, REMBG_HOME=str(home)) as them,
    ):
        turns = race(us, them, photos)
    note(f"coveshot {' '.join(own[1:])}: {_summary([turn.ours for turn in turns])}")
    note(f"rembg {' '.join(theirs)}: {_summary([turn.theirs for turn in turns])}")
    return turns


def race(ours: Contender, theirs: Contender, photos: Sequence[Path]) -> list[Turns]:
    """Let both cut each photo, one after the other, `ROUNDS` times; the first cut is not counted.

    Turn by turn, because a computer that gets slower half-way then does so for both.
    """
    for contender in (ours, theirs):
        contender.cut(photos[0])
    turns = []
    for photo in photos:
        rounds = [(ours.cut(photo), theirs.cut(photo)) for _ in range(ROUNDS)]
        turns.append(Turns([own for own, _ in rounds], [other for _, other in rounds]))
    return turns


def ratio(turns: Sequence[Turns]) -> float:
    """Return their CPU seconds over ours; above 1 Coveshot is the cheaper one."""
    theirs = fmean(_typical(turn.theirs).cpu_seconds for turn in turns)
    return theirs / fmean(_typical(turn.ours).cpu_seconds for turn in turns)


def size_ratio(turns: Sequence[Turns]) -> float:
    """Return the bytes of our files over theirs."""
    theirs = sum(turn.theirs[-1].output_bytes for turn in turns)
    return sum(turn.ours[-1].output_bytes for turn in turns) / theirs


def _typical(costs: Sequence[Cost]) -> Cost:
    return Cost(
        cpu_seconds=median(cost.cpu_seconds for cost in costs),
        wall_seconds=median(cost.wall_seconds for cost in costs),
        peak_mb=max(cost.peak_mb for cost in costs),
        output_bytes=costs[-1].output_bytes,
    )


def _summary(photos: Sequence[Sequence[Cost]]) -> str:
    typical = [_typical(costs) for costs in photos]
    return (
        f"{fmean(cost.cpu_seconds for cost in typical):.2f} CPU s, "
        f"{fmean(cost.wall_seconds for cost in typical):.2f} s a photo, "
        f"peak {max(cost.peak_mb for cost in typical):.0f} MB, "
        f"file {fmean(cost.output_bytes for cost in typical) / 1e6:.1f} MB"
    )


def rembg_home(home: Path, model: Model, weights: Path) -> Path:
    """Show rembg our file under its own name; it takes what is there and fetches nothing."""
    link = home / "models" / model.session / f"{model.session}.onnx"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(weights.resolve())
    return home
