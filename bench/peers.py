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


def cpu_ratio(model: Model, models: Path, photos: Sequence[Path], work: Path) -> float:
    """Return how many times the CPU of Coveshot rembg spends on these photos.

    The median of the rounds of each photo, the mean over the photos. Raises Skipped where the
    weights (below `models`) or rembg are not there, ContenderDied.
    """
    weights = models / model.file
    if not weights.exists():
        raise Skipped(f"no weights at {weights}; get them: coveshot models get {model.name}")
    if not REMBG_PYTHON.exists():
        raise Skipped("rembg is not installed here; `make bench` does it")
    home = _rembg_home(work / "rembg" / model.name, model, weights)
    with (
        Contender(Path(sys.executable), "bench.own_peer", str(models), model.name) as ours,
        Contender(REMBG_PYTHON, "bench.rembg_peer", model.session, REMBG_HOME=str(home)) as theirs,
    ):
        turns = race(ours, theirs, photos)
    note(f"coveshot {model.name}: {_summary([turn.ours for turn in turns])}")
    note(f"rembg {model.session}: {_summary([turn.theirs for turn in turns])}")
    return ratio(turns)


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


def _rembg_home(home: Path, model: Model, weights: Path) -> Path:
    """Show rembg our file under its own name; it takes what is there and fetches nothing."""
    link = home / "models" / model.session / f"{model.session}.onnx"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(weights.resolve())
    return home
