"""The routes behind the forms that people sign in by: JSON in, a cookie or a sentence out.

By HTTP and not over the socket: only so a cookie can be set, and no password is kept by a page.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import wraps
from http import HTTPStatus
from itertools import chain

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from auth.account import Account
from auth.accounts import Accounts, Way, own_path
from auth.errors import GateError, Leaving, LinkExpired, SignedOut, TooManyTries, Unreachable
from storage.errors import StorageError
from ui.api.answers import attachment
from ui.api.typed import Wrong, email_of, given_in, said_in
from ui.members import Members
from ui.refusal import Objection, answer
from ui.site import Site
from ui.words import t, word

CALLBACK = "/auth/callback"
PREFIX = "/entrance/"
ACCOUNT = "/account"
NEW_PASSWORD = f"{ACCOUNT}#password"
TAKEOUT = f"{PREFIX}takeout.zip"
WORD = word("DELETE")
"""What has to be typed before an account is deleted."""
STATUSES: dict[type[GateError], HTTPStatus] = {
    TooManyTries: HTTPStatus.TOO_MANY_REQUESTS,
    Unreachable: HTTPStatus.SERVICE_UNAVAILABLE,
    SignedOut: HTTPStatus.CONFLICT,
}
HALF_WAY = "One more: open the link in the mail that went to the other address, too."


class Entrance:
    """What somebody may ask for before, while and after being signed in."""

    def __init__(self, members: Members, site: Site) -> None:
        self._members = members
        self._accounts: Accounts = members.accounts
        self._site = site

    async def sign_in(self, request: Request) -> Response:
        said = await said_in(request)
        token = await self._accounts.sign_in(email_of(said), given_in(said, "password"))
        return await self._in(request, token, _leads_to(said))

    async def sign_up(self, request: Request) -> Response:
        said = await said_in(request)
        token = await self._accounts.sign_up(
            email_of(said), given_in(said, "password"), self._way(request, said)
        )
        return await self._in(request, token, _leads_to(said)) if token else _sent()

    async def link(self, request: Request) -> Response:
        said = await said_in(request)
        await self._accounts.send_link(email_of(said), self._way(request, said))
        return _sent()

    async def again(self, request: Request) -> Response:
        said = await said_in(request)
        await self._accounts.send_again(email_of(said), self._way(request, said))
        return _sent()

    async def reset(self, request: Request) -> Response:
        said = await said_in(request)
        await self._accounts.send_reset(email_of(said), self._way(request, said))
        return _sent()

    async def code(self, request: Request) -> Response:
        said = await said_in(request)
        code = re.sub(r"\D", "", given_in(said, "code"))
        if said.get("for") == "reset":
            token = await self._accounts.enter_code(email_of(said), code, "recovery")
            return await self._in(request, token, NEW_PASSWORD)
        token = await self._accounts.enter_code(email_of(said), code)
        return await self._in(request, token, _leads_to(said))

    async def elsewhere(self, request: Request) -> Response:
        said = await said_in(request)
        provider = said.get("provider", "")
        if provider not in self._members.providers:
            raise Wrong("This way to sign in is switched off here. Take another one.", "")
        return _goes_to(await self._accounts.elsewhere(provider, self._way(request, said)))

    async def sign_out(self, request: Request) -> Response:
        await self._accounts.sign_out(self._token(request))
        return self._out()

    async def sign_out_everywhere(self, request: Request) -> Response:
        await self._accounts.sign_out_everywhere(self._token(request))
        return self._out()

    async def email(self, request: Request) -> Response:
        said = await said_in(request)
        way = self._way(request, {"leads_to": ACCOUNT})
        await self._accounts.change_email(self._token(request), email_of(said), way)
        return _sent()

    async def password(self, request: Request) -> Response:
        said = await said_in(request)
        await self._accounts.change_password(self._token(request), given_in(said, "password"))
        return JSONResponse({"done": True})

    async def leave(self, request: Request) -> Response:
        """Mark an account to be deleted, as the service sees that it is still whose it says."""
        said = await said_in(request)
        if said.get("word", "").strip().upper() != t(WORD).upper():
            raise Wrong("Type the word as it stands there.", "word")
        user_id = await self._accounts.sure(self._token(request))
        await self._members.erase(user_id)
        await self._accounts.forget(user_id)
        return self._out()

    async def takeout(self, request: Request) -> Response:
        """Send all that is known of somebody as a zip; what goes wrong does so before it begins."""
        account: Account = request.state.account
        try:
            access = await self._accounts.access(self._token(request))
            pieces = self._members.takeout(account, access)
            first = await asyncio.to_thread(next, pieces)
        except (GateError, StorageError) as error:
            return _page(request, error.says, HTTPStatus.UNPROCESSABLE_ENTITY)
        headers = {"Content-Disposition": attachment("coveshot.zip"), "Cache-Control": "no-store"}
        return StreamingResponse(
            chain([first], pieces), media_type="application/zip", headers=headers
        )

    async def came_back(self, request: Request) -> Response:
        """Let in who comes from a mail or another site, or say why not."""
        asked = request.query_params
        try:
            if asked.get("message"):
                return _page(request, HALF_WAY, HTTPStatus.OK)
            if not asked.get("code"):
                raise LinkExpired
            arrival = await self._accounts.arrive(
                asked.get("flow", ""), asked["code"], self._token(request)
            )
            await self._take_along(request, arrival.token)
        except GateError as error:
            return _page(request, error.says, _status(error))
        leads_to = NEW_PASSWORD if arrival.recovers else arrival.leads_to
        response = RedirectResponse(leads_to, HTTPStatus.SEE_OTHER)
        return self._with_cookie(response, arrival.token)

    async def _in(self, request: Request, token: str, leads_to: str) -> Response:
        await self._take_along(request, token)
        return self._with_cookie(_goes_to(leads_to), token)

    async def _take_along(self, request: Request, token: str) -> None:
        """Let what a visitor has made stay; else nobody is signed in, and it can be tried again."""
        visit: Account | None = getattr(request.state, "account", None)
        account = await self._accounts.who(token)
        if account is None:
            raise Leaving
        if visit is None or visit.email:
            return
        try:
            await self._members.adopt(visit.scope, account.scope)
        except GateError:
            await self._accounts.sign_out(token)
            raise

    def _out(self) -> Response:
        return self._with_cookie(_goes_to("/"), self._accounts.pass_for_visitors)

    def _with_cookie(self, response: Response, token: str) -> Response:
        response.headers["Set-Cookie"] = self._site.set_cookie(token)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _token(self, request: Request) -> str:
        return request.cookies.get(self._site.cookie, "")

    def _way(self, request: Request, said: dict[str, str]) -> Way:
        """How to come back: to the name that the browser calls us by, which the guard has seen."""
        host = request.headers["host"].lower()
        origin = max(one for one in self._site.origins if one.partition("://")[2] == host)
        return Way(
            callback=f"{origin}{CALLBACK}",
            visitor=self._token(request),
            leads_to=_leads_to(said),
        )


def add_entrance(app: FastAPI, members: Members, site: Site) -> None:
    """Add the routes of an instance that people can sign in at."""
    entrance = Entrance(members, site)
    posts = {
        "sign-in": entrance.sign_in,
        "sign-up": entrance.sign_up,
        "link": entrance.link,
        "again": entrance.again,
        "reset": entrance.reset,
        "code": entrance.code,
        "elsewhere": entrance.elsewhere,
        "sign-out": entrance.sign_out,
        "sign-out-everywhere": entrance.sign_out_everywhere,
        "email": entrance.email,
        "password": entrance.password,
        "leave": entrance.leave,
    }
    for name, route in posts.items():
        app.add_api_route(
            PREFIX + name, gate_spoken(route), methods=["POST"], include_in_schema=False
        )
    app.add_api_route(TAKEOUT, entrance.takeout, methods=["GET"], include_in_schema=False)
    app.add_api_route(CALLBACK, entrance.came_back, methods=["GET"], include_in_schema=False)


def gate_spoken(
    route: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Answer what was refused with a sentence, and the field that it belongs to."""

    @wraps(route)
    async def spoken(request: Request) -> Response:
        try:
            return await route(request)
        except GateError as error:
            headers = {"Cache-Control": "no-store"}
            if isinstance(error, TooManyTries):
                headers["Retry-After"] = str(error.seconds)
            body = {"says": t(error.says), "field": error.field}
            return JSONResponse(body, _status(error), headers=headers)

    return spoken


def _leads_to(said: dict[str, str]) -> str:
    return own_path(said.get("leads_to", "/"))


def _status(error: GateError) -> HTTPStatus:
    found = (status for kind, status in STATUSES.items() if isinstance(error, kind))
    return next(found, HTTPStatus.UNPROCESSABLE_ENTITY)


def _goes_to(address: str) -> Response:
    return JSONResponse({"goes_to": address})


def _sent() -> Response:
    return JSONResponse({"sent": True})


def _page(request: Request, says: str, status: HTTPStatus) -> Response:
    return answer(Objection(status, says), request.headers)
