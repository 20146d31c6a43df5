"""The routes behind the form that the owner of a computer signs in by: no cookie changes.

Who is signed in is what the program knows, not the browser: see auth/desktop.py.
"""

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth.accounts import own_path
from auth.desktop import DESKTOP
from ui.api.entrance import PREFIX, gate_spoken
from ui.api.typed import Wrong, email_of, given_in, said_in
from ui.computer import Computer
from ui.words import t

if TYPE_CHECKING:
    from auth.accounts import Accounts, Way
    from auth.cloud import Kind

PAGE = """<!doctype html><meta name=viewport content="width=device-width"><title>Coveshot</title>
<style>body{{font:16px system-ui;margin:20vh auto;max-width:24em;text-align:center}}</style>
<p>{says}"""


class ComputerEntrance:
    """What its owner may ask for before and while being signed in."""

    def __init__(self, computer: Computer) -> None:
        self._desktop = computer.desktop
        self._providers = computer.providers

    async def sign_in(self, request: Request) -> Response:
        said = await said_in(request)
        email, password = email_of(said), given_in(said, "password")
        await self._desktop.ask(lambda accounts: accounts.sign_in(email, password))
        return _in(said)

    async def sign_up(self, request: Request) -> Response:
        said = await said_in(request)
        email, password = email_of(said), given_in(said, "password")

        async def begin(accounts: "Accounts", way: "Way") -> str:
            await accounts.sign_up(email, password, way)
            return ""

        await self._lead(begin)
        return _in(said) if self._desktop.email else _sent()

    async def link(self, request: Request) -> Response:
        email = email_of(await said_in(request))

        async def begin(accounts: "Accounts", way: "Way") -> str:
            await accounts.send_link(email, way)
            return ""

        await self._lead(begin)
        return _sent()

    async def reset(self, request: Request) -> Response:
        email = email_of(await said_in(request))

        async def begin(accounts: "Accounts", way: "Way") -> str:
            await accounts.send_reset(email, way)
            return ""

        await self._lead(begin)
        return _sent()

    async def code(self, request: Request) -> Response:
        said = await said_in(request)
        email, code = email_of(said), re.sub(r"\D", "", given_in(said, "code"))
        kind: Kind = "recovery" if said.get("for") == "reset" else "email"
        await self._desktop.ask(lambda accounts: accounts.enter_code(email, code, kind))
        return _in(said)

    async def password(self, request: Request) -> Response:
        password = given_in(await said_in(request), "password")
        await self._desktop.ask(lambda accounts: accounts.change_password(DESKTOP, password))
        return JSONResponse({"done": True})

    async def elsewhere(self, request: Request) -> Response:
        provider = (await said_in(request)).get("provider", "")
        if provider not in self._providers:
            raise Wrong("This way to sign in is switched off here. Take another one.", "")
        await self._lead(lambda accounts, way: accounts.elsewhere(provider, way))
        return JSONResponse({"done": True})

    async def sign_out(self, request: Request) -> Response:
        said = await said_in(request)
        await self._desktop.ask(lambda accounts: accounts.sign_out(DESKTOP))
        return _in(said)

    async def _lead(self, begin: "Callable[[Accounts, Way], Awaitable[str]]") -> None:
        says = t("You can close this page and go back to Coveshot.")
        await self._desktop.lead(begin, PAGE.format(says=says))


def add_computer(app: FastAPI, computer: Computer) -> None:
    """Add the routes of a computer whose owner may sign in."""
    entrance = ComputerEntrance(computer)
    posts = {
        "sign-in": entrance.sign_in,
        "sign-up": entrance.sign_up,
        "link": entrance.link,
        "reset": entrance.reset,
        "code": entrance.code,
        "password": entrance.password,
        "elsewhere": entrance.elsewhere,
        "sign-out": entrance.sign_out,
    }
    for name, route in posts.items():
        path = PREFIX + name
        app.add_api_route(path, gate_spoken(route), methods=["POST"], include_in_schema=False)


def _in(said: dict[str, str]) -> Response:
    return JSONResponse({"goes_to": own_path(said.get("leads_to", "/"))})


def _sent() -> Response:
    return JSONResponse({"sent": True})
