"""A Supabase of our own on the loopback: what its clients see, over a Postgres of the tests."""

import socket
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import uvicorn
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from tests.gateway.auth import Auth
from tests.gateway.auth_answers import Settings, claims_of
from tests.gateway.crossing import Crossing
from tests.gateway.faults import Faults
from tests.gateway.objects import Objects
from tests.gateway.rest import Rest
from tests.gateway.signing import Signing
from tests.gateway.storage import Storage

# Pages of other sites may send to a project: that is what a signed upload is for.
PAGES = Middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_methods=["*"],
    allow_headers=["*"],
    expose_headers=["Location", "Upload-Offset", "Upload-Length", "Tus-Resumable"],
)
SECONDS = 0.02
"""What each removal takes where they are slow."""


@dataclass(slots=True)
class Gateway:
    """Runs from its making until `close`."""

    ground: str
    over: str
    folder: Path
    """Where objects are, as files below their buckets."""
    url: str = field(init=False)
    auth: Auth = field(init=False)
    storage: Storage = field(init=False)
    faults: Faults = field(init=False)
    legacy_publishable: str = field(init=False)
    """Keys of the old style, which are tokens, for rows and objects."""
    legacy_secret: str = field(init=False)
    _crossing: Crossing = field(init=False)
    _server: uvicorn.Server = field(init=False)
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        issuer = f"{self.url}/auth/v1"
        signing = Signing(issuer)
        self.auth = Auth(self.over, signing, Settings(issuer=issuer))
        self.legacy_publishable, self.legacy_secret = signing.keys()
        keys = {
            self.publishable: "anon",
            self.legacy_publishable: "anon",
            self.secret: "service_role",
            self.legacy_secret: "service_role",
        }
        self._crossing = Crossing(self.ground, signing, keys)
        self.storage = Storage(self._crossing, Objects(self._crossing, self.folder))
        routes = [*self.auth.routes, *Rest(self._crossing).routes, *self.storage.routes]
        self.faults = Faults(Starlette(routes=routes, middleware=[PAGES]))
        # Quick and quiet: no access log, no lifespan.
        config = uvicorn.Config(self.faults, log_level="critical", lifespan="off", ws="none")
        self._server = uvicorn.Server(config)
        run = threading.Thread(target=self._server.run, args=([listener],), daemon=True)
        self._thread = run
        run.start()

    @property
    def publishable(self) -> str:
        return self.auth.settings.publishable

    @property
    def secret(self) -> str:
        return self.auth.settings.secret

    def token(self, user_id: str, seconds: float = 0) -> str:
        """A token of somebody who has just signed in; or whose token has ended, for less than 0."""
        user = self.auth.people.find(user_id)
        assert user
        claims = claims_of(user, user_id, self.auth.settings, self.auth.clock())
        if seconds:
            claims["exp"] = int(self.auth.clock() + seconds)
        return self.auth.signer.sign(claims)

    def gone(self) -> AbstractContextManager[None]:
        """Let nothing be reached behind the gateway for a while."""
        return self.faults.gone()

    @contextmanager
    def database_gone(self) -> Iterator[None]:
        """End all connections to the database, and let nobody connect for a while."""
        known = conninfo_to_dict(self.over)
        name = Identifier(str(known["dbname"]))
        with psycopg.connect(self.over, dbname="postgres", autocommit=True) as server:
            server.execute(SQL("alter database {} allow_connections false").format(name))
            server.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s",
                [known["dbname"]],
            )
            try:
                yield
            finally:
                server.execute(SQL("alter database {} allow_connections true").format(name))

    @contextmanager
    def slow_removals(self) -> Iterator[None]:
        self.storage.pause_seconds = SECONDS
        yield
        self.storage.pause_seconds = 0.0

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._crossing.close()
        self.auth.close()
