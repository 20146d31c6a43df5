"""remove.bg's API: a program changes the address and keeps its code."""

import asyncio
import base64
from asyncio import Semaphore
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from auth.account import Account
from auth.keys import CUT, READ, Key
from inference.recipe import Recipe
from inference.studio import Studio
from inference.wanted import Rendition
from storage.errors import OutOfCredits
from storage.records import ENDED, NOW, Job
from ui.api.fetcher import Fetcher, NoFetcher, NotFetched
from ui.api.inbox import Inbox
from ui.api.parcel import Parcel, unpack
from ui.api.theirs import RETRY_SECONDS, Refused
from ui.api.wishes import AUTO, InvalidParameter, Wish, preview_of, read_wish
from ui.lane import Lane

LOOK_SECONDS = 0.1
LOOKS_PER_SECOND = 100
"""At the jobs that are waited for, however many they are."""
MOST_IN_HAND = 256
"""Requests that arrive, are cut or wait to be; one more is asked to come back."""
MOST_OPENED = 2
"""Bodies and cutouts that are in memory at a time."""
MOST_FETCHED = 16
"""Pictures that are fetched from elsewhere at a time."""
PHOTOS = ("image_file", "image_file_b64", "image_url")
BACKDROPS = ("bg_image_file", "bg_image_url")
URLS = ("image_url", "bg_image_url")
HOW_TO_MAKE = "Make one on the page Keys for programs, or with: coveshot keys create --name NAME"


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody has asked for."""

    account: Account
    wish: Wish
    photo: Path
    backdrop: Path | None

    @property
    def recipe(self) -> Recipe:
        return Recipe(solid=self.wish.solid)


@dataclass(slots=True)
class RemoveBg:
    """Two routes and the count of what they have in hand."""

    studio: Studio
    lane: Lane
    inbox: Inbox
    fetcher: Fetcher | NoFetcher
    most_in_hand: int = MOST_IN_HAND
    _in_hand: int = field(default=0, init=False)
    _opened: Semaphore = field(default_factory=lambda: Semaphore(MOST_OPENED), init=False)
    _fetched: Semaphore = field(default_factory=lambda: Semaphore(MOST_FETCHED), init=False)
    _waited_for: Counter[str] = field(default_factory=Counter, init=False)
    """How many requests wait for a job, by its id."""

    async def remove(self, request: Request) -> Response:
        """Answer `POST /v1.0/removebg`."""
        account = _account_of(request, CUT)
        if self._in_hand >= self.most_in_hand:
            raise Refused(
                HTTPStatus.TOO_MANY_REQUESTS,
                "Too many photos at once.",
                detail=f"Try again in {RETRY_SECONDS} seconds.",
            )
        self._in_hand += 1
        try:
            parcel = await self._take(request, account)
            try:
                order = await self._order(account, parcel)
                made, charged = await self._made(request, order)
            finally:
                await self.lane.run(parcel.throw_away)
        finally:
            self._in_hand -= 1
        return self._answer(request, made, order.wish, charged)

    async def show_account(self, request: Request) -> Response:
        """Answer `GET /v1.0/account`: on one's own computer nothing is ever paid."""
        account = _account_of(request, READ)
        terms = self.studio.library(account).records.terms
        balance = await self.lane.run(terms.balance, account.scope) or 0
        credits_left = {"total": balance, "subscription": 0, "payg": balance, "enterprise": 0}
        attributes = {"credits": credits_left, "api": {"free_calls": 0, "sizes": "all"}}
        return JSONResponse({"data": {"attributes": attributes}})

    async def _take(self, request: Request, account: Account) -> Parcel:
        """Receive the body on the disk: a slow sender holds up nobody else."""
        most = 2 * account.plan.max_bytes  # a photo as Base64, or a photo and a backdrop
        kind = request.headers.get("content-type", "")
        async with self.inbox.receive(request, self.lane, most) as body, self._opened:
            return await self.lane.run(unpack, body, kind, self.inbox.open)

    async def _order(self, account: Account, parcel: Parcel) -> Order:
        """Read what is wanted, and fetch what was named by an address."""
        named = {name: parcel.fields.pop(name) for name in URLS if name in parcel.fields}
        wish = _wished(parcel, named.keys())
        for name, url in named.items():
            file = await self.lane.run(parcel.add, name, self.inbox.open)
            await self._fetch(name, url, file)
        sent = [parcel.files[name] for name in PHOTOS if name in parcel.files]
        behind = [parcel.files[name] for name in BACKDROPS if name in parcel.files]
        return Order(account, wish, sent[0], behind[0] if behind else None)

    async def _fetch(self, name: str, url: str, file: Path) -> None:
        try:
            async with self._fetched:
                await self.fetcher.fetch(url, file)
        except NotFetched as error:
            title, says = "A picture could not be fetched.", f"{name}: {error.says}"
            raise Refused(error.status, title, "invalid_parameter", says) from error

    async def _made(self, request: Request, order: Order) -> tuple[Rendition, int]:
        """Return a cutout, and the credits that it took."""
        if order.account.plan.credits_per_matte and order.wish.is_preview:
            return await self._sketched(order), 0
        try:
            return await self._cut(request, order)
        except OutOfCredits:
            if order.wish.size != AUTO:
                raise
        return await self._sketched(replace(order, wish=preview_of(order.wish))), 0

    async def _sketched(self, order: Order) -> Rendition:
        """Cut out a small one that is not kept and costs nothing."""
        async with self._opened:
            lab = await self.lane.run(self.studio.lab)
            return await self.lane.run(
                lab.prints.sketch,
                order.account,
                order.photo,
                order.recipe,
                order.wish.wanted,
                order.backdrop,
            )

    async def _cut(self, request: Request, order: Order) -> tuple[Rendition, int]:
        account = order.account
        submit = partial(self.studio.jobs.submit, priority=NOW)
        job = await self.lane.run(submit, account, order.photo, order.recipe)
        # What was done before costs nothing; of several who wait for a job one is told its price.
        pays = job.status not in ENDED and not self._waited_for[job.id]
        job = await self._ended(request, account, job)
        async with self._opened:
            lab = await self.lane.run(self.studio.lab)
            made = await self.lane.run(
                lab.prints.rendition, account, job, order.wish.wanted, order.backdrop
            )
        terms = self.studio.library(account).records.terms
        return made, await self.lane.run(terms.charged, account.scope, job.id) if pays else 0

    async def _ended(self, request: Request, account: Account, job: Job) -> Job:
        """Wait for the cutout; a client that hangs up is not computed for."""
        self._waited_for[job.id] += 1
        try:
            while job.status not in ENDED:
                if await request.is_disconnected():
                    raise ClientDisconnect
                await asyncio.sleep(max(LOOK_SECONDS, self._in_hand / LOOKS_PER_SECOND))
                job = await self.lane.run(self.studio.jobs.look, account, job)
        finally:
            self._waited_for[job.id] -= 1
            if not self._waited_for[job.id]:
                del self._waited_for[job.id]
                await self.lane.run(self.studio.jobs.forsake, account, job.id)
        return job

    def _answer(self, request: Request, made: Rendition, wish: Wish, charged: int) -> Response:
        left, top, width, height = made.box
        headers = {
            "X-Credits-Charged": str(charged),
            "X-Type": "other" if wish.type == "auto" else wish.type,
            "X-Width": str(made.size[0]),
            "X-Height": str(made.size[1]),
            "X-Foreground-Top": str(top),
            "X-Foreground-Left": str(left),
            "X-Foreground-Width": str(width),
            "X-Foreground-Height": str(height),
            # Where requests are counted, the guard tells of that instead.
            "X-RateLimit-Limit": str(self.most_in_hand),
            "X-RateLimit-Remaining": str(self.most_in_hand - self._in_hand),
            "X-RateLimit-Reset": str(RETRY_SECONDS),
        }
        if made.most_pixels:
            headers["X-Most-Pixels"] = str(made.most_pixels)
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


