"""Sees photos that a window has taken in by their paths."""

from collections.abc import Awaitable, Callable

from ui.components.watch import Watch
from ui.hands import Hands

LOOK_SECONDS = 0.3


class Arrivals:
    """Calls back with the id of a photo that came alone, or with "" after several."""

    def __init__(self, hands: Hands, *, on_arrive: Callable[[str], Awaitable[None]]) -> None:
        self._hands, self._on_arrive = hands, on_arrive
        self._seen = hands.incoming.last
        Watch(LOOK_SECONDS, self._look)

    async def _look(self) -> None:
        incoming = self._hands.incoming
        if incoming.last != self._seen:
            self._seen = incoming.last
            await self._on_arrive(incoming.last if incoming.alone else "")
