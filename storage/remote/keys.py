"""Keys of programs, kept by the rules of a database elsewhere."""

from dataclasses import asdict

from auth.keys import Key
from storage.remote.door import Door, made, made_all, made_or_none


class RemoteKeys:
    def __init__(self, door: Door) -> None:
        self._door = door

    def keep(self, key: Key) -> Key:
        return made(Key, self._door.call("library_keep_key", {"p_key": asdict(key)}))

    def find(self, digest: str) -> Key | None:
        return made_or_none(Key, self._door.call("library_key", {"p_digest": digest}))

    def all(self, scope: str) -> list[Key]:
        return made_all(Key, self._door.call("library_keys", {"p_scope": scope}))

    def revoke(self, scope: str, name: str) -> Key:
        given = {"p_scope": scope, "p_name": name}
        return made(Key, self._door.call("library_revoke", given))
