"""A hosted instance over a project of its own, and what nobody but its operator can do."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psycopg

from tests.program import Program, free_port, running

if TYPE_CHECKING:
    from tests.gateway.server import Gateway
    from tests.ground.cluster import Cluster

PASSWORD = "a long password"
UNHURRIED = {
    "COVESHOT_LIMIT_PAGES": "1000/minute",
    "COVESHOT_LIMIT_SIGN_INS": "1000/minute",
    "COVESHOT_LIMIT_CUTS": "1000/hour",
}
"""Settings of an instance that many tests visit in a minute."""


def somebody() -> str:
    return f"{secrets.token_hex(6)}@example.com"


@dataclass(frozen=True, slots=True)
class Hosted:
    program: Program
    gateway: "Gateway"

    @property
    def address(self) -> str:
        return self.program.address

    def tell(self, statement: str, *values: object) -> None:
        """Change rows as nobody else can."""
        with psycopg.connect(self.gateway.over) as rows:
            rows.execute(statement.encode(), values)

    def found(self, query: str, *values: object) -> Any:
        """Return the one value that a query has."""
        with psycopg.connect(self.gateway.over) as rows:
            [value] = rows.execute(query.encode(), values).fetchone() or [None]
        return value

    def count(self, query: str, *values: object) -> int:
        return int(self.found(query, *values) or 0)

    def end_in(self, seconds: float) -> None:
        """Let everything that passes be over in a while."""
        for table in ("image_outputs", "images"):  # pages learn of the latter
            self.tell(
                f"update public.{table} set expires_at = now() + %s * interval '1 second'"  # noqa: S608
                " where expires_at is not null",
                seconds,
            )

    def signed_up(self, plan: str) -> str:
        """Return the address of somebody new who has a plan."""
        email = somebody()
        answer = httpx.post(
            f"{self.gateway.url}/auth/v1/signup",
            headers={"apikey": self.gateway.publishable},
            json={"email": email, "password": PASSWORD},
        )
        assert answer.is_success, answer.text
        self.give_plan(email, plan)
        return email

    def give_plan(self, email: str, plan: str, until: str = "infinity") -> None:
        """Let somebody have a plan until its end; pages learn of it within a minute."""
        self.tell(
            "update public.profiles set plan_id = %s, plan_until = %s"
            " where user_id = (select id from auth.users where email = %s)",
            plan,
            until,
            email,
        )

    def grant(self, email: str, credit: int, key: str = "", reason: str | None = None) -> None:
        self.tell(
            "select public.grant_credits(id::text, %s, 'grant', %s, %s) from auth.users"
            " where email = %s",
            credit,
            key or secrets.token_hex(4),
            reason,
            email,
        )

    def followed(self) -> str:
        """Return where the link of the last mail leads."""
        answer = httpx.get(self.gateway.auth.letters.mails[-1].link)
        return answer.headers["location"]


@contextmanager
def open_hosted(
    cluster: "Cluster", folder: Path, models: Path, **settings: str
) -> Iterator[Hosted]:
    ground, port = cluster.ground(), free_port()
    site = f"http://127.0.0.1:{port}"
    made = import_module("tests.gateway.server").Gateway
    gateway: Gateway = made(ground, cluster.over(ground), folder / "objects")
    gateway.auth.settings.site = site
    own = {
        "COVESHOT_HOSTED": "1",
        "COVESHOT_SECRET": secrets.token_hex(32),
        "COVESHOT_HOSTS": site,
        "SUPABASE_URL": gateway.url,
        "SUPABASE_PUBLISHABLE_KEY": gateway.publishable,
        "SUPABASE_SECRET_KEY": gateway.secret,
    }
    with running(folder, models, port, **{**UNHURRIED, **own, **settings}) as program:
        yield Hosted(program, gateway)
    gateway.close()
    cluster.drop(ground)
