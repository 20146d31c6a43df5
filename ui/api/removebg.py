"""remove.bg's API on this computer: a program changes the address and keeps its code."""

import asyncio
import base64
from asyncio import Semaphore
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial, wraps
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from auth.account import Account
from inference.errors import InferenceError, NoSubject, PhotoRejected, Refusal, TooSoon
from inference.recipe import Recipe
from inference.studio import Studio
from inference.wanted import Rendition
from storage.errors import StorageError
from storage.records import ENDED, NOW, Job
from ui.api.answers import Unfit
from ui.api.inbox import Inbox
from ui.api.parcel import Parcel, unpack
from ui.api.wishes import InvalidParameter, Wish, read_wish
from ui.lane import Lane

LOOK_SECONDS = 0.1
LOOKS_PER_SECOND = 100
"""At the jobs that are waited for, however many they are."""
RETRY_SECONDS = 5
MOST_IN_HAND = 256
"""Requests that arrive, are cut or wait to be; one more is asked to come back."""
MOST_OPENED = 2
"""Bodies and cutouts that are in memory at a time."""
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
        self.again_after = RETRY_SECONDS
        self.status = status
        self.error = {"title": title, "code": code} | ({"detail": detail} if detail else {})


@dataclass(slots=True)
class RemoveBg:
    """Two routes and the count of what they have in hand."""

    studio: Studio
    account: Account
    lane: Lane
    inbox: Inbox
    most_in_hand: int = MOST_IN_HAND
    _in_hand: int = field(default=0, init=False)
    _opened: Semaphore = field(default_factory=lambda: Semaphore(MOST_OPENED), init=False)
    _waited_for: Counter[str] = field(default_factory=Counter, init=False)
    """How many requests wait for a job, by its id."""

    async def remove(self, request: Request) -> Response:
        """Answer `POST /v1.0/removebg`."""
        await self._check_key(request)
        if self._in_hand >= self.most_in_hand:
            raise Refused(
                HTTPStatus.TOO_MANY_REQUESTS,
                "rate_limit_exceeded",
                "Too many photos at once.",
                f"Try again in {RETRY_SECONDS} seconds.",
            )
        self._in_hand += 1
        try:
            parcel = await self._take(request)
            try:
                return await self._cut(request, parcel)
            finally:
                await self.lane.run(parcel.throw_away)
        finally:
            self._in_hand -= 1

    async def _take(self, request: Request) -> Parcel:
        """Receive the body on the disk: a slow sender holds up nobody else."""
        most = 2 * self.account.plan.max_bytes  # a photo as Base64, or a photo and a backdrop
        kind = request.headers.get("content-type", "")
        async with self.inbox.receive(request, self.lane, most) as body, self._opened:
            return await self.lane.run(unpack, body, kind, self.inbox.open)

    async def _cut(self, request: Request, parcel: Parcel) -> Response:
        wish = _wished(parcel)
        sent = [parcel.files[name] for name in PHOTOS if name in parcel.files]
        if len(sent) != 1:
            raise Refused(
                HTTPStatus.BAD_REQUEST,
                "multiple_sources" if sent else "missing_source",
                "Send one photo, as image_file or image_file_b64.",
            )
        recipe = Recipe(solid=wish.solid)
        submit = partial(self.studio.jobs.submit, priority=NOW)
        job = await self.lane.run(submit, self.account, sent[0], recipe)
        job = await self._ended(request, job)
        backdrop = parcel.files.get("bg_image_file")
        async with self._opened:
            lab = await self.lane.run(self.studio.lab)
            made = await self.lane.run(
                lab.prints.rendition, self.account, job, wish.wanted, backdrop
            )
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

    async def _ended(self, request: Request, job: Job) -> Job:
        """Wait for the cutout; a client that hangs up is not computed for."""
        self._waited_for[job.id] += 1
        try:
            while job.status not in ENDED:
                if await request.is_disconnected():
                    raise ClientDisconnect
                await asyncio.sleep(max(LOOK_SECONDS, self._in_hand / LOOKS_PER_SECOND))
                job = await self.lane.run(self.studio.jobs.look, self.account, job)
        finally:
            self._waited_for[job.id] -= 1
            if not self._waited_for[job.id]:
                del self._waited_for[job.id]
                await self.lane.run(self.studio.jobs.forsake, self.account, job.id)
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
            "X-RateLimit-Limit": str(self.most_in_hand),
            "X-RateLimit-Remaining": str(self.most_in_hand - self._in_hand),
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
        except Unfit as error:
            refused = Refused(error.status, "invalid_request", error.says)
        except (InferenceError, StorageError) as error:
            refused = _refused(error)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        again = {"Retry-After": str(refused.again_after)}
        return JSONResponse(
            {"errors": [refused.error]},
            refused.status,
            headers=again if refused.status is HTTPStatus.TOO_MANY_REQUESTS else {},
        )

    return answer


def _refused(error: InferenceError | StorageError) -> Refused:
    bad = HTTPStatus.BAD_REQUEST
    match error:
        case PhotoRejected():
            code, title = CODES[error.refusal]
            return Refused(bad, code, title, error.says)
        case NoSubject():
            title = "Could not identify the foreground."
            return Refused(bad, "unknown_foreground", title, error.says)
        case TooSoon():
            much = HTTPStatus.TOO_MANY_REQUESTS
            refused = Refused(much, "rate_limit_exceeded", "Too many photos.", error.says)
            refused.again_after = error.seconds
            return refused
        case _:
            return Refused(bad, "failed", "This photo could not be cut out.", error.says)


def _wished(parcel: Parcel) -> Wish:
    refused = HTTPStatus.BAD_REQUEST, "invalid_parameter", "A parameter cannot be followed."
    if parcel.fields.get("bg_color") and "bg_image_file" in parcel.files:
        raise Refused(*refused, "Send bg_color or bg_image_file, not both.")
    try:
        return read_wish(parcel.fields)
    except InvalidParameter as error:
        raise Refused(*refused, str(error)) from error
