"""What somebody reads of an account, and chooses for it: plans, credits, settings."""

from dataclasses import dataclass
from typing import Protocol

PAGE = 25
"""Lines of the ledger at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """A row of `plans`: what it allows, and what it costs."""

    id: str
    name: str
    persists: bool
    kept_hours: int | None
    longer_hours: int | None
    max_bytes: int
    max_pixels: int
    processed_pixels: int | None
    """To so many a larger photo is made smaller before it is worked on."""
    credits_per_matte: int
    credits_per_upscale: int
    monthly_credits: int
    price_cents: int
    """Of a US dollar, for a month."""
    storage_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the ledger."""

    id: int
    kind: str
    """grant, purchase, adjust, hold or release."""
    amount: int
    balance: int
    """What there was after it."""
    at: float
    item: str | None
    """What a hold is for: the name of a model, with x2 or x4 for an enlargement."""
    state: str | None
    """Of a hold: held, captured or released."""
    reason: str | None
    """In the words of whoever gave credits."""
    monthly: bool
    kept: bool
    """Whether it was to keep a result that would have been deleted."""
    photo: str | None
    """The name of the photo; None where it is not here any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What an owner has chosen for the library."""

    archive_after_days: int | None
    keep_original: bool
    full_resolution: bool


class Books(Protocol):
    """Asked with the token of an owner, who sees nobody else's. All methods raise StorageError."""

    def tariffs(self) -> list[Tariff]:
        """Return all plans, the cheapest one first; anybody may."""
        ...

    def plan_until(self, access: str) -> tuple[str, float | None]:
        """Return the plan that was taken, and until when it counts; None for ever."""
        ...

    def lines(self, access: str, before: int | None = None) -> list[Line]:
        """Return a page of the ledger, the newest first: those before a line that is known."""
        ...

    def wishes(self, access: str) -> Wishes: ...

    def wish(self, access: str, name: str, value: object) -> Wishes:
        """Change one of them, by its name."""
        ...
