"""Take the figures that the program is held to: `python -m bench [NAME ...]`.

A NAME chooses all figures that begin with it; without any, all are taken. Prints one line each
and ends with 1 where one missed its bar. Models come from COVESHOT_MODELS, mattes beyond the
samples from COVESHOT_MATTES.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from statistics import fmean

from bench.canvas import looking, painting
from bench.commands import Commands, batch_ratio, cold_ratio, growth
from bench.contender import ROOT
from bench.crowd import opening_seconds, rush
from bench.figures import Bound, Figure, Skipped, report
from bench.library import look
from bench.line import cached_ms, crowd, endurance, speed_up, start_ms
from bench.looks import preview_ms, render_peak_gb, render_ratio
from bench.peers import Match, Turns, ratio, run_match, size_ratio
from bench.photos import photos
from bench.pipeline import beside_network, beside_rembg
from bench.quality import foreign, overlaps, samples
from bench.slider import slides
from bench.visit import late, visit
from bench.wake import first_page_mb, first_page_seconds, import_seconds
from bench.window import first_paint_seconds
from inference.catalogue import SMALL, Model, model_named
from inference.matter import BF16
from inference.session import AUTO, Opener

MODELS = ("u2netp", "u2net", "isnet-fp16")
BATCH = 30
WORK = ROOT / "bench" / ".work"


@dataclass(frozen=True, slots=True)
class Things:
    """What the figures are taken with."""

    models: Path
    mattes: Path | None

    def photos(self, megapixels: int = 12) -> list[Path]:
        """A level photo and an upright one."""
        return photos(megapixels, WORK / "photos", count=2)

    @property
    def commands(self) -> Commands:
        return Commands(self.models, WORK)


def table(things: Things) -> list[Figure]:
    """All figures, the quick ones first."""
    return [
        *_program(things),
        *_canvas(things),
        *_line(things),
        *_quality(things),
        *_own_cost(things),
        *_looks(things),
        *_same_masks(things),
        *_beside_rembg(things),
        *_commands(things),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    chosen = parser.parse_args()
    mattes = os.environ.get("COVESHOT_MATTES")
    things = Things(
        models=Path(os.environ.get("COVESHOT_MODELS", ROOT / ".data" / "models")),
        mattes=Path(mattes) if mattes else None,
    )
    return report(row for row in table(things) if row.name.startswith(tuple(chosen.names) or ""))


def _program(things: Things) -> list[Figure]:
    seen = cache(lambda: visit(things.models, things.photos()))  # three figures, one visit
    many = cache(lambda: look(things.models))
    at_most = Bound.AT_MOST
    return [
        Figure("import-web", "s", at_most, 1.5, import_seconds),
        Figure("first-page", "s", at_most, 0.8, first_page_seconds),
        Figure("window-first-paint", "s", at_most, 3.0, first_paint_seconds),
        Figure("first-page-memory", "MB", at_most, 130, first_page_mb),
        Figure("idle-memory", "MB", at_most, 250, lambda: seen().idle_mb),
        Figure("busy-click-p95", "ms", at_most, 50, lambda: late(seen().round_trips_ms)),
        Figure("busy-healthz-p95", "ms", at_most, 50, lambda: late(seen().healthz_ms)),
        Figure("library-open", "s", at_most, 2.0, lambda: many().seconds_to_open),
        Figure("library-scroll-p95", "ms", at_most, 33.4, lambda: late(many().frames_ms)),
        *_crowd(things),
    ]


def _crowd(things: Things) -> list[Figure]:
    seen = cache(lambda: rush(things.models, things.photos()))  # two figures, one rush
    at_most = Bound.AT_MOST
    return [
        Figure("strip-2000-open", "s", at_most, 2, lambda: opening_seconds(things.models)),
        Figure("upload-200-click-p95", "ms", at_most, 100, lambda: late(seen().round_trips_ms)),
        Figure("upload-200-memory", "MB", at_most, 400, lambda: seen().growth_mb),
    ]


def _line(things: Things) -> list[Figure]:
    seen = cache(lambda: crowd(things.models))  # two figures, one crowd
    killed = cache(lambda: endurance(things.models))
    at_most = Bound.AT_MOST
    return [
        Figure("intake-cached-p95", "ms", at_most, 15, lambda: cached_ms(things.models)),
        Figure("intake-100-errors", "errors", at_most, 0, lambda: seen().errors),
        Figure("intake-100-memory", "MB", at_most, 150, lambda: seen().growth_mb),
        Figure("queue-start", "ms", at_most, 5, lambda: start_ms(things.models)),
        Figure("queue-two-workers", "x", Bound.AT_LEAST, 1.9, lambda: speed_up(things.models)),
        Figure("queue-1000-undone", "jobs", at_most, 0, lambda: killed().undone),
        Figure("queue-1000-overpaid", "credits", at_most, 0, lambda: killed().wrong_by),
    ]


def _canvas(things: Things) -> list[Figure]:
    def near() -> float:
        return late(looking(things.models, things.photos(48)[0]))

    def brush() -> float:
        return late(painting(things.models, things.photos(24)[0]))

    return [
        Figure("canvas-48mp-frame-p95", "ms", Bound.AT_MOST, 33, near),
        Figure("brush-24mp-frame-p95", "ms", Bound.AT_MOST, 34, brush),
    ]


def _quality(things: Things) -> list[Figure]:
    def worst(name: str) -> float:
        return min(overlaps(model_named(name), things.models, samples()).values())

    def mean(name: str) -> float:
        return fmean(overlaps(model_named(name), things.models, foreign(things.mattes)).values())

    bars = {
        "iou-samples-worst": (worst, {"isnet-fp16": 0.80}),
        "iou-mean": (mean, {"u2netp": 0.85, "u2net": 0.85, "isnet-fp16": 0.93}),
    }
    return [
        Figure(f"{figure}-{name}", "IoU", Bound.AT_LEAST, bar, partial(measure, name))
        for figure, (measure, models) in bars.items()
        for name, bar in models.items()
    ]


def _own_cost(things: Things) -> list[Figure]:
    def spent(name: str, *, bare: bool) -> float:
        model = model_named(name)
        _needed(things, model)
        return beside_network(model, things.models, things.photos(), bare=bare)

    return [
        Figure(f"own-cpu-{mode}-{name}", "s", Bound.AT_MOST, bar, partial(spent, name, bare=bare))
        for mode, bare, bar in (("bare", True, 0.15), ("shipped", False, 0.45))
        for name in ("u2netp", "isnet-fp16")
    ]


def _looks(things: Things) -> list[Figure]:
    def ratio_of(name: str, *, clean: bool) -> float:
        _needed(things, model_named(name))
        return render_ratio(things.photos(24)[0], things.models, name, clean=clean)

    def preview() -> float:
        return preview_ms(things.photos()[0], things.models)

    def slide() -> float:
        return late(slides(things.models, things.photos()[0]))

    def peak() -> float:
        return render_peak_gb(things.photos(24)[0], things.models)

    return [
        Figure("look-preview-p95", "ms", Bound.AT_MOST, 100, preview),
        Figure("slider-to-picture-p95", "ms", Bound.AT_MOST, 100, slide),
        *(
            Figure(
                f"look-24mp-{mode}{name}",
                "x",
                Bound.AT_MOST,
                bar,
                partial(ratio_of, name, clean=clean),
            )
            for mode, clean, bar in (("", True, 3), ("bare-", False, 1.8))
            for name in ("isnet-fp16", SMALL)
        ),
        Figure("look-24mp-memory", "GB", Bound.AT_MOST, 1.2, peak),
    ]


def _same_masks(things: Things) -> list[Figure]:
    def compared(name: str, number: int) -> float:
        model = model_named(name)
        _needed(things, model)
        scenes = tuple(
            scene.photo
            for scene in [*samples(), *(foreign(things.mattes) if things.mattes else [])]
        )
        return beside_rembg(model, things.models, tuple(_own_names(scenes)), WORK)[number]

    bars = (
        ("mask-difference", "levels", Bound.AT_MOST, 0.5),
        ("mask-iou-mean", "IoU", Bound.AT_LEAST, 0.994),
        ("mask-iou-worst", "IoU", Bound.AT_LEAST, 0.985),
    )
    return [
        Figure(f"{figure}-{name}", unit, bound, bar, partial(compared, name, number))
        for name in MODELS
        for number, (figure, unit, bound, bar) in enumerate(bars)
    ]


def _beside_rembg(things: Things) -> list[Figure]:
    @cache
    def played(match: Match, megapixels: int) -> Sequence[Turns]:
        return run_match(match, things.models, things.photos(megapixels), WORK)

    def row(name: str, match: Match, bar: float, megapixels: int = 12) -> Figure:
        return Figure(
            name, "x", Bound.AT_LEAST, bar, lambda: ratio(played(_possible(match), megapixels))
        )

    own = "onnxruntime"
    bare, large = zip(MODELS, (5, 5.5, 4), strict=True), zip(MODELS, (6.5, 6.5, 5), strict=True)
    return [
        *(row(f"bare-12mp-{m}", Match(model_named(m), bare=True), bar) for m, bar in bare),
        Figure(
            "png-size",
            "x",
            Bound.AT_MOST,
            1.08,
            lambda: size_ratio(played(Match(model_named("u2net"), bare=True), 12)),
        ),
        *(
            row(f"bare-onnxruntime-12mp-{m}", Match(model_named(m), bare=True, runtime=own), bar)
            for m, bar in zip(MODELS, (5, 3.3, 2.3), strict=True)
        ),
        *(
            row(f"shipped-12mp-{m}", Match(model_named(m), theirs="decontaminated"), bar)
            for m, bar in (("u2net", 6), ("isnet-fp16", 4))
        ),
        *(row(f"bare-24mp-{m}", Match(model_named(m), bare=True), bar, 24) for m, bar in large),
        *(
            Figure(
                f"memory-24mp-{runtime}",
                "GB",
                Bound.AT_MOST,
                bar,
                partial(_peak_gb, things, runtime),
            )
            for runtime, bar in ((own, 1.8), ("openvino", 1.1))
        ),
    ]


def _commands(things: Things) -> list[Figure]:
    commands, isnet = things.commands, model_named("isnet-fp16")

    def cold(peer: str) -> float:
        _needed(things, isnet)
        return cold_ratio(commands, things.photos()[0], isnet, peer)

    def batch(name: str) -> float:
        _needed(things, model_named(name))
        return batch_ratio(commands, commands.batch(things.photos(), BATCH), model_named(name))

    def against_inference() -> float:
        """Our whole batch over rembg's inference alone, both in ONNX Runtime and float32."""
        _needed(things, isnet)
        folder = commands.batch(things.photos(), BATCH)
        ours = commands.ours(folder, isnet, "--bare", runtime="onnxruntime").cpu_seconds
        turns = run_match(
            Match(isnet, bare=True, theirs="network"), things.models, things.photos(), WORK
        )
        return ours / BATCH / fmean(cost.cpu_seconds for turn in turns for cost in turn.theirs)

    at_least, at_most = Bound.AT_LEAST, Bound.AT_MOST
    return [
        Figure("cold-rembg-i", "x", at_least, 3, partial(cold, "rembg")),
        Figure("cold-imgly", "x", at_least, 5, partial(cold, "imgly")),
        Figure("batch-memory", "x", at_most, 1.1, lambda: _growth(things)),
        Figure("batch-rembg-p-u2net", "x", at_least, 5.5, partial(batch, "u2net")),
        Figure("batch-rembg-p-isnet-fp16", "x", at_least, 4, partial(batch, "isnet-fp16")),
        Figure("batch-against-inference", "x", at_most, 1.0, against_inference),
    ]


