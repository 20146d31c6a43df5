"""`coveshot keys`: keys for the programs that ask over HTTP."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from auth.keys import RIGHTS, Key, new_key
from ui.cli.console import USAGE, opened, say

if TYPE_CHECKING:
    from ui.house import House


def add_keys(app: typer.Typer, open_house: "Callable[[], House]") -> None:
    keys = typer.Typer(no_args_is_help=True, help="Keys for programs that ask over HTTP.")
    app.add_typer(keys, name="keys")

    @keys.command()
    def create(
        name: Annotated[str, typer.Option(help="What the key is for; each has its own.")],
        may: Annotated[str, typer.Option(help="What it may do, with commas between.")] = ",".join(
            RIGHTS
        ),
    ) -> None:
        """Make a key. It is shown once: only its hash is kept."""
        rights = _rights(may)
        with opened(open_house, USAGE) as house:
            key, secret = new_key(house.account.scope, name, rights)
            house.library.records.keys.keep(key)
            say("Keep it now, it is not shown again:")
            typer.echo(secret)

    @keys.command("list")
    def show() -> None:
        """List names, what each may do, and states."""
        with opened(open_house, USAGE) as house:
            for key in house.library.records.keys.all(house.account.scope):
                typer.echo(f"{key.name}  made {_day(key.created_at)}  may {key.may}  {_state(key)}")

    @keys.command()
    def revoke(name: str) -> None:
        """End a key at once."""
        with opened(open_house, USAGE) as house:
            house.library.records.keys.revoke(house.account.scope, name)
            say(f"{name} opens nothing any more.")


def _rights(text: str) -> list[str]:
    given = text.replace(",", " ").split()
    if not given or set(given) - set(RIGHTS):
        say(f"--may takes some of {','.join(RIGHTS)}.")
        raise typer.Exit(USAGE)
    return [right for right in RIGHTS if right in given]


def _state(key: Key) -> str:
    if key.revoked_at is not None:
        return f"revoked {_day(key.revoked_at)}"
    return f"active  last used {_day(key.used_at)}" if key.used_at else "active  never used"


def _day(moment: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(moment))
