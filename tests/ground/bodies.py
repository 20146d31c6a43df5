"""The hosted body of the library, on a Postgres of our own whose clock we set."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg

from storage.cloud.door import SupabaseDoor
from storage.cloud.project import TIMEOUT, Project
from storage.postgres import PostgresDoor
from storage.remote.records import RemoteRecords
from tests.gateway.server import Gateway
from tests.ground.cluster import Cluster

OUR_CLOCK = """
create or replace function private.now() returns timestamptz language sql stable
set search_path = '' as $$
  select coalesce(
    to_timestamp(nullif(current_setting('coveshot.now', true), '')::float8),
    to_timestamp((nullif(current_setting('request.headers', true), '')::json
      ->> 'x-coveshot-now')::float8),
    pg_catalog.now())
$$
"""
# As a plan whose results are kept for good, and cost nothing.
KEEPING = "update public.plans set persists = true, kept_hours = null where id = 'guest'"

TABLES = """
select oid::regclass::text from pg_class
where relkind = 'r' and relnamespace in ('public'::regnamespace, 'pgmq'::regnamespace)
  and relname not in ('plans', 'job_moves', 'turns', 'meta')
"""


def set_clock(ground: str) -> None:
    """Let a database go by the clock that each call brings along."""
    with psycopg.connect(ground) as connection:
        connection.execute(OUR_CLOCK)


def door(ground: str, clock: Callable[[], float]) -> PostgresDoor:
    told: dict[psycopg.Connection, float] = {}

    def tell(connection: psycopg.Connection) -> None:
        now = clock()
        if told.get(connection) != now:
            connection.execute("select set_config('coveshot.now', %s, false)", [str(now)])
            told[connection] = now

    return PostgresDoor(ground, before=tell)


class Bodies:
    """Two databases that tests have one after the other: making one takes longer than most do."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self._cluster = cluster
        self._folder = folder
        self._grounds: dict[bool, str] = {}
        self._gateway: Gateway | None = None

    @contextmanager
    def records(
        self, clock: Callable[[], float], *, keeping: bool = False
    ) -> Iterator[RemoteRecords]:
        """Records of an empty library, in which visits pass, or else keep everything."""
        ground = self._ground(keeping=keeping)
        records = RemoteRecords(door(ground, clock))
        yield records
        records.close()
        empty(self._cluster.over(ground))

    @contextmanager
    def over_the_network(self, clock: Callable[[], float]) -> Iterator[RemoteRecords]:
        """The same that keep everything, as a project of Supabase has them."""

        def tell(request: httpx.Request) -> None:
            request.headers["x-coveshot-now"] = str(clock())

        gateway = self.gateway
        http = httpx.Client(timeout=TIMEOUT, event_hooks={"request": [tell]})
        project = Project(gateway.url, gateway.secret, http=http)
        yield RemoteRecords(SupabaseDoor(project))
        project.close()
        empty(gateway.over)

    @property
    def gateway(self) -> Gateway:
        if self._gateway is None:
            ground = self._ground(keeping=True)
            self._gateway = Gateway(ground, self._cluster.over(ground), self._folder)
        return self._gateway

    def close(self) -> None:
        if self._gateway:
            self._gateway.close()

    def _ground(self, *, keeping: bool) -> str:
        if not (ground := self._grounds.get(keeping)):
            ground = self._grounds[keeping] = self._made(keeping=keeping)
        return ground

    def _made(self, *, keeping: bool) -> str:
        ground = self._cluster.ground()
        set_clock(ground)
        if keeping:
            with psycopg.connect(ground) as connection:
                connection.execute(KEEPING)
        return ground


def empty(over: str) -> None:
    """Forget all rows but those that came with the migrations."""
    with psycopg.connect(over) as connection:
        connection.execute("set session_replication_role = replica")
        tables = connection.execute(TABLES).fetchall()
        for (table,) in tables:
            connection.execute(f"delete from {table}".encode())  # noqa: S608 names of the catalogue