def _growth(things: Things) -> float:
    return growth(things.commands, things.photos(), model_named("u2netp"))


def _peak_gb(things: Things, runtime: str) -> float:
    model = model_named("isnet-fp16")
    _needed(things, model)
    photo = things.photos(24)[0]
    return things.commands.ours(photo, model, "--bare", runtime=runtime).peak_mb / 1000


def _possible(match: Match) -> Match:
    """The bars of the best runtime are those of a processor with bfloat16. Raises Skipped."""
    if match.runtime == AUTO and match.model.bf16 and Opener("cpu").precision(match.model) != BF16:
        raise Skipped("no bf16")
    return match


def _needed(things: Things, model: Model) -> None:
    """Raises Skipped."""
    if not (things.models / model.file).exists():
        raise Skipped(f"no weights; get them: coveshot models get {model.name}")


def _own_names(photos: Sequence[Path]) -> list[Path]:
    """Return links with a name each: many sets call every photo `input.jpg`."""
    folder = WORK / "scenes"
    folder.mkdir(parents=True, exist_ok=True)
    links = [folder / f"{number:03}.jpg" for number in range(len(photos))]
    for link, photo in zip(links, photos, strict=True):
        link.unlink(missing_ok=True)
        link.symlink_to(photo.resolve())
    return links


if __name__ == "__main__":
    sys.exit(main())
