"""Who asks, and what that account may do: identity, retention, limits and prices as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """A row of limits and prices."""

    name: str
    kept_hours: int | None
    """How long a result is kept; None until it is deleted by hand."""
    max_bytes: int
    max_pixels: int
    max_side: int
    credits_per_matte: int
    processed_pixels: int | None = None
    """A larger photo is made smaller to so many before it is worked on; None where none is."""
    longer_hours: int | None = None
    """How long a result is kept where that is asked for; None where it cannot be."""
    title: str = ""
    """What people call it, where it is none of those that every instance has."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who asks; a visitor without a name is an account, too."""

    id: str
    scope: str
    """Whose photos and cutouts these are: nothing is ever found across scopes."""
    plan: Plan
    email: str = ""
    """Of somebody who is signed in."""

    @property
    def owns_computer(self) -> bool:
        """Whether its folders, models and settings are theirs: on a hosted instance of nobody."""
        return self.plan.name == LOCAL_PLAN.name


LOCAL_PLAN = Plan(
    name="local",
    kept_hours=None,
    max_bytes=500_000_000,
    max_pixels=100_000_000,
    max_side=30_000,
    credits_per_matte=0,
)
LOCAL = Account(id="local", scope="local", plan=LOCAL_PLAN)
"""The owner of this computer."""
GUEST_PLAN = Plan(
    name="guest",
    kept_hours=48,
    max_bytes=20_000_000,
    max_pixels=36_000_000,
    max_side=6000,
    credits_per_matte=0,
    processed_pixels=12_000_000,
)
"""Of somebody who visits a hosted instance without an account."""
