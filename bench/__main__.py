"""Take the figures that the program is held to: `python -m bench [NAME ...]`.

A NAME chooses all figures that begin with it; without any, all are taken. Prints one line each
and ends with 1 where one missed its bar. Models come from COVESHOT_MODELS, mattes beyond the
samples from COVESHOT_MATTES.
"""

import argparse
import os
import sys
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from statistics import fmean

from bench.contender import ROOT
from bench.figures import Bound, Figure, report
from bench.peers import cpu_ratio
from bench.photos import SIZES, photos
from bench.quality import foreign, overlaps, samples
from bench.visit import late, visit
from bench.wake import first_page_seconds, import_seconds
from inference.catalogue import model_named

WORK = ROOT / "bench" / ".work"


@dataclass(frozen=True, slots=True)
class Bench:
    """What the figures are taken with."""

    models: Path
    mattes: Path | None
    megapixels: int

    def photos(self) -> list[Path]:
        """A level photo and an upright one."""
        return photos(self.megapixels, WORK / "photos")[-2:]


def table(bench: Bench) -> list[Figure]:
    """All figures, the quick ones first."""
    return [*_program(bench), *_quality(bench), *_beside_rembg(bench)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--megapixels", type=int, choices=SIZES, default=12)
    chosen = parser.parse_args()
    mattes = os.environ.get("COVESHOT_MATTES")
    bench = Bench(
        models=Path(os.environ.get("COVESHOT_MODELS", ROOT / ".data" / "models")),
        mattes=Path(mattes) if mattes else None,
        megapixels=chosen.megapixels,
    )
    return report(row for row in table(bench) if row.name.startswith(tuple(chosen.names) or ""))


def _program(bench: Bench) -> list[Figure]:
    seen = cache(lambda: visit(bench.models, bench.photos()))  # three figures, one visit
    at_most = Bound.AT_MOST
    return [
        Figure("import-web", "s", at_most, 1.5, import_seconds),
        Figure("first-page", "s", at_most, 1.5, first_page_seconds),
        Figure("idle-memory", "MB", at_most, 250, lambda: seen().idle_mb),
        Figure("busy-click-p95", "ms", at_most, 50, lambda: late(seen().round_trips_ms)),
        Figure("busy-healthz-p95", "ms", at_most, 50, lambda: late(seen().healthz_ms)),
    ]


def _quality(bench: Bench) -> list[Figure]:
    def worst(name: str) -> float:
        return min(overlaps(model_named(name), bench.models, samples()).values())

    def mean(name: str) -> float:
        return fmean(overlaps(model_named(name), bench.models, foreign(bench.mattes)).values())

    bars = {
        "iou-samples-worst": (worst, {"isnet-fp16": 0.80}),
        "iou-mean": (mean, {"u2netp": 0.85, "u2net": 0.85, "isnet-fp16": 0.93}),
    }
    return [
        Figure(f"{figure}-{name}", "IoU", Bound.AT_LEAST, bar, partial(measure, name))
        for figure, (measure, models) in bars.items()
        for name, bar in models.items()
    ]


def _beside_rembg(bench: Bench) -> list[Figure]:
    def cut(name: str) -> float:
        return cpu_ratio(model_named(name), bench.models, bench.photos(), WORK)

    return [
        Figure(f"rembg-cpu-{name}", "x", Bound.AT_LEAST, 1.0, partial(cut, name))
        for name in ("u2netp", "u2net", "isnet-fp16")
    ]


if __name__ == "__main__":
    sys.exit(main())
