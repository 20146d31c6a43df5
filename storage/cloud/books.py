"""The books of a project, read as their owner may read them."""

from datetime import datetime
from typing import Any

from storage.books import PAGE, Line, Tariff, Wishes
from storage.cloud.door import SupabaseDoor
from storage.cloud.project import Project
from storage.remote.door import made, made_all


class SupabaseBooks:
    """Asks with the publishable key, which the project here has, and a token."""

    def __init__(self, project: Project, publishable: str) -> None:
        self._project = project
        self._publishable = publishable

    def tariffs(self) -> list[Tariff]:
        found = made_all(Tariff, SupabaseDoor(self._project).rows("plans"))
        return sorted(found, key=lambda one: (one.price_cents, one.longer_hours or 0, one.id))

    def plan_until(self, access: str) -> tuple[str, float | None]:
        [profile] = self._as_owner(access).rows("profiles", "plan_id,plan_until")
        return profile["plan_id"], _moment(profile["plan_until"])

    def lines(self, access: str, before: int | None = None) -> list[Line]:
        given = {"p_before": before, "p_most": PAGE}
        return made_all(Line, self._as_owner(access).call("statement", given))

    def wishes(self, access: str) -> Wishes:
        return made(Wishes, self._as_owner(access).call("settings", {}))

    def wish(self, access: str, name: str, value: object) -> Wishes:
        given = {"p_changes": {name: value}}
        return made(Wishes, self._as_owner(access).call("settings", given))

    def _as_owner(self, access: str) -> SupabaseDoor:
        return SupabaseDoor(self._project.as_user(self._publishable, access))


def _moment(told: Any) -> float | None:
    if told is None or told == "infinity":
        return None
    return datetime.fromisoformat(told).timestamp()
