"""Can the program do its work, and if not, why?"""

import asyncio
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from inference.networks import Networks
from storage.errors import StorageError
from storage.ports.records import Records
from ui.lane import Lane

ROOM_BYTES = 500_000_000
"""With less on the disk, photos of 50 MP in hand may fill it."""
KEPT_SECONDS = 2.0
"""An answer serves all who ask within that: nobody loads the database by asking."""
PATIENCE = 5.0
"""Seconds for the database to answer."""

Check = Callable[[], str]
"""Says what is wrong; empty where nothing is. May block."""


@dataclass(slots=True)
class Readiness:
    lane: Lane
    checks: dict[str, Check]
    clock: Callable[[], float] = time.monotonic
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)
    _known: dict[str, str] = field(default_factory=dict, init=False)
    _asked_at: float = field(default=float("-inf"), init=False)

    async def read(self, request: Request) -> Response:  # noqa: ARG002 the same for all
        """Answer `GET /readyz`: 503 with the reasons where photos could not be cut out now."""
        async with self._asking:
            if self.clock() - self._asked_at >= KEPT_SECONDS:
                self._known = {name: await self._said(name) for name in self.checks}
                self._asked_at = self.clock()
        ready = not any(self._known.values())
        checks = {name: says or "ok" for name, says in self._known.items()}
        told = {"ready": ready, "checks": checks}
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        return JSONResponse(told, status, headers={"Cache-Control": "no-store"})

    async def _said(self, name: str) -> str:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.lane.run(self.checks[name])
        except TimeoutError:
            return f"It has not answered for {PATIENCE:.0f} seconds."


def checks_of(
    networks: Networks,
    libraries: Sequence[Records],
    folder: Path,
    room: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
) -> dict[str, Check]:
    """Return what has to be there: weights, the rows of each library, and room on the disk."""

    def weights() -> str:
        here = networks.weights.best() is not None
        return "" if here else "No model is here. Say: coveshot models get u2netp"

    def database() -> str:
        try:
            for records in libraries:
                records.stirs.since(0)
        except StorageError as error:
            return error.says
        return ""

    def disk() -> str:
        little = f"Less than {ROOM_BYTES // 1_000_000} MB are free. Make room."
        return "" if room(folder) >= ROOM_BYTES else little

    return {"weights": weights, "database": database, "disk": disk}
