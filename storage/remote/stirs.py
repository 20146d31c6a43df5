"""In which libraries something has changed, in a database elsewhere."""

from storage.records import Stir
from storage.remote.door import Door


class RemoteStirs:
    def __init__(self, door: Door) -> None:
        self._door = door

    def since(self, mark: int) -> Stir:
        found = self._door.call("library_stirred", {"p_since": mark})
        return Stir(mark=found["mark"], scopes=found["scopes"])
