"""The library of this computer on its way to that of an account: one version after the other."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from secrets import SystemRandom
from typing import Protocol

from auth.errors import GateError
from auth.errors import Unreachable as GateUnreachable
from storage.errors import (
    Busy,
    Gone,
    IllegalMove,
    NotAllowed,
    NotFound,
    QuotaExceeded,
    SignedOut,
    StorageError,
    Taken,
    TooMany,
    Unreachable,
)
from storage.outbox import Due, Mark, Outbox, Sent, Stray, Tally
from storage.ports.blobs import Blobs
from storage.records import Status

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""Between two looks for new versions, and whether the network is back."""
PLAN_SECONDS = 60.0
"""Between two looks whether the plan is another one."""
LONGEST_SECONDS = 60.0
"""Between two tries while the other side does not answer."""
ASKED_AT_ONCE = 50
NEEDS_PLAN = "Syncing needs a paid plan."
"""As the database says it, too."""
LOST = "A file of this version is missing here. Run `coveshot doctor`."
FAILED_THERE = "The library of the account has this photo without its cutout. Try it again there."
GONE_THERE = "It was deleted in the library of the account."
REFUSED = (IllegalMove, NotAllowed, NotFound, QuotaExceeded, Taken)
"""What is not mended by another try."""


class Phase(StrEnum):
    OFF = "off"  # nobody is signed in, or the plan has no library
    OFFLINE = "offline"  # the other side does not answer; what waits goes on by itself
    SYNCING = "syncing"
    SYNCED = "synced"
    REFUSED = "refused"  # all is there but what was refused


@dataclass(frozen=True, slots=True)
class Standing:
    """How far it is, for people."""

    phase: Phase = Phase.OFF
    left: int = 0
    """Photos that are not there yet."""
    refused: int = 0
    says: str = ""
    """Why it is off, or why the first photo was refused."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Whose library it goes to, with a token that has some time left."""

    user_id: str
    access: str
    keeps: bool
    """Whether the plan keeps what comes."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the other side says of a version."""

    job_id: str
    status: Status
    says: str = ""
    remote_id: str = ""
    """Of its photo there, where that is known."""
    sync_id: str = ""
    """As something that was brought."""


class Carrier(Protocol):
    """The way into the library of an account. Methods raise StorageError."""

    def carry(self, ticket: Ticket, due: Due, blobs: Blobs) -> Receipt:
        """Bring a version; what is there already is not brought again."""
        ...

    def look(self, ticket: Ticket, sent: Sequence[Sent]) -> list[Receipt]:
        """Return what is said of versions by now, in their order."""
        ...

    def tell(self, ticket: Ticket, stray: Stray) -> None:
        """Let a photo be called, and be in the trash, as here. Raises NotFound."""
        ...

    def reaches(self) -> bool:
        """Tell whether somebody listens on the other side."""
        ...

    def close(self) -> None:
        """Give up what is under way."""
        ...


