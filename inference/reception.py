"""Photos that programs announce before they send them: what is said is a hint, bytes decide."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from auth.account import Account
from auth.rates import Act, Asker, Rates, TooMany, Unmetered
from inference.checkpoint import limits_of
from inference.errors import InferenceError, PhotoRejected, RecipeRejected, Refusal, TooOften
from inference.header import check_extent, check_length
from inference.recipe import Recipe
from inference.recipe_file import PRIVATE
from inference.sniff import OPENED, Kind, named
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
from storage.records import Intake, Invitation, Job, Order, Original, Status, Task, Version

FINAL = (PhotoRejected, RecipeRejected, QuotaExceeded, NotAllowed, Gone)
"""What is wrong with the bytes themselves, or with keeping them; all else may pass."""
NOTHING_CAME = "Nothing has arrived yet. Send the photo to its upload_url first."
LOST = "The photo was lost on its way. Announce it again."
KEEPING = "Keeping needs a paid plan. Leave wants_persist away, or change the plan."
UNKNOWN_NAME = "This recipe was not used here before. Send the recipe itself."


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What a program says of a photo that it is about to send."""

    sha256: str
    bytes: int
    name: str
    width: int = 0
    """Pixels, as they are seen; 0 where they are not known."""
    height: int = 0
    recipe: Mapping[str, Any] | None = None
    """As Recipe.of reads it."""
    op_key: str = ""
    """The name of a recipe that was used before, instead."""
    persists: bool = False
    """Whether it is to be kept, or else there is no sense in sending it."""
    token: str = ""
    """By which the sender knows this announcement from its others."""


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
        kind = _checked(account, said)
        if said.persists and account.plan.kept_hours is not None:
            raise NotAllowed(KEEPING)
        library = self.studio.library(account)
        recipe = self._recipe(account, said)
        order = Order(key=recipe.key, op_key=recipe.op_key, recipe=recipe.canonical)
        version = library.hit(account.scope, said.sha256, order)
        if version:
            return version
        try:
            self.rates.spend(Act.UPLOAD, Asker("", account))
        except TooMany as error:
            raise TooOften(error.says, error.seconds) from error
        intake = library.records.intakes.open(self._new(account, said, order, kind))
        if intake.status is not Status.AWAITING_UPLOAD:
            return Expected(intake, None)
        if library.dock.arrived(intake.spot) is not None:  # asked again, after it was sent
            return Expected(intake, None)
        return Expected(intake, library.dock.invite(intake.spot, intake.bytes))

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
            raise _lie(f"{intake.bytes} bytes were announced, and {came} have come.")
        try:
            library.dock.take(intake.spot, file)
        except NotFound as error:
            raise PhotoRejected(LOST, Refusal.BROKEN) from error
        return self.studio.jobs.submit(
            account,
            file,
            Recipe.read(intake.recipe),
            name=intake.name,
            check=lambda original: _compare(intake, original),
        )

    def _refuse(self, account: Account, intake: Intake, says: str) -> None:
        library = self.studio.library(account)
        library.dock.remove(intake.spot)
        with suppress(LostLease):  # cancelled meanwhile
            library.records.intakes.end(intake, Status.ERROR, says)
        detail: dict[str, str | int] = {"intake": intake.id, "bytes": intake.bytes}
        self.studio.checkpoint.audit.note("intake.refused", account.scope, detail)


def _checked(account: Account, said: Announced) -> Kind:
    """Look at what is said of a file, as far as words go. Raises PhotoRejected."""
    limits = limits_of(account)
    check_length(said.bytes, limits)
    if said.width and said.height:
        check_extent((said.width, said.height), limits)
    kind = named(said.name)
    if kind is None:
        raise PhotoRejected(
            f"The name of this file does not say that it is a photo. Use {OPENED}.", Refusal.TYPE
        )
    return kind


def _compare(intake: Intake, original: Original) -> None:
    """Raises PhotoRejected where the bytes are not what was said of them."""
    if original.sha256 != intake.sha256:
        raise _lie("The sha256 of what has come is another one.")
    kind = named(intake.name)
    if kind is None or kind.mime != original.mime:
        raise PhotoRejected(
            f"This file is called {intake.name}, and is a file of type {original.mime}. "
            "Give it the right name and announce it again.",
            Refusal.TYPE,
        )
    extent = original.width, original.height
    if intake.width and (intake.width, intake.height) != extent:
        raise _lie(
            f"{intake.width} x {intake.height} pixels were announced, and {extent[0]} x "
            f"{extent[1]} have come."
        )


def _lie(says: str) -> PhotoRejected:
    return PhotoRejected(f"{says} Announce the photo again.", Refusal.BROKEN)
