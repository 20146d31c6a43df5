"""Who may do what: access.csv says it of everything there is, and here it is tried."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from json import dumps
from pathlib import Path

import psycopg
import pytest
from psycopg import Connection
from psycopg.errors import InsufficientPrivilege
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Composed, Identifier

from tests.ground.cluster import Cluster

OWNER = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
# What the house of 92_house.sql has of its owner and nobody else may ever be told.
SECRETS = ("ann@example.com", "vase.png", "Vases", "welcome", "cut~1", "digest")
# A function goes by its name, with its schema where that is not the one that clients can ask.
FUNCTIONS = """
  create temporary view functions as
  select f.oid, proargtypes, prorettype,
    case when nspname = 'private' then 'private.' else '' end || proname as name
  from pg_proc f join pg_namespace n on n.oid = pronamespace where nspname in ('public', 'private')
"""
EVERYTHING = """
  select 'table', relname from pg_class
  where relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    and relkind in ('r', 'p', 'v', 'm', 'f')
  union all
  select distinct 'function', name from functions
  union all
  select 'bucket', id from storage.buckets
"""


@dataclass(frozen=True, slots=True)
class Thing:
    """A row of access.csv: who may see or call it, and how a stranger would try to misuse it."""

    kind: str
    name: str
    publishable: str
    anonymous: str
    user: str
    server: str
    attack: str


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody with a key of the page, and with or without a token."""

    column: str
    role: str
    claims: dict[str, object]


TABLE = Path(__file__).with_name("access.csv")
ACCESS = [Thing(**row) for row in csv.DictReader(TABLE.read_text().splitlines())]
CLIENTS = [
    Client("publishable", "anon", {"role": "anon"}),
    Client(
        "anonymous",
        "authenticated",
        {"sub": "cccccccc-cccc-4ccc-8ccc-cccccccccccc", "is_anonymous": True},
    ),
    Client("user", "authenticated", {"sub": "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"}),
]
WRITES = (
    "insert into {} default values",
    "update {} set {} = null",
    "delete from {}",
    "truncate {} cascade",
)


def things(kind: str) -> list[Thing]:
    return [thing for thing in ACCESS if thing.kind == kind]


@pytest.fixture(scope="module")
def address(cluster: Cluster) -> str:
    """A database in which one owner has something in every room."""
    address = cluster.ground()
    house = (cluster.supabase / "tests" / "92_house.sql").read_text()
    with psycopg.connect(address) as ground:
        ground.execute(house.partition("begin;")[2].partition("select plan")[0].encode())
        # Everybody has the plan that allows most.
        ground.execute("update public.profiles set plan_id = 'paid', plan_until = 'infinity'")
    return address


@pytest.fixture
def ground(address: str) -> Iterator[Connection[TupleRow]]:
    """The house, as it was when the test is over."""
    with psycopg.connect(address) as ground:
        ground.execute(FUNCTIONS)
        yield ground
        ground.rollback()


def become(ground: Connection[TupleRow], client: Client) -> None:
    ground.execute(SQL("set local role {}").format(Identifier(client.role)))
    ground.execute("select set_config('request.jwt.claims', %s, true)", [dumps(client.claims)])


def refused(ground: Connection[TupleRow], change: Composed | SQL) -> bool:
    try:
        with ground.transaction():
            ground.execute(change)
    except InsufficientPrivilege:
        return True
    return False


def rows_of(ground: Connection[TupleRow], client: Client, table: str) -> set[str]:
    """What a client gets by asking for each column that it may ask for."""
    columns = ground.execute(
        "select string_agg(quote_ident(attname), ', ') from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0 and not attisdropped"
        " and has_column_privilege(%s, attrelid, attnum, 'select')",
        (table, client.role),
    ).fetchall()[0][0]
    if columns is None:
        assert refused(ground, SQL("select from {}").format(Identifier(*table.split("."))))
        return set()
    found = ground.execute(f"select row({columns})::text from {table}".encode()).fetchall()  # noqa: S608
    return {row[0] for row in found}


def everything(ground: Connection[TupleRow]) -> set[str]:
    """Each row of each table, for the owner of the tables."""
    return {
        f"{table.name}: {row}"
        for table in things("table")
        for (row,) in ground.execute(
            SQL("select t::text from public.{} t").format(Identifier(table.name))
        ).fetchall()
    }


