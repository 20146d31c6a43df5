"""What can be done with the library: with one photo as with many."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from auth.account import Account
from inference.catalogue import Model
from inference.fitting import Fitting
from inference.recipe import AUTO, Recipe
from inference.studio import Studio
from inference.watcher import Ring
from storage.errors import NotFound
from storage.library import Library
from storage.ports.records import Records
from storage.purge import Purge
from storage.records import Card, Collection, Holding, Job, Search, Surplus, Usage, Version
from ui.holding import cards_of
from ui.search import Query
from ui.words import t


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo with all that its page shows."""

    holding: Holding
    versions: tuple[Version, ...]
    """The first one first."""
    collections: tuple[Collection, ...]


@dataclass(frozen=True, slots=True)
class Keeper:
    """The library in the hands of one account. Every method may block.

    What another page has deleted meanwhile is passed over.
    All methods raise InferenceError or StorageError for anything else.
    """

    fitting: Fitting
    account: Account

    @property
    def studio(self) -> Studio:
        return self.fitting.studio

    @property
    def library(self) -> Library:
        return self.studio.library(self.account)

    @property
    def records(self) -> Records:
        return self.library.records

    @property
    def scope(self) -> str:
        return self.account.scope

    def listen(self, ring: Ring) -> Callable[[], None]:
        """Ring when something may have changed, until what is returned is called."""
        return self.studio.watch(self.account, ring)

    # Looking

    def changes(self) -> int:
        return self.records.holdings.changes(self.scope)

    def ids(self, view: Query) -> list[str]:
        return self.records.holdings.ids(self.scope, view.search(time.time()))

    def collections(self) -> list[tuple[Collection, int]]:
        return self.records.collections.listing(self.scope)

    def presets(self) -> dict[str, str]:
        """Return what presets are called that photos here were made with, by their names.

        One that is not there any more is called by its name.
        """
        titles = {one.name: one.title for one in self.fitting.presets.all()}
        found = self.records.holdings.presets(self.scope)
        return {name: t(titles[name]) if name in titles else name for name, _ in found}

    def trashed(self) -> int:
        return self.records.holdings.survey(self.scope, Search(trashed=True), 1 << 30).total

    def shown(self, image_id: str) -> Shown:
        """Raises NotFound."""
        holding = self.records.holdings.holding(self.scope, image_id)
        return Shown(
            holding,
            tuple(self.records.history(self.scope, image_id)),
            tuple(self.records.collections.of(self.scope, image_id)),
        )

    def cards(self, ids: Sequence[str]) -> list[Card]:
        """Return photos as an export takes them."""
        return cards_of(self.studio, self.account, ids)

    # The trash

    def throw(self, ids: Sequence[str]) -> int:
        return self.records.trash.throw(self.scope, ids)

    def take_back(self, ids: Sequence[str]) -> int:
        return self.records.trash.take_back(self.scope, ids)

    def purge(self, ids: Sequence[str]) -> int:
        return self.library.purge(self.scope, ids)

    def purging(self) -> Purge | None:
        """Return what is being deleted right now, whichever page has asked for it."""
        return self.library.purges.of(self.scope)

    # Collections

    def create(self, name: str) -> Collection:
        return self.records.collections.create(self.scope, name)

    def rename_collection(self, collection_id: str, name: str) -> Collection:
        return self.records.collections.rename(self.scope, collection_id, name)

    def delete_collection(self, collection_id: str) -> None:
        self.records.collections.delete(self.scope, collection_id)

    def collect(self, collection_id: str, ids: Sequence[str]) -> int:
        return self.records.collections.add(self.scope, collection_id, ids)

    def take_out(self, collection_id: str, ids: Sequence[str]) -> int:
        return self.records.collections.remove(self.scope, collection_id, ids)

    def move(self, collection_id: str, ids: Sequence[str], before: str) -> None:
        """Let photos stand before another one, in their order; at the end where that is empty."""
        for image_id in ids:
            with suppress(NotFound):
                self.records.collections.move(self.scope, collection_id, image_id, before)

    # One photo

    def is_archived(self, version: Version) -> bool:
        """Tell whether the picture of a version has gone, and has to be drawn again."""
        return not self.library.has_cutout(version)

    def rename(self, image_id: str, name: str) -> None:
        self.records.holdings.rename(self.scope, image_id, name)

    def annotate(self, image_id: str, notes: str) -> None:
        self.records.holdings.annotate(self.scope, image_id, notes)

    def restore(self, image_id: str, version_id: str) -> None:
        self.records.holdings.restore(self.scope, image_id, version_id)

    def keep_longer(self, version_id: str) -> None:
        """Let a result stay as long as the plan allows."""
        self.records.terms.keep_longer(self.scope, version_id)

    def cost(self, version_id: str) -> int:
        """Return the credits that keeping a result for good takes."""
        return self.records.terms.cost(self.scope, version_id)

    def promote(self, version_id: str) -> None:
        """Keep a result for good, for what that costs."""
        self.library.promote(self.scope, version_id)

    def unfold(self, ids: Sequence[str], version_id: str = "") -> str:
        """Put photos on the workbench, as a version has them; return the entry of the first."""
        placed = []
        for image_id in ids:
            with suppress(NotFound):
                placed.append(self.studio.unfold(self.account, image_id, version_id).id)
        return placed[0] if placed else ""

    def make(self, image_id: str, version: Version | None, *, model: str, preset: str) -> Job:
        """Make another version from the original: with a model, or the look of a preset.

        What is empty stays as `version` has it.
        """
        recipe, its = Recipe(), ""
        if version:
            recipe = Recipe.read(version.recipe)
            its = self.records.job(self.scope, version.job_id).preset
        if model:
            recipe = replace(recipe, model=model, weights="", precision=AUTO, second=AUTO)
        if preset:
            recipe = self.fitting.dressed(self.account, recipe, preset)
        return self.studio.remake(self.account, image_id, recipe, preset or its)

    def make_whole(self, image_id: str, version: Version) -> Job:
        """Make a version anew, as large as its photo came, where the plan has it so."""
        its = self.records.job(self.scope, version.job_id).preset
        recipe = replace(Recipe.read(version.recipe), most_pixels=0)
        return self.studio.remake(self.account, image_id, recipe, its)

    def job(self, job: Job) -> Job:
        return self.studio.jobs.look(self.account, job)

    def models(self) -> list[Model]:
        return list(self.studio.networks.weights.present())

    # What it takes

    def usage(self) -> Usage:
        return self.library.usage(self.scope)

    def keep_last(self) -> int | None:
        return self.records.trash.keep_last(self.scope)

    def surplus(self, keep: int) -> Surplus:
        return self.records.trash.surplus(self.scope, keep)

    def keep(self, keep: int | None) -> Surplus | None:
        """Keep the last versions of each photo from now on, or all; return what has gone."""
        self.records.trash.set_keep_last(self.scope, keep)
        return self.library.prune(self.scope, keep) if keep else None
