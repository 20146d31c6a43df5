"""Looks again and again, as long as somebody is at the page and something may have changed."""

from collections.abc import Callable
from inspect import isawaitable
from typing import Any

from nicegui import ui

from inference.watcher import Ring

UNHEARD_SECONDS = 30.0
"""After which it is looked although nothing was heard."""
IN_LINE_SECONDS = 5.0
"""The same where something waits: its place in the line is moved by photos of others."""


class Watch:
    """Rests while the browser is away: a closed page is kept for a while, to be found again.

    Where there is somebody to listen to, nothing is asked before it rings.
    """

    def __init__(
        self,
        seconds: float,
        look: Callable[[], Any],
        listen: Callable[[Ring], Callable[[], None]] | None = None,
        busy: Callable[[], object] = lambda: None,
    ) -> None:
        """`seconds` pass between two looks, at least; while it is `busy`, none waits for a ring."""
        self._look = look
        self._heard, self._unheard, self._longest = True, 0.0, UNHEARD_SECONDS
        self._listens, self._busy = listen is not None, busy
        self._timer = ui.timer(seconds, self._tick)
        self._client = ui.context.client
        self._client.on_connect(self._heed)
        self._client.on_disconnect(self._heed)
        if listen:
            self._client.on_delete(listen(self.hear))

    def hear(self) -> None:
        """Something may have changed."""
        self._heard = True

    def pace(self, seconds: float, unheard: float = UNHEARD_SECONDS) -> None:
        """Let so many seconds pass between two looks from now on, heard and unheard."""
        self._timer.interval, self._longest = seconds, unheard

    async def _tick(self) -> None:
        self._unheard += self._timer.interval
        quiet = self._listens and not self._heard and not self._busy()
        if quiet and self._unheard < self._longest:
            return
        self._heard, self._unheard = False, 0.0
        looked = self._look()
        if isawaitable(looked):
            await looked

    def _heed(self) -> None:
        self._timer.active = self._client.has_socket_connection
