"""Strokes in and out: once for many of them, when the hand rests."""

from dataclasses import dataclass
from http import HTTPStatus
from math import isfinite
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from inference.strokes import MOST_BYTES, Spot
from inference.studio import Studio
from storage.errors import NotFound
from ui.api.answers import Unfit, account_of
from ui.api.blobs import id_of
from ui.api.inbox import Inbox
from ui.lane import Lane

if TYPE_CHECKING:
    from inference.retouch import Retouch

FRESH = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Brush:
    studio: Studio
    lane: Lane
    inbox: Inbox

    async def save(self, request: Request) -> Response:
        """Take in all that is painted on a photo, as one PNG; tell what a recipe calls it.

        409 where it was begun `over` other strokes than those that are there.
        """
        account, entry_id = account_of(request), id_of(request, "entry_id")
        try:
            async with self.inbox.receive(request, self.lane, MOST_BYTES) as file:
                await self.lane.run(self.studio.checkpoint.admit, account, file)
                png = await self.lane.run(file.read_bytes)
        except ClientDisconnect as error:
            raise Unfit("The strokes were broken off.", HTTPStatus.BAD_REQUEST) from error
        over = request.query_params.get("over")
        retouch = await self._retouch()
        strokes = await self.lane.run(retouch.save, account, entry_id, png, over=over)
        return JSONResponse({"strokes": strokes})

    async def strokes(self, request: Request) -> Response:
        """Hand out what is painted on a photo, now or under a `name`; 204 where nothing is."""
        account, entry_id = account_of(request), id_of(request, "entry_id")
        name = request.query_params.get("name")
        retouch = await self._retouch()
        told, png = await self.lane.run(retouch.strokes, account, entry_id, name)
        headers = FRESH | {"X-Strokes": told}
        if png is None:
            return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
        return Response(png, media_type="image/png", headers=headers)

    async def part(self, request: Request) -> Response:
        """Hand out the hole or island at a place, in its box; X-Place tells where that begins."""
        account, entry_id = account_of(request), id_of(request, "entry_id")
        name: str = request.path_params["spot"]
        if name not in {spot.value for spot in Spot}:
            raise NotFound
        place = _share(request, "x"), _share(request, "y")
        retouch = await self._retouch()
        part = await self.lane.run(retouch.part, account, entry_id, Spot(name), place)
        headers = FRESH | {"X-Place": f"{part.left} {part.top}"}
        return Response(part.png, media_type="image/png", headers=headers)

    async def _retouch(self) -> "Retouch":
        return (await self.lane.run(self.studio.lab)).retouch


def _share(request: Request, name: str) -> float:
    try:
        share = float(request.query_params.get(name, ""))
    except ValueError:
        share = -1.0
    if not (isfinite(share) and 0 <= share <= 1):
        raise Unfit(
            "A place is told as x and y from 0 to 1, shares of width and height.",
            HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    return share
