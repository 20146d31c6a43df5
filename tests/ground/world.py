"""What happens to a database in the world: many at once, death in the middle, and what is left."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import psycopg
import pytest

from tests.ground.server import Server


def outcome(call: Callable[[], Any]) -> str:
    """`done`, or the code of the refusal."""
    try:
        call()
    except psycopg.Error as error:
        return str(error.sqlstate)
    return "done"


def at_once(address: str, *calls: Callable[[Server], Any]) -> list[str]:
    """The outcomes of calls that begin in the same moment, each on a connection of its own."""
    servers = [Server(address) for _ in calls]
    outcomes = together(servers, calls)
    for server in servers:
        server.close()
    return outcomes


def together(servers: Sequence[Server], calls: Sequence[Callable[[Server], Any]]) -> list[str]:
    barrier = Barrier(len(calls))

    def one(server: Server, call: Callable[[Server], Any]) -> str:
        barrier.wait()
        return outcome(lambda: call(server))

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, servers, calls))


def dies_after(address: str, call: Callable[[Server], Any]) -> None:
    """Make the call in a transaction whose process is ended before it can commit."""
    doomed = Server(address)
    doomed.connection.autocommit = False
    call(doomed)
    with psycopg.connect(address) as killer:
        killer.execute(
            "select pg_terminate_backend(%s, 5000)", (doomed.connection.info.backend_pid,)
        )
    with pytest.raises(psycopg.OperationalError):
        doomed.connection.commit()
    doomed.close()


def snapshot(address: str) -> set[str]:
    """Each row of each table: ours, the users, the objects, the queues."""
    with psycopg.connect(address) as ground:
        tables = ground.execute(
            "select oid::regclass::text from pg_class where relkind = 'r'"
            " and relnamespace in ('public'::regnamespace, 'auth'::regnamespace,"
            " 'storage'::regnamespace, 'pgmq'::regnamespace)"
        ).fetchall()
        return {
            f"{table}: {row}"
            for (table,) in tables
            for (row,) in ground.execute(f"select t::text from {table} t".encode()).fetchall()  # noqa: S608
        }
