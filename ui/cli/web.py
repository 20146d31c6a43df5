"""`coveshot web`: the page, for this computer alone."""

import socket
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.console import USAGE, Misused, leave, opened, sentences

if TYPE_CHECKING:
    from ui.house import House

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PORT = 8420


def add_web(
    app: typer.Typer, open_house: "Callable[[], House]", is_hosted: Callable[[], bool]
) -> None:
    @app.command()
    def web(
        *,
        host: Annotated[
            str, typer.Option(help=f"One of {', '.join(LOOPBACK)}; any where it is hosted.")
        ] = LOOPBACK[0],
        port: Annotated[
            int, typer.Option(min=0, max=65535, help="0 takes one that is free.")
        ] = PORT,
        no_open: Annotated[
            bool, typer.Option("--no-open", help="Do not open the browser.")
        ] = False,
    ) -> None:
        """Run the page and open it in the browser."""
        with sentences(USAGE):
            everybody = is_hosted()
            if not everybody:
                _check_loopback(host)
            port = free_port(host, port)
        with opened(open_house, USAGE) as house:
            from ui.cli.server import announced, serve  # noqa: PLC0415 imports NiceGUI

            browser = not no_open and not everybody
            try:
                serve(house, host, port, ready=partial(announced, host, port, browser=browser))
            except SystemExit:  # it could not listen
                free_port(host, port)  # which says so, where somebody has taken it meanwhile
                raise
        leave(house.workers)


def _check_loopback(host: str) -> None:
    """Raises Misused."""
    if host not in LOOPBACK:
        raise Misused(
            f"Coveshot is for this computer alone and does not listen on {host}. "
            f"Use {', '.join(LOOPBACK)}. To host it for others, see docs/hosting.md."
        )


def free_port(host: str, port: int) -> int:
    """Return a port that can be listened on, `port` itself unless it is 0. Raises Misused."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # Windows
        else:
            # As the server will: connections that have just ended do not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Misused(_occupied(host, port, error)) from error
        return int(probe.getsockname()[1])


def _occupied(host: str, port: int, error: OSError) -> str:
    return (
        f"Port {port} of {host} cannot be had: {error.strerror}. If Coveshot runs already, open "
        f"{address(host, port)}; otherwise take a free port: coveshot web --port 0"
    )


def address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
