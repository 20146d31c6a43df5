"""Pictures that pages show: small ones, made for the screen, kept by the browser."""

import asyncio
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from auth.account import Account
from inference.studio import Studio
from storage.errors import NotFound
from ui.api.answers import Unfit, account_of
from ui.lane import Lane

if TYPE_CHECKING:
    from inference.prints import Prints

SMALLEST_SIDE = 160
LARGEST_SIDE = 4096
USUAL_SIDE = 1600
TRIALS_AT_ONCE = 1
"""Models that are tried at a time: each takes memory and all processors."""

ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Blobs:
    studio: Studio
    lane: Lane
    trials: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(TRIALS_AT_ONCE))

    async def photo_preview(self, request: Request) -> Response:
        prints = await self._prints()
        return await self._preview(request, prints.photo_preview, "image_id")

    async def version_preview(self, request: Request) -> Response:
        prints = await self._prints()
        return await self._preview(request, prints.version_preview, "version_id")

    async def look_preview(self, request: Request) -> Response:
        """Show the look that is chosen now; where that has moved on, nobody is to keep it."""
        account, entry_id = account_of(request), id_of(request, "entry_id")
        prints = await self._prints()
        key, webp = await self.lane.run(prints.look_preview, account, entry_id, side_of(request))
        if key.startswith(id_of(request, "key")):
            return picture_answer(request, webp)
        return Response(webp, media_type="image/webp", headers={"Cache-Control": "no-store"})

    async def trial(self, request: Request) -> Response:
        """Show what another model makes of a photo; it is computed where nobody has asked yet."""
        account, entry_id = account_of(request), id_of(request, "entry_id")
        model: str = request.path_params["model"]
        side = side_of(request)
        async with self.trials:
            if await request.is_disconnected():  # somebody has looked enough
                return Response(status_code=HTTPStatus.NO_CONTENT)
            prints = await self._prints()
            webp = await self.lane.run(prints.trial, account, entry_id, model, side)
        headers = {"Cache-Control": "no-store"}  # the look may be another one soon
        return Response(webp, media_type="image/webp", headers=headers)

    async def thumbnail(self, request: Request) -> Response:
        account, version_id = account_of(request), id_of(request, "version_id")
        library = self.studio.library(account)
        return picture_answer(
            request, await self.lane.run(library.thumbnail, account.scope, version_id)
        )

    async def _prints(self) -> "Prints":
        return (await self.lane.run(self.studio.lab)).prints

    async def _preview(
        self, request: Request, draw: Callable[[Account, str, int], bytes], parameter: str
    ) -> Response:
        account, picture = account_of(request), id_of(request, parameter)
        return picture_answer(
            request, await self.lane.run(draw, account, picture, side_of(request))
        )


def id_of(request: Request, parameter: str) -> str:
    """Return an id from the path. Raises NotFound for what cannot be one."""
    text: str = request.path_params[parameter]
    if not ID.fullmatch(text):
        raise NotFound
    return text


def side_of(request: Request) -> int:
    text = request.query_params.get("side", str(USUAL_SIDE))
    if not (text.isascii() and text.isdecimal() and len(text) < len("1000000")):
        raise Unfit(
            f"The side of a preview is a number of pixels from {SMALLEST_SIDE} to {LARGEST_SIDE}.",
            HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    return min(max(int(text), SMALLEST_SIDE), LARGEST_SIDE)


def picture_answer(request: Request, webp: bytes) -> Response:
    """Answer with a picture, or with 304 where the browser has these very bytes.

    They are drawn even for a 304: only that tells whether the account may still see them.
    """
    etag = f'"{hashlib.sha256(webp).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, max-age=31536000, immutable"}
    known = {tag.strip() for tag in request.headers.get("if-none-match", "").split(",")}
    if known & {etag, f"W/{etag}", "*"}:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(webp, media_type="image/webp", headers=headers)
