"""What can go wrong with what is kept, in sentences for people."""


class StorageError(Exception):
    """Base of all errors of this package; `says` tells a person what happened and what to do."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


class NotFound(StorageError):
    def __init__(self, says: str = "This is not here (any more).") -> None:
        super().__init__(says)


class IllegalMove(StorageError):
    """A job was asked to change to a state that cannot follow its present one."""


class LostLease(StorageError):
    """Somebody else works on this job by now, or it was cancelled."""

    def __init__(self, says: str = "This job was taken over or cancelled.") -> None:
        super().__init__(says)


class DiskFull(StorageError):
    def __init__(
        self, says: str = "The disk is full. Nothing was lost: make room and try again."
    ) -> None:
        super().__init__(says)


class NotWritable(StorageError):
    """The folder of the library cannot be written."""


class NewerLibrary(StorageError):
    """The library was written by a newer Coveshot."""


class Busy(StorageError):
    """Somebody works in this library right now."""


class TooMany(StorageError):
    """Too much is under way already: some of it has to end first."""


class Gone(StorageError):
    """It was here, and its time is over."""


class OutOfCredits(StorageError):
    """What was asked for costs more than there is."""


class QuotaExceeded(StorageError):
    """It is larger than the plan takes, or the library is full."""


class NotAllowed(StorageError):
    """The plan does not allow this, or it was not asked for in the right way."""


class Unreachable(StorageError):
    def __init__(
        self, says: str = "The library cannot be reached. Check the network and try again."
    ) -> None:
        super().__init__(says)


class Taken(StorageError):
    def __init__(self, says: str = "Something else is kept under this name already.") -> None:
        super().__init__(says)


class SignedOut(StorageError):
    def __init__(self, says: str = "You are signed out. Sign in again and go on.") -> None:
        super().__init__(says)