def _account_of(request: Request, right: str) -> Account:
    """Return whose key is shown. Raises Refused."""
    key: Key | None = request.state.key
    account: Account | None = request.state.account
    if key and account and key.has(right):
        return account
    title, detail = "The key is missing or wrong.", HOW_TO_MAKE
    if key:
        title, detail = f"This key may not {right}.", "Make one that may."
    raise Refused(HTTPStatus.FORBIDDEN, title, detail=detail)


def _wished(parcel: Parcel, named: Collection[str]) -> Wish:
    """Read the parameters, and look that there is one photo and one backdrop at most.

    `named` are pictures that will be fetched. Raises Refused.
    """
    sources = {*parcel.files, *named}
    refused = HTTPStatus.BAD_REQUEST, "A parameter cannot be followed.", "invalid_parameter"
    if len(sources.intersection(BACKDROPS)) + bool(parcel.fields.get("bg_color")) > 1:
        raise Refused(*refused, "Send one of bg_color, bg_image_file and bg_image_url.")
    try:
        wish = read_wish(parcel.fields)
    except InvalidParameter as error:
        raise Refused(*refused, str(error)) from error
    photos = sources.intersection(PHOTOS)
    if len(photos) != 1:
        raise Refused(
            HTTPStatus.BAD_REQUEST,
            "Send one photo, as image_file, image_file_b64 or image_url.",
            "multiple_sources" if photos else "missing_source",
        )
    return wish
