"""A workshop whose rows and objects are a hosted instance's: asked over HTTP, without its keys."""

import json
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from typing import Any, TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError

from inference.errand import Errand, Place, Places, Ticket
from storage.errors import LostLease, NotAllowed, NotFound, StorageError, Taken, Unreachable
from storage.library import KeptMatte
from storage.records import Job, Note

PAUSES = (0.25, 1.0, 3.0, 8.0)
"""Seconds before another try: an instance that starts anew is waited for."""
TIMEOUT = httpx.Timeout(60, connect=5)
PASSING = {429, 500, 502, 503, 504, 520, 522, 524}
MOST_ERRANDS = 256
"""More than anybody has in hand: those that were lost are forgotten."""
AWAY = "The instance cannot be reached. Check its address and the network."
STRANGE = "The instance answers as none of ours. Bring it and this worker to the same version."
LOST = "urn:coveshot:lost-lease"
ERRAND, JOB, PLACES = TypeAdapter(Errand), TypeAdapter(Job), TypeAdapter(Places)
Said = TypeVar("Said")


class Yard:
    """Owns the connections, and the errands that are in hand. Thread-safe."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        http: httpx.Client | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._http = http or httpx.Client(timeout=TIMEOUT)
        self._sleep = sleep
        self._errands: dict[tuple[str, int], Errand] = {}

    @property
    def queue(self) -> "Yard":
        return self

    # What waits

    def start(self, owner: str) -> Job | None:  # noqa: ARG002 the instance gives each a name
        """Return a job of the instance. A lost answer is not asked for again: its lease ends."""
        answer = self._asked("take", {}, again=False)
        if answer is None:
            return None
        errand = _read(ERRAND, answer)
        self._errands[errand.job.id, errand.job.fence] = errand
        for forgotten in list(self._errands)[:-MOST_ERRANDS]:
            self._errands.pop(forgotten, None)
        return errand.job

    def beat(self, jobs: Iterable[Job]) -> None:
        if tickets := [asdict(Ticket.of(job)) for job in jobs]:
            self._asked("beat", {"tickets": tickets})

    def fail(self, job: Job, says: str) -> Job:
        return self._ended(job, "fail", {"says": says})

    def release(self, owner: str) -> None:  # noqa: ARG002 all that is in hand is of one owner
        held = [asdict(Ticket.of(errand.job)) for errand in list(self._errands.values())]
        if held:
            self._asked("release", {"tickets": held})
        self._errands.clear()

    def recover(self) -> list[Job]:
        """Leave that to the instance."""
        return []

    def heed(self, job: Job) -> None:
        held = self._asked("beat", {"tickets": [asdict(Ticket.of(job))]})
        if held != {"held": [job.id]}:
            raise LostLease

    # What a cutout is made of

    def original(self, scope: str, image_id: str) -> bytes:
        return self._fetched(self._of(scope, image_id).original)

    def photo(self, scope: str, sha256: str) -> bytes:
        for errand in list(self._errands.values()):
            if errand.job.scope == scope and errand.picture and sha256 in errand.job.recipe:
                return self._fetched(errand.picture)
        raise NotFound

    def strokes(self, image_id: str, sha256: str) -> bytes:
        for errand in list(self._errands.values()):
            wanted = errand.job.image_id == image_id and sha256 in errand.job.recipe
            if wanted and errand.strokes:
                return self._fetched(errand.strokes)
        raise NotFound

    def matte(self, image_id: str, key: str) -> KeptMatte | None:  # noqa: ARG002 an errand has one
        for errand in list(self._errands.values()):
            if errand.job.image_id == image_id and errand.matte:
                return KeptMatte(self._fetched(errand.matte), errand.note)
        return None

    # Where it goes

    def keep_matte(self, job: Job, key: str, png: bytes, note: Note) -> None:  # noqa: ARG002
        place = self._errands[job.id, job.fence].matte_place
        if place:
            with suppress(Taken):  # another worker was quicker
                self._put(place, png)
        # Where one is there already, whoever has put it may have been killed before it said so.
        self._asked("matte", {"ticket": asdict(Ticket.of(job)), "note": asdict(note)})

    def finish(
        self,
        job: Job,
        png: bytes,
        thumbnail: bytes,
        *,
        size: tuple[int, int],
        note: Note = Note(),  # noqa: B008 frozen
    ) -> Job:
        places = self._errands[job.id, job.fence].places
        try:
            self._put_both(places, png, thumbnail)
        except Taken:  # by somebody who was thought dead
            again = self._asked("anew", {"ticket": asdict(Ticket.of(job))})
            self._put_both(_read(PLACES, again), png, thumbnail)
        return self._ended(job, "finish", {"size": size, "note": asdict(note)})

    def sweep(self, stop: Callable[[], bool] = lambda: False) -> int:  # noqa: ARG002
        """Leave that to the instance."""
        return 0

    def close(self) -> None:
        self._http.close()

    def _of(self, scope: str, image_id: str) -> Errand:
        for errand in list(self._errands.values()):
            if (errand.job.scope, errand.job.image_id) == (scope, image_id):
                return errand
        raise NotFound

    def _ended(self, job: Job, how: str, told: dict[str, object]) -> Job:
        try:
            return _read(JOB, self._asked(how, {"ticket": asdict(Ticket.of(job)), **told}))
        finally:
            self._errands.pop((job.id, job.fence), None)

    def _asked(self, what: str, told: dict[str, object], *, again: bool = True) -> Any:
        """Tell the instance something, and return what it answers. Raises StorageError."""
        url = f"{self.url}/work/{what}"
        answer = self._tried(
            lambda: self._http.post(url, json=told, headers=self._headers), again=again
        )
        if answer.is_success:
            return _json(answer)
        raise _sentence(answer)

    def _fetched(self, url: str) -> bytes:
        answer = self._tried(lambda: self._http.get(url))
        if answer.is_success:
            return answer.content
        raise NotFound

    def _put_both(self, places: Places, png: bytes, thumbnail: bytes) -> None:
        self._put(places.cutout, png)
        self._put(places.thumbnail, thumbnail)

    def _put(self, place: Place, data: bytes) -> None:
        """Put an object where nothing is; put again, the same. Raises Taken, StorageError."""
        tries = 0

        def put() -> httpx.Response:
            nonlocal tries
            tries += 1
            return self._http.put(place.url, content=data, headers={"Content-Type": place.mime})

        answer = self._tried(put)
        if answer.is_success:
            return
        if _is_taken(answer):
            if tries > 1:
                return  # an answer was lost: nobody else has this address
            raise Taken
        raise StorageError(f"The storage does not take a cutout: {answer.status_code}.")

    def _tried(
        self, request: Callable[[], httpx.Response], *, again: bool = True
    ) -> httpx.Response:
        """Return an answer; ask again where it may be another a moment later.

        Raises Unreachable where there is none.
        """
        for pause in (*PAUSES, None):
            try:
                answer = request()
            except httpx.TransportError as error:
                never_sent = isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout))
                if pause is None or not (again or never_sent):
                    raise Unreachable(AWAY) from error
            else:
                if answer.status_code not in PASSING or pause is None or not again:
                    return answer
            self._sleep(pause)
        raise AssertionError


def _is_taken(answer: httpx.Response) -> bool:
    """The storage says it as a 400, too, with the status inside."""
    told = _json(answer)
    return answer.status_code == httpx.codes.CONFLICT or (
        isinstance(told, dict) and str(told.get("statusCode")) == str(httpx.codes.CONFLICT.value)
    )


def _sentence(answer: httpx.Response) -> StorageError:
    told = _json(answer)
    says = str(told.get("detail", "")) if isinstance(told, dict) else ""
    if isinstance(told, dict) and told.get("type") == LOST:
        return LostLease()
    if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        return NotAllowed(says or "The instance does not know this worker's token.")
    if answer.status_code == httpx.codes.NOT_FOUND:
        return NotFound(says or "The instance does not hand work out. Set COVESHOT_WORKER_TOKEN.")
    return Unreachable(AWAY) if answer.status_code in PASSING else StorageError(says or STRANGE)


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except json.JSONDecodeError:
        return None


def _read(kind: TypeAdapter[Said], told: Any) -> Said:
    """Raises StorageError."""
    try:
        return kind.validate_python(told)
    except ValidationError as error:
        raise StorageError(STRANGE) from error
