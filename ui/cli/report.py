"""What a batch says at its end."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from inference.doubt import WORTH_A_LOOK
from storage.errors import DiskFull
from ui.cli.batch import Report
from ui.cli.console import AGAIN, FAILED, GO_ON, INTERRUPTED
from ui.cli.manifest import Line, Outcome
from ui.cli.plan import Task
from ui.template import closed

SHOWN = 5
"""Examples in a sentence; the manifest has all."""


def exit_code(report: Report, unreadable: Sequence[str]) -> int:
    if report.interrupted:
        return INTERRUPTED
    broken = any(line.rules for line in _there(report))
    failed = report.stopped or unreadable or report.having(Outcome.FAILED)
    return FAILED if failed or broken else 0


def summary(
    report: Report, tasks: Sequence[Task], unreadable: Sequence[str], out: Path
) -> Iterator[str]:
    """Yield sentences, the most important one last."""
    yield from _skipped(report.having(Outcome.SKIPPED))
    yield from _numbered(report, tasks)
    yield from unreadable
    yield from _doubtful(report.having(Outcome.DONE))
    yield from _broken(_there(report))
    if failed := report.having(Outcome.FAILED):
        yield f"{_photos(len(failed))} failed:"
        yield from (f"  {line.source}: {line.says}" for line in failed)
    yield _counts(report, out)
    if report.stopped:
        yield report.stopped.says
    if report.interrupted:
        yield GO_ON
    elif isinstance(report.stopped, DiskFull) or any(line.passing for line in failed):
        yield AGAIN


def _skipped(lines: Sequence[Line]) -> Iterator[str]:
    if not lines:
        return
    kinds = Counter(Path(line.source).suffix.lower() or "no suffix" for line in lines)
    listed = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(SHOWN))
    rest = ", ..." if len(kinds) > SHOWN else ""
    files = (
        "1 file that is no photo" if len(lines) == 1 else f"{len(lines)} files that are no photos"
    )
    yield f"Left out {files} ({listed}{rest})."


def _doubtful(lines: Sequence[Line]) -> Iterator[str]:
    doubtful = [line for line in lines if (line.doubt or 0) >= WORTH_A_LOOK]
    if not doubtful:
        return
    doubtful.sort(key=lambda line: -(line.doubt or 0))
    verb = "is" if len(doubtful) == 1 else "are"
    yield f"{_photos(len(doubtful))} {verb} worth a look:"
    yield from (f"  {line.output}: {line.says}" for line in doubtful[:SHOWN])
    if len(doubtful) > SHOWN:
        yield f"  ... and {len(doubtful) - SHOWN} more; the manifest has them all."


def _there(report: Report) -> list[Line]:
    """Return the cutouts that there are now, new and old."""
    return [*report.having(Outcome.DONE), *report.having(Outcome.ALREADY)]


def _broken(lines: Sequence[Line]) -> Iterator[str]:
    """Tell which files do not keep the rules of their preset."""
    measured = [line for line in lines if line.rules is not None]
    broken = [line for line in measured if line.rules]
    if not measured:
        return
    kept = len(measured) - len(broken)
    yield f"{_photos(kept)} {'keeps' if kept == 1 else 'keep'} the rules of the preset."
    yield from (f"  {line.output} does not: {line.rules}" for line in broken[:SHOWN])
    if len(broken) > SHOWN:
        yield f"  ... and {len(broken) - SHOWN} more; the manifest has them all."


def _numbered(report: Report, tasks: Sequence[Task]) -> Iterator[str]:
    """Tell of names that could not be had: what was there is as it was."""
    wishes = {str(task.source.path): task.wish for task in tasks}
    others = [
        line.output
        for line in report.having(Outcome.DONE)
        if line.output and line.output != closed(wishes[line.source], line.width, line.height)
    ]
    if others:
        listed = ", ".join(others[:SHOWN]) + (", ..." if len(others) > SHOWN else "")
        yield (
            f"{_photos(len(others))} got a number because the name was taken; "
            f"nothing was overwritten: {listed}"
        )


def _counts(report: Report, out: Path) -> str:
    already = len(report.having(Outcome.ALREADY))
    again = f", {already} already done" if already else ""
    return f"{_photos(len(report.having(Outcome.DONE)))} cut out{again}: {out}"


def _photos(count: int) -> str:
    return "1 photo" if count == 1 else f"{count} photos"
