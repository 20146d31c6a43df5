"""How long results stay, what that costs, and what objects are called, in a database elsewhere."""

from auth.account import Plan
from storage.records import Job, Move, Version
from storage.remote.door import Door, made


class RemoteTerms:
    """The rules of clocks and credits."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def plan(self, scope: str) -> Plan:
        row = self._door.call("account", {"p_scope": scope})["plan"]
        limits = ("kept_hours", "max_bytes", "max_pixels", "max_side", "credits_per_matte")
        known = {name: row[name] for name in (*limits, "longer_hours", "processed_pixels")}
        return Plan(name=row["id"], **known)

    def balance(self, scope: str) -> int | None:
        balance: int | None = self._door.call("account", {"p_scope": scope})["balance"]
        return balance

    def charged(self, scope: str, job_id: str) -> int:
        given = {"p_scope": scope, "p_job": job_id}
        return int(self._door.call("library_charged", given))

    def keep_longer(self, scope: str, version_id: str) -> None:
        self._door.call("keep_days", {"p_scope": scope, "p_version": version_id})

    def cost(self, scope: str, version_id: str) -> int:
        given = {"p_scope": scope, "p_version": version_id}
        return int(self._door.call("library_cost", given))

    def reserve(self, scope: str, version_id: str) -> list[Move]:
        given = {"p_scope": scope, "p_version": version_id}
        copies = self._door.call("promote_reserve", given)["copies"]
        return [Move(origin=one["from"], target=one["to"]) for one in copies]

    def commit(self, scope: str, version_id: str) -> Version:
        given = {"p_scope": scope, "p_version": version_id}
        return made(Version, self._door.call("promote_commit", given))


class RemoteNames:
    """The names that rows will have: which bucket it is follows from the plan, and the photo."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def original(self, scope: str, image_id: str, extension: str) -> str:
        given = {"p_scope": scope, "p_image": image_id, "p_extension": extension}
        return str(self._door.call("original_name", given))

    def output(self, job: Job, version_id: str) -> tuple[str, str]:
        named = self._door.call("output_names", {"p_job": job.id, "p_version": version_id})
        return named["path"], named["thumbnail_path"]

    def beside(self, scope: str, image_id: str) -> str:  # noqa: ARG002 whoever's it is by now
        return str(self._door.call("library_beside", {"p_image": image_id}))
