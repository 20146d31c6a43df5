"""Photos put together by name, in a database elsewhere."""

from collections.abc import Sequence

from storage.records import Collection
from storage.remote.door import Door, made, made_all


class RemoteCollections:
    """The rules of collections."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def listing(self, scope: str) -> list[tuple[Collection, int]]:
        pairs = self._door.call("library_collections", {"p_scope": scope})
        return [(made(Collection, answer), int(count)) for answer, count in pairs]

    def create(self, scope: str, name: str) -> Collection:
        given = {"p_scope": scope, "p_name": name}
        return made(Collection, self._door.call("library_create_collection", given))

    def rename(self, scope: str, collection_id: str, name: str) -> Collection:
        given = {"p_scope": scope, "p_collection": collection_id, "p_name": name}
        return made(Collection, self._door.call("library_rename_collection", given))

    def delete(self, scope: str, collection_id: str) -> None:
        given = {"p_scope": scope, "p_collection": collection_id}
        self._door.call("library_delete_collection", given)

    def add(self, scope: str, collection_id: str, image_ids: Sequence[str]) -> int:
        given = {"p_scope": scope, "p_collection": collection_id, "p_images": [*image_ids]}
        return int(self._door.call("library_add", given))

    def remove(self, scope: str, collection_id: str, image_ids: Sequence[str]) -> int:
        given = {"p_scope": scope, "p_collection": collection_id, "p_images": [*image_ids]}
        return int(self._door.call("library_remove", given))

    def move(self, scope: str, collection_id: str, image_id: str, before: str) -> None:
        given = {
            "p_scope": scope,
            "p_collection": collection_id,
            "p_image": image_id,
            "p_before": before,
        }
        self._door.call("library_move", given)

    def of(self, scope: str, image_id: str) -> list[Collection]:
        given = {"p_scope": scope, "p_image": image_id}
        return made_all(Collection, self._door.call("library_collections_of", given))
