"""A place for the few things that were asked for last."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

Thing = TypeVar("Thing")


@dataclass(slots=True)
class _Held(Generic[Thing]):
    thing: Thing
    size: int
    used_at: float


class Shelf(Generic[Thing]):
    """Has room for a few things; the one used longest ago gives way. Thread-safe.

    `size` tells how much of the room a thing takes. The newest is kept however large it is.
    """

    def __init__(
        self,
        room: int,
        size: Callable[[Thing], int] = lambda _: 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._room = room
        self._size = size
        self._clock = clock
        self._lock = threading.Lock()
        self._held: OrderedDict[str, _Held[Thing]] = OrderedDict()
        self._making: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()
        """Each goes when the last who asks is gone: nobody may wait at another one."""

    def get(self, key: str, make: Callable[[], Thing]) -> Thing:
        """Return a thing, making it where it is not here: once, however many ask for it."""
        with self._lock:
            if held := self._found(key):
                return held.thing
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if held := self._found(key):
                    return held.thing
            made = make()
            self._put(key, made)
        return made

    def clear(self, unused_seconds: float = 0.0) -> bool:
        """Let go of what nobody has asked for in so long; tell whether there was anything."""
        with self._lock:
            before = self._clock() - unused_seconds
            old = [key for key, held in self._held.items() if held.used_at <= before]
            for key in old:
                del self._held[key]
        return bool(old)

    def _found(self, key: str) -> _Held[Thing] | None:
        held = self._held.get(key)
        if held:
            held.used_at = self._clock()
            self._held.move_to_end(key)
        return held

    def _put(self, key: str, thing: Thing) -> None:
        with self._lock:
            self._held[key] = _Held(thing, self._size(thing), self._clock())
            while len(self._held) > 1 and sum(one.size for one in self._held.values()) > self._room:
                self._held.popitem(last=False)
