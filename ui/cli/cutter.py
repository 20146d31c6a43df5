"""One photo into its file: whole or not there, and in the manifest either way."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from inference.compliance import Finding, broken, complied, findings, left, mended
from inference.errors import (
    OWN_FAULT,
    Cancelled,
    DeviceMissing,
    InferenceError,
    ModelMissing,
    NoSubject,
    NotDone,
    PhotoRejected,
    Refusal,
    WeightsRejected,
)
from inference.header import Limits
from inference.output import File, Output
from inference.photo import inspect
from inference.preset import Rules
from inference.recipe import Recipe
from storage.blobs import NO_ROOM, write_durably
from storage.errors import DiskFull, NotWritable, StorageError
from ui.cli.makers import Made, Maker
from ui.cli.manifest import Line, Manifest, Outcome
from ui.cli.plan import Task
from ui.cli.sources import Source
from ui.names import numbered
from ui.template import closed

log = logging.getLogger(__name__)

PARTS = ".coveshot-parts"
"""Below the folder of the cutouts: where files grow before they get their name."""
HOPELESS = (DiskFull, DeviceMissing, ModelMissing, WeightsRejected, Cancelled)
"""What would stop all other photos, too."""
FINAL = (NotDone, NoSubject)
"""What speaks of the photo itself, as PhotoRejected does: another try ends as this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutter:
    """Does one task after the other; called by several threads at once."""

    out: Path
    manifest: Manifest
    recipe: Recipe
    output: Output
    limits: Limits
    make: Maker
    stop: threading.Event
    rules: Rules | None = None
    """What each file is measured by, if it is."""
    fix: bool = False
    """Whether what does not keep the rules is made anew."""

    def __call__(self, task: Task) -> Line:
        """Return what became of it. Raises what would stop all other tasks, too."""
        failed = Line(
            source=str(task.source.path),
            recipe=self.recipe.key,
            op_key=self.recipe.op_key,
            format=self.output.format.extension,
            written=self.output.text,
            mended=self.rules.key if self.rules and self.fix else "",
            status=Outcome.FAILED,
        )
        try:
            return self._cut(task, failed)
        except HOPELESS:
            raise
        except PhotoRejected as error:
            if _is_left_out(task.source, error.refusal):
                return replace(failed, status=Outcome.SKIPPED)
            failed = replace(failed, says=error.says)
        except (InferenceError, StorageError) as error:
            failed = replace(failed, says=error.says, passing=not isinstance(error, FINAL))
        except OSError as error:
            says = f"It cannot be read: {error.strerror}."
            failed = replace(failed, says=says, passing=True)
        except Exception:  # one odd photo must not end a batch of five hundred
            log.exception("a photo failed")
            failed = replace(failed, says=OWN_FAULT)
        self._note(failed)
        return failed

    def _cut(self, task: Task, line: Line) -> Line:
        start = time.perf_counter()
        path = task.source.path
        inspect(path, self.limits)
        data = path.read_bytes()
        source = sha256(data).hexdigest()
        if task.before and task.before.sha256 == source:
            return self._still(task.before)
        self._heed()
        made = self.make(path, data)
        self._heed()
        made, rules, says = self._measured(made, task)
        output = self._name(task, made)
        done = replace(
            line,
            sha256=source,
            output=output,
            output_sha256=sha256(made.data).hexdigest(),
            width=made.width,
            height=made.height,
            seconds=round(time.perf_counter() - start, 3),
            status=Outcome.DONE,
            says=" ".join([*made.doubt.reasons, *says]),
            rules=rules,
            doubt=made.doubt.score,
        )
        self._write(done, output, made.data)
        return done

    def _still(self, line: Line) -> Line:
        """Return the line of a cutout that is as it was, measured by today's rules."""
        line = replace(line, status=Outcome.ALREADY, rules=None)
        if self.rules is None or line.output is None:
            return line
        file = self.out / line.output
        rules, says = _told(findings(file.read_bytes(), file.name, self.rules))
        return replace(line, rules=rules, says=" ".join(says))

    def _measured(self, made: Made, task: Task) -> tuple[Made, str | None, list[str]]:
        """Return a file, mended where that is asked for, the rules that it breaks, and why."""
        if self.rules is None:
            return made, None, []
        first = File(made.data, made.width, made.height)
        turns = iter([first])  # the file that is there already needs not be made again

        def make(recipe: Recipe, output: Output) -> File:
            return next(turns, None) or made.again(recipe, output)

        stem = Path(closed(task.output, made.width, made.height)).stem
        mend = mended if self.fix else left
        held = complied(stem, self.recipe, self.output, self.rules, make, mend)
        file = held.file
        made = replace(made, data=file.data, width=file.width, height=file.height)
        return made, *_told(held.found)

    def _name(self, task: Task, made: Made) -> str:
        """Return the path of a file now that its size is known."""
        if task.output == closed(task.output, made.width, made.height):
            return task.output
        # From the wish on, so that names are the same whoever is finished first.
        return self.manifest.claim(numbered(closed(task.wish, made.width, made.height)))

    def _write(self, line: Line, output: str, data: bytes) -> None:
        target = self.out / output
        if not self.manifest.may_write(output):
            raise NotWritable(f"{target} has appeared meanwhile.")
        # First the line: a file that no line speaks of would be taken for somebody else's.
        self._note(line)
        if not self.out.is_dir():  # it is not made anew: its disk may have been taken away
            raise NotWritable(f"{self.out} is not there any more.")
        with _in_sentences(self.out):
            target.parent.mkdir(parents=True, exist_ok=True)
            write_durably(target, data, self.out / PARTS)

    def _note(self, line: Line) -> None:
        with _in_sentences(self.out):
            self.manifest.append(line)

    def _heed(self) -> None:
        if self.stop.is_set():
            raise Cancelled("Stopped.")


def _told(found: Sequence[Finding]) -> tuple[str, list[str]]:
    """Return the names of the rules that are broken, and why."""
    wrong = broken(found)
    return ", ".join(one.rule for one in wrong), [f"{one.rule}: {one.says}." for one in wrong]


@contextmanager
def parts_below(out: Path) -> Iterator[None]:
    """Have a place for files that grow, without those of a run that was killed.

    Only for the one command that holds the manifest of this folder.
    """
    parts = out / PARTS
    with _in_sentences(out):
        parts.mkdir(exist_ok=True)
        for part in parts.glob(".*.part"):
            part.unlink()
    try:
        yield
    finally:
        with suppress(OSError):
            parts.rmdir()


def _is_left_out(source: Source, refusal: Refusal) -> bool:
    """Tell whether nobody will miss it: found in a folder, and a photo by no sign."""
    return not source.expected and (refusal is Refusal.TYPE or source.path.stat().st_size == 0)


@contextmanager
def _in_sentences(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFull(
                f"The disk of {out} is full. Make room: what is done stays done."
            ) from error
        raise NotWritable(
            f"{error.filename or out} cannot be written: {error.strerror}."
        ) from error
