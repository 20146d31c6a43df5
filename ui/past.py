"""The looks that photos had before, and the way back to them."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from storage.records import Card

MOST = 60
"""Steps that are remembered."""
PAUSE = 1.5
"""Seconds within which changes of one thing are one step: a slider has many."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a photo looks: a recipe as JSON, and the preset that it is for."""

    recipe: str
    preset: str


Looks = Mapping[str, Look]
"""By the ids of entries."""


@dataclass(frozen=True, slots=True)
class Step:
    what: str
    before: Looks


class Past:
    """What was done to looks on one page, step by step."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._last = 0.0

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    def note(self, what: str, cards: Sequence[Card]) -> bool:
        """Remember how photos look before `what` of them is changed; tell whether it is a step."""
        before = _looks(cards)
        now, last = self._clock(), self._done[-1] if self._done else None
        goes_on = now - self._last < PAUSE and not self._undone
        self._last = now
        if last and goes_on and last.what == what and last.before.keys() == before.keys():
            return False
        self._done.append(Step(what, before))
        del self._done[:-MOST]
        self._undone.clear()
        return True

    def forget(self) -> None:
        """Take back the last step, which came to nothing."""
        if self._done:
            self._done.pop()

    def undo(self, cards: Sequence[Card]) -> Looks:
        """Return the looks before the last step; nothing where there is none."""
        return self._moved(self._done, self._undone, cards)

    def redo(self, cards: Sequence[Card]) -> Looks:
        """Return the looks after the step that was undone last; nothing where there is none."""
        return self._moved(self._undone, self._done, cards)

    def _moved(self, source: list[Step], target: list[Step], cards: Sequence[Card]) -> Looks:
        if not source:
            return {}
        step = source.pop()
        now = _looks([card for card in cards if card.entry.id in step.before])
        target.append(Step(step.what, now))
        self._last = 0.0  # what comes next is a step of its own
        return step.before


def _looks(cards: Sequence[Card]) -> Looks:
    return {card.entry.id: Look(card.entry.recipe, card.entry.preset) for card in cards}
