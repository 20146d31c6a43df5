"""A place for the few things that were asked for last."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Shelf(Generic[Thing]):
    """Has room for a few things; the one used longest ago gives way. Thread-safe."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._lock = threading.Lock()
        self._things: OrderedDict[str, Thing] = OrderedDict()

    def get(self, key: str, make: Callable[[], Thing]) -> Thing:
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key]
        made = make()  # two at once may make it twice; nobody waits for that
        with self._lock:
            self._things[key] = made
            while len(self._things) > self._room:
                self._things.popitem(last=False)
        return made
