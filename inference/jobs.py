"""Jobs: one recipe on one photo each, queued, joined and waited for."""

import threading
from collections.abc import Callable
from pathlib import Path

from auth.account import Account
from inference.checkpoint import Checkpoint, fitted, limits_of, original_of
from inference.errors import NotDone
from inference.line import Line
from inference.networks import Networks
from inference.recipe import Recipe
from storage.library import Library
from storage.records import ENDED, NOW, Job, Order, Original, Status


class Jobs:
    """Owns the bell that rings when a job has changed. Thread-safe; every method may block."""

    def __init__(
        self,
        networks: Networks,
        checkpoint: Checkpoint,
        library_for: Callable[[Account], Library],
        line: Line,
    ) -> None:
        self._networks = networks
        self._checkpoint = checkpoint
        self._library_for = library_for
        self._line = line
        self._changed = threading.Condition()
        self._told: tuple[Callable[[], object], ...] = ()

    def submit(
        self,
        account: Account,
        file: Path,
        recipe: Recipe,
        *,
        name: str = "",
        priority: int = 0,
        check: Callable[[Original], object] = lambda _: None,
    ) -> Job:
        """Keep a photo and queue one recipe on it; an equal one that is under way is joined.

        Who waits for it says NOW; `check` may refuse what is known of the file by then.
        """
        self._checkpoint.admit(account, file)
        original = original_of(file, self._checkpoint.inspect(file, limits_of(account)))
        check(original)
        recipe = fitted(recipe, account, (original.width, original.height))
        order = ordered(self._networks.resolve(recipe), priority)
        library = self._library_for(account)
        known = library.records.find(account.scope, original.sha256)
        self._admit(account, library, known.id if known else "", order)
        return self.told(library.admit(account, original, file, order, name))

    def again(
        self,
        account: Account,
        image_id: str,
        recipe: Recipe,
        *,
        priority: int = 0,
        preset: str = "",
    ) -> Job:
        """Queue another recipe on a photo that is here, as `fitted` lets it be.

        Raises NotFound, TooSoon, RecipeRejected.
        """
        library = self._library_for(account)
        image = library.records.image(account.scope, image_id)
        order = ordered(fitted(recipe, account, (image.width, image.height)), priority, preset)
        self._admit(account, library, image_id, order)
        return self.told(library.again(account.scope, image_id, order))

    def render(self, account: Account, image_id: str, recipe: Recipe, preset: str) -> str:
        """Return the id of the version of a photo by a recipe, made now where it is new.

        Raises NotFound, TooSoon, NotDone.
        """
        job = self.wait(account, self.again(account, image_id, recipe, priority=NOW, preset=preset))
        if job.status is not Status.DONE or job.version_id is None:
            raise NotDone(job.says or "This photo was cancelled. Try it again.")
        return job.version_id

    def _admit(self, account: Account, library: Library, image_id: str, order: Order) -> None:
        """Let what is new join the line: not what is done, or drawn from a matte that is kept.

        Raises TooSoon.
        """
        recipe = Recipe.read(order.recipe)
        cut = image_id and recipe.upscale == 1 and library.matte(image_id, recipe.matte_key)
        if not cut and not (image_id and version_of(library, account.scope, image_id, order.key)):
            self.join(account)

    def join(self, account: Account, photos: int = 1) -> None:
        """Let photos join the line of those that wait for a network. Raises TooSoon."""
        records = self._library_for(account).records
        self._line.join(account, records, photos, pace=self._networks.pace)

    def cancel(self, account: Account, job_id: str) -> Job:
        return self.told(self._library_for(account).records.cancel(account.scope, job_id))

    def forsake(self, account: Account, job_id: str) -> Job:
        """Say that one who waited waits no more; what the workbench waits for goes on."""
        return self.told(self._library_for(account).records.forsake(account.scope, job_id))

    def retry(self, account: Account, job_id: str) -> Job:
        self.join(account)
        return self.told(self._library_for(account).records.retry(account.scope, job_id))

    def retry_all(self, account: Account, status: Status) -> None:
        """Queue all of the workbench that failed, or was cancelled, again. Raises TooSoon."""
        records = self._library_for(account).records
        again = [card for card in records.bench(account.scope) if card.job.status is status]
        if again:
            self.join(account, len(again))
        records.batch.retry_all(account.scope, status)
        self.wake()

    def ahead(self, account: Account, job_id: str) -> int:
        """Return how many photos, whoever they belong to, come before one that waits."""
        return self._library_for(account).records.ahead(job_id)

    def look(self, account: Account, job: Job) -> Job:
        """Return how a job is now."""
        return self._library_for(account).records.job(account.scope, job.id)

    def wait(self, account: Account, job: Job) -> Job:
        """Return a job when it has ended."""
        records = self._library_for(account).records
        while job.status not in ENDED:
            self.pause(0.5)
            job = records.job(account.scope, job.id)
        return job

    def pause(self, seconds: float) -> None:
        """Wait until something here has changed, at most so long."""
        with self._changed:
            self._changed.wait(seconds)

    def tell(self, hear: Callable[[], object]) -> None:
        """Call somebody, too, whenever something here has changed."""
        self._told = *self._told, hear

    def wake(self) -> None:
        """End all pauses: something has changed."""
        with self._changed:
            self._changed.notify_all()
        for hear in self._told:
            hear()

    def told(self, job: Job) -> Job:
        """Return a job that has changed, once all who pause know."""
        self.wake()
        return job


def version_of(library: Library, scope: str, image_id: str, key: str) -> str:
    """Return the id of the newest version of a photo by the key of a recipe, "" without one."""
    history = library.records.history(scope, image_id)
    return next((one.id for one in reversed(history) if one.key == key), "")


def ordered(recipe: Recipe, priority: int = 0, preset: str = "") -> Order:
    """Return what lets a job make a recipe that is resolved."""
    return Order(
        key=recipe.key,
        op_key=recipe.op_key,
        recipe=recipe.canonical,
        priority=priority,
        preset=preset,
    )
