"""`coveshot keys`: keys for the programs that ask over HTTP."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from auth.keys import Key, digest, new_secret
from ui.cli.console import USAGE, opened, say

if TYPE_CHECKING:
    from ui.house import House


def add_keys(app: typer.Typer, open_house: "Callable[[], House]") -> None:
    keys = typer.Typer(no_args_is_help=True, help="Keys for programs that ask over HTTP.")
    app.add_typer(keys, name="keys")

    @keys.command()
    def create(
        name: Annotated[str, typer.Option(help="What the key is for; each has its own.")],
    ) -> None:
        """Make a key. It is shown once: only its hash is kept."""
        with opened(open_house, USAGE) as house:
            secret = new_secret()
            house.library.records.keep_key(
                Key(
                    id=uuid4().hex,
                    scope=house.account.scope,
                    name=name,
                    digest=digest(secret),
                    created_at=time.time(),
                    revoked_at=None,
                )
            )
            say("Keep it now, it is not shown again:")
            typer.echo(secret)

    @keys.command("list")
    def show() -> None:
        """List names and states."""
        with opened(open_house, USAGE) as house:
            for key in house.library.records.keys(house.account.scope):
                state = "active" if key.revoked_at is None else f"revoked {_day(key.revoked_at)}"
                typer.echo(f"{key.name}  made {_day(key.created_at)}  {state}")

    @keys.command()
    def revoke(name: str) -> None:
        """End a key at once."""
        with opened(open_house, USAGE) as house:
            house.library.records.revoke(house.account.scope, name)
            say(f"{name} opens nothing any more.")


def _day(moment: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(moment))
