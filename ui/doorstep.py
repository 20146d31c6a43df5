"""Open pages, and those that nobody has opened yet: as many as fit."""

import time
from http import HTTPStatus

from nicegui import Client, app

from auth.metered import neighbourhood
from ui.house import Room
from ui.refusal import Objection

LOOK_SECONDS = 5.0
PATIENCE = 20.0
"""Seconds that a page is kept for a browser that has not come back for it."""
CROWDED = Objection(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Many people are coming in right now. Try again in a few seconds.",
    again_after=5,
)
MANY_OPEN = Objection(
    HTTPStatus.TOO_MANY_REQUESTS,
    "You have many of our pages open. Close some of them, then try again.",
    again_after=30,
)


class Doorstep:
    """Bounds the memory of pages: each holds about 2 MB until it is dropped.

    A browser comes back by its socket as soon as it has the scripts of a page; whoever only asks
    for pages, a thousand times, never does.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._came: set[str] = set()
        self._looked = 0.0
        app.on_connect(lambda client: self._came.add(client.id))
        app.on_delete(lambda client: self._came.discard(client.id))
        app.timer(LOOK_SECONDS, self._drop)

    def objection(self, address: str) -> Objection | None:
        """Return what speaks against one more page for an address."""
        if self._is_full() and time.monotonic() - self._looked > 1:
            self._looked = time.monotonic()
            self._drop()
        if self._is_full():
            return CROWDED
        near, _ = neighbourhood(address)
        pages = filter(self._is_open, Client.instances.values())
        own = sum(neighbourhood(client.ip)[0] == near for client in pages)
        return MANY_OPEN if own >= self._room.each else None

    def _is_open(self, client: Client) -> bool:
        """Whether a page is open, or may be at once: one that was closed waits for its browser."""
        return client.id not in self._came or client.has_socket_connection

    def _is_full(self) -> bool:
        unopened = len(Client.instances) - len(self._came)
        return unopened >= self._room.unopened or len(self._came) >= self._room.open

    def _drop(self) -> None:
        Client.prune_instances(client_age_threshold=PATIENCE)
