"""What all routes have in common: who asks, and how a refusal is said."""

import re
import unicodedata
from collections.abc import Awaitable, Callable
from functools import wraps
from http import HTTPStatus
from itertools import filterfalse
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth.account import Account
from inference.errors import (
    Crowded,
    DeviceMissing,
    InferenceError,
    ModelMissing,
    NotDone,
    OutOfMemory,
    PaintedMeanwhile,
    PhotoRejected,
    RecipeRejected,
    StrokesRejected,
    TooOften,
    TooSoon,
    UnknownModel,
)
from inference.scan import NotScanned
from storage.errors import (
    Busy,
    DiskFull,
    Gone,
    IllegalMove,
    LostLease,
    NotAllowed,
    NotFound,
    NotWritable,
    OutOfCredits,
    QuotaExceeded,
    StorageError,
    Taken,
    TooMany,
    Unreachable,
)
from ui.names import file_name
from ui.words import t

Route = Callable[[Request], Awaitable[Response]]

STATUSES: dict[type[Exception], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    IllegalMove: HTTPStatus.CONFLICT,
    LostLease: HTTPStatus.CONFLICT,
    NotDone: HTTPStatus.CONFLICT,
    PaintedMeanwhile: HTTPStatus.CONFLICT,
    StrokesRejected: HTTPStatus.UNPROCESSABLE_ENTITY,
    RecipeRejected: HTTPStatus.UNPROCESSABLE_ENTITY,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    DeviceMissing: HTTPStatus.SERVICE_UNAVAILABLE,
    UnknownModel: HTTPStatus.NOT_FOUND,
    ModelMissing: HTTPStatus.SERVICE_UNAVAILABLE,
    TooOften: HTTPStatus.TOO_MANY_REQUESTS,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Taken: HTTPStatus.CONFLICT,
    Crowded: HTTPStatus.SERVICE_UNAVAILABLE,
    NotScanned: HTTPStatus.SERVICE_UNAVAILABLE,
    OutOfMemory: HTTPStatus.SERVICE_UNAVAILABLE,
    DiskFull: HTTPStatus.INSUFFICIENT_STORAGE,
    NotWritable: HTTPStatus.INSUFFICIENT_STORAGE,
    OutOfCredits: HTTPStatus.PAYMENT_REQUIRED,
    QuotaExceeded: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    NotAllowed: HTTPStatus.FORBIDDEN,
    Gone: HTTPStatus.GONE,
    Unreachable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""What a program understands of an error; people read what it `says`."""


class Unfit(Exception):
    """A request that is refused by its form, before anything was done with it."""

    def __init__(self, says: str, status: HTTPStatus) -> None:
        super().__init__(says)
        self.says = says
        self.status = status


def spoken(route: Route) -> Route:
    """Answer the typed errors of a route with a status and `{"says": sentence}`."""

    @wraps(route)
    async def answer(request: Request) -> Response:
        try:
            return await route(request)
        except (Unfit, InferenceError, StorageError) as error:
            headers = {"Cache-Control": "no-store"}
            if request.method == "POST":
                headers["Connection"] = "close"  # else the server reads on to the end of the body
            if isinstance(error, TooSoon):
                headers["Retry-After"] = str(error.seconds)
            return JSONResponse({"says": t(error.says)}, status_of(error), headers=headers)

    return answer


def account_of(request: Request) -> Account:
    """Return the account that the guard has found. Raises Unfit."""
    account: Account | None = getattr(request.state, "account", None)
    if account is None:
        raise Unfit("Open Coveshot's page in this browser first.", HTTPStatus.FORBIDDEN)
    return account


def attachment(name: str) -> str:
    """Return a Content-Disposition (RFC 6266) that saves under a name, for old programs, too."""
    name = file_name(name)
    letters = unicodedata.normalize("NFKD", name)
    plain = re.sub(
        r"[^\x20-\x7e]|[\"\\%]", "_", "".join(filterfalse(unicodedata.combining, letters))
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def status_of(error: Unfit | InferenceError | StorageError) -> HTTPStatus:
    """Return what a program understands of an error."""
    match error:
        case Unfit():
            return error.status
        case PhotoRejected():
            return HTTPStatus(error.refusal.value)
        case _:
            return STATUSES.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)
