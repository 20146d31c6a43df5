"""The Studio: the one service that pages, API, command line and worker call."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from auth.account import Account
from inference.checkpoint import Checkpoint, fitted, limits_of, original_of
from inference.engine import Engine
from inference.errors import OWN_FAULT, InferenceError
from inference.jobs import Jobs
from inference.line import Line
from inference.memory import give_back
from inference.meter import Meter, Tally
from inference.networks import Networks
from inference.recipe import Recipe
from inference.watcher import Ring, Watcher
from inference.weights import Weights
from inference.workshop import Workshop
from storage.errors import LostLease, StorageError
from storage.library import Library
from storage.ports.batch import Batch
from storage.records import ENDED, NOW, Card, Entry, Job, Status

if TYPE_CHECKING:
    from inference.lab import Lab

log = logging.getLogger(__name__)


class Studio:
    """Takes photos in and notes what becomes of them. Thread-safe; every method may block.

    What touches their pixels is done in the lab, which is opened for the first of them.
    """

    def __init__(
        self,
        *,
        weights: Weights,
        engine: Engine,
        library_for: Callable[[Account], Library],
        checkpoint: Checkpoint | None = None,
        line: Line | None = None,
        elsewhere: bool = False,
    ) -> None:
        """`elsewhere` as for Networks."""
        self.checkpoint = checkpoint or Checkpoint()
        self.networks = Networks(weights, engine, elsewhere=elsewhere)
        self.meter = Meter()
        self.jobs = Jobs(self.networks, self.checkpoint, library_for, line or Line())
        self.library = library_for
        self._dressing = threading.Lock()
        self._opening = threading.Lock()
        self._watchers: dict[int, Watcher] = {}
        self._lab: Lab | None = None

    def lab(self) -> "Lab":
        """Return where pixels are worked on; who comes first waits until it is open."""
        with self._opening:
            if self._lab is None:
                # NumPy and OpenCV: a fifth of a second and 30 MB that no first page waits for.
                from inference.lab import Lab  # noqa: PLC0415

                self._lab = Lab.of(self)
            return self._lab

    # The workbench

    def arrive(
        self,
        account: Account,
        file: Path,
        *,
        name: str,
        folder: str = "",
        recipe: Recipe = Recipe(),  # noqa: B008 frozen
    ) -> Entry:
        """Check a file, keep it, queue its cut and put it on the workbench.

        Raises PhotoRejected, ModelMissing, StorageError; then nothing is kept.
        """
        recipe = self.networks.resolve(recipe)
        job = self.jobs.submit(account, file, recipe.cutout)
        recipe = replace(recipe, most_pixels=Recipe.read(job.recipe).most_pixels)
        return self.place(account, job, name=name, folder=folder, recipe=recipe.canonical)

    def place(
        self, account: Account, job: Job, *, name: str, folder: str = "", recipe: str = ""
    ) -> Entry:
        """Put what a job makes on the workbench, with its own recipe where none is given.

        What is there under the same name stays as it is, but that it becomes as large.
        """
        entry = self.library(account).records.place(
            Entry(
                id=uuid4().hex,
                scope=account.scope,
                image_id=job.image_id,
                job_id=job.id,
                name=name,
                folder=folder,
                recipe=recipe or job.recipe,
                created_at=time.time(),
            )
        )
        most = Recipe.read(job.recipe).most_pixels
        if Recipe.read(entry.recipe).most_pixels and not most:
            return self.change(account, entry.id, lambda now: replace(now, most_pixels=most))
        return entry

    def keep_picture(self, account: Account, file: Path) -> str:
        """Keep a picture to lay behind subjects, and return its sha256, which recipes name.

        Raises PhotoRejected, OutOfMemory, StorageError; then nothing is kept.
        """
        self.checkpoint.admit(account, file)
        photo = self.checkpoint.open(file.read_bytes(), limits_of(account))
        original = original_of(file, photo.header)
        return self.library(account).keep(account, original, file).sha256

    def batch(self, account: Account) -> Batch:
        """All photos of the workbench at once. Wake the jobs after something has to be done."""
        return self.library(account).records.batch

    def bench(self, account: Account) -> list[Card]:
        return self.library(account).records.bench(account.scope)

    def entry(self, account: Account, entry_id: str) -> Entry:
        """Raises NotFound."""
        return self.library(account).records.entry(account.scope, entry_id)

    def choose(
        self, account: Account, entry_id: str, recipe: Recipe, *, preset: str | None = None
    ) -> Entry:
        """Note what the designer wants for a photo; only what needs a network is done at once.

        Edges, strokes, background, shadow and frame are drawn as they are looked at, and rendered
        when the cutout is exported: trying them makes no versions.
        """
        return self.change(account, entry_id, lambda _: recipe, preset=preset)

    def change(
        self,
        account: Account,
        entry_id: str,
        change: Callable[[Recipe], Recipe],
        *,
        preset: str | None = None,
    ) -> Entry:
        """Choose what becomes of the recipe that a photo has now; of two changes, none is lost.

        It is for the same preset as before where None is given. Raises NotFound, RecipeRejected.
        """
        with self._dressing:
            records = self.library(account).records
            entry = records.entry(account.scope, entry_id)
            recipe = self.networks.resolve(change(Recipe.read(entry.recipe)))
            image = records.image(account.scope, entry.image_id)
            recipe = fitted(recipe, account, (image.width, image.height))
            job_id = entry.job_id
            if not _reaches(records.job(account.scope, job_id), recipe.cutout):
                job_id = self.jobs.again(account, entry.image_id, recipe.cutout).id
            return records.change(
                account.scope, entry_id, recipe=recipe.canonical, job_id=job_id, preset=preset
            )

    def dress(
        self, account: Account, entry_id: str, look: Mapping[str, Any], *, preset: str | None = None
    ) -> Entry:
        """Change what a cutout is set on, as Recipe.dressed does.

        Raises NotFound, RecipeRejected.
        """
        return self.change(account, entry_id, lambda now: now.dressed(look), preset=preset)

    def keep(self, account: Account, entry_id: str) -> Job:
        """Let a photo have a version in the look that is chosen for it, whenever it is rendered."""
        entry = self.entry(account, entry_id)
        recipe = Recipe.read(entry.recipe)
        return self.jobs.again(account, entry.image_id, recipe, priority=NOW, preset=entry.preset)

    def clear(self, account: Account, entry_id: str) -> None:
        """Take a photo off the workbench; what waits for nobody else is not computed."""
        self.library(account).records.clear(account.scope, entry_id)

    # Photos of the library

    def unfold(self, account: Account, image_id: str, version_id: str = "") -> Entry:
        """Put a photo of the library on the workbench, as a version has it; the current one if "".

        What is there of it already takes on that recipe. Raises NotFound, ModelMissing.
        """
        library = self.library(account)
        image = library.records.image(account.scope, image_id)
        version_id = version_id or image.current_id or ""
        recipe, preset = Recipe(), ""
        if version_id:
            version = library.records.version(account.scope, version_id)
            recipe = Recipe.read(version.recipe)
            preset = library.records.job(account.scope, version.job_id).preset
        recipe = fitted(self.networks.resolve(recipe), account, (image.width, image.height))
        if entries := library.records.holdings.entries(account.scope, image_id):
            return self.choose(account, entries[0].id, recipe, preset=preset)
        return library.records.place(
            Entry(
                id=uuid4().hex,
                scope=account.scope,
                image_id=image_id,
                job_id=self.jobs.again(account, image_id, recipe.cutout).id,
                name=image.name or f"{image.sha256[:8]}.{image.extension}",
                folder="",
                recipe=recipe.canonical,
                created_at=time.time(),
                preset=preset,
            )
        )

    def remake(self, account: Account, image_id: str, recipe: Recipe, preset: str = "") -> Job:
        """Make a version of a photo in the library from its original, and show it.

        Where there is one by this recipe already, that is shown. Raises NotFound, RecipeRejected.
        """
        records = self.library(account).records
        recipe = self.networks.resolve(recipe)
        job = self.jobs.again(account, image_id, recipe, priority=NOW, preset=preset)
        if job.version_id:
            records.holdings.restore(account.scope, image_id, job.version_id)
        return job

    def watch(self, account: Account, ring: Ring) -> Callable[[], None]:
        """Ring when something may have changed for an account, until what is returned is called."""
        stirs = self.library(account).records.stirs
        with self._opening:
            watcher = self._watchers.get(id(stirs))
            if watcher is None:
                watcher = self._watchers[id(stirs)] = Watcher(stirs)
                self.jobs.tell(watcher.hurry)
        return watcher.listen(account.scope, ring)

    # In the hands of workers

    def work(self, workshop: Workshop, job: Job) -> Job | None:
        """Do a job that was started; its end, good or bad, is in the library."""
        start = time.perf_counter()
        ended = self._worked(workshop, job)
        if ended:
            self.meter.count(Tally.JOBS, ended.status.value)
            seconds = round(time.perf_counter() - start, 3)
            told = {"job": job.id, "op_key": job.op_key, "seconds": seconds}
            log.info("a job ended as %s", ended.status, extra=told)
        return ended

    def _worked(self, workshop: Workshop, job: Job) -> Job | None:
        try:
            return self.jobs.told(self.lab().cuts.made(workshop, job))
        except LostLease:
            return None  # cancelled or taken over: whoever has it now speaks for it
        except (InferenceError, StorageError) as error:
            says = error.says
        except Exception:
            log.exception("job %s failed", job.id)
            says = OWN_FAULT
        try:
            return self.jobs.told(workshop.queue.fail(job, says))
        except LostLease:
            return None  # it was purged with its photo
        except StorageError as error:
            log.warning("job %s could not be ended; its lease will run out: %s", job.id, error.says)
            return None

    def rest(self) -> None:
        """Give memory back that is not needed while nothing is to be done."""
        lab = self._lab
        if self.networks.engine.rest() | (lab is not None and lab.rest()):
            give_back()

    def close(self) -> None:
        for watcher in self._watchers.values():
            watcher.close()
        if self._lab:
            self._lab.close()
        self.networks.engine.close()
        self.checkpoint.close()


def _reaches(job: Job, cutout: Recipe) -> bool:
    """Tell whether a job gives all that a cutout takes: its edges are drawn from the matte."""
    alive = job.status not in ENDED or job.status is Status.DONE
    return job.key == cutout.key or (alive and Recipe.read(job.recipe).edged_as(cutout) == cutout)
