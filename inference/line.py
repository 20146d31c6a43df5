"""The line of photos that wait: who may join it, how often, and how long it may be."""

from dataclasses import dataclass, field
from math import ceil

from auth.account import Account
from auth.rates import Act, Asker, Rates, TooMany, Unmetered, duration
from inference.errors import Crowded, TooOften
from storage.ports.records import Records

USUAL_PACE = 3.0
"""Seconds for a photo, as long as none was cut out."""
LEAST_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Line:
    most: int | None = None
    """Photos that may wait at a time; None for as many as come."""
    rates: Rates = field(default_factory=Unmetered)

    def join(
        self, account: Account, records: Records, photos: int = 1, pace: float | None = None
    ) -> None:
        """Let photos of an account join the line. Raises Crowded, TooOften; then none does."""
        if self.most is not None and (ahead := records.ahead()) + photos > self.most:
            seconds = max(LEAST_SECONDS, ceil(ahead * (pace or USUAL_PACE)))
            wait = duration(seconds)
            raise Crowded(
                f"Photos ahead of you: {ahead}. No more are taken in right now. "
                f"Try again in {wait}.",
                seconds,
            )
        try:
            self.rates.spend(Act.CUT, Asker("", account), photos)
        except TooMany as error:
            raise TooOften(error.says, error.seconds) from error
