"""What can be done with photos on the workbench: with one as with all."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from auth.account import Account
from inference.catalogue import CATALOGUE, Model, model_named
from inference.compliance import Finding
from inference.errors import InferenceError, ModelMissing, RecipeRejected
from inference.fitting import NO_PRESETS, Fitting
from inference.networks import Pace
from inference.output import Export, Output
from inference.preset import Preset
from inference.presets import Presets
from inference.recipe import AUTO, Recipe
from inference.studio import Studio
from inference.watcher import Ring
from storage.errors import IllegalMove, NotFound, StorageError
from storage.records import Card, Changes, Entry, Status
from ui.past import Look
from ui.words import t


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

    def news(self, since: int) -> tuple[Changes, Pace]:
        """Return what has changed since a tick, and how fast photos are cut out."""
        return self.changes(since), self.studio.networks.device()

    def listen(self, ring: Ring) -> Callable[[], None]:
        """Ring when something may have changed, until what is returned is called."""
        return self.studio.watch(self.account, ring)

    def ahead(self, card: Card) -> int | None:
        """Return how many photos come before one that waits; None for one that does not."""
        waits = card.job.status is Status.QUEUED
        return self.studio.jobs.ahead(self.account, card.job.id) if waits else None

    def add(self, file: Path) -> Entry:
        return self.studio.arrive(self.account, file, name=file.name)

    def dress(
        self, cards: Sequence[Card], look: Mapping[str, Any], preset: str | None = None
    ) -> None:
        """Choose `background`, or parts of `shadow` or `frame`; nothing is cut or kept for it.

        Photos stay with their presets where None is given.
        """
        for card in cards:
            with suppress(NotFound):
                self.studio.dress(self.account, card.entry.id, look, preset=preset)

    def seconds_to_enlarge(self, card: Card) -> float:
        """Return about how long a larger cutout of a photo takes here; 0 where it is not known."""
        with suppress(InferenceError, StorageError):  # what is wrong is told when it is begun
            return self.studio.lab().sizes.seconds_to_enlarge(self.account, card.entry.id)
        return 0.0

    def presets(self) -> list[Preset]:
        return self.fitting.presets.all()

    def own_presets(self) -> set[str]:
        """Return the names of presets that can be changed."""
        presets = self.fitting.presets
        return {one.name for one in presets.all() if presets.is_own(one.name)}

    def add_preset(self, look: Preset, title: str) -> Preset:
        return self._own_presets.add(look, title)

    def update_preset(self, name: str, look: Recipe, output: Output) -> None:
        preset = self.fitting.presets.named(name)
        self._own_presets.save(replace(preset, recipe=look, output=output))

    def copy_preset(self, name: str) -> Preset:
        preset, own = self.fitting.presets.named(name), self._own_presets
        if preset.picture:  # it is beside the other file
            self.studio.keep_picture(self.account, preset.picture)
        return own.add(preset, t("{title}, copy", title=t(preset.title)))

    def retitle_preset(self, name: str, title: str) -> None:
        self._own_presets.retitle(name, title)

    def remove_preset(self, name: str) -> None:
        self._own_presets.remove(name)

    @property
    def _own_presets(self) -> Presets:
        """Those that can be changed. Raises RecipeRejected where they would be everybody's."""
        if not self.account.owns_computer:
            raise RecipeRejected(NO_PRESETS)
        return self.fitting.presets

    def take(self, cards: Sequence[Card], preset: str) -> None:
        """Choose the look of a preset; without a name none, and the look stays."""
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
        return self.studio.lab().sizes.make_series(self.account, card.entry.id, ids)

    def restore(self, looks: Mapping[str, Look]) -> None:
        """Choose looks for entries by their ids; strokes have a way back of their own.

        Those that are there stay.
        """
        for entry_id, look in looks.items():
            with suppress(NotFound):
                change = partial(_with_strokes, Recipe.read(look.recipe))
                self.studio.change(self.account, entry_id, change, preset=look.preset)

    # Models

    def models(self) -> tuple[list[Model], list[Model]]:
        """Return the models that are here, and those that anybody may get and use for a trade."""
        here = self.studio.networks.weights.present()
        if not self.account.owns_computer:
            return here, []
        return here, [one for one in CATALOGUE if one.commercial and one not in here]

    def get_model(
        self, name: str, progress: Callable[[int, int], None], cancel: threading.Event
    ) -> None:
        if not self.account.owns_computer:
            raise ModelMissing("This model is not here. Choose one of the others.")
        self.studio.networks.weights.fetch(model_named(name), progress, cancel)

    def cut_with(self, cards: Sequence[Card], model: str) -> None:
        """Cut with another model."""
        for card in cards:
            with suppress(NotFound):
                self.studio.change(
                    self.account,
                    card.entry.id,
                    lambda now: self.studio.networks.with_model(now, model),
                )

    def cut_again(self, cards: Sequence[Card]) -> None:
        """Cut with the best model that is here now."""
        for card in cards:
            with suppress(NotFound):
                self.studio.change(
                    self.account, card.entry.id, lambda now: replace(now, model=AUTO, weights="")
                )

    def make_whole(self, cards: Sequence[Card]) -> None:
        """Cut photos out as large as they came, where the plan has them so."""
        for card in cards:
            with suppress(NotFound):
                self.studio.change(
                    self.account, card.entry.id, lambda now: replace(now, most_pixels=0)
                )

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

    def draw(self, card: Card, output: Output) -> Export:
        """Return the file of a photo. Raises NotDone, RecipeRejected."""
        return self.studio.lab().prints.export(self.account, card.entry.id, output)

    def put_first(self, entry_ids: Sequence[str]) -> None:
        self.studio.batch(self.account).put_first(self.account.scope, entry_ids)

    def keep_longer(self, cards: Sequence[Card]) -> None:
        """Let results stay as long as the plan allows."""
        terms = self.studio.library(self.account).records.terms
        for card in cards:
            if card.job.version_id:
                terms.keep_longer(self.account.scope, card.job.version_id)

    def cost(self, version_id: str) -> int:
        """Return the credits that keeping a result for good takes."""
        terms = self.studio.library(self.account).records.terms
        return terms.cost(self.account.scope, version_id)

    def promote(self, cards: Sequence[Card]) -> None:
        """Keep results for good, for what that costs."""
        library = self.studio.library(self.account)
        for card in cards:
            if card.job.version_id:
                library.promote(self.account.scope, card.job.version_id)

    def pause(self) -> None:
        self.studio.batch(self.account).pause(self.account.scope)

    def resume(self) -> None:
        self.studio.batch(self.account).resume(self.account.scope)
        self.studio.jobs.wake()

    def cancel_all(self) -> None:
        self.studio.batch(self.account).cancel_all(self.account.scope)

    def retry_all(self, status: Status) -> None:
        self.studio.jobs.retry_all(self.account, status)

    def cancel(self, cards: Sequence[Card]) -> None:
        for card in cards:
            with suppress(NotFound, IllegalMove):
                self.studio.jobs.cancel(self.account, card.job.id)

    def retry(self, cards: Sequence[Card]) -> None:
        for card in cards:
            with suppress(NotFound, IllegalMove):
                self.studio.jobs.retry(self.account, card.job.id)


def _with_strokes(wanted: Recipe, now: Recipe) -> Recipe:
    return replace(wanted, strokes=now.strokes)
