"""The photos of the library as rows, a page at a time: what the grid is drawn from."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from inference.doubt import WORTH_A_LOOK
from inference.studio import Studio
from storage.ports.holdings import Holdings
from storage.records import Holding, Mark, Search
from ui.api.answers import Unfit, account_of
from ui.components.photo_grid import PAGE
from ui.lane import Lane
from ui.search import Query
from ui.visit import STATES
from ui.words import in_a_row, t

MOST = 4 * PAGE
"""Rows at once, however many have come in since the marks were told."""


@dataclass(frozen=True, slots=True)
class Listing:
    studio: Studio
    lane: Lane

    async def survey(self, request: Request) -> Response:
        """Tell how many photos there are, and where each page of them begins."""
        found = await self._found(request, lambda rows, *what: rows.survey(*what, PAGE))
        marks = [[mark.value, mark.id] for mark in found.marks]
        return _fresh({"total": found.total, "marks": marks})

    async def page(self, request: Request) -> Response:
        start, end = (_mark(request, name) for name in ("start", "end"))
        most = MOST if end else PAGE

        def page(rows: Holdings, scope: str, search: Search) -> list[Holding]:
            return rows.page(scope, search, start=start, end=end, most=most)

        items = [item(one) for one in await self._found(request, page)]
        return _fresh({"items": items, "now": time.time()})

    async def ids(self, request: Request) -> Response:
        return _fresh({"ids": await self._found(request, lambda rows, *what: rows.ids(*what))})

    async def _found(self, request: Request, look: Callable[[Holdings, str, Search], Any]) -> Any:
        account = account_of(request)
        search = Query.read(request.query_params).search(time.time())
        holdings = self.studio.library(account).records.holdings
        return await self.lane.run(look, holdings, account.scope, search)


def item(one: Holding) -> dict[str, Any]:
    """Return a photo as the grid shows it."""
    version = one.version
    doubtful = version is not None and one.job.doubt >= WORTH_A_LOOK
    return {
        "id": one.image.id,
        "name": title(one),
        "thumb": f"/versions/{version.id}/thumb.webp" if version else None,
        "state": "done" if version else STATES.get(one.job.status, "waiting"),
        "doubt": in_a_row(one.job.reasons) if doubtful else "",
        "expires": one.expires_at or 0,
    }


def title(one: Holding) -> str:
    return one.image.name or t("Photo without a name")


def _fresh(body: dict[str, Any]) -> Response:
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


def _mark(request: Request, name: str) -> Mark | None:
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        match json.loads(text):
            case [float() | int() | str() as value, str(image_id)]:
                return Mark(value, image_id)
    except ValueError:
        pass
    raise Unfit(f"{text!r} is no place in the library.", HTTPStatus.UNPROCESSABLE_ENTITY)
