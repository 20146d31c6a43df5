"""The plan of somebody who is signed in, as the database has it, read with the user's own token."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from auth.account import Plan
from auth.errors import Leaving, Unreachable
from auth.session import Session

KNOWN_SECONDS = 30.0
"""As long, a plan is taken to be what it was. Pages look as often: both are a minute at most."""
PATIENCE = 3600.0
"""As long, it is without an answer of the database."""
MOST_KNOWN = 20_000
FREE = "free"
PROFILE = "plan_id,plan_until,erase_at"
LIMITS = (
    "id,name,persists,kept_hours,longer_hours,max_bytes,max_pixels,max_side,credits_per_matte,"
    "processed_pixels"
)
SETTINGS = "full_resolution"


class Plans:
    """Reads three tables that their owner may read."""

    def __init__(
        self, url: str, key: str, http: httpx.AsyncClient, clock: Callable[[], float] = time.time
    ) -> None:
        self._url = f"{url.rstrip('/')}/rest/v1"
        self._key = key
        self._http = http
        self._clock = clock
        self._known: OrderedDict[str, tuple[Plan, float]] = OrderedDict()

    async def plan_of(self, session: Session) -> Plan:
        """Return a plan. Raises Leaving for an account that is being deleted, and Unreachable."""
        plan, read_at = self._known.get(session.user_id, (None, 0.0))
        if plan and self._clock() - read_at < KNOWN_SECONDS:
            return plan
        try:
            fresh = await self._read(session)
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            if plan is None or self._clock() - read_at > PATIENCE:
                raise Unreachable from error
            return plan
        self._known[session.user_id] = (fresh, self._clock())
        self._known.move_to_end(session.user_id)
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return fresh

    async def _read(self, session: Session) -> Plan:
        profiles, plans, settings = await asyncio.gather(
            self._rows(f"profiles?select={PROFILE}&user_id=eq.{session.user_id}", session),
            self._rows(f"plans?select={LIMITS}", session),
            self._rows(f"settings?select={SETTINGS}&scope=eq.{session.user_id}", session),
        )
        [profile] = profiles
        if profile["erase_at"] is not None:
            raise Leaving
        rows = {row["id"]: row for row in plans}
        row = rows[profile["plan_id"]]
        if row["persists"] and not self._runs(profile["plan_until"]):
            row = rows[FREE]
        processed = row["processed_pixels"]
        if processed is None and not all(one["full_resolution"] for one in settings):
            processed = rows[FREE]["processed_pixels"]  # as `private.processed_pixels` has it
        return Plan(
            name=row["id"],
            kept_hours=row["kept_hours"],
            max_bytes=row["max_bytes"],
            max_pixels=row["max_pixels"],
            max_side=row["max_side"],
            credits_per_matte=row["credits_per_matte"],
            processed_pixels=processed,
            longer_hours=row["longer_hours"],
            title=row["name"],
        )

    def _runs(self, until: str | None) -> bool:
        if until is None or until == "infinity":
            return until == "infinity"
        ends = datetime.fromisoformat(until)
        return (ends if ends.tzinfo else ends.replace(tzinfo=UTC)).timestamp() > self._clock()

    async def _rows(self, question: str, session: Session) -> list[dict[str, Any]]:
        headers = {"apikey": self._key, "Authorization": f"Bearer {session.access}"}
        answer = await self._http.get(f"{self._url}/{question}", headers=headers)
        answer.raise_for_status()
        rows: list[dict[str, Any]] = answer.json()
        return rows
