"""`coveshot remote`: photos of this computer, cut out on a server."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auth.chest import Chest, chest
from inference.look import TRANSPARENT
from inference.recipe import AUTO, Recipe
from inference.recipe_file import read
from ui.cli.console import GO_ON, Misused, say, sentences
from ui.cli.sources import find

if TYPE_CHECKING:
    from ui.remote.server import Server

FILE = "remote.json"
SAFE = ("http://127.0.0.1", "http://localhost", "http://[::1]")
"""Where a key may be shown without encryption: it does not leave this computer."""
NOBODY = "Log in first: coveshot remote login https://cutouts.example.com"
Url = Annotated[str, typer.Argument(help="Of the server, such as https://cutouts.example.com.")]


def add_remote(app: typer.Typer, home: Callable[[], Path]) -> None:
    remote = typer.Typer(no_args_is_help=True, help="Have photos cut out on a server elsewhere.")
    app.add_typer(remote, name="remote")

    @remote.command()
    def login(address: Url) -> None:
        """Keep a key of a server. It is asked for, or read from stdin."""
        with sentences():
            own, at = chest(home() / FILE), _address(address)
            key = _asked_key()
            with _server(at, key) as server:
                left = server.credits()
            sealed = own.keep(at, key)
            say(f"Logged in at {at}." + (f" {left} credits are left." if left else ""))
            if not sealed:
                say(f"This computer has no place for secrets: the key is in {home() / FILE}.")

    @remote.command()
    def logout() -> None:
        """Forget the key of the server that was used last."""
        with sentences():
            own = chest(home() / FILE)
            say(f"The key of {_last(own)} is forgotten here. Revoke it there, too.")
            own.forget(own.last)

    @remote.command()
    def status() -> None:
        """Say which server is used, and what is left there."""
        with sentences():
            own = chest(home() / FILE)
            at = _last(own)
            with _server(at, _key(own)) as server:
                left = server.credits()
            say(f"{at} answers, and knows the key.")
            if left:
                say(f"{left} credits are left.")

    @remote.command()
    def cut(
        *,
        paths: Annotated[list[Path], typer.Argument(help="Photos, and folders of photos.")],
        out: Annotated[Path, typer.Option("--to", "-o", help="The folder for the cutouts.")],
        model: Annotated[str, typer.Option(help="As the server calls it.")] = AUTO,
        background: Annotated[
            str, typer.Option(help="As coveshot cut takes it, but no picture of your own.")
        ] = TRANSPARENT,
        shadow: Annotated[
            str, typer.Option(help="none, soft, contact, hard, reflection or original.")
        ] = "none",
        recipe: Annotated[
            Path | None, typer.Option(help="A recipe to begin with: NAME.coveshot.toml.")
        ] = None,
        jobs: Annotated[int, typer.Option(min=1, max=16, help="Photos in hand at a time.")] = 4,
    ) -> None:
        """Send photos, and fetch their cutouts as PNG. What is done already is not done again."""
        stop = threading.Event()
        with sentences(stopped=GO_ON):
            own = chest(home() / FILE)
            at = _last(own)
            base = read(recipe).recipe if recipe else Recipe()
            wanted = _dressed(base, model, background, shadow)
            with _server(at, _key(own), stop) as server:
                from ui.remote.errand import carried_out  # noqa: PLC0415 imports what opens photos

                found = find(paths, out.absolute())
                code = carried_out(server, wanted, found, out.absolute(), jobs, stop)
            raise typer.Exit(code)


def _dressed(base: Recipe, model: str, background: str, shadow: str) -> Recipe:
    """Return a recipe with those of the options that were given."""
    given: dict[str, object] = {}
    if model != AUTO:
        given["model"] = model
    if background != TRANSPARENT:
        given["background"] = background
    if shadow != "none":
        given["shadow"] = {"kind": shadow}
    return base.dressed(given) if given else base


@contextmanager
def _server(address: str, key: str, stop: threading.Event | None = None) -> "Iterator[Server]":
    import httpx  # noqa: PLC0415 what other commands do not wait for

    from ui.remote.server import TIMEOUT, Server  # noqa: PLC0415

    ended = stop or threading.Event()
    with httpx.Client(timeout=TIMEOUT, follow_redirects=False) as http:
        yield Server(address, key, http, ended.wait)


def _address(text: str) -> str:
    """Return an address as it is kept. Raises Misused."""
    at = text.rstrip("/")
    if at.startswith("https://") or any(_is_at(at, safe) for safe in SAFE):
        return at
    raise Misused("A key is shown to https:// addresses alone. Write the address with https://")


def _is_at(address: str, safe: str) -> bool:
    return address == safe or address.startswith(f"{safe}:")


def _asked_key() -> str:
    asks = sys.stdin.isatty()
    key = str(typer.prompt("Key", hide_input=True) if asks else sys.stdin.readline()).strip()
    if not key:
        raise Misused("There was no key. Make one on the account page of the server.")
    return key


def _last(own: Chest) -> str:
    if not own.last:
        raise Misused(NOBODY)
    return own.last


def _key(own: Chest) -> str:
    key = own.find(own.last)
    if key is None:
        raise Misused(NOBODY)
    return key
