"""Addresses that are told when a job ends: `/hooks`."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from pydantic import Field, TypeAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth.account import Account
from inference.studio import Studio
from storage.ports.hooks import Hooks as Kept
from storage.records import Hook
from ui.api.answers import Unfit, account_of
from ui.api.blobs import id_of
from ui.api.intake import STRICT, moment
from ui.api.spoken import read_body
from ui.courier import Signer
from ui.lane import Lane

LONGEST = 500
FORM = (
    r"^https://[A-Za-z0-9][A-Za-z0-9.-]*(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?$"
)
NOBODY = "Sign in first: a visitor cannot be told of jobs."
ADDRESS = "An address begins with https:// and has no port and no password."
NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHook:
    """The body of `POST /hooks`."""

    __pydantic_config__ = STRICT

    address: Annotated[str, Field(max_length=LONGEST, pattern=FORM)]


NEW_HOOK = TypeAdapter(NewHook)


@dataclass(frozen=True, slots=True)
class Hooks:
    studio: Studio
    lane: Lane
    signer: Signer

    async def add(self, request: Request) -> Response:
        """Answer `POST /hooks`, with the secret of an address, which is told once."""
        account = member(request)
        said = await read_body(request, NEW_HOOK)
        address = checked(said.address)
        hook = await self.lane.run(self._kept(account).keep, account.scope, address)
        told_once = {"secret": self.signer.secret_of(hook.id)}
        return JSONResponse(told(hook) | told_once, HTTPStatus.CREATED, headers=NO_STORE)

    async def all(self, request: Request) -> Response:
        """Answer `GET /hooks`."""
        account = member(request)
        hooks = await self.lane.run(self._kept(account).all, account.scope)
        return JSONResponse({"hooks": [told(hook) for hook in hooks]}, headers=NO_STORE)

    async def remove(self, request: Request) -> Response:
        """Answer `DELETE /hooks/{id}`."""
        account = member(request)
        await self.lane.run(self._kept(account).remove, account.scope, id_of(request, "hook_id"))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _kept(self, account: Account) -> Kept:
        return self.studio.library(account).records.hooks


def member(request: Request) -> Account:
    """Return who asks: with a key, as the owner of a computer, or signed in. Raises Unfit."""
    account = account_of(request)
    known = getattr(request.state, "key", None) or account.owns_computer or account.email
    if not known:
        raise Unfit(NOBODY, HTTPStatus.FORBIDDEN)
    return account


def checked(address: str) -> str:
    """Return an address that may be told. Raises Unfit."""
    from ui.api.fetcher import NotFetched, place_of  # noqa: PLC0415 what most never need

    try:
        place_of(address)
    except NotFetched as error:
        raise Unfit(ADDRESS, HTTPStatus.UNPROCESSABLE_ENTITY) from error
    if not re.fullmatch(FORM, address) or len(address) > LONGEST:
        raise Unfit(ADDRESS, HTTPStatus.UNPROCESSABLE_ENTITY)
    return address


def told(hook: Hook) -> dict[str, Any]:
    return {
        "id": hook.id,
        "address": hook.address,
        "created_at": moment(hook.created_at),
        "failures": hook.failures,
        "says": hook.says,
        "disabled_at": moment(hook.disabled_at) if hook.disabled_at is not None else None,
    }
