"""`coveshot sweep`: delete what is over, once or for as long as it runs."""

import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from storage.errors import StorageError
from storage.records import Swept
from ui.cli.console import say, sentences

if TYPE_CHECKING:
    from ui.house import House

PAUSE_SECONDS = 60.0
"""Between two rounds: what is over goes within minutes."""
Round = Callable[[Callable[[], bool]], Swept]


@dataclass(frozen=True, slots=True)
class Broom:
    """What is swept, in words, and a round of it."""

    of: str
    round: Round
    close: Callable[[], object]


def broom_of(house: "House") -> Broom:
    """Return what sweeps the library of this computer."""
    return Broom(
        f"the library in {house.home}",
        lambda stop: Swept(house.library.sweep(stop), 0),
        house.close,
    )


def add_sweep(app: typer.Typer, open_broom: Callable[[], Broom]) -> None:
    @app.command()
    def sweep(
        *,
        watch: Annotated[
            bool, typer.Option("--watch", help="Go on, a round a minute, until Ctrl-C.")
        ] = False,
    ) -> None:
        """Delete what is over: the trash after 30 days, and versions beyond those that are kept.

        With SUPABASE_URL and SUPABASE_SECRET_KEY it is the hosted instance that is swept: results
        whose time has ended, and accounts that are to go.
        """
        with sentences(), closing(open_broom()) as broom:
            say(f"Sweeping {broom.of}.")
            if watch:
                with interrupted() as ended:
                    keep_sweeping(broom.round, ended)
            else:
                _tell(broom.round(lambda: False))


def keep_sweeping(sweep: Round, ended: Event, pause: float = PAUSE_SECONDS) -> None:
    """Sweep until it is over; what is in the way now is tried again in the next round."""
    trouble = ""
    while not ended.is_set():
        try:
            swept = sweep(ended.is_set)
            if swept.objects or swept.users:
                _tell(swept)
            trouble = ""
        except StorageError as error:
            if error.says != trouble:  # once, not every minute
                say(error.says)
            trouble = error.says
        ended.wait(pause)


def _tell(swept: Swept) -> None:
    accounts = f" Accounts deleted: {swept.users}." if swept.users else ""
    say(f"Removed: {swept.objects}.{accounts}")


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
