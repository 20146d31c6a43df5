"""The HTTP face over a real library in a temporary folder; only the network is a stand-in."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.exceptions import HTTPException

from auth.account import LOCAL_PLAN, Account
from auth.gate import Gate
from auth.keys import Program, digest
from auth.rates import Rates, Unmetered
from inference.engine import Engine
from inference.fitting import Fitting
from inference.presets import Presets
from inference.studio import Studio
from inference.weights import Weights
from storage.blobs import FileBlobs
from storage.dock import FolderDock
from storage.library import Library
from storage.local import SqliteRecords
from tests.test_engine import Brightness, Stage
from ui.api.events import Beat
from ui.api.fetcher import Fetcher
from ui.api.inbox import Inbox
from ui.api.probes import add_probes
from ui.api.removebg import MOST_IN_HAND
from ui.api.routes import add_routes
from ui.courier import Signer
from ui.guard import Guard
from ui.lane import Lane
from ui.refusal import missing
from ui.site import COOKIE, Site, loopback

MOST_BYTES = 3_000_000
PLAN = replace(LOCAL_PLAN, max_bytes=MOST_BYTES)
ANN, BOB = Account("ann", "ann", PLAN), Account("bob", "bob", PLAN)
PORT = 8080


class Neighbours:
    """A gate for two who must not see each other's photos; each token is a name."""

    pass_for_visitors = "ann"

    async def who(self, token: str | None) -> Account | None:
        return {"ann": ANN, "bob": BOB}.get(token or "")


NEIGHBOURS = Neighbours()
OWN_SITE = loopback(PORT)


@dataclass(frozen=True, slots=True)
class Face:
    app: FastAPI
    studio: Studio
    fitting: Fitting
    library: Library
    blobs: FileBlobs
    inbox: Path
    stage: Stage
    """Opens the network, and counts what it is asked."""
    folder: Path
    """Where all of it is."""

    @asynccontextmanager
    async def browser(self, owner: str = "ann") -> AsyncIterator[httpx.AsyncClient]:
        """Open a client with the cookie of an owner."""
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url=f"http://127.0.0.1:{PORT}",
            cookies={COOKIE: owner},
        ) as client:
            yield client

    def work(self) -> None:
        """Do all that waits, here and now."""
        while job := self.library.records.start("test"):
            self.studio.work(self.library, job)


@contextmanager
def opened_face(  # noqa: PLR0913 what a face is made of
    folder: Path,
    models: Path,
    *,
    idle_seconds: float = 30.0,
    most_requests: int = MOST_IN_HAND,
    gate: Gate = NEIGHBOURS,
    site: Site = OWN_SITE,
    beat: Beat = Beat(),  # noqa: B008 frozen
    rates: Rates = Unmetered(),  # noqa: B008 empty
    fetcher: Fetcher | None = None,
    metrics_token: str = "",
    program: Account = ANN,
    **parts: Any,
) -> Iterator[Face]:
    """`parts` are those of the Studio that are not the usual ones; keys are those of `program`."""
    blobs = FileBlobs(folder / "library")
    dock = FolderDock(folder / "dock")
    library = Library(SqliteRecords(folder / "library.sqlite"), blobs, dock=dock)
    weights = Weights(models)
    stage = Stage(Brightness)
    studio = Studio(
        weights=weights,
        engine=Engine(weights, stage),
        library_for=lambda _: library,
        **parts,
    )
    fitting = Fitting(studio, Presets(folder / "presets"))
    lane = Lane()
    app = FastAPI()
    inbox = Inbox(folder / "inbox", idle_seconds)
    add_routes(
        app,
        fitting,
        lane,
        inbox=inbox,
        dock=dock,
        version="1.2.3",
        signer=Signer(b"s" * 32),
        most_requests=most_requests,
        beat=beat,
        fetcher=fetcher,
    )

    add_probes(app, lane, studio, [library.records], folder, metrics_token)

    async def keys(secret: str) -> Program | None:
        key = library.records.keys.find(digest(secret))
        return Program(program, key) if key else None

    app.add_exception_handler(HTTPException, missing)
    app.add_middleware(Guard, gate=gate, site=site, keys=keys, rates=rates)
    yield Face(app, studio, fitting, library, blobs, inbox.folder, stage, folder)
    lane.close()
    studio.close()
    library.records.close()
