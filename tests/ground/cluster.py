"""A Postgres of our own in a temporary folder, with as many fresh databases as tests ask for."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import tomllib
from itertools import count
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Identifier

from tests.ground.parts import BINARIES, CLI, ROOT

Defaults = Literal["new", "old"]
HERE = Path(__file__).parent
SUPERUSER = "supabase_admin"
# pg_cron lets itself be created in its own database, which its worker keeps open, or in this one.
BASE = "contrib_regression"
UNITS = {"": 1, "B": 1, "KB": 1000, "KIB": 1024, "MB": 1000**2, "MIB": 1024**2}
UNITS |= {"GB": 1000**3, "GIB": 1024**3}
PSQL = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password"}
PSQL |= {"PGDATABASE": "dbname"}
# Nothing here outlives the process, so nothing needs to reach the disk.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "max_connections": "150",
    "max_locks_per_transaction": "256",
    "shared_buffers": "256MB",
    "shared_preload_libraries": "pg_cron",
    "cron.database_name": "postgres",
}


class Cluster:
    """One server; `ground` gives a database with all migrations, the fastest way there is."""

    def __init__(self, supabase: Path = ROOT / "supabase") -> None:
        self.supabase = supabase
        self._folder = Path(tempfile.mkdtemp(prefix="coveshot-ground-"))
        self._password = secrets.token_urlsafe(24)
        self._port = _free_port()
        self._numbers = count(1)
        self._building = threading.Lock()
        self._built: set[Defaults] = set()
        try:
            self._server = self._start()
            self._lay_base()
        except BaseException:
            self.close()
            raise

    def ground(self, defaults: Defaults = "new") -> str:
        """The address of a database of one's own, for role postgres: migrated, seeded, empty."""
        with self._building:
            if defaults not in self._built:
                self._build(defaults)
                self._built.add(defaults)
        name = f"ground_{next(self._numbers)}"
        self._create(name, f"template_{defaults}")
        return self.address(name)

    def address(self, database: str, role: str = "postgres") -> str:
        return (
            f"postgresql://{role}:{self._password}@127.0.0.1:{self._port}/{database}"
            "?sslmode=disable"
        )

    def over(self, ground: str) -> str:
        """The same database for the superuser, who may do what no migration may."""
        return ground.replace("://postgres:", f"://{SUPERUSER}:")

    def drop(self, ground: str) -> None:
        name = ground.rsplit("/", 1)[1].partition("?")[0]
        with self._maintenance() as maintenance:
            maintenance.execute(SQL("drop database {} with (force)").format(Identifier(name)))

    def supabase_cli(self, *command: str) -> subprocess.CompletedProcess[str]:
        """What the real CLI says, told nothing about who runs it."""
        return subprocess.run(
            [CLI, *command, "--workdir", self.supabase.parent, "--agent", "no"],
            env={"PATH": os.defpath, "HOME": str(self._folder / "home"), "SUPABASE_YES": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def prove(self, ground: str) -> subprocess.CompletedProcess[str]:
        """What pg_prove says of supabase/tests."""
        return subprocess.run(
            ["pg_prove", *sorted((self.supabase / "tests").glob("*.sql"))],
            env={"PATH": os.environ["PATH"], **_environment(ground)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def close(self) -> None:
        if server := getattr(self, "_server", None):
            server.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
            server.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> "subprocess.Popen[bytes]":
        (self._folder / "home").mkdir()
        password = self._folder / "password"
        password.write_text(self._password)
        data = self._folder / "data"
        become = _become_postgres(self._folder)
        initdb = [BINARIES / "initdb", "-D", data, "-U", SUPERUSER, "--pwfile", password]
        subprocess.run(
            [*become, *map(str, initdb), "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "-N"],
            stdout=subprocess.DEVNULL,
            check=True,
        )
        options = [word for pair in SETTINGS.items() for word in ("-c", "=".join(pair))]
        with (self._folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [*become, BINARIES / "postgres", "-D", data, "-p", str(self._port), *options],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_for(server)
        return server

    def _wait_for(self, server: "subprocess.Popen[bytes]") -> None:
        while server.poll() is None:
            try:
                self._maintenance().close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError(f"Postgres does not start:\n{(self._folder / 'log').read_text()}")

    def _maintenance(self) -> Connection[TupleRow]:
        return psycopg.connect(self.address("postgres", SUPERUSER), autocommit=True)

    def _create(self, name: str, template: str) -> None:
        with self._maintenance() as maintenance:
            maintenance.execute(
                SQL("create database {} template {} owner {}").format(
                    Identifier(name),
                    Identifier(template),
                    # Before there is a role postgres, the database is the superuser's.
                    Identifier(SUPERUSER if name == BASE else "postgres"),
                )
            )

    def _lay_base(self) -> None:
        self._create(BASE, "template0")
        with psycopg.connect(self.address(BASE, SUPERUSER)) as base:
            base.execute((HERE / "shim.sql").read_bytes())
            base.execute(SQL("alter role postgres password {}").format(self._password))

    def _build(self, defaults: Defaults) -> None:
        template = f"template_{defaults}"
        self._create(template, BASE)
        if defaults == "old":
            with psycopg.connect(self.address(template, SUPERUSER)) as base:
                base.execute((HERE / "old_grants.sql").read_bytes())
        pushed = self.supabase_cli(
            "db", "push", f"--remote={self.address(template)}", "--include-seed", "--yes"
        )
        if pushed.returncode != 0:
            raise RuntimeError(f"db push: {pushed.stdout}{pushed.stderr}")
        with psycopg.connect(self.address(template)) as ground:
            _put_buckets(ground, self.supabase / "config.toml")


def _put_buckets(ground: Connection[TupleRow], config: Path) -> None:
    """What `supabase seed buckets` asks of the Storage API, which is not here."""
    storage = tomllib.loads(config.read_text()).get("storage", {})
    for name, bucket in storage.get("buckets", {}).items():
        limit = bucket.get("file_size_limit", storage.get("file_size_limit"))
        ground.execute(
            "insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)"
            " values (%s, %s, %s, %s, %s)",
            (
                name,
                name,
                bucket.get("public", False),
                None if limit is None else _bytes(limit),
                bucket.get("allowed_mime_types"),
            ),
        )


def _environment(address: str) -> dict[str, str]:
    """An address in the words of psql."""
    known = conninfo_to_dict(address)
    return {variable: str(known[key]) for variable, key in PSQL.items()}


def _bytes(size: Any) -> int:
    """The number behind "50MiB"."""
    text = str(size).strip()
    number = text.rstrip("KMGiBkmgb ")
    return int(float(number) * UNITS[text[len(number) :].strip().upper()])


def _become_postgres(folder: Path) -> list[str]:
    """How to start the server: never as root, and never longer than its parent lives."""
    start = ["setpriv", "--pdeathsig", "QUIT"]
    if os.geteuid() != 0:
        return start
    postgres = pwd.getpwnam("postgres")
    for path in (folder, *folder.iterdir()):
        os.chown(path, postgres.pw_uid, postgres.pw_gid)
    return [*start, f"--reuid={postgres.pw_uid}", f"--regid={postgres.pw_gid}", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start_cluster() -> Cluster:
    return Cluster()
