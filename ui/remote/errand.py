"""A folder of photos, sent and fetched: as `coveshot cut` does it, with another who makes them."""

import threading
from pathlib import Path

from auth.account import LOCAL
from inference.checkpoint import limits_of
from inference.output import Output
from inference.recipe import Recipe
from ui.cli.batch import carry_out
from ui.cli.console import say
from ui.cli.cutter import Cutter, parts_below
from ui.cli.manifest import Manifest
from ui.cli.naming import PLAIN
from ui.cli.plan import planned
from ui.cli.progress import photos
from ui.cli.report import exit_code, summary
from ui.cli.sources import Found
from ui.remote.maker import Remote, named, told_of
from ui.remote.server import Server


def carried_out(
    server: Server, recipe: Recipe, found: Found, out: Path, jobs: int, stop: threading.Event
) -> int:
    """Do it and return the exit code; `stop` is set when it ends, however that is."""
    make, noted, output = Remote(server, told_of(recipe)), named(recipe, server.address), Output()
    with Manifest(out) as manifest, parts_below(out):
        tasks = planned(found.sources, manifest, out, recipe=noted, output=output, template=PLAIN)
        cutter = Cutter(
            out=out,
            manifest=manifest,
            recipe=noted,
            output=output,
            limits=limits_of(LOCAL),
            make=make,
            stop=stop,
        )
        with photos(len(tasks)) as tell:
            report = carry_out(tasks, cutter, threads=jobs, stop=stop, tell=tell)
    for sentence in summary(report, tasks, found.unreadable, out):
        say(sentence)
    return exit_code(report, found.unreadable)
