"""One SQLite file: connections, transactions, schema, and its errors in sentences."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from storage.errors import Busy, DiskFull, NewerLibrary, NotFound, NotWritable, StorageError
from storage.naming import folded, natural_key

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

BUSY_SECONDS = 20.0
Row = TypeVar("Row", bound="DataclassInstance")


class Database:
    """Owns one file. Each thread has a connection: writers queue up, readers never wait."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._local = threading.local()
        self._lock = threading.Lock()
        # Of the threads here; SQLite lets those of other processes wait in growing steps.
        self._turn = threading.Lock()
        self._open: list[sqlite3.Connection] = []
        with self._in_sentences():
            file.parent.mkdir(parents=True, exist_ok=True)
            self._migrate()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Take the one place of a writer and commit at the end, or undo everything."""
        connection = self._connection
        with self._turn, self._in_sentences():
            connection.execute("begin immediate")
            try:
                yield connection
                connection.execute("commit")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("rollback")
                raise

    def rows(self, kind: type[Row], where: str, *values: object) -> list[Row]:
        """Read rows of the table that belongs to a dataclass."""
        text = f"select {columns(kind)} from {table(kind)} where {where}"  # noqa: S608 own words
        return [made(kind, row) for row in self.query(text, *values)]

    def one(self, kind: type[Row], where: str, *values: object) -> Row:
        """Read the first row. Raises NotFound."""
        found = self.rows(kind, where, *values)
        if not found:
            raise NotFound
        return found[0]

    def insert(self, row: "DataclassInstance", on_conflict: str = "") -> None:
        marks = ", ".join("?" * len(fields(row)))
        self._connection.execute(
            f"insert into {table(type(row))} ({columns(type(row))})"  # noqa: S608 own words
            f" values ({marks}) {on_conflict}",
            astuple(row),
        )

    def update(self, row: "DataclassInstance") -> None:
        """Write all columns of the row that has this id."""
        names = [field.name for field in fields(row)]
        changes = ", ".join(f"{name} = ?" for name in names)
        self._connection.execute(
            f"update {table(type(row))} set {changes} where id = ?",  # noqa: S608 own words
            (*astuple(row), getattr(row, "id")),  # noqa: B009 not every row has one
        )

    def query(self, text: str, *values: object) -> list[Any]:
        with self._in_sentences():
            return self._connection.execute(text, values).fetchall()

    def close(self) -> None:
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()
            self._local = threading.local()

    @property
    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self._local, "connection"):
            self._local.connection = self._connect()
        connection: sqlite3.Connection = self._local.connection
        return connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        # WAL with FULL: a commit that was reported survives a power cut (sqlite.org/wal.html).
        for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
            connection.execute(f"pragma {pragma}")
        for function in (natural_key, folded):
            connection.create_function(function.__name__, 1, function, deterministic=True)
        with self._lock:
            self._open.append(connection)
        return connection

    def _migrate(self) -> None:
        steps = schema()
        found = self._connection.execute("pragma user_version").fetchone()[0]
        if found > max(steps):
            raise NewerLibrary(
                f"{self._file.parent} was written by a newer Coveshot. Update this one."
            )
        if found == max(steps):
            return
        with self.writing() as connection:
            # Another process may have been first while we waited for our turn.
            found = connection.execute("pragma user_version").fetchone()[0]
            for step in sorted(step for step in steps if step > found):
                for statement in _statements(steps[step]):
                    connection.execute(statement)
            connection.execute(f"pragma user_version = {max(steps)}")

    @contextmanager
    def _in_sentences(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._sentence(error) from error
        except PermissionError as error:
            raise NotWritable(_not_writable(self._file)) from error

    def _sentence(self, error: sqlite3.Error) -> StorageError:
        match getattr(error, "sqlite_errorname", "").split("_")[1:2]:
            case ["FULL"] | ["IOERR"]:
                return DiskFull()
            case ["READONLY"] | ["CANTOPEN"] | ["PERM"]:
                return NotWritable(_not_writable(self._file))
            case ["BUSY"] | ["LOCKED"]:
                return Busy("The library is busy. Try again in a moment.")
            case ["CORRUPT"] | ["NOTADB"]:
                return StorageError(
                    f"{self._file} is damaged. Put back a copy, or move it away to start anew."
                )
        raise error


def schema() -> dict[int, str]:
    """Return the steps that a library goes through, one after the other, as SQL by number."""
    folder = files("storage").joinpath("schema")
    return {
        int(file.name.removesuffix(".sql")): file.read_text("utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    }


def table(kind: "type[DataclassInstance]") -> str:
    return {"Entry": "entries", "Strokes": "strokes"}.get(
        kind.__name__, f"{kind.__name__.lower()}s"
    )


def made(kind: type[Row], values: Sequence[Any]) -> Row:
    """Make a dataclass of the values of its columns."""
    return kind(**dict(zip(_names(kind), values, strict=True)))


@cache
def _names(kind: "type[DataclassInstance]") -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def columns(kind: "type[DataclassInstance]", alias: str = "") -> str:
    prefix = f"{alias}." if alias else ""
    return ", ".join(prefix + field.name for field in fields(kind))


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _not_writable(file: Path) -> str:
    return f"{file.parent} cannot be written. Allow it, or set COVESHOT_HOME to another folder."
