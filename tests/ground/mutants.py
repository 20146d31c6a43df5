"""Take away each protection of the database in turn: some test of supabase/tests must notice."""

import re
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from tests.ground.cluster import Cluster, start_cluster
from tests.ground.parts import leave_if_missing

WORKERS = 2
CATALOGUE = Path(__file__).with_name("catalogue.sql")
# Everything that pgTAP asserts goes through `ok`. Unlike others, this error can't be caught by the
# assertions that wait for errors, and nothing is counted, as nobody reads it.
FIRST_FAILURE = """
  create or replace function extensions.ok(boolean, text) returns text language plpgsql as $$
  begin
    if $1 is not true then
      raise exception 'not ok: %', $2 using errcode = 'assert_failure';
    end if;
    return 'ok';
  end
  $$
"""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One protection taken away: its kind, what it protected, and the SQL that takes it."""

    kind: str
    subject: str
    sql: str

    @classmethod
    def all(cls, ground: Connection[TupleRow]) -> "list[Mutant]":
        return [cls(*row) for row in ground.execute(CATALOGUE.read_bytes()).fetchall()]


@dataclass(frozen=True, slots=True)
class File:
    """A test file that has passed, without its end: the mutation must outlive it."""

    name: str
    sql: str

    @classmethod
    def read(cls, path: Path) -> "File":
        sql, end, _ = path.read_text().rpartition("select * from finish();")
        assert end, f"{path.name} has no finish"
        return cls(path.name, sql)

    def fails(self, ground: Connection[TupleRow]) -> str | None:
        """The first complaint in a transaction that is open, and stays as it was."""
        ground.execute("savepoint before")
        try:
            ground.execute(self.sql.encode())
        except psycopg.Error as error:
            return str(error).partition("\n")[0]
        finally:
            ground.execute("rollback to before")
        return None


class Hunt:
    """The files, tried in the order of what they caught so far."""

    def __init__(self, files: list[File]) -> None:
        self._files = files
        self.catches: Counter[tuple[str, str]] = Counter()

    def catch(self, mutant: Mutant, ground: Connection[TupleRow]) -> str | None:
        """The name of the file that notices the mutant."""
        ground.execute("begin")
        try:
            ground.execute(mutant.sql.encode())
            for file in self._likely(mutant):
                if file.fails(ground):
                    self.catches[mutant.kind, file.name] += 1
                    return file.name
            return None
        finally:
            ground.execute("rollback")

    def _likely(self, mutant: Mutant) -> list[File]:
        word = re.compile(rf"\b{re.escape(mutant.subject.rpartition('.')[2])}\b")

        def weight(file: File) -> tuple[int, int]:
            return self.catches[mutant.kind, file.name], len(word.findall(file.sql))

        return sorted(self._files, key=weight, reverse=True)


def survivors(cluster: Cluster, files: list[File], found: list[Mutant]) -> Iterable[Mutant]:
    hunt = Hunt(files)
    grounds: SimpleQueue[Connection[TupleRow]] = SimpleQueue()
    for _ in range(WORKERS):
        grounds.put(connect(cluster))

    def survives(mutant: Mutant) -> bool:
        ground = grounds.get()
        try:
            return hunt.catch(mutant, ground) is None
        finally:
            grounds.put(ground)

    with ThreadPoolExecutor(WORKERS) as pool:
        for mutant, alive in zip(found, pool.map(survives, found), strict=True):
            if alive:
                yield mutant
    for _ in range(WORKERS):
        grounds.get().close()


def connect(cluster: Cluster) -> Connection[TupleRow]:
    """A database of one's own, in which the first assertion that does not hold is an error."""
    address = cluster.ground()
    with psycopg.connect(cluster.over(address)) as tap:
        tap.execute(FIRST_FAILURE)
    connection = psycopg.connect(address, autocommit=True)
    connection.execute("set client_min_messages = error; set statement_timeout = '30s'")
    return connection


def _must_pass(files: list[File], ground: Connection[TupleRow]) -> None:
    for file in files:
        ground.execute("begin")
        complaint = file.fails(ground)
        ground.execute("rollback")
        if complaint:
            sys.exit(f"{file.name} fails without any mutant: {complaint}")


def main() -> None:
    leave_if_missing()
    began = time.monotonic()
    cluster = start_cluster()
    try:
        files = [File.read(path) for path in sorted((cluster.supabase / "tests").glob("*.sql"))]
        with connect(cluster) as ground:
            _must_pass(files, ground)
            found = Mutant.all(ground)
        alive = list(survivors(cluster, files, found))
    finally:
        cluster.close()
    for mutant in alive:
        print(f"survives: {mutant.kind}: {mutant.sql};")
    seconds = time.monotonic() - began
    print(f"{len(found) - len(alive)} of {len(found)} mutants caught in {seconds:.0f} s")
    sys.exit(bool(alive))


if __name__ == "__main__":
    main()
