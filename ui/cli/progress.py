"""How far a command has come: a bar on a terminal, plain lines anywhere else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from ui.cli.console import say
from ui.cli.manifest import Line, Outcome


@contextmanager
def photos(total: int) -> Iterator[Callable[[Line], None]]:
    """Yield what is to be told of each photo."""
    if not sys.stderr.isatty():
        yield _plain_lines(total)
        return
    with _bar("Cutting", MofNCompleteColumn()) as bar:
        task = bar.add_task("", total=total)
        yield lambda _: bar.advance(task)


@contextmanager
def download(title: str, total: int) -> Iterator[Callable[[int, int], None]]:
    """Yield what is to be told of the bytes so far and in all."""
    if not sys.stderr.isatty():
        say(f"Getting {title} ({total / 1e6:.1f} MB) ...")
        yield lambda _done, _total: None
        return
    with _bar(f"Getting {title}", DownloadColumn()) as bar:
        task = bar.add_task("", total=total)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


def _bar(title: str, *columns: ProgressColumn) -> Progress:
    return Progress(
        TextColumn(title, markup=False),
        BarColumn(),
        *columns,
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def _plain_lines(total: int) -> Callable[[Line], None]:
    width = len(str(total))
    told = iter(range(1, total + 1))

    def tell(line: Line) -> None:
        became = f"{line.output}, {line.seconds:.1f} s"
        if line.status is not Outcome.DONE:
            became = line.status
        say(f"[{next(told):{width}}/{total}] {Path(line.source).name}: {became}")

    return tell
