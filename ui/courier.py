"""Tells programs that a job has ended: signed messages, tried again until they are taken.

The form is that of Standard Webhooks (standardwebhooks.com), so that its libraries verify them.
"""

import asyncio
import base64
import hmac
import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Protocol

from inference.meter import Meter, Tally
from storage.errors import NotFound, StorageError
from storage.ports.hooks import CALL_PAUSES
from storage.ports.records import Records
from storage.records import Call, Status

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""Between two looks for messages that are due."""
AT_ONCE = 10
"""Messages that are under way at a time."""
PREFIX = "whsec_"
GONE = "The address answers that nobody wants messages there any more (410)."


@dataclass(frozen=True, slots=True)
class Signer:
    """Knows the secret of each address: made of that of the instance, so it is kept nowhere."""

    secret: bytes = field(repr=False)

    def secret_of(self, hook_id: str) -> str:
        """Return what an address is told once, to know our messages by."""
        return PREFIX + base64.b64encode(self._key(hook_id)).decode()

    def headers(self, call: Call, body: bytes, now: int) -> dict[str, str]:
        """Return what is told with a message, its signature among it: `id.timestamp.body`."""
        name = f"msg_{call.id}"
        signed = hmac.digest(
            self._key(call.hook_id), b"%b.%d.%b" % (name.encode(), now, body), "sha256"
        )
        return {
            "Content-Type": "application/json",
            "User-Agent": "Coveshot",
            "webhook-id": name,
            "webhook-timestamp": str(now),
            "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
        }

    def _key(self, hook_id: str) -> bytes:
        return hmac.digest(self.secret, f"webhook {hook_id}".encode(), "sha256")


class NotSent(Exception):
    """Why a message did not come to its address."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


class Poster(Protocol):
    async def post(self, address: str, headers: dict[str, str], body: bytes) -> int:
        """Send to an address of the open network, and return the status. Raises NotSent."""
        ...


def open_poster() -> Poster:
    from ui.post import Post  # noqa: PLC0415 loads certificates, for those who are told alone

    return Post()


class Courier:
    """Owns one thread. Messages are rows: a restart loses none, and two instances share them."""

    def __init__(
        self,
        libraries: Sequence[Records],
        signer: Signer,
        meter: Meter,
        poster: Callable[[], Poster] = open_poster,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.signer = signer
        self._libraries = libraries
        self._meter = meter
        self._open = poster
        self._clock = clock
        self._poster: Poster | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Stop; what is under way is tried again by whoever comes next."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(LOOK_SECONDS)

    def round(self) -> int:
        """Send what is due; return how many messages that were."""
        tried = 0
        for records in self._libraries:
            while not self._stop.is_set() and (calls := records.hooks.claim(AT_ONCE)):
                asyncio.run(self._send_all(records, calls))
                tried += len(calls)
        return tried

    def _run(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            try:
                self.round()
            except StorageError as error:
                log.warning("programs are not told of jobs for now: %s", error.says)

    async def _send_all(self, records: Records, calls: Sequence[Call]) -> None:
        await asyncio.gather(*(self._send(records, call) for call in calls))

    async def _send(self, records: Records, call: Call) -> None:
        """Send one message, and note what came of it."""
        body = await asyncio.to_thread(_message, records, call)
        headers = self.signer.headers(call, body, int(self._clock()))
        self._poster = self._poster or self._open()
        try:
            status = await self._poster.post(call.address, headers, body)
        except NotSent as error:
            await self._failed(records, call, error.says)
            return
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            self._meter.count(Tally.HOOKS, "sent")
            await asyncio.to_thread(records.hooks.sent, call)
        elif status == HTTPStatus.GONE:
            await self._failed(records, call, GONE, gone=True)
        else:
            await self._failed(records, call, f"The address answers {status}.")

    async def _failed(self, records: Records, call: Call, says: str, *, gone: bool = False) -> None:
        last = gone or call.attempts > len(CALL_PAUSES)
        self._meter.count(Tally.HOOKS, "given up" if last else "failed")
        await asyncio.to_thread(lambda: records.hooks.failed(call, says, gone=gone))


def _message(records: Records, call: Call) -> bytes:
    """Return what is told of a job: as it is now, or no more than that it ended."""
    told: dict[str, Any] = {"id": call.task_id, "status": call.status.value}
    with suppress(NotFound):  # it was purged meanwhile
        task = records.intakes.task(call.scope, call.task_id)
        done = task.job.version_id if task.job and task.status is Status.DONE else None
        told |= {"op_key": task.op_key, "says": task.says, "output_id": done}
    moment = datetime.fromtimestamp(call.created_at, UTC).isoformat(timespec="milliseconds")
    message = {"type": f"job.{call.status}", "timestamp": moment, "data": told}
    return json.dumps(message, separators=(",", ":")).encode()
