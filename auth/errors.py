"""What can go wrong at the gate, in sentences that say what to do."""

from collections.abc import Sequence

REASONS = {
    "length": "Take a longer password.",
    "characters": "Mix small and capital letters, digits and signs.",
    "pwned": "This password is known from a leak: take another one.",
}
"""What the sign-in service says of a weak password, for people."""
MINUTE = 60


class GateError(Exception):
    """Base of all errors of this package; `says` tells a person what happened and what to do."""

    field = ""
    """At which field of a form it belongs: email, password, code, or none of them."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


class WrongPassword(GateError):
    field = "password"

    def __init__(
        self,
        says: str = "This e-mail address and this password do not belong together. "
        "Try again, or have a link sent to you.",
    ) -> None:
        super().__init__(says)


class WeakPassword(GateError):
    field = "password"

    def __init__(self, reasons: Sequence[str]) -> None:
        known = [REASONS[reason] for reason in reasons if reason in REASONS]
        super().__init__(" ".join(known) or "This password is too weak. Take a longer one.")


class SamePassword(GateError):
    field = "password"

    def __init__(self, says: str = "This is your password already. Take another one.") -> None:
        super().__init__(says)


class EmailTaken(GateError):
    field = "email"

    def __init__(
        self, says: str = "There is an account with this e-mail address. Sign in with it instead."
    ) -> None:
        super().__init__(says)


class EmailRefused(GateError):
    field = "email"

    def __init__(
        self, says: str = "Mail cannot be sent to this address. Look whether it is spelt right."
    ) -> None:
        super().__init__(says)


class NotConfirmed(GateError):
    field = "email"

    def __init__(
        self, says: str = "Open the link in the mail that we have sent you, then sign in."
    ) -> None:
        super().__init__(says)


class LinkExpired(GateError):
    field = "code"

    def __init__(
        self, says: str = "This link or code is used up or too old. Have a new one sent."
    ) -> None:
        super().__init__(says)


class OtherBrowser(GateError):
    """A link that came back to somebody who did not ask for it."""

    field = "code"

    def __init__(
        self,
        says: str = "Open this link in the browser in which you asked for it, "
        "or have a new one sent.",
    ) -> None:
        super().__init__(says)


class TooManyTries(GateError):
    def __init__(self, seconds: int) -> None:
        self.seconds = max(1, seconds)
        """After which it may be tried again."""
        minutes = -(-self.seconds // MINUTE)
        wait = (
            f"Wait {self.seconds} seconds, then try again."
            if self.seconds <= 2 * MINUTE
            else f"Wait {minutes} minutes, then try again."
        )
        super().__init__(f"There were too many tries. {wait}")


class Unreachable(GateError):
    def __init__(
        self,
        says: str = "The sign-in service cannot be reached. "
        "Nothing is lost: try again in a minute.",
    ) -> None:
        super().__init__(says)


class SignedOut(GateError):
    """A session is over: signed out elsewhere, ended, or its account is gone."""

    def __init__(self, says: str = "You are signed out. Sign in again to go on.") -> None:
        super().__init__(says)


class Closed(SignedOut):
    def __init__(
        self, says: str = "This account is closed. Write to those who run this site."
    ) -> None:
        super().__init__(says)


class Leaving(Closed):
    def __init__(
        self,
        says: str = "This account is being deleted, which takes some minutes. "
        "After that a new one can be opened with the same address.",
    ) -> None:
        super().__init__(says)


class NotVerified(GateError):
    """A token that was not issued for us, not by whom we trust, or not for a person."""

    def __init__(self, says: str = "This sign-in is not valid here. Sign in again.") -> None:
        super().__init__(says)


class Expired(NotVerified):
    """A token that was good once."""


class WrongClock(GateError):
    """A token that is over although it has just been issued."""

    def __init__(
        self, says: str = "The clock of this computer is wrong. Set it right, then try again."
    ) -> None:
        super().__init__(says)


class NotAllowed(GateError):
    """The sign-in service refuses what has no sentence of its own."""
