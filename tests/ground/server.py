"""The server's side of the database, as the gateway lets it in: functions called by name."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Identifier, Placeholder
from psycopg.types.json import Jsonb

# What must be true of money and work at any moment between two transactions.
FAULTS = """
  select 'a balance that is not the sum of its lines: ' || account
  from public.unbalanced() as account
  union all
  select 'a hold of work that is over: ' || l.id
  from public.credit_ledger l left join public.jobs j on j.id = l.job_id
  where l.state = 'held'
    and coalesce(j.status::text, 'gone')
      not in ('awaiting_upload', 'verifying', 'queued', 'running')
  union all
  select 'a hold or a capture without its item: ' || l.id
  from public.credit_ledger l join public.credits c on c.account = l.account
  where l.state in ('held', 'captured') and not exists (
    select from public.paid_items p where p.scope = c.scope and p.item = l.item
      and p.job_id = l.job_id and p.paid = (l.state = 'captured'))
  union all
  select 'an item that nobody pays for: ' || p.item
  from public.paid_items p
  where not exists (
    select from public.credit_ledger l where l.job_id = p.job_id and l.item = p.item
      and l.state = case when p.paid then 'captured' else 'held' end)
  union all
  select 'a release without its hold: ' || r.id
  from public.credit_ledger r
  where r.kind = 'release' and not exists (
    select from public.credit_ledger l where l.idempotency_key || ':back' = r.idempotency_key
      and l.state = 'released' and l.amount = -r.amount)
"""


@dataclass(slots=True)
class Server:
    """One connection with the rights of the secret key."""

    address: str
    _connection: Connection[TupleRow] = field(init=False)

    def __post_init__(self) -> None:
        self._connection = psycopg.connect(
            self.address, autocommit=True, options="-c role=service_role"
        )

    def close(self) -> None:
        self._connection.close()

    @property
    def connection(self) -> Connection[TupleRow]:
        return self._connection

    def call(self, function: str, **arguments: Any) -> Any:
        """What a function returns: one value, or a list where it returns several."""
        names = SQL(", ").join(
            SQL("{} => {}").format(Identifier(f"p_{name}"), Placeholder(name)) for name in arguments
        )
        rows = self._connection.execute(
            SQL("select public.{}({})").format(Identifier(function), names),
            {name: Jsonb(value) if _is_json(value) else value for name, value in arguments.items()},
        ).fetchall()
        return rows[0][0] if len(rows) == 1 else [row[0] for row in rows]

    def admit(self, scope: str, photo: str = "a", key: str = "cut") -> dict[str, Any]:
        """A job for one of a few photos, named by a letter or more, on the net `net`."""
        job: dict[str, Any] = self.call("admit", scope=scope, image=image(photo), order=order(key))
        return job

    def finish(self, job: dict[str, Any], fence: int | None = None) -> dict[str, Any]:
        done: dict[str, Any] = self.call(
            "finish",
            job=job["id"],
            fence=job["fence"] if fence is None else fence,
            version={"id": uuid4().hex, "width": 640, "height": 480, "bytes": 4000},
        )
        return done

    def cut(self, scope: str, photo: str = "a", key: str = "cut") -> dict[str, Any]:
        """The same, done."""
        job = self.admit(scope, photo, key)
        return self.finish(self.call("start", owner="worker", job=job["id"]))


def _is_json(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], dict)
    )


def image(photo: str) -> dict[str, Any]:
    return {
        "id": uuid4().hex,
        "sha256": photo.encode().hex().ljust(64, "0"),
        "mime": "image/png",
        "extension": "png",
        "width": 640,
        "height": 480,
        "bytes": 5000,
        "name": f"{photo}.png",
    }


def order(key: str) -> dict[str, Any]:
    return {"key": key, "op_key": f"{key}~1", "recipe": '{"model": "net"}'}


def faults(address: str) -> list[str]:
    """What is wrong with money and work, in words."""
    with psycopg.connect(address) as ground:
        return [row[0] for row in ground.execute(FAULTS).fetchall()]


def sign_up(address: str, plan: str = "paid", *, balance: int = 0) -> str:
    """The scope of a new user whose plan has no end in sight."""
    scope = str(uuid4())
    with psycopg.connect(address) as ground:
        ground.execute(
            "insert into auth.users (id, email) values (%s, %s)", (scope, f"{scope}@example.com")
        )
        ground.execute(
            "update public.profiles set plan_id = %s, plan_until = 'infinity' where user_id = %s",
            (plan, scope),
        )
        if balance:
            ground.execute(
                "select public.grant_credits(%s, %s, 'grant', 'welcome')", (scope, balance)
            )
    return scope


def move_clock(address: str, by: str) -> None:
    """Let it be later, or earlier, for everything in this database."""
    with psycopg.connect(address) as ground:
        ground.execute(
            SQL(
                "create or replace function private.now() returns timestamptz"
                " language sql stable set search_path = ''"
                " begin atomic select pg_catalog.now() + {}::interval; end"
            ).format(by)
        )
