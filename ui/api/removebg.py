"""remove.bg's API on this computer: a program changes the address and keeps its code."""

import asyncio
import base64
import binascii
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from auth.account import Account
from inference.errors import InferenceError, NoSubject, PhotoRejected, Refusal
from inference.jobs import Studio
from inference.recipe import Recipe
from inference.rendition import Rendition
from storage.errors import StorageError
from storage.records import ENDED, Job
from ui.api.uploads import Inbox, append
from ui.api.wishes import InvalidParameter, Wish, read_wish
from ui.lane import Lane

LOOK_SECONDS = 0.1
RETRY_SECONDS = 5
MOST_AT_ONCE = 100
"""Requests that are cut or wait to be; one more is asked to come back."""
PHOTOS = ("image_file", "image_file_b64")
CODES = {
    Refusal.SIZE: ("file_too_large", "This photo is too large."),
    Refusal.TYPE: ("unknown_file_type", "This is not a photo."),
    Refusal.BROKEN: ("invalid_image_file", "This photo cannot be read."),
}


class Refused(Exception):
    """An answer that is no picture, in the form that remove.bg's clients know."""

    def __init__(self, status: HTTPStatus, code: str, title: str, detail: str = "") -> None:
        super().__init__(title)
        self.status = status
        self.error = {"title": title, "code": code} | ({"detail": detail} if detail else {})


@dataclass(slots=True)
class RemoveBg:
    """Two routes and the count of what they have in hand."""

    studio: Studio
    account: Account
    lane: Lane
    inbox: Inbox
    most_at_once: int = MOST_AT_ONCE
    _in_hand: int = field(default=0, init=False)
    _waited_for: Counter[str] = field(default_factory=Counter, init=False)
    """How many requests wait for a job, by its id."""

    async def remove(self, request: Request) -> Response:
        """Answer `POST /v1.0/removebg`."""
        await self._check_key(request)
        data, fields = await _read(request, self.account.plan.max_bytes)
        wish = _wished(fields)
        if self._in_hand >= self.most_at_once:
            raise Refused(
                HTTPStatus.TOO_MANY_REQUESTS,
                "rate_limit_exceeded",
                "Too many photos at once.",
                f"Try again in {RETRY_SECONDS} seconds.",
            )
        self._in_hand += 1
        try:
            job = await self._cut(request, data)
            made = await self.lane.run(self.studio.rendition, self.account, job, wish.wanted)
        finally:
            self._in_hand -= 1
        return self._answer(request, made, wish)

    async def show_account(self, request: Request) -> Response:
        """Answer `GET /v1.0/account`: on one's own computer nothing is ever paid."""
        await self._check_key(request)
        credits_left = {"total": 0, "subscription": 0, "payg": 0, "enterprise": 0}
        attributes = {"credits": credits_left, "api": {"free_calls": 0, "sizes": "all"}}
        return JSONResponse({"data": {"attributes": attributes}})

    async def _check_key(self, request: Request) -> None:
        secret = request.headers.get("x-api-key", "")
        if not await self.lane.run(self.studio.key, self.account, secret):
            raise Refused(
                HTTPStatus.FORBIDDEN,
                "auth_failed",
                "The key is missing or wrong.",
                "Make one with: coveshot keys create --name NAME",
            )

    async def _cut(self, request: Request, data: bytes) -> Job:
        """Wait for the cutout; a client that hangs up is not computed for."""
        file = await self.lane.run(self.inbox.open)
        try:
            await self.lane.run(append, file, data)
            job = await self.lane.run(self.studio.submit, self.account, file, Recipe())
        finally:
            await self.lane.run(Path.unlink, file)
        self._waited_for[job.id] += 1
        try:
            while job.status not in ENDED:
                if await request.is_disconnected():
                    raise ClientDisconnect
                await asyncio.sleep(LOOK_SECONDS)
                job = await self.lane.run(self.studio.look, self.account, job)
        finally:
            self._waited_for[job.id] -= 1
            if not self._waited_for[job.id]:
                del self._waited_for[job.id]
                await self.lane.run(self.studio.forsake, self.account, job.id)
        return job

    def _answer(self, request: Request, made: Rendition, wish: Wish) -> Response:
        left, top, width, height = made.box
        headers = {
            "X-Credits-Charged": "0",
            "X-Type": "other" if wish.type == "auto" else wish.type,
            "X-Width": str(made.size[0]),
            "X-Height": str(made.size[1]),
            "X-Foreground-Top": str(top),
            "X-Foreground-Left": str(left),
            "X-Foreground-Width": str(width),
            "X-Foreground-Height": str(height),
            "X-RateLimit-Limit": str(self.most_at_once),
            "X-RateLimit-Remaining": str(self.most_at_once - self._in_hand),
            "X-RateLimit-Reset": str(RETRY_SECONDS),
        }
        if "application/json" not in request.headers.get("accept", ""):
            return Response(made.data, media_type=made.mime, headers=headers)
        result = {
            "result_b64": base64.b64encode(made.data).decode(),
            "foreground_top": top,
            "foreground_left": left,
            "foreground_width": width,
            "foreground_height": height,
        }
        return JSONResponse({"data": result}, headers=headers)


