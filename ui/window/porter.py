"""Takes files and folders of this computer in by their paths, one after the other."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from inference.errors import InferenceError, PhotoRejected
from storage.errors import StorageError
from ui.cli.console import Misused
from ui.cli.sources import Source, find
from ui.hands import Failure, Incoming
from ui.names import shown_folder, shown_name

MOST_FAILURES = 50
"""That are told of one by one; of a folder of other things, nobody reads more."""

Arrive = Callable[[Path, str, str], str]
"""Takes a file in under a name and a folder, and returns the id of its entry.

Raises InferenceError, StorageError.
"""


class Porter:
    """Owns a thread, which ends once there is nothing to carry."""

    def __init__(self, arrive: Arrive, *, own: Path) -> None:
        """What lies below the folder `own` is ours already."""
        self._arrive = arrive
        self._own = own
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Source, bool]] = deque()
        self._paths: deque[Path] = deque()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._incoming = Incoming()

    @property
    def incoming(self) -> Incoming:
        return self._incoming

    def bring(self, paths: Sequence[Path]) -> bool:
        """Take in what is there, all the way down; returns at once, False once it is closed."""
        with self._lock:
            if self._closed:
                return False
            self._paths.extend(paths)
            if not self._incoming.left:
                self._incoming = replace(self._incoming, done=0)
            self._count()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="porter", daemon=True)
                self._thread.start()
        return True

    def drop_waiting(self) -> None:
        with self._lock:
            self._paths.clear()
            self._waiting.clear()
            self._count()

    def finish(self) -> None:
        """Wait until nothing is on its way."""
        with self._lock:
            thread = self._thread
        if thread:
            thread.join()

    def close(self) -> None:
        """Take nothing more in, and wait for what has begun."""
        with self._lock:
            self._closed = True
        self.drop_waiting()
        self.finish()

    def _work(self) -> None:
        while (source := self._next()) is not None:
            entry, says = self._carried(source[0])
            with self._lock:
                now = self._incoming
                if entry:
                    now = replace(now, done=now.done + 1, last=entry, alone=source[1])
                elif says:
                    failure = Failure(shown_name(source[0].path.name), says)
                    now = replace(now, failed=(failure, *now.failed)[:MOST_FAILURES])
                self._incoming = now

    def _next(self) -> tuple[Source, bool] | None:
        """Return what is next, and whether it is all that was brought; None for nothing more."""
        while True:
            with self._lock:
                if self._waiting:
                    found = self._waiting.popleft()
                    self._count(at_work=1)
                    return found
                if not self._paths:
                    self._thread = None
                    self._count()
                    return None
                path = self._paths.popleft()
                more = bool(self._paths)
            self._look_into(path, more=more)

    def _look_into(self, path: Path, *, more: bool) -> None:
        try:
            found = find([path], self._own)
        except Misused as error:
            self._fail(path, str(error))
            return
        for says in found.unreadable:
            self._fail(path, says)
        top = [path.name] if path.is_dir() else []
        sources = [
            replace(one, folder="/".join([*top, *filter(None, [one.folder])]))
            for one in found.sources
        ]
        with self._lock:
            alone = len(sources) == 1 and not more and not self._waiting
            self._waiting.extend((one, alone) for one in sources)
            self._count()

    def _carried(self, source: Source) -> tuple[str, str]:
        """Take one in; returns the id of its entry, or why there is none."""
        try:
            name, folder = shown_name(source.path.name), shown_folder(source.folder)
            return self._arrive(source.path, name, folder), ""
        except PhotoRejected as error:
            return "", error.says if source.expected else ""  # a folder has other things, too
        except (InferenceError, StorageError) as error:
            return "", error.says
        except OSError as error:
            return "", f"{source.path} cannot be read: {error.strerror}."

    def _fail(self, path: Path, says: str) -> None:
        with self._lock:
            failed = (Failure(shown_name(path.name), says), *self._incoming.failed)
            self._incoming = replace(self._incoming, failed=failed[:MOST_FAILURES])

    def _count(self, at_work: int = 0) -> None:
        left = len(self._waiting) + len(self._paths) + at_work
        self._incoming = replace(self._incoming, left=left)
