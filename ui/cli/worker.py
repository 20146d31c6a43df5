"""`coveshot worker`: cut out for a hosted instance, on a computer that has none of its keys."""

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.console import FAILED, USAGE, Misused, leave, say, sentences
from ui.cli.sweep import interrupted

if TYPE_CHECKING:
    from inference.studio import Studio
    from inference.worker import Workers

LOOK_SECONDS = 0.2
"""Between two looks whether all is done."""
PATIENCE = 25.0
REQUEST_SECONDS = 240.0
"""How long one request of a serverless provider works: less than it is let run."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Who works, and for which instance; models stay in memory from one shift to the next."""

    of: str
    studio: "Studio"
    hire: Callable[[bool], "Workers"]
    """Returns workers for one shift; it ends when nothing waits, where that is asked for."""
    leave: Callable[[], object]

    def work(self, ended: Event, *, once: bool, patience: float, seconds: float = 1e9) -> "Workers":
        """Work until it is over; return who did, and can tell of trouble.

        Photos in hand then have so many seconds, or are given back.
        """
        workers, until = self.hire(once), time.monotonic() + seconds
        workers.start()
        while workers.busy and time.monotonic() < until and not ended.wait(LOOK_SECONDS):
            pass
        workers.close(patience)
        return workers

    def close(self) -> None:
        self.studio.close()
        self.leave()


def add_worker(app: typer.Typer, open_crew: Callable[[], Crew]) -> None:
    @app.command()
    def worker(
        *,
        drain: Annotated[
            bool, typer.Option("--drain", help="End when nothing waits any more.")
        ] = False,
        patience: Annotated[
            float,
            typer.Option(min=0, help="Seconds that photos in hand have when it is to end."),
        ] = PATIENCE,
    ) -> None:
        """Cut photos out for the instance at COVESHOT_INSTANCE, which knows COVESHOT_WORKER_TOKEN.

        Ctrl-C and SIGTERM end it in good order: what is in hand is finished, or given back.
        """
        with sentences(USAGE), closing(open_crew()) as crew:
            _announce(crew)
            with interrupted() as ended:
                workers = crew.work(ended, once=drain, patience=patience)
        code = FAILED if drain and workers.trouble else 0
        if code:
            say(workers.trouble)
        leave(workers, code)
        raise typer.Exit(code)

    @app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
    def serverless() -> None:
        """Work like `worker` whenever Runpod sends a request, until nothing waits.

        Options that begin with --rp_ are Runpod's own, such as --rp_serve_api.
        """
        with sentences(USAGE):
            if not find_spec("runpod"):
                raise Misused("This needs Runpod's SDK: pip install 'coveshot[runpod]'.")
            with closing(open_crew()) as crew:
                _announce(crew)
                # Half a second, and fifty packages, that nobody else waits for.
                sdk = import_module("runpod")
                sdk.serverless.start({"handler": lambda job: answered(crew, job)})


def answered(crew: Crew, job: Mapping[str, Any]) -> dict[str, object]:
    """Work for a request: it says nothing but that there is work, and at most for how long."""
    told = job.get("input") or {}
    seconds = min(REQUEST_SECONDS, float(told.get("seconds") or REQUEST_SECONDS))
    workers = crew.work(Event(), once=True, patience=PATIENCE, seconds=seconds)
    return {"error": workers.trouble} if workers.trouble else {"drained": True}


def _announce(crew: Crew) -> None:
    say(f"Working for {crew.of} on {crew.studio.networks.device().name}.")
