"""The running page: NiceGUI behind the guard, until the process is asked to end."""

import asyncio
import gc
import os
import signal
import sys
import webbrowser
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, get_args

import typer

from inference.memory import share_heap
from ui.cli.web import address
from ui.house import House, Room
from ui.refusal import Objection
from ui.site import Site, loopback
from ui.words import LOCALES, VOICE

if TYPE_CHECKING:
    from fastapi import FastAPI

# A subject before the sweep of a cove, as in the header; readable on light and dark tabs.
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="9.2" '
    'fill="#fff" stroke="#777" stroke-width="1.8"/><path d="M12 2.8a9.2 9.2 0 0 1 0 18.4z" '
    'fill="#777"/></svg>'
)
LOOK_SECONDS = 0.02
"""Between two looks whether the server listens."""


def serve(
    house: House,
    host: str,
    port: int,
    *,
    ready: Callable[[], Awaitable[None]],
    site: Site | None = None,
    prepare: "Callable[[FastAPI], None]" = lambda _: None,
) -> None:
    """Serve the page; returns when Ctrl-C or a signal to end has come.

    `ready` is called once it listens, `prepare` adds what else is served. Of one's own computer,
    `site` is the usual one of the loopback where None is given.
    """
    reached = site or house.site or loopback(port)
    share_heap()
    gc.disable()  # what is imported stays: looking for garbage takes a tenth of the start
    # NiceGUI reads it when it is imported; the working directory is no place for it.
    os.environ["NICEGUI_STORAGE_PATH"] = str(house.home / "pages")
    with left_out("aiohttp", "requests", "httpx._main", "pydantic.v1"):
        from nicegui import app, ui  # noqa: PLC0415
        from nicegui.language import Language  # noqa: PLC0415

        from ui.app import mount  # noqa: PLC0415
        from ui.guard import Guard  # noqa: PLC0415
        from ui.leaving import Leaving  # noqa: PLC0415

        VOICE.speak(house.language, house.locales or LOCALES)
        mount(house)
        prepare(app)

    async def announce() -> None:
        if stack := app.middleware_stack:
            app.middleware_stack = Leaving(stack, reached, ends)
        await _listening()
        await ready()

    app.add_middleware(
        Guard,
        gate=house.gate,
        site=reached,
        rates=house.rates,
        crowd=_crowd_of(house.room),
        keys=lambda secret: asyncio.to_thread(house.keyring.find, secret),
    )
    app.on_startup(announce)
    house.start()
    gc.freeze()
    gc.enable()
    # Either signal comes back as KeyboardInterrupt once the server has closed its connections.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        ui.run(
            host=host,
            port=port,
            title="Coveshot",
            favicon=ICON,
            language=_tag(VOICE.language, get_args(Language)),
            reload=False,
            show=False,
            show_welcome_message=False,
            reconnect_timeout=30,
            timeout_graceful_shutdown=3,
            proxy_headers=False,  # the guard reads them, where there is a proxy
            server_header=False,
            log_config=None,  # it has no handlers of its own: all is written as ui/logs.py has it
        )


async def announced(host: str, port: int, *, browser: bool) -> None:
    """Tell where the page is, and show it."""
    typer.echo(f"Coveshot runs at {address(host, port)}")
    if browser:
        await asyncio.to_thread(show, address(host, port))


def _crowd_of(room: Room | None) -> Callable[[str], Objection | None]:
    """Return what tells whether one more page fits; on one's own computer they all do."""
    if room is None:
        return lambda _: None
    from ui.doorstep import Doorstep  # noqa: PLC0415 imports what counts

    return Doorstep(room).objection


@contextmanager
def left_out(*modules: str) -> Iterator[None]:
    """Let modules seem not to be installed meanwhile.

    NiceGUI's transport tries for clients that a server never uses, httpx brings a command line of
    its own, and FastAPI asks of each route whether it is of an older pydantic: a fifth of the time
    to start, and 15 MB.
    """
    absent: dict[str, Any] = {name: None for name in modules if name not in sys.modules}
    sys.modules.update(absent)
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


def ends() -> bool:
    """Tell whether the server has been asked to end."""
    from nicegui.server import Server  # noqa: PLC0415 once it is there anyway

    return Server.instance.should_exit


async def _listening() -> None:
    """Wait until it is us who listen: a port may have been taken meanwhile."""
    from nicegui.server import Server  # noqa: PLC0415 once it is there anyway

    while True:
        if Server.instance.started:
            return
        await asyncio.sleep(LOOK_SECONDS)


def show(url: str) -> None:
    """Open a browser if there is one: the address has been printed anyway."""
    with suppress(webbrowser.Error, OSError):
        webbrowser.open(url)


def _tag(language: str, known: tuple[str, ...]) -> Any:
    """Return a language as NiceGUI calls it, for its own words and for `<html lang>`."""
    alike = [tag for tag in known if tag.partition("-")[0] == language.partition("-")[0]]
    return language if language in known else next(iter(alike), "en-US")
