"""Pages that were asked for and whose browser has not come back yet: as many as fit."""

import time

from nicegui import Client, app

LOOK_SECONDS = 5.0


class Doorstep:
    """Bounds the memory of pages that nobody opens: each holds about 2 MB until it is dropped.

    A browser comes back by its socket as soon as it has the scripts of a page; whoever only asks
    for pages, a thousand times, never does.
    """

    def __init__(self, most: int, patience: float) -> None:
        """`patience` is in seconds: a slow phone has to fetch the scripts first."""
        self._most = most
        self._patience = patience
        self._came: set[str] = set()
        self._looked = 0.0
        app.on_connect(lambda client: self._came.add(client.id))
        app.on_delete(lambda client: self._came.discard(client.id))
        app.timer(LOOK_SECONDS, self._drop)

    def has_room(self) -> bool:
        if self._waiting() < self._most:
            return True
        if time.monotonic() - self._looked > 1:
            self._looked = time.monotonic()
            self._drop()
        return self._waiting() < self._most

    def _waiting(self) -> int:
        return len(Client.instances) - len(self._came)

    def _drop(self) -> None:
        Client.prune_instances(client_age_threshold=self._patience)
