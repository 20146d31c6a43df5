"""What is to go, in a database elsewhere: the trash, its purge, and how many versions are kept."""

from collections.abc import Iterable, Sequence

from storage.records import Surplus
from storage.remote.door import Door, made


class RemoteTrash:
    """The rules of going. Rows go first, and with them it is noted what objects were theirs."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def throw(self, scope: str, image_ids: Sequence[str]) -> int:
        return self._count("library_throw", scope, image_ids)

    def take_back(self, scope: str, image_ids: Sequence[str]) -> int:
        return self._count("library_take_back", scope, image_ids)

    def purge(self, scope: str, image_ids: Sequence[str]) -> int:
        return self._count("library_purge", scope, image_ids)

    def behind(self, scope: str, image_ids: Sequence[str]) -> list[str]:
        given = {"p_scope": scope, "p_images": [*image_ids]}
        return [*self._door.call("library_behind", given)]

    def purge_older(self, moment: float) -> int:
        return int(self._door.call("library_purge_older", {"p_moment": moment}))

    def drop_strokes(self, moment: float) -> int:
        return int(self._door.call("library_drop_strokes", {"p_moment": moment}))

    def leavings(self, most: int) -> list[str]:
        return [*self._door.call("library_leavings", {"p_most": most})]

    def cleared(self, paths: Iterable[str]) -> None:
        self._door.call("library_cleared", {"p_paths": [*paths]})

    def put_off(self, paths: Iterable[str]) -> None:
        self._door.call("library_put_off", {"p_paths": [*paths]})

    def keep_last(self, scope: str) -> int | None:
        kept: int | None = self._door.call("library_keep_last", {"p_scope": scope})
        return kept

    def set_keep_last(self, scope: str, versions: int | None) -> None:
        given = {"p_scope": scope, "p_versions": versions}
        self._door.call("library_set_keep_last", given)

    def surplus(self, scope: str, keep: int) -> Surplus:
        given = {"p_scope": scope, "p_keep": keep}
        return made(Surplus, self._door.call("library_surplus", given))

    def prune(self, scope: str, keep: int) -> Surplus:
        given = {"p_scope": scope, "p_keep": keep}
        return made(Surplus, self._door.call("library_prune", given))

    def prune_all(self) -> None:
        self._door.call("library_prune_all", {})

    def _count(self, function: str, scope: str, image_ids: Sequence[str]) -> int:
        return int(self._door.call(function, {"p_scope": scope, "p_images": [*image_ids]}))
