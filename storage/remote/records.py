"""Records whose rules live in a database elsewhere; nothing is decided here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict

from storage.errors import Gone, LostLease, NotFound
from storage.records import (
    Card,
    Entry,
    Image,
    Job,
    Matte,
    Note,
    Order,
    Status,
    Strokes,
    Version,
    Vitals,
)
from storage.remote.batch import RemoteBatch, card
from storage.remote.collections import RemoteCollections
from storage.remote.door import Door, made, made_all, made_or_none, names
from storage.remote.holdings import RemoteHoldings
from storage.remote.hooks import RemoteHooks
from storage.remote.intakes import RemoteIntakes
from storage.remote.keys import RemoteKeys
from storage.remote.stirs import RemoteStirs
from storage.remote.terms import RemoteNames, RemoteTerms
from storage.remote.trash import RemoteTrash


class RemoteRecords:
    """Asks through a door, and makes rows of the answers."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self.holdings = RemoteHoldings(door)
        self.collections = RemoteCollections(door)
        self.trash = RemoteTrash(door)
        self.batch = RemoteBatch(door)
        self.terms = RemoteTerms(door)
        self.names = RemoteNames(door)
        self.intakes = RemoteIntakes(door)
        self.stirs = RemoteStirs(door)
        self.hooks = RemoteHooks(door)
        self.keys = RemoteKeys(door)

    # Jobs

    def admit(self, image: Image, order: Order) -> Job:
        given = {"p_scope": image.scope, "p_image": asdict(image), "p_order": asdict(order)}
        return made(Job, self._door.call("admit", given))

    def start(self, owner: str) -> Job | None:
        return made_or_none(Job, self._door.call("start", {"p_owner": owner}))

    def beat(self, jobs: Iterable[Job]) -> None:
        held = [{"id": job.id, "fence": job.fence} for job in jobs]
        self._door.call("beat", {"p_jobs": held})

    def finish(self, job: Job, version: Version, note: Note = Note()) -> Job:  # noqa: B008 frozen
        given = {"p_version": asdict(version), "p_note": asdict(note)}
        return self._ended(job, "finish", given)

    def fail(self, job: Job, says: str) -> Job:
        return self._ended(job, "fail", {"p_says": says})

    def release(self, owner: str) -> None:
        self._door.call("release", {"p_owner": owner})

    def recover(self) -> list[Job]:
        return made_all(Job, self._door.call("recover", {}))

    def cancel(self, scope: str, job_id: str) -> Job:
        return self._moved("cancel", scope, job_id)

    def forsake(self, scope: str, job_id: str) -> Job:
        return self._moved("forsake", scope, job_id)

    def retry(self, scope: str, job_id: str) -> Job:
        return self._moved("retry", scope, job_id)

    def expire(self, scope: str, job_id: str) -> Job:
        return self._moved("expire", scope, job_id)

    def job(self, scope: str, job_id: str) -> Job:
        return self._moved("job", scope, job_id)

    def ahead(self, job_id: str = "") -> int:
        return int(self._door.call("library_ahead", {"p_job": job_id or None}))

    def vitals(self) -> Vitals:
        found = self._door.call("library_vitals", {})
        jobs = {Status(status): number for status, number in found["jobs"].items()}
        return Vitals(jobs=jobs, age=found["age"], held=found["held"])

    def leased(self) -> list[Job]:
        return made_all(Job, self._door.call("leased", {}))

    # Photos, mattes, strokes, versions

    def image(self, scope: str, image_id: str) -> Image:
        given = {"p_scope": scope, "p_image": image_id}
        return made(Image, self._door.call("library_image", given))

    def keep(self, image: Image) -> Image:
        given = {"p_scope": image.scope, "p_image": asdict(image)}
        return made(Image, self._door.call("library_keep", given))

    def find(self, scope: str, sha256: str) -> Image | None:
        given = {"p_scope": scope, "p_sha256": sha256}
        return made_or_none(Image, self._door.call("library_find", given))

    def keep_matte(self, matte: Matte) -> None:
        self._door.call("library_keep_matte", {"p_matte": asdict(matte)})

    def matte(self, image_id: str, key: str) -> Matte | None:
        given = {"p_image": image_id, "p_key": key}
        return made_or_none(Matte, self._door.call("library_matte", given))

    def keep_strokes(self, strokes: Strokes) -> Strokes:
        given = {"p_strokes": asdict(strokes)}
        return made(Strokes, self._door.call("library_keep_strokes", given))

    def strokes(self, image_id: str, sha256: str) -> Strokes | None:
        given = {"p_image": image_id, "p_sha256": sha256}
        return made_or_none(Strokes, self._door.call("library_strokes", given))

    def version(self, scope: str, version_id: str) -> Version:
        given = {"p_scope": scope, "p_version": version_id}
        return made(Version, self._door.call("library_version", given))

    def history(self, scope: str, image_id: str) -> list[Version]:
        given = {"p_scope": scope, "p_image": image_id}
        return made_all(Version, self._door.call("library_history", given))

    def objects(self) -> Iterator[str]:
        return names(self._door)

    # The workbench

    def place(self, entry: Entry) -> Entry:
        return made(Entry, self._door.call("library_place", {"p_entry": asdict(entry)}))

    def change(
        self, scope: str, entry_id: str, *, recipe: str, job_id: str, preset: str | None = None
    ) -> Entry:
        given = {"p_scope": scope, "p_entry": entry_id, "p_recipe": recipe, "p_job": job_id}
        call = self._door.call("library_change", {**given, "p_preset": preset})
        return made(Entry, call)

    def clear(self, scope: str, entry_id: str) -> None:
        self._door.call("library_clear", {"p_scope": scope, "p_entry": entry_id})

    def entry(self, scope: str, entry_id: str) -> Entry:
        given = {"p_scope": scope, "p_entry": entry_id}
        return made(Entry, self._door.call("library_entry", given))

    def bench(self, scope: str) -> list[Card]:
        return [card(answer) for answer in self._door.call("library_bench", {"p_scope": scope})]

    def close(self) -> None:
        self._door.close()

    def _moved(self, function: str, scope: str, job_id: str) -> Job:
        return made(Job, self._door.call(function, {"p_scope": scope, "p_job": job_id}))

    def _ended(self, job: Job, function: str, given: Mapping[str, object]) -> Job:
        known = {"p_job": job.id, "p_fence": job.fence, **given}
        try:
            return made(Job, self._door.call(function, known))
        except (Gone, NotFound) as error:
            raise LostLease from error