def test_everything_there_is_has_a_row(ground: Connection[TupleRow]) -> None:
    there = sorted(ground.execute(EVERYTHING).fetchall())

    assert sorted((thing.kind, thing.name) for thing in ACCESS) == there


def test_the_house_has_something_of_its_owner_in_every_table(ground: Connection[TupleRow]) -> None:
    full = {row.partition(":")[0] for row in everything(ground)}

    assert [table.name for table in things("table") if table.name not in full] == []


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.column)
def test_no_client_sees_a_row_of_somebody_else(
    ground: Connection[TupleRow], client: Client
) -> None:
    become(ground, client)

    for table in things("table"):
        rows = rows_of(ground, client, f"public.{table.name}")
        assert rows or getattr(table, client.column) != "all", table.name
        assert not rows or getattr(table, client.column) != "-", table.name
        assert not [row for row in rows if any(word in row for word in (OWNER, *SECRETS))]


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.column)
def test_no_client_writes_any_table(ground: Connection[TupleRow], client: Client) -> None:
    become(ground, client)

    for table in things("table"):
        name = Identifier("public", table.name)
        column = ground.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0"
            " and attidentity = '' and attgenerated = '' order by attnum",
            (f"public.{table.name}",),
        ).fetchall()[0][0]
        for write in WRITES:
            change = SQL(write).format(name, Identifier(column))
            assert refused(ground, change), f"{write}: {table.name}"


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.column)
def test_no_client_calls_what_is_not_for_it(ground: Connection[TupleRow], client: Client) -> None:
    signatures = ground.execute(
        "select name, format('select %s(%s)', name, (select string_agg("
        "format('null::%s', format_type(type, null)), ', ' order by at)"
        " from unnest(proargtypes) with ordinality as arguments (type, at)))"
        " from functions where prorettype <> 'trigger'::regtype"
    ).fetchall()
    open_to_it = {f.name for f in things("function") if getattr(f, client.column) == "call"}
    become(ground, client)

    for name, call in signatures:
        if name not in open_to_it:
            assert refused(ground, SQL(call)), call


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.column)
def test_what_a_client_calls_gives_and_changes_nothing_of_others(
    ground: Connection[TupleRow], client: Client
) -> None:
    for function in things("function"):
        if getattr(function, client.column) != "call":
            continue
        assert function.attack, f"{function.name} has no attack"
        before = everything(ground)
        with ground.transaction(force_rollback=True):
            become(ground, client)
            try:
                with ground.transaction():
                    told = ground.execute(f"select {function.attack}".encode()).fetchall()
            except psycopg.Error:
                told = []
            ground.execute("reset role")
            after = everything(ground)
        assert not [word for word in SECRETS if word in str(told)], function.name
        assert before <= after, function.name
        assert not [row for row in after - before if OWNER in row], function.name


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.column)
def test_no_client_reaches_an_object_of_somebody_else(
    ground: Connection[TupleRow], client: Client
) -> None:
    become(ground, client)
    # Policies may ask the Storage API what it is about; a download is what they allow most of.
    ground.execute("set local storage.operation = 'storage.object.get_authenticated'")

    for bucket in things("bucket"):
        mine = SQL("bucket_id = {}").format(bucket.name)
        assert ground.execute(SQL("select from storage.objects where ") + mine).rowcount == 0
        assert refused(
            ground,
            SQL("insert into storage.objects (bucket_id, name) values ({}, {})").format(
                bucket.name, f"{OWNER}/1/output/2.png"
            ),
        )
        changed = SQL("update storage.objects set name = 'mine' where ") + mine
        assert ground.execute(changed).rowcount == 0
        taken = SQL("delete from storage.objects where ") + mine
        assert refused(ground, taken)
    assert ground.execute("select from storage.buckets").rowcount == 0


def test_the_server_reads_all_and_calls_what_is_its_own(ground: Connection[TupleRow]) -> None:
    for table in things("table"):
        assert ground.execute(
            "select has_table_privilege('service_role', %s, 'select'),"
            " has_table_privilege('service_role', %s, 'insert, update, delete, truncate')",
            (f"public.{table.name}", f"public.{table.name}"),
        ).fetchone() == (table.server == "read", False), table.name
    callable_ = ground.execute(
        "select name from functions where has_function_privilege('service_role', oid, 'execute')"
    ).fetchall()
    assert {row[0] for row in callable_} == {
        function.name for function in things("function") if function.server == "call"
    }