class Sync:
    """Owns a thread that works as long as somebody is signed in with a plan that keeps."""

    def __init__(
        self,
        outbox: Outbox,
        blobs: Blobs,
        *,
        whose: Callable[[], str],
        ticket: Callable[[], Ticket],
        carrier: Callable[[], Carrier],
    ) -> None:
        """`whose` tells the id of who is signed in, empty for nobody.

        `ticket` raises GateError; the carrier is made when it is needed.
        """
        self._outbox = outbox
        self._blobs = blobs
        self._whose = whose
        self._ticket = ticket
        self._opened = carrier
        self._carrier: Carrier | None = None
        self._user_id = ""
        self._standing = Standing()
        self._pauses = _pauses()
        self._refused_in_a_row = 0
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    @property
    def standing(self) -> Standing:
        return self._standing

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Look at once: somebody has signed in or out, or the network is back."""
        self._wake.set()

    def again(self) -> None:
        """Try once more what was refused."""
        if self._user_id:
            self._outbox.again(self._user_id)
        self.wake()

    def marks(self, image_id: str) -> dict[str, Mark]:
        """Return how far each version of a photo is, by its id; nothing where it is off."""
        if self._standing.phase is Phase.OFF or not self._user_id:
            return {}
        return self._outbox.marks(self._user_id, image_id)

    def close(self) -> None:
        self._stop.set()
        self._wake.set()
        if self._carrier:
            self._carrier.close()
        if self._thread.is_alive():
            self._thread.join(LOOK_SECONDS)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                seconds = self.round()
            except StorageError as error:
                if not self._stop.is_set():
                    log.warning("the library cannot be synced: %s", error.says)
                seconds = LONGEST_SECONDS
            self._rest(seconds)

    def _rest(self, seconds: float | None) -> None:
        """Wait to be woken, for so long at most; while offline also until somebody listens."""
        if seconds is None or self._standing.phase is not Phase.OFFLINE:
            self._wake.wait(seconds)
            return
        silent = not self._reaches()
        while seconds > 0 and not self._wake.wait(min(seconds, LOOK_SECONDS)):
            seconds -= LOOK_SECONDS
            if silent and self._reaches():
                return

    def round(self) -> float | None:
        """Bring what waits; return how many seconds to rest, None to be woken."""
        self._user_id = self._whose()
        if not self._user_id:
            return self._off("", None)
        try:
            ticket = self._ticket()
            return self._trip(ticket) if ticket.keeps else self._off(NEEDS_PLAN, PLAN_SECONDS)
        except (GateUnreachable, Unreachable, Busy, TooMany, Gone):
            return self._offline()
        except SignedOut as error:
            return self._renewed(error)
        except (GateError, NotAllowed) as error:
            return self._off(error.says, PLAN_SECONDS)

    def _trip(self, ticket: Ticket) -> float:
        """Bring one version, or look after those that were brought."""
        carrier = self._carrier = self._carrier or self._opened()
        if self._standing.phase is not Phase.OFFLINE:  # it is until somebody has answered
            self._show()
        due = self._outbox.next(ticket.user_id)
        if due:
            self._carry(carrier, ticket, due)
        waiting = self._outbox.sent(ticket.user_id, ASKED_AT_ONCE)
        if waiting and not due:
            self._look(carrier, ticket, waiting)
        self._follow(carrier, ticket)
        self._pauses, self._refused_in_a_row = _pauses(), 0
        self._show()
        return 0 if due else LOOK_SECONDS

    def _carry(self, carrier: Carrier, ticket: Ticket, due: Due) -> None:
        try:
            receipt = carrier.carry(ticket, due, self._blobs)
        except REFUSED as error:
            if error.says == NEEDS_PLAN:
                raise
            self._outbox.note(ticket.user_id, due.version.id, "refused", error.says)
            return
        sent = Sent(due.version.id, due.image.id, receipt.job_id, receipt.sync_id)
        self._take(ticket, sent, receipt)

    def _look(self, carrier: Carrier, ticket: Ticket, waiting: Sequence[Sent]) -> None:
        for sent, receipt in zip(waiting, carrier.look(ticket, waiting), strict=True):
            self._take(ticket, sent, receipt)

    def _take(self, ticket: Ticket, sent: Sent, receipt: Receipt) -> None:
        """Note what the other side says of a version."""
        state, says = "sent", ""
        match receipt.status:
            case Status.DONE:
                state = "synced"
                if receipt.remote_id:
                    self._outbox.mirror(ticket.user_id, sent.image_id, receipt.remote_id)
            case Status.EXPIRED:
                state, says = "refused", receipt.says or GONE_THERE
            case Status.ERROR | Status.CANCELLED:
                state, says = "refused", FAILED_THERE
        self._outbox.note(ticket.user_id, sent.version_id, state, says, sent)

    def _follow(self, carrier: Carrier, ticket: Ticket) -> None:
        """Let names and the trash there be as they are here, where they have changed here."""
        for stray in self._outbox.strays(ticket.user_id, ASKED_AT_ONCE):
            try:
                carrier.tell(ticket, stray)
            except (NotFound, Gone):
                self._outbox.forget(ticket.user_id, stray.image_id)
            else:
                self._outbox.told(ticket.user_id, stray)

    def _renewed(self, error: StorageError) -> float | None:
        """Go on with a newer token; where that is refused as well, somebody has to sign in."""
        self._refused_in_a_row += 1
        if self._refused_in_a_row == 1:
            return 0
        return self._off(error.says, PLAN_SECONDS)

    def _off(self, says: str, seconds: float | None) -> float | None:
        self._standing = Standing(Phase.OFF, says=says)
        return seconds

    def _offline(self) -> float:
        tally = self._tally()
        self._standing = Standing(Phase.OFFLINE, tally.left, tally.refused, tally.says)
        return next(self._pauses)

    def _show(self) -> None:
        tally = self._tally()
        phase = Phase.SYNCED
        if tally.left:
            phase = Phase.SYNCING
        elif tally.refused:
            phase = Phase.REFUSED
        self._standing = Standing(phase, tally.left, tally.refused, tally.says)

    def _tally(self) -> Tally:
        return self._outbox.tally(self._user_id) if self._user_id else Tally()

    def _reaches(self) -> bool:
        return self._carrier is not None and self._carrier.reaches()


def _pauses() -> Iterator[float]:
    """Yield seconds before one try after the other: longer each time, and never quite alike."""
    pause = LOOK_SECONDS
    while True:
        yield pause * SystemRandom().uniform(0.75, 1.25)
        pause = min(2 * pause, LONGEST_SECONDS)
