"""Photos that are announced before they come, in a database elsewhere."""

from dataclasses import asdict

from storage.errors import Gone, LostLease
from storage.records import Intake, Job, Status, Task
from storage.remote.door import Door, made, made_all, made_or_none


class RemoteIntakes:
    def __init__(self, door: Door) -> None:
        self._door = door

    def open(self, intake: Intake) -> Intake:
        return made(Intake, self._door.call("intake_open", {"p_intake": asdict(intake)}))

    def task(self, scope: str, task_id: str) -> Task:
        given = {"p_scope": scope, "p_task": task_id}
        found = self._door.call("intake_task", given)
        return Task(
            intake=made_or_none(Intake, found["intake"]), job=made_or_none(Job, found["job"])
        )

    def claim(self, scope: str, intake_id: str) -> Intake:
        return self._moved("intake_claim", scope, intake_id)

    def end(self, intake: Intake, status: Status, says: str = "", job_id: str = "") -> Intake:
        given = {"p_intake": intake.id, "p_fence": intake.fence, "p_status": status}
        more = {"p_says": says, "p_job": job_id or None}
        try:
            return made(Intake, self._door.call("intake_end", given | more))
        except Gone as error:
            raise LostLease from error

    def cancel(self, scope: str, intake_id: str) -> Intake:
        return self._moved("intake_cancel", scope, intake_id)

    def expire(self) -> list[Intake]:
        return made_all(Intake, self._door.call("intake_expire", {}))

    def recipe(self, scope: str, op_key: str) -> str:
        return str(self._door.call("library_recipe", {"p_scope": scope, "p_op_key": op_key}))

    def _moved(self, function: str, scope: str, intake_id: str) -> Intake:
        given = {"p_scope": scope, "p_intake": intake_id}
        return made(Intake, self._door.call(function, given))
