"""`coveshot sweep`: delete what is over, once or for as long as it runs."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from storage.errors import StorageError
from ui.cli.console import opened, say

if TYPE_CHECKING:
    from ui.house import House

PAUSE_SECONDS = 60.0
"""Between two rounds: what is over goes within minutes."""
Round = Callable[[Callable[[], bool]], int]


def add_sweep(app: typer.Typer, open_house: "Callable[[], House]") -> None:
    @app.command()
    def sweep(
        *,
        watch: Annotated[
            bool, typer.Option("--watch", help="Go on, a round a minute, until Ctrl-C.")
        ] = False,
    ) -> None:
        """Delete what is over: the trash after 30 days, and versions beyond those that are kept."""
        with opened(open_house) as house:
            if watch:
                with interrupted() as ended:
                    keep_sweeping(house.library.sweep, ended)
            else:
                say(f"Removed: {house.library.sweep()}.")


def keep_sweeping(sweep: Round, ended: Event, pause: float = PAUSE_SECONDS) -> None:
    """Sweep until it is over; what is in the way now is tried again in the next round."""
    trouble = ""
    while not ended.is_set():
        try:
            if removed := sweep(ended.is_set):
                say(f"Removed: {removed}.")
            trouble = ""
        except StorageError as error:
            if error.says != trouble:  # once, not every minute
                say(error.says)
            trouble = error.says
        ended.wait(pause)


@contextmanager
def interrupted() -> Iterator[Event]:
    """Set an event at Ctrl-C and SIGTERM, so that a round ends in good order."""
    ended = Event()
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(one, lambda *_: ended.set()) for one in signals]
    try:
        yield ended
    finally:
        for one, handler in zip(signals, before, strict=True):
            signal.signal(one, handler)
