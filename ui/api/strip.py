"""The photos of the workbench as the filmstrip asks for them: what is new, as compact as can be."""

import json
import time
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from auth.account import Account
from inference.studio import Studio
from storage.records import Card
from ui.api.answers import account_of
from ui.lane import Lane
from ui.visit import STATES, doubt
from ui.words import t

MOST_DIGITS = 15
"""Of a tick."""


@dataclass(frozen=True, slots=True)
class Strip:
    studio: Studio
    lane: Lane

    async def read(self, request: Request) -> Response:
        """Tell what has changed since a tick; 0, or one that is not known, for all there is."""
        text = request.query_params.get("since", "0")
        since = int(text[:MOST_DIGITS]) if text.isascii() and text.isdecimal() else 0
        account = account_of(request)
        tick, body = await self.lane.run(self._read, account, since)
        # Who asks may be another one by now, in the same browser.
        whose = sha256(account.scope.encode()).hexdigest()[:12]
        headers = {"ETag": f'"{whose}-{since}-{tick}"', "Cache-Control": "private, no-cache"}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(body, media_type="application/json", headers=headers)

    def _read(self, account: Account, since: int) -> tuple[int, bytes]:
        changes = self.studio.batch(account).changes(account.scope, since)
        told = {
            "now": time.time(),
            "tick": changes.tick,
            "whole": changes.whole,
            "gone": changes.gone,
            "rows": [row(card) for card in changes.cards],
        }
        return changes.tick, json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def row(card: Card) -> list[Any]:
    """Return what a strip shows of a photo, in the order in which roll.js reads it."""
    entry, job = card.entry, card.job
    why = doubt(card)
    return [
        entry.id,
        entry.name,
        entry.folder,
        STATES.get(job.status, "waiting"),
        "" if job.version_id else t(job.says),
        job.doubt if why else 0,
        why,
        job.version_id or "",
        entry.created_at,
        card.expires_at or 0,
    ]
