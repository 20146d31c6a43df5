"""The door to the rules in Supabase's database: functions called through its REST server."""

from collections.abc import Mapping, Sequence
from typing import Any

from postgrest import SyncPostgrestClient

from storage.cloud.fault import Fault
from storage.cloud.project import Project
from storage.errors import StorageError
from storage.remote.door import refusal

UNKNOWN = "PGRST202"
ONCE = {
    "start",
    "fail",
    "collect",
    "hook_claim",
    "hook_keep",
    "hook_remove",
    "intake_claim",
    "intake_expire",
    "trash",
    "library_cancel_all",
    "library_retry_all",
    "library_clear_all",
    "library_keep_key",
    "library_create_collection",
    "library_rename_collection",
    "library_add",
    "library_remove",
    "library_throw",
    "library_take_back",
    "library_purge",
    "library_prune",
}
"""Functions that answer a second time as if nothing were left to do, or as if it were not allowed.

Where the answer was lost nobody knows what they did: the one who asked looks again.
"""


class SupabaseDoor:
    """Calls as the server with its secret key, or as a user with a token."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._rest = SyncPostgrestClient(
            f"{project.url}/rest/v1",
            headers=project.headers,
            http_client=project.http,
            retry_enabled=False,
        )

    def call(self, function: str, arguments: Mapping[str, object]) -> Any:
        given: dict[str, Any] = {**arguments}
        try:
            return self._project.ask(
                lambda: self._rest.rpc(function, given).execute().data, again=function not in ONCE
            )
        except Fault as fault:
            raise _sentence(fault, function) from fault

    def rows(
        self,
        table: str,
        columns: str = "*",
        *,
        order: str = "",
        most: int = 1000,
        **equal: str | Sequence[str],
    ) -> list[dict[str, Any]]:
        """Read rows that whoever asks may see, such as `scope=...`; an order begins with - to fall.

        Of several values one has to be that of a row.

        Raises NotAllowed where none of the table are for them.
        """

        def asked() -> Any:
            chosen = self._rest.from_(table).select(columns).limit(most)
            for name, value in equal.items():
                alike = isinstance(value, str)
                chosen = chosen.eq(name, value) if alike else chosen.in_(name, value)
            if order:
                chosen = chosen.order(order.lstrip("-"), desc=order.startswith("-"))
            return chosen.execute().data

        try:
            found: list[dict[str, Any]] = self._project.ask(asked)
        except Fault as fault:
            raise fault.meaning() from fault
        return found

    def close(self) -> None:
        """Leave the connections alone: they are the project's."""


def _sentence(fault: Fault, function: str) -> StorageError:
    if fault.code == UNKNOWN:
        return StorageError(f"The database does not know {function}. Bring it up to date.")
    return refusal(fault.code, fault.says) or fault.meaning()
