"""Large pictures by the tile, for a screen that shows a part of them."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from inference.closeups import SIDE, Bytes, Closeups, tile
from inference.encode import preview
from storage.errors import NotFound
from ui.api.answers import Route, account_of
from ui.api.blobs import id_of, picture_answer, side_of
from ui.lane import Lane

AT_ONCE = 2
"""Tiles that are drawn at a time: whoever waits for a large picture leaves room for others."""
LONGEST = 6
"""Digits of a column or a row."""

Source = Callable[[Request], tuple[bool, Bytes]]
"""Gives the pixels that a request is about, and whether they are still those that it names."""
Draw = Callable[[Request, Bytes], bytes]


def close_look(closeups: Closeups, lane: Lane) -> dict[tuple[str, str], Route]:
    """Return the routes: the size of each kind of picture, and its tiles."""

    def photo(request: Request) -> tuple[bool, Bytes]:
        return True, closeups.photo(account_of(request), id_of(request, "image_id"))

    def version(request: Request) -> tuple[bool, Bytes]:
        return True, closeups.version(account_of(request), id_of(request, "version_id"))

    def look(request: Request) -> tuple[bool, Bytes]:
        key, pixels = closeups.look(account_of(request), id_of(request, "entry_id"))
        return key.startswith(id_of(request, "key")), pixels

    def bare(request: Request) -> tuple[bool, Bytes]:
        key, pixels = closeups.bare(account_of(request), id_of(request, "entry_id"))
        return key.startswith(id_of(request, "key")), pixels

    sources: dict[str, Source] = {
        "/photos/{image_id}": photo,
        "/versions/{version_id}": version,
        "/entries/{entry_id}/looks/{key}": look,
        "/entries/{entry_id}/bare/{key}": bare,
    }
    turns = asyncio.Semaphore(AT_ONCE)
    routes: dict[tuple[str, str], Route] = {
        ("GET", "/entries/{entry_id}/bare/{key}/preview.webp"): _drawn(bare, _small, lane, turns)
    }
    for path, source in sources.items():
        routes["GET", f"{path}/tiles"] = _measured(source, lane, turns)
        routes["GET", f"{path}/tiles/{{level}}/{{x}}/{{y}}.webp"] = _drawn(
            source, _tile, lane, turns
        )
    return routes


def _measured(source: Source, lane: Lane, turns: asyncio.Semaphore) -> Route:
    async def answer(request: Request) -> Response:
        async with turns:
            _, pixels = await lane.run(source, request)
        height, width = pixels.shape[:2]
        size = {"width": width, "height": height, "side": SIDE}
        return JSONResponse(size, headers={"Cache-Control": "no-store"})

    return answer


def _drawn(source: Source, draw: Draw, lane: Lane, turns: asyncio.Semaphore) -> Route:
    def make(request: Request) -> tuple[bool, bytes]:
        named, pixels = source(request)
        return named, draw(request, pixels)

    async def answer(request: Request) -> Response:
        async with turns:
            if await request.is_disconnected():  # somebody has moved on meanwhile
                return Response(status_code=HTTPStatus.NO_CONTENT)
            named, webp = await lane.run(make, request)
        if named:
            return picture_answer(request, webp)
        return Response(webp, media_type="image/webp", headers={"Cache-Control": "no-store"})

    return answer


def _small(request: Request, pixels: Bytes) -> bytes:
    return preview(pixels, side_of(request))


def _tile(request: Request, pixels: Bytes) -> bytes:
    return tile(pixels, *(_number(request, name) for name in ("level", "x", "y")))


def _number(request: Request, parameter: str) -> int:
    text: str = request.path_params[parameter]
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST):
        raise NotFound
    return int(text)
