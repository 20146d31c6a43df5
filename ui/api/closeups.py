"""Large pictures by the tile, for a screen that shows a part of them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from inference.studio import Studio
from storage.errors import NotFound
from ui.api.answers import Route, account_of
from ui.api.blobs import id_of, picture_answer, side_of
from ui.lane import Lane

if TYPE_CHECKING:
    from inference.closeups import Bytes, Closeups

AT_ONCE = 2
"""Tiles that are drawn at a time: whoever waits for a large picture leaves room for others."""
LONGEST = 6
"""Digits of a column or a row."""

Source = Callable[["Closeups", Request], tuple[bool, "Bytes"]]
"""Gives the pixels that a request is about, and whether they are still those that it names."""
Draw = Callable[["Closeups", Request, "Bytes"], bytes]


def close_look(studio: Studio, lane: Lane) -> dict[tuple[str, str], Route]:
    """Return the routes: the size of each kind of picture, and its tiles."""
    turns = Turns(studio, lane)
    sources: dict[str, Source] = {
        "/photos/{image_id}": _photo,
        "/versions/{version_id}": _version,
        "/entries/{entry_id}/looks/{key}": _look,
        "/entries/{entry_id}/bare/{key}": _bare,
    }
    routes: dict[tuple[str, str], Route] = {
        ("GET", "/entries/{entry_id}/bare/{key}/preview.webp"): turns.drawn(_bare, _small)
    }
    for path, source in sources.items():
        routes["GET", f"{path}/tiles"] = turns.measured(source)
        routes["GET", f"{path}/tiles/{{level}}/{{x}}/{{y}}.webp"] = turns.drawn(source, _tile)
    return routes


@dataclass(frozen=True, slots=True)
class Turns:
    """Lets few requests at a time have large pictures."""

    studio: Studio
    lane: Lane
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def measured(self, source: Source) -> Route:
        def measure(request: Request) -> dict[str, int]:
            closeups = self.studio.lab().closeups
            _, pixels = source(closeups, request)
            height, width = pixels.shape[:2]
            return {"width": width, "height": height, "side": closeups.side}

        async def answer(request: Request) -> Response:
            async with self.free:
                size = await self.lane.run(measure, request)
            return JSONResponse(size, headers={"Cache-Control": "no-store"})

        return answer

    def drawn(self, source: Source, draw: Draw) -> Route:
        def make(request: Request) -> tuple[bool, bytes]:
            closeups = self.studio.lab().closeups
            named, pixels = source(closeups, request)
            return named, draw(closeups, request, pixels)

        async def answer(request: Request) -> Response:
            async with self.free:
                if await request.is_disconnected():  # somebody has moved on meanwhile
                    return Response(status_code=HTTPStatus.NO_CONTENT)
                named, webp = await self.lane.run(make, request)
            if named:
                return picture_answer(request, webp)
            return Response(webp, media_type="image/webp", headers={"Cache-Control": "no-store"})

        return answer


def _photo(closeups: "Closeups", request: Request) -> "tuple[bool, Bytes]":
    return True, closeups.photo(account_of(request), id_of(request, "image_id"))


def _version(closeups: "Closeups", request: Request) -> "tuple[bool, Bytes]":
    return True, closeups.version(account_of(request), id_of(request, "version_id"))


def _look(closeups: "Closeups", request: Request) -> "tuple[bool, Bytes]":
    key, pixels = closeups.look(account_of(request), id_of(request, "entry_id"))
    return key.startswith(id_of(request, "key")), pixels


def _bare(closeups: "Closeups", request: Request) -> "tuple[bool, Bytes]":
    key, pixels = closeups.bare(account_of(request), id_of(request, "entry_id"))
    return key.startswith(id_of(request, "key")), pixels


def _small(closeups: "Closeups", request: Request, pixels: "Bytes") -> bytes:
    return closeups.small(pixels, side_of(request))


def _tile(closeups: "Closeups", request: Request, pixels: "Bytes") -> bytes:
    return closeups.tile(pixels, *(_number(request, name) for name in ("level", "x", "y")))


def _number(request: Request, parameter: str) -> int:
    text: str = request.path_params[parameter]
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST):
        raise NotFound
    return int(text)
