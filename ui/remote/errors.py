"""What can go wrong with a server elsewhere, in sentences for people."""

from inference.errors import Cancelled, InferenceError, NotDone


class Elsewhere(Cancelled):
    """All other photos would fail as this one: nothing more is tried in this run."""


class Refused(NotDone):
    """The server does not take this photo, or cannot cut it out: another try ends as this one."""


class Lost(InferenceError):
    """It may go well at another time."""
