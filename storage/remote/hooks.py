"""Programs that are told when a job ends, in a database elsewhere."""

from uuid import uuid4

from storage.records import Call, Hook
from storage.remote.door import Door, made, made_all


class RemoteHooks:
    def __init__(self, door: Door) -> None:
        self._door = door

    def keep(self, scope: str, address: str) -> Hook:
        given = {"id": uuid4().hex, "scope": scope, "address": address}
        return made(Hook, self._door.call("hook_keep", {"p_hook": given}))

    def all(self, scope: str) -> list[Hook]:
        return made_all(Hook, self._door.call("hook_all", {"p_scope": scope}))

    def remove(self, scope: str, hook_id: str) -> None:
        self._door.call("hook_remove", {"p_scope": scope, "p_hook": hook_id})

    def claim(self, most: int) -> list[Call]:
        return made_all(Call, self._door.call("hook_claim", {"p_most": most}))

    def sent(self, call: Call) -> None:
        self._door.call("hook_sent", {"p_call": call.id})

    def failed(self, call: Call, says: str, *, gone: bool = False) -> None:
        given = {"p_call": call.id, "p_attempts": call.attempts, "p_says": says, "p_gone": gone}
        self._door.call("hook_failed", given)
