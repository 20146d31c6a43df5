"""What can be done with photos on the workbench: with one as with all."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from auth.account import Account
from inference.compliance import Finding
from inference.errors import InferenceError
from inference.fitting import Fitting
from inference.jobs import Pace, Studio
from inference.preset import Preset
from inference.recipe import AUTO
from storage.errors import IllegalMove, NotFound, StorageError
from storage.records import Card, Changes, Entry, Status
from ui.visit import recipe


@dataclass(frozen=True, slots=True)
class Desk:
    """The Studio in the hands of one account. Every method may block.

    A photo that another page has removed or moved on meanwhile is passed over.
    All methods raise InferenceError or StorageError for anything else.
    """

    fitting: Fitting
    account: Account

    @property
    def studio(self) -> Studio:
        return self.fitting.studio

    def changes(self, since: int) -> Changes:
        return self.studio.batch(self.account).changes(self.account.scope, since)

    def pace(self) -> Pace:
        return self.studio.device()

    def add(self, file: Path) -> Entry:
        return self.studio.arrive(self.account, file, name=file.name)

    def dress(self, cards: Sequence[Card], look: Mapping[str, Any]) -> None:
        """Choose `background`, or parts of `shadow` or `frame`; nothing is cut or kept for it."""
        for card in cards:
            with suppress(NotFound):
                self.studio.dress(self.account, card.entry.id, look)

    def seconds_to_enlarge(self, card: Card) -> float:
        """Return about how long a larger cutout of a photo takes here; 0 where it is not known."""
        with suppress(InferenceError, StorageError):  # what is wrong is told when it is begun
            return self.studio.seconds_to_enlarge(self.account, card.entry.id)
        return 0.0

    def presets(self) -> list[Preset]:
        return self.fitting.presets.all()

    def take(self, cards: Sequence[Card], preset: str) -> None:
        """Choose the look of a preset."""
        for card in cards:
            with suppress(NotFound):
                self.fitting.take(self.account, card.entry.id, preset)

    def check(self, card: Card, preset: str) -> tuple[Finding, ...]:
        """Measure a photo by the rules of a preset; nothing where it is gone meanwhile."""
        with suppress(NotFound):
            return self.fitting.check(self.account, card.entry.id, preset).found
        return ()

    def fix(self, cards: Sequence[Card], preset: str) -> None:
        """Change looks so that they keep the rules of a preset."""
        for card in cards:
            with suppress(NotFound):
                self.fitting.fix(self.account, card.entry.id, preset)

    def make_series(self, card: Card, cards: Sequence[Card]) -> float:
        """Frame all as one is, at one scale; returns it in percent."""
        ids = [each.entry.id for each in cards]
        return self.studio.make_series(self.account, card.entry.id, ids)

    def cut_again(self, cards: Sequence[Card]) -> None:
        """Cut with the best model that is here now."""
        for card in cards:
            with suppress(NotFound):
                wanted = replace(recipe(card), model=AUTO, weights="")
                self.studio.choose(self.account, card.entry.id, wanted)

    def remove(self, cards: Sequence[Card]) -> None:
        ids = [card.entry.id for card in cards]
        self.studio.batch(self.account).clear_all(self.account.scope, ids)

    def accept(self, cards: Sequence[Card]) -> None:
        """Keep cutouts in the looks that are chosen for them, doubtful as they are."""
        for card in cards:
            with suppress(NotFound):
                self.studio.keep(self.account, card.entry.id)
        ids = [card.entry.id for card in cards]
        self.studio.batch(self.account).accept(self.account.scope, ids)

    def put_first(self, entry_ids: Sequence[str]) -> None:
        self.studio.batch(self.account).put_first(self.account.scope, entry_ids)

    def pause(self) -> None:
        self.studio.batch(self.account).pause(self.account.scope)

    def resume(self) -> None:
        self.studio.batch(self.account).resume(self.account.scope)
        self.studio.wake()

    def cancel_all(self) -> None:
        self.studio.batch(self.account).cancel_all(self.account.scope)

    def retry_all(self, status: Status) -> None:
        self.studio.batch(self.account).retry_all(self.account.scope, status)
        self.studio.wake()

    def cancel(self, cards: Sequence[Card]) -> None:
        for card in cards:
            with suppress(NotFound, IllegalMove):
                self.studio.cancel(self.account, card.job.id)

    def retry(self, cards: Sequence[Card]) -> None:
        for card in cards:
            with suppress(NotFound, IllegalMove):
                self.studio.retry(self.account, card.job.id)
