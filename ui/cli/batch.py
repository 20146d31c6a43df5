"""Many photos: a few in hand at a time, in a stable order, and stopped at any moment."""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from inference.errors import InferenceError
from storage.errors import StorageError
from ui.cli.console import INTERRUPTED
from ui.cli.manifest import Line, Outcome
from ui.cli.plan import Task


@dataclass(slots=True)
class Report:
    """What has become of a batch so far."""

    lines: list[Line] = field(default_factory=list)
    """In the order of the tasks."""
    stopped: InferenceError | StorageError | None = None
    """Why it ended early, if not by Ctrl-C."""
    interrupted: bool = False

    def having(self, outcome: Outcome) -> list[Line]:
        return [line for line in self.lines if line.status is outcome]


def carry_out(
    tasks: Sequence[Task],
    cut: Callable[[Task], Line],
    *,
    threads: int,
    stop: threading.Event,
    tell: Callable[[Line], None],
) -> Report:
    """Do all tasks, or those before the first that cannot be done at all.

    Ctrl-C sets `stop` and waits for the photos in hand; the second one does not wait.
    """
    report = Report()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="cut")
    try:
        for line in _in_order(pool, cut, tasks, ahead=2 * threads):
            report.lines.append(line)
            tell(line)
    except KeyboardInterrupt:
        report.interrupted = True
    except (InferenceError, StorageError) as error:
        report.stopped = error
    finally:
        stop.set()
        _close(pool, report)
    return report


def _close(pool: ThreadPoolExecutor, report: Report) -> None:
    while True:
        try:
            return pool.shutdown(cancel_futures=True)
        except KeyboardInterrupt:
            if report.interrupted:
                os._exit(INTERRUPTED)  # no file is half there, whenever it ends
            report.interrupted = True


def _in_order(
    pool: ThreadPoolExecutor, cut: Callable[[Task], Line], tasks: Sequence[Task], ahead: int
) -> Iterator[Line]:
    waiting: deque[Future[Line]] = deque()
    for task in tasks:
        waiting.append(pool.submit(cut, task))
        if len(waiting) >= ahead:
            yield _result(waiting.popleft())
    while waiting:
        yield _result(waiting.popleft())


def _result(future: Future[Line]) -> Line:
    while not wait([future], timeout=0.5).done:
        pass  # on Windows a wait without an end does not hear Ctrl-C
    return future.result()
