"""`coveshot credits`: what the operator of a hosted instance gives."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Annotated
from uuid import uuid4

import typer

from storage.remote.door import Door
from ui.cli.console import say, sentences

MOST = 1_000_000
"""At a time: more is a slip of the finger."""
LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """Credits for whoever signs in with an address."""

    email: str
    amount: int
    reason: str
    key: str
    """The same one gives once."""


@dataclass(frozen=True, slots=True)
class Given:
    applied: bool
    """Whether it was this time."""
    balance: int


@dataclass(frozen=True, slots=True)
class Till:
    give: Callable[[Gift], Given]
    """Raises StorageError."""
    close: Callable[[], object]


def till_of(door: Door, close: Callable[[], object]) -> Till:
    """Return what gives credits on the hosted instance that is behind a door."""

    def give(gift: Gift) -> Given:
        given = {
            "p_scope": door.call("scope_of", {"p_email": gift.email}),
            "p_amount": gift.amount,
            "p_kind": "grant",
            "p_key": gift.key,
            "p_reason": gift.reason,
        }
        booked = door.call("grant_credits", given)
        return Given(booked["applied"], booked["balance"])

    return Till(give, close)


def add_credits(app: typer.Typer, open_till: Callable[[], Till]) -> None:
    verbs = typer.Typer(no_args_is_help=True)
    app.add_typer(verbs, name="credits")

    @verbs.callback()
    def books() -> None:
        """Credits of a hosted instance."""  # a verb that is alone would need no name

    @verbs.command()
    def grant(
        email: Annotated[str, typer.Argument(help="What they sign in with.")],
        amount: Annotated[int, typer.Argument(min=1, max=MOST, help="How many credits.")],
        *,
        reason: Annotated[str, typer.Option(help="They read it on their account page.")],
        key: Annotated[
            str, typer.Option(help="Such as the number of a payment: each gives once.")
        ] = "",
    ) -> None:
        """Give credits, and say why.

        It takes SUPABASE_URL and SUPABASE_SECRET_KEY of the instance.
        """
        reason = reason.strip()
        if not 0 < len(reason) <= LONGEST:
            raise typer.BadParameter(f"Give a reason of at most {LONGEST} letters.")
        gift = Gift(email=email, amount=amount, reason=reason, key=f"cli:{key or uuid4().hex}")
        with sentences(), closing(open_till()) as till:
            given = till.give(gift)
        now = f"They have {given.balance} credit{'s' * (given.balance != 1)}."
        say(f"Given. {now}" if given.applied else f"This key has given already. {now}")
