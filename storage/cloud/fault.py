"""What went wrong with a request to Supabase, whichever part of it was asked."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from postgrest.exceptions import APIError
from storage3.exceptions import StorageApiError
from supabase_auth.errors import AuthError

from storage.errors import (
    Busy,
    NotAllowed,
    NotFound,
    QuotaExceeded,
    SignedOut,
    StorageError,
    Taken,
    Unreachable,
)

NO_ANSWER = 0
MISSING = {404, 410}
TAKEN = 409
DENIED = 403
SIGNED_OUT = 401
TOKEN = re.compile(r"\bexp\b|\bJW[ST]\b", re.IGNORECASE)
"""The storage says 403 of a token that is over, too."""
TOO_LONG = 408
"""A statement was ended: it would take as long a moment later."""
REFUSED = {429, 503}
"""Said before anything is done."""
PASSING = {NO_ANSWER, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 530, 544}
"""Statuses that may be another a moment later: of servers, and of what stands before them."""
MOST_PATIENCE = 10.0
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
ROLLED_BACK = {"40001", "40P01", "53300", "57P03", "PGRST000", "PGRST001", "PGRST002", "PGRST003"}
"""Codes of what was not done: a deadlock, too many connections, a database that is not there."""
STATUSES = {
    "40": 503,
    "08": 503,
    "53": 503,
    "57": 503,
    "PGRST0": 503,
    "PGRST202": 501,
    "PGRST30": 401,
    "42501": 403,
    "57014": TOO_LONG,
}
"""What codes of the database and of the REST server mean, by how they begin; the longest counts."""
MEANINGS: dict[int, Callable[[], StorageError]] = {
    SIGNED_OUT: SignedOut,
    DENIED: lambda: NotAllowed("You may not do this with the library."),
    404: NotFound,
    TOO_LONG: lambda: Busy("The library is busy. Try again in a moment."),
    409: Taken,
    410: NotFound,
    413: lambda: QuotaExceeded("The storage does not take a file of this size."),
    429: lambda: Busy("The library is busy. Try again in a moment."),
}


@dataclass(slots=True, eq=False)
class Fault(Exception):
    """An error, as far as the one who asked can know it."""

    status: int
    """Of HTTP, as it is meant: of the body, where it says another than the answer itself."""
    code: str = ""
    says: str = ""
    undone: bool = False
    """Whether what was asked for has certainly not been done."""
    patience: float = 0.0
    """Seconds that the other side asked us to wait."""

    @property
    def passes(self) -> bool:
        """Whether the same may go well a moment later."""
        return self.undone or self.status in PASSING

    def meaning(self) -> StorageError:
        """Return what this means to a person."""
        if meaning := MEANINGS.get(self.status):
            return meaning()
        if self.passes:
            return Unreachable()
        return StorageError(f"The library does not take this: {self.says or self.status}")


ERRORS = (httpx.HTTPStatusError, httpx.TransportError, APIError, StorageApiError, AuthError, Fault)
"""Everything that a request raises."""


def fault_of(error: Exception) -> Fault:
    match error:
        case Fault():
            fault = error
        case httpx.HTTPStatusError():
            fault = _of_response(error.response)
        case APIError():
            fault = _of_database(error)
        case StorageApiError():
            fault = _fault(error.status, error.code, error.message)
        case AuthError():
            fault = _fault(getattr(error, "status", NO_ANSWER), error.code or "", error.message)
        case _:
            fault = Fault(NO_ANSWER, undone=isinstance(error, NEVER_SENT))
    fault.patience = max(fault.patience, _patience(error))
    return fault


def _patience(error: Exception) -> float:
    """Read how long we were asked to wait; libraries keep the answer behind their own errors."""
    one: BaseException | None = error
    while one is not None:
        if isinstance(one, httpx.HTTPStatusError):
            told = one.response.headers.get("Retry-After", "")
            return min(float(told), MOST_PATIENCE) if told.isdecimal() else 0.0
        one = one.__cause__ or one.__context__
    return 0.0


def _of_response(response: httpx.Response) -> Fault:
    """Read an answer of the storage: nearly all of its errors are a 400 with the status inside."""
    try:
        told: Any = response.json()
    except ValueError:
        told = {}
    if not isinstance(told, dict):
        told = {}
    says = told.get("message") or response.text[:200]
    return _fault(told.get("statusCode", response.status_code), told.get("code", ""), says)


def _of_database(error: APIError) -> Fault:
    code, says = error.code or "", error.message or ""
    if code.isdecimal() and len(code) == len("503"):  # an answer of somebody on the way
        return _fault(code, "", says)
    known = sorted((one for one in STATUSES if code.startswith(one)), key=len)
    status = STATUSES[known[-1]] if known else 400
    return Fault(status, code, says, undone=code in ROLLED_BACK)


def _fault(status: object, code: str, says: str) -> Fault:
    number = int(str(status)) if str(status).isdecimal() else 500
    if number == DENIED and TOKEN.search(says):
        number = SIGNED_OUT
    return Fault(number, code, says, undone=number in REFUSED)