def in_their_words(
    route: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Answer errors as remove.bg does."""

    @wraps(route)
    async def answer(request: Request) -> Response:
        try:
            return await route(request)
        except Refused as error:
            refused = error
        except PhotoRejected as error:
            code, title = CODES[error.refusal]
            refused = Refused(HTTPStatus.BAD_REQUEST, code, title, error.says)
        except NoSubject as error:
            title = "Could not identify the foreground."
            refused = Refused(HTTPStatus.BAD_REQUEST, "unknown_foreground", title, error.says)
        except (InferenceError, StorageError) as error:
            title = "This photo could not be cut out."
            refused = Refused(HTTPStatus.BAD_REQUEST, "failed", title, error.says)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        again = {"Retry-After": str(RETRY_SECONDS)}
        return JSONResponse(
            {"errors": [refused.error]},
            refused.status,
            headers=again if refused.status is HTTPStatus.TOO_MANY_REQUESTS else {},
        )

    return answer


async def _read(request: Request, most: int) -> tuple[bytes, dict[str, str]]:
    """Return the photo and the other fields of a form or of JSON. Raises Refused."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > most:
        raise Refused(
            HTTPStatus.BAD_REQUEST, *CODES[Refusal.SIZE], f"At most {most / 1e6:.0f} MB are taken."
        )
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        return await _separated(_json(await request.body()))
    if kind.startswith("application/x-www-form-urlencoded"):
        # Some clients put the bare bytes of the photo into a field: Latin-1 keeps every byte.
        return await _separated(
            dict(parse_qsl((await request.body()).decode("latin-1"), encoding="latin-1"))
        )
    async with request.form(max_files=2, max_fields=50, max_part_size=most) as form:
        return await _separated(dict(form))


async def _separated(raw: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    sent = [raw.pop(name) for name in PHOTOS if raw.get(name)]
    if len(sent) > 1 or (not sent and not raw.get("image_url")):
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            "multiple_sources" if sent else "missing_source",
            "Send one photo, as image_file or image_file_b64.",
        )
    fields = {name: str(value) for name, value in raw.items() if value is not None}
    return (await _bytes(sent[0]) if sent else b""), fields


def _json(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise Refused(HTTPStatus.BAD_REQUEST, "invalid_json", "The body is not a JSON object.")
    return {k: str(v).lower() if isinstance(v, bool) else v for k, v in values.items()}


async def _bytes(photo: UploadFile | str) -> bytes:
    """Return a photo that came as a file, as Base64, or as the bare bytes of a form field."""
    if isinstance(photo, UploadFile):
        return await photo.read()
    text = str(photo)
    try:
        return base64.b64decode(text.partition(",")[2] or text, validate=True)
    except (binascii.Error, ValueError):
        return text.encode("latin-1", "replace")


def _wished(fields: dict[str, str]) -> Wish:
    try:
        return read_wish(fields)
    except InvalidParameter as error:
        title = "A parameter cannot be followed."
        raise Refused(HTTPStatus.BAD_REQUEST, "invalid_parameter", title, str(error)) from error
