"""A folder that is watched: cut out what has come, wait out what is in the way, go on."""

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from storage.errors import Busy, DiskFull, NotWritable
from ui.cli.arrivals import MOST_PATIENCE, PAUSE, Arrivals, sign_of
from ui.cli.console import Misused, say
from ui.cli.cutter import parts_below
from ui.cli.manifest import Line, Manifest, Outcome, sha256
from ui.cli.sources import Source
from ui.cli.wish import Wish, done, ready, tasks_of
from ui.house import House

SHARE = 20
"""A look takes at most one part in so many of the time, however large the folder is."""
ROUND = 32
"""Photos before the next look: what comes in meanwhile need not wait for a long first round."""
GOES_ON = "The watch goes on when that is mended."


class Vigil:
    """Watches one folder for one wish, in the main thread."""

    def __init__(self, house: House, wish: Wish, folder: Path, settle: float) -> None:
        self._house = house
        self._wish = wish
        self._folder = folder
        self._arrivals = Arrivals(folder, wish.out, settle)
        self._pause = min(settle, PAUSE)
        self._patience = self._pause
        self._count = 0
        self._failing: dict[Path, str] = {}
        """Why, as it was told."""
        self._trouble = ""
        """What is in the way, as it was told."""
        self._unreadable: set[str] = set()
        self._interrupted = False

    def keep(self) -> None:
        """Watch until Ctrl-C or SIGTERM, then finish the photos in hand.

        Raises ModelMissing, UnknownModel, DeviceMissing, NotWritable and Busy before the first.
        """
        self._wish = ready(self._house, self._wish)
        with self._interruptible():
            self._work()  # what cannot even begin is no watch
            while True:
                self._wait_out()
        also = f", {len(self._failing)} failed" if self._failing else ""
        say(f"Stopped. Cut out: {self._count}{also}. They are in {self._wish.out}.")

    def _wait_out(self) -> None:
        """Go on as soon as cutouts can be written again."""
        self._heed()
        time.sleep(self._patience)
        self._patience = min(2 * self._patience, MOST_PATIENCE)
        try:
            self._check_out()
            self._work()
        except (Busy, DiskFull, NotWritable) as error:  # anybody may write here while it waits
            self._hindered(error.says)

    def _work(self) -> None:
        """Watch until something is in the way of cutouts. Raises NotWritable, Busy."""
        with Manifest(self._wish.out) as manifest, parts_below(self._wish.out):
            if not self._trouble:
                say(f"Watching {self._folder}. Ctrl-C stops it.")
            try:
                while True:
                    self._round(manifest)
            except (DiskFull, NotWritable) as error:
                self._hindered(error.says)

    def _round(self, manifest: Manifest) -> None:
        self._heed()
        begun = time.monotonic()
        sources = self._look(manifest)
        if not sources:
            time.sleep(max(self._pause, SHARE * (time.monotonic() - begun)))
            return
        today = replace(self._wish.template, date=date.today().isoformat())  # noqa: DTZ011
        wish = replace(self._wish, template=today)
        new = [source for source in sources if not self._is_done(manifest, source)]
        tasks = tasks_of(wish, manifest, self._named(new))
        report = done(self._house, wish, manifest, tasks, self._tell)
        if report.interrupted:
            raise KeyboardInterrupt
        if report.stopped:
            raise report.stopped
        told = {task.source for task in tasks}
        self._arrivals.tried(source.path for source in sources if source not in told)

    def _look(self, manifest: Manifest) -> Sequence[Source]:
        """Return what a round is for: first what was never seen, then what may be done already."""
        try:
            sources = self._arrivals.look()
        except Misused:
            self._hindered(f"{self._folder} is not there any more.")
            return []
        if self._trouble.startswith(f"{self._folder} is not there"):
            self._gone_on()
        for sentence in self._arrivals.unreadable:
            if sentence not in self._unreadable:
                say(sentence)
        self._unreadable = set(self._arrivals.unreadable)
        extension = self._wish.output.format.extension
        sources.sort(key=lambda source: manifest.last(source.path, extension) is not None)
        return sources[:ROUND]

    def _is_done(self, manifest: Manifest, source: Source) -> bool:
        """Tell whether a photo was cut out in this look, whatever its file is called."""
        wish = self._wish
        line = manifest.last(source.path, wish.output.format.extension)
        asked = (wish.recipe.key, wish.output.text, wish.mended)
        if line is None or (line.recipe, line.written, line.mended) != asked:
            return False
        try:
            return line.sha256 == sha256(source.path) and manifest.intact(line)
        except OSError:
            return False

    def _named(self, sources: Sequence[Source]) -> list[Source]:
        """Return the photos that the template has a name for; tell of the others."""
        named = []
        for source in sources:
            try:
                self._wish.template.stem(source.path.name, "")
            except KeyError:
                if source.expected:
                    self._failed(source.path, "The table of SKUs has no row for it.")
                continue
            named.append(source)
        return named

    def _tell(self, line: Line) -> None:
        path = Path(line.source)
        if line.status is Outcome.FAILED:
            if not sign_of(path):  # it was taken away again, and may come back
                return
            self._check_out()
            if line.passing:
                self._later(path, line.says)
                return
            self._failed(path, line.says)
        self._arrivals.tried([path])
        if line.status is Outcome.DONE:
            self._gone_on()
            self._count += 1
            self._failing.pop(path, None)
            also = f" Worth a look: {line.says}" if line.says else ""
            say(f"{self._short(path)}: {line.output}, {line.seconds:.1f} s.{also}")
        self._heed()

    def _check_out(self) -> None:
        """Raises NotWritable where the folder of the cutouts itself is what is in the way."""
        out = self._wish.out
        if not out.is_dir():  # it is not made anew: its disk may have been taken away
            raise NotWritable(f"{out} is not there any more.")
        if not os.access(out, os.W_OK):
            raise NotWritable(f"{out} cannot be written. Allow it.")

    def _failed(self, path: Path, says: str) -> None:
        self._failing[path] = says
        say(f"{self._short(path)}: {says}")

    def _later(self, path: Path, says: str) -> None:
        """Try a photo again by and by, and tell why once."""
        self._arrivals.later(path)
        if self._failing.get(path) != says:
            self._failed(path, f"{says} It will be tried again.")
            self._failing[path] = says

    def _hindered(self, says: str) -> None:
        """Tell what is in the way, once."""
        if says != self._trouble:
            say(f"{says} {GOES_ON}")
        self._trouble = says

    def _gone_on(self) -> None:
        if self._trouble:
            say("Going on.")
        self._trouble, self._patience = "", self._pause

    def _short(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Go on behind it when Ctrl-C or SIGTERM comes."""
        before = {sent: signal.getsignal(sent) for sent in (signal.SIGINT, signal.SIGTERM)}
        hook, sys.unraisablehook = sys.unraisablehook, _told_of_others
        try:
            for sent, handler in before.items():
                if handler is not signal.SIG_IGN:  # as under nohup
                    signal.signal(sent, self._interrupt)
            yield
        except KeyboardInterrupt:
            pass
        finally:
            sys.unraisablehook = hook
            for sent, handler in before.items():
                signal.signal(sent, handler)

    def _interrupt(self, *_: object) -> None:
        self._interrupted = True
        raise KeyboardInterrupt

    def _heed(self) -> None:
        """Stop, too, where an interrupt came while Python tidied up: it is dropped then."""
        if self._interrupted:
            raise KeyboardInterrupt


def _told_of_others(dropped: "sys.UnraisableHookArgs") -> None:
    """Write what Python has dropped, but for interrupts, which are heeded a moment later."""
    if not isinstance(dropped.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(dropped)
