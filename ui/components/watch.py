"""Looks again and again, as long as somebody is at the page."""

from collections.abc import Callable
from typing import Any

from nicegui import ui


class Watch:
    """Rests while the browser is away: a closed page is kept for a while, to be found again."""

    def __init__(self, seconds: float, look: Callable[[], Any]) -> None:
        """`seconds` pass between two looks."""
        self._timer = ui.timer(seconds, look)
        self._client = ui.context.client
        self._client.on_connect(self._heed)
        self._client.on_disconnect(self._heed)

    def pace(self, seconds: float) -> None:
        """Let so many seconds pass between two looks from now on."""
        self._timer.interval = seconds

    def _heed(self) -> None:
        self._timer.active = self._client.has_socket_connection
