"""Photos that programs announce before they send them: what is said is a hint, bytes decide."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from auth.account import Account
from auth.rates import Act, Asker, Rates, TooMany, Unmetered
from inference.checkpoint import fitted
from inference.errors import InferenceError, PhotoRejected, RecipeRejected, Refusal, TooOften
from inference.hints import Announced, checked, compare, lie
from inference.jobs import ordered
from inference.meter import Tally
from inference.recipe import Recipe
from inference.recipe_file import PRIVATE
from inference.sniff import Kind
from inference.studio import Studio
from storage.errors import (
    Gone,
    IllegalMove,
    LostLease,
    NotAllowed,
    NotFound,
    QuotaExceeded,
    StorageError,
)
from storage.records import Entry, Intake, Invitation, Job, Order, Status, Task, Version

FINAL = (PhotoRejected, RecipeRejected, QuotaExceeded, NotAllowed, Gone)
"""What is wrong with the bytes themselves, or with keeping them; all else may pass."""
NOTHING_CAME = "Nothing has arrived yet. Send the photo to its upload_url first."
LOST = "The photo was lost on its way. Announce it again."
KEEPING = "Keeping needs a paid plan. Leave wants_persist away, or change the plan."
UNKNOWN_NAME = "This recipe was not used here before. Send the recipe itself."


@dataclass(frozen=True, slots=True)
class Expected:
    """A photo that is awaited, and where its bytes are put as long as none have come."""

    intake: Intake
    invitation: Invitation | None


@dataclass(frozen=True, slots=True)
class Reception:
    """In the hands of the Studio. Thread-safe; every method may block."""

    studio: Studio
    rates: Rates = Unmetered()  # noqa: RUF009 empty

    def announce(self, account: Account, said: Announced) -> Version | Expected:
        """Return what was made of this photo before, or expect it.

        Only what the same scope has is found. Raises PhotoRejected, RecipeRejected, NotAllowed,
        OutOfCredits, QuotaExceeded, TooOften, TooMany, IllegalMove.
        """
        kind = checked(account, said)
        if said.persists and account.plan.kept_hours is not None:
            raise NotAllowed(KEEPING)
        library = self.studio.library(account)
        recipe = self._recipe(account, said)
        order = ordered(recipe)
        version = library.hit(
            account.scope,
            said.sha256,
            lambda image: ordered(fitted(recipe, account, (image.width, image.height))),
        )
        self.studio.meter.count(Tally.VERSIONS, "hit" if version else "miss")
        if version:
            return version
        new = self._new(account, said, order, kind)
        if known := self._known(account, new, recipe):
            return Expected(known, None)
        try:
            self.rates.spend(Act.UPLOAD, Asker("", account))
        except TooMany as error:
            raise TooOften(error.says, error.seconds) from error
        intake = library.records.intakes.open(new)
        if intake.status is not Status.AWAITING_UPLOAD:
            return Expected(intake, None)
        if library.dock.arrived(intake.spot) is not None:  # asked again, after it was sent
            return Expected(intake, None)
        return Expected(intake, library.dock.invite(intake.spot, intake.bytes))

    def _known(self, account: Account, new: Intake, recipe: Recipe) -> Intake | None:
        """Queue another recipe on a photo whose original is here: nothing needs to be sent.

        The announcement says the recipe as it came: said again, it is the same one.
        """
        library = self.studio.library(account)
        image = library.holds(account.scope, new.sha256)
        if image is None:
            return None
        try:
            job = self.studio.jobs.again(account, image.id, recipe)
        except (NotFound, Gone):  # it has just gone
            return None
        intakes = library.records.intakes
        try:
            intake = intakes.open(new)
            if intake.status is Status.AWAITING_UPLOAD:
                claimed = intakes.claim(account.scope, intake.id)
                intake = intakes.end(claimed, Status.QUEUED, job_id=job.id)
        except StorageError:
            self.studio.jobs.forsake(account, job.id)
            raise
        return intake

    def place(self, account: Account, made: Version | Task, name: str, folder: str) -> Entry | None:
        """Put a photo on the workbench, too, once it has a job."""
        job = made.job if isinstance(made, Task) else None
        if isinstance(made, Version):
            records = self.studio.library(account).records
            job = records.job(account.scope, made.job_id)
        return self.studio.place(account, job, name=name, folder=folder) if job else None

    def look(self, account: Account, task_id: str) -> Task:
        """Raises NotFound."""
        return self.studio.library(account).records.intakes.task(account.scope, task_id)

    def check_in(self, account: Account, task_id: str, file: Path) -> Task:
        """Read what has come by way of an empty file, and queue it. Said again, it is as it was.

        What is not what was said is removed. Raises PhotoRejected, RecipeRejected, NotAllowed,
        QuotaExceeded, Gone for that; IllegalMove where nothing has come or it is over; and what
        may pass, as OutOfCredits, TooSoon, NotScanned, TooMany: then it can be said again.
        """
        library = self.studio.library(account)
        task = self.look(account, task_id)
        if task.intake is None or task.job:
            return task
        awaited = task.status in {Status.AWAITING_UPLOAD, Status.VERIFYING}
        if awaited and library.dock.arrived(task.intake.spot) is None:
            raise IllegalMove(NOTHING_CAME)
        intake = library.records.intakes.claim(account.scope, task_id)
        try:
            job = self._queued(account, intake, file)
        except FINAL as error:
            self._refuse(account, intake, error.says)
            raise
        except (InferenceError, StorageError) as error:
            with suppress(LostLease):
                library.records.intakes.end(intake, Status.VERIFYING, error.says)
            raise
        try:
            library.records.intakes.end(intake, Status.QUEUED, job_id=job.id)
        except LostLease:  # cancelled meanwhile, or another one has looked at it, too
            if self.look(account, task_id).job is None:
                self.studio.jobs.forsake(account, job.id)
        library.dock.remove(intake.spot)
        return self.look(account, task_id)

    def cancel(self, account: Account, task_id: str) -> Task:
        """Want it no more. Raises NotFound, and IllegalMove for what has ended otherwise."""
        library = self.studio.library(account)
        task = self.look(account, task_id)
        if task.job:
            self.studio.jobs.cancel(account, task.job.id)
        elif task.intake:
            library.records.intakes.cancel(account.scope, task.intake.id)
            library.dock.remove(task.intake.spot)
        return self.look(account, task_id)

    def ahead(self, account: Account, task: Task) -> int | None:
        """Return how many photos come before one that waits."""
        if task.job is None or task.job.status is not Status.QUEUED:
            return None
        return self.studio.jobs.ahead(account, task.job.id)

    def promote(self, account: Account, version_id: str) -> Version:
        """Keep a result for good; said again, it costs nothing more.

        Raises NotFound, Gone, OutOfCredits, NotAllowed, QuotaExceeded, IllegalMove.
        """
        return self.studio.library(account).promote(account.scope, version_id)

    def cutout(self, account: Account, version_id: str) -> bytes:
        """Raises NotFound."""
        return self.studio.library(account).cutout(account.scope, version_id)

    def _recipe(self, account: Account, said: Announced) -> Recipe:
        if said.op_key:
            intakes = self.studio.library(account).records.intakes
            try:
                recipe = Recipe.read(intakes.recipe(account.scope, said.op_key))
            except NotFound as error:
                raise RecipeRejected(UNKNOWN_NAME) from error
        else:
            values = said.recipe or {}
            if own := PRIVATE & values.keys():
                raise RecipeRejected(f"{min(own)} is not a setting. Leave it away.")
            recipe = Recipe.of(values)
        if recipe.strokes:
            raise RecipeRejected("Strokes belong to a photo on the workbench, not to a file.")
        return self.studio.networks.resolve(recipe)

    def _new(self, account: Account, said: Announced, order: Order, kind: Kind) -> Intake:
        # As unguessable as the name of a photo, below the name of its owner: erased with that.
        names = self.studio.library(account).records.names
        return Intake(
            id=uuid4().hex,
            scope=account.scope,
            sha256=said.sha256,
            bytes=said.bytes,
            width=said.width,
            height=said.height,
            name=said.name,
            key=order.key,
            op_key=order.op_key,
            recipe=order.recipe,
            spot=names.original(account.scope, uuid4().hex, kind.extension),
            token=said.token,
            created_at=0.0,  # given when it is kept
            updated_at=0.0,
            expires_at=0.0,
        )

    def _queued(self, account: Account, intake: Intake, file: Path) -> Job:
        """Take the bytes out of everybody else's reach, look at them, and queue them."""
        library = self.studio.library(account)
        came = library.dock.arrived(intake.spot)
        if came is None:
            raise PhotoRejected(LOST, Refusal.BROKEN)
        if came != intake.bytes:
            raise lie(f"{intake.bytes} bytes were announced, and {came} have come.")
        try:
            library.dock.take(intake.spot, file)
        except NotFound as error:
            raise PhotoRejected(LOST, Refusal.BROKEN) from error
        return self.studio.jobs.submit(
            account,
            file,
            Recipe.read(intake.recipe),
            name=intake.name,
            check=lambda original: compare(intake, original),
        )

    def _refuse(self, account: Account, intake: Intake, says: str) -> None:
        library = self.studio.library(account)
        library.dock.remove(intake.spot)
        with suppress(LostLease):  # cancelled meanwhile
            library.records.intakes.end(intake, Status.ERROR, says)
        detail: dict[str, str | int] = {"intake": intake.id, "bytes": intake.bytes}
        self.studio.checkpoint.audit.note("intake.refused", account.scope, detail)
