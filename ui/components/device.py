"""In the header: what computes, how fast, and why."""

from inference.jobs import Pace
from ui.components.controls import button
from ui.components.speech import say

UNKNOWN = "…"
TROUBLE = "Not up to date"


class DeviceChip:
    """The reason is seen by pointing at it, or by pressing it where nothing can point."""

    def __init__(self) -> None:
        self._reason = ""
        self._chip = button(UNKNOWN, lambda: say(self._reason)).classes("chip", remove="button")

    def show(self, pace: Pace) -> None:
        seconds = pace.seconds_per_photo
        self._tell(f"{pace.name} · {seconds:.1f} s/photo" if seconds else pace.name, pace.reason)
        self._chip.classes(remove="trouble")

    def trouble(self, says: str) -> None:
        """Show that the page may tell what is past, and why."""
        self._tell(TROUBLE, says)
        self._chip.classes(add="trouble")

    def _tell(self, words: str, reason: str) -> None:
        self._reason = reason
        self._chip.set_text(words)
        self._chip.props["title"] = reason
