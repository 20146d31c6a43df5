"""What `coveshot cut` was asked for, and how it comes true."""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import typer

from inference.checkpoint import limits_of
from inference.output import Output
from inference.preset import Rules
from inference.recipe import Recipe
from inference.upscalers import LANCZOS, QUICK
from ui.cli.batch import Report, carry_out
from ui.cli.console import Misused, say
from ui.cli.cutter import Cutter, parts_below
from ui.cli.makers import Maker, computed, kept
from ui.cli.manifest import Line, Manifest, Outcome
from ui.cli.naming import PLAIN
from ui.cli.plan import Task, planned
from ui.cli.progress import photos
from ui.cli.report import exit_code, summary
from ui.cli.sources import Found, Source
from ui.house import House
from ui.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    recipe: Recipe
    output: Output
    out: Path
    """Absolute."""
    jobs: int
    keep: bool
    as_json: bool = False
    template: Template = PLAIN
    rules: Rules | None = None
    """What each file is measured by, if it is."""
    fix: bool = False
    picture: Path | None = None
    """The file of the recipe's own background."""

    @property
    def mended(self) -> str:
        """The key of the rules that files are mended by, if they are."""
        return self.rules.key if self.rules and self.fix else ""


def check_output(output: Output, recipe: Recipe) -> None:
    """Raises Misused where a format has no place for what the recipe renders."""
    if not output.format.has_alpha and recipe.transparent and not output.matte:
        raise Misused("JPEG has no transparency. Use png or webp, or choose --background white.")


def fulfil(house: House, wish: Wish, found: Found) -> int:
    """Cut out what was found, and return the exit code.

    Raises ModelMissing, UnknownModel, DeviceMissing, NotWritable and Busy before the first photo.
    """
    wish = ready(house, wish)
    with Manifest(wish.out) as manifest, parts_below(wish.out):
        tasks = tasks_of(wish, manifest, found.sources)
        with photos(len(tasks)) as tell:
            report = done(house, wish, manifest, tasks, tell)
    for sentence in summary(report, tasks, found.unreadable, wish.out):
        say(sentence)
    if wish.as_json:
        typer.echo(_as_json(report))
    return exit_code(report, found.unreadable)


def ready(house: House, wish: Wish) -> Wish:
    """Settle what a wish leaves open, and have at hand what it takes.

    Raises ModelMissing, UnknownModel, DeviceMissing, PhotoRejected.
    """
    house.studio.networks.device()
    if wish.picture:
        house.studio.keep_picture(house.account, wish.picture)
    wish = replace(wish, recipe=house.studio.networks.resolve(wish.recipe))
    if wish.recipe.upscale > 1:
        say(_enlarging(house, wish.recipe))
    if wish.keep:
        house.workers.start()
    return wish


def tasks_of(wish: Wish, manifest: Manifest, sources: Sequence[Source]) -> list[Task]:
    return planned(
        sources,
        manifest,
        wish.out,
        recipe=wish.recipe,
        output=wish.output,
        template=wish.template,
        mended=wish.mended,
    )


def done(
    house: House,
    wish: Wish,
    manifest: Manifest,
    tasks: Sequence[Task],
    tell: Callable[[Line], None],
) -> Report:
    """Do some tasks of a wish that is ready."""
    stop = threading.Event()
    cutter = Cutter(
        out=wish.out,
        manifest=manifest,
        recipe=wish.recipe,
        output=wish.output,
        limits=limits_of(house.account),
        make=_maker(house, wish, stop),
        stop=stop,
        rules=wish.rules,
        fix=wish.fix,
    )
    return carry_out(tasks, cutter, threads=wish.jobs, stop=stop, tell=tell)


def _enlarging(house: House, recipe: Recipe) -> str:
    """Say how long enlarging takes, or that there is a better way."""
    if recipe.upscaler == LANCZOS:
        return (
            "Enlarging without a network. Sharper edges: "
            f"coveshot models get {QUICK.name}, then the same command again."
        )
    pace = house.studio.lab().enlargements.pace()
    return f"Enlarging takes about {pace:.0f} s here for each megapixel of a subject."


def _maker(house: House, wish: Wish, stop: threading.Event) -> Maker:
    if wish.keep:
        return kept(house, wish.recipe, wish.output, stop)
    return computed(house, wish.recipe, wish.output)


def _as_json(report: Report) -> str:
    lines = [asdict(line) for line in report.lines if line.status is not Outcome.SKIPPED]
    return json.dumps(lines, indent=2)
