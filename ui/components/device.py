"""In the header: what computes, how fast, and why."""

from inference.networks import Pace
from ui.components.controls import button, give
from ui.components.speech import say
from ui.words import t, word

UNKNOWN = "…"
ELSEWHERE = word("Workers")
"""What is told where no device here computes, as Networks has it."""


class DeviceChip:
    """The reason is seen by pointing at it, or by pressing it where nothing can point."""

    def __init__(self) -> None:
        self._reason = ""
        self._chip = button(UNKNOWN, lambda: say(self._reason)).classes("chip", remove="button")

    def show(self, pace: Pace) -> None:
        seconds = pace.seconds_per_photo
        speed = t("{seconds} s/photo", seconds=f"{seconds:.1f}") if seconds else ""
        self._tell(" · ".join(filter(None, (t(pace.name), speed))), t(pace.reason))
        self._chip.classes(remove="trouble")

    def trouble(self, says: str) -> None:
        """Show that the page may tell what is past, and why."""
        self._tell(t("Not up to date"), says)
        self._chip.classes(add="trouble")

    def _tell(self, words: str, reason: str) -> None:
        self._reason = reason
        self._chip.set_text(words)
        give(self._chip, title=reason)
