"""How often something may be asked for: the port that counts it, and the one that does not."""

from dataclasses import dataclass
from enum import Enum
from math import ceil
from typing import Protocol

from auth.account import Account
from auth.keys import Key

MINUTE, HOUR = 60, 3600


class Act(Enum):
    """What is counted; the value is the name of its setting."""

    PAGE = "pages"
    """A page that is opened, or the socket of one."""
    READ = "reads"
    """Anything else that is looked at."""
    UPLOAD = "uploads"
    CUT = "cuts"
    """Anything that a network may have to run for."""
    API = "api"
    SIGN_IN = "sign_ins"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: an address, an account once it is known, or an account alone."""

    address: str
    """Where it is empty, that which the account was last seen at."""
    account: Account | None = None
    key: Key | None = None
    """That a program shows."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far somebody is with what is counted, by the rule that ends first."""

    limit: int
    left: int
    seconds: int
    """After which it is counted anew."""


class TooMany(Exception):
    """It was asked for too often; `says` tells a person when to come back."""

    def __init__(self, says: str, seconds: int, limit: int = 0) -> None:
        super().__init__(says)
        self.says = says
        self.seconds = seconds
        """After which it may be asked for again."""
        self.limit = limit
        """How often it may be, in such a time."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something may be asked for, such as `20/hour;100/day`."""

    alone: str
    """By one address (a network of /64 for IPv6), and by one account."""
    near: str = ""
    """By all addresses of one network, /24 or /48 for IPv6; ten times as often if empty."""
    paid: str = ""
    """By an account that pays, wherever it is; a hundred times as often if empty."""


class Rates(Protocol):
    """Counts what is asked for. Quick, and safe to call from threads and from the event loop."""

    def spend(self, act: Act, asker: Asker, count: int = 1) -> Standing | None:
        """Count something about to be done; None where nothing is counted.

        Raises TooMany; then nothing is counted.
        """
        ...


class Unmetered:
    """Of a computer whose owner is the only one who asks."""

    def spend(self, act: Act, asker: Asker, count: int = 1) -> None: ...


def too_many(act: Act, seconds: int, limit: int = 0) -> TooMany:
    """Say what was too often, and when it may be again."""
    seconds = max(1, seconds)
    wait = duration(seconds)
    match act:
        case Act.UPLOAD:
            says = f"You have sent many photos in a short time. Try again in {wait}."
        case Act.CUT:
            says = f"You have had many photos cut out in a short time. Try again in {wait}."
        case Act.SIGN_IN:
            says = f"There were many tries to sign in. Try again in {wait}."
        case _:
            says = f"You have asked for much in a short time. Try again in {wait}."
    return TooMany(says, seconds, limit)


def duration(seconds: int) -> str:
    """Say how long to wait, after `Try again in`."""
    if seconds <= MINUTE:
        return "a minute"
    if (minutes := ceil(seconds / MINUTE)) < HOUR // MINUTE:
        return f"{minutes} more minutes"
    hours = ceil(seconds / HOUR)
    return "one more hour" if hours == 1 else f"{hours} more hours"
