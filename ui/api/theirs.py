"""Errors as remove.bg's clients know them."""

from collections.abc import Awaitable, Callable
from functools import wraps
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from inference.errors import InferenceError, NoSubject, PhotoRejected, Refusal, TooSoon
from storage.errors import OutOfCredits, StorageError, TooMany
from ui.api.answers import Unfit, status_of
from ui.problem import error_list

RETRY_SECONDS = 5
AGAIN = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
"""With which it helps to come back."""
PHOTOS = {
    Refusal.SIZE: ("file_too_large", "This photo is too large."),
    Refusal.TYPE: ("unknown_file_type", "This is not a photo."),
    Refusal.BROKEN: ("invalid_image_file", "This photo cannot be read."),
}


class Refused(Exception):
    """An answer that is no picture."""

    def __init__(
        self,
        status: HTTPStatus,
        title: str,
        code: str = "",
        detail: str = "",
        again_after: int = RETRY_SECONDS,
    ) -> None:
        """Without a `code` it is that of the status."""
        super().__init__(title)
        self.status = status
        self.title = title
        self.code = code
        self.detail = detail
        self.again_after = again_after


def in_their_words(
    route: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Answer errors as remove.bg does."""

    @wraps(route)
    async def answer(request: Request) -> Response:
        try:
            return await route(request)
        except Refused as error:
            return _told(error)
        except Unfit as error:
            return _told(Refused(error.status, error.says, "invalid_request"))
        except (InferenceError, StorageError) as error:
            return _told(_refused(error))
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)

    return answer


def _told(refused: Refused) -> JSONResponse:
    again = {"Retry-After": str(refused.again_after)} if refused.status in AGAIN else {}
    return error_list(
        refused.status, refused.title, code=refused.code, detail=refused.detail, headers=again
    )


def _refused(error: InferenceError | StorageError) -> Refused:
    bad, much = HTTPStatus.BAD_REQUEST, HTTPStatus.TOO_MANY_REQUESTS
    match error:
        case PhotoRejected():
            code, title = PHOTOS[error.refusal]
            return Refused(bad, title, code, error.says)
        case NoSubject():
            title = "Could not identify the foreground."
            return Refused(bad, title, "unknown_foreground", error.says)
        case OutOfCredits():
            return Refused(HTTPStatus.PAYMENT_REQUIRED, "Insufficient credits.", detail=error.says)
        case TooSoon() | TooMany():
            seconds = error.seconds if isinstance(error, TooSoon) else RETRY_SECONDS
            return Refused(much, "Too many photos.", "", error.says, seconds)
    if (status := status_of(error)) is HTTPStatus.SERVICE_UNAVAILABLE:
        return Refused(status, "This cannot be done right now.", detail=error.says)
    return Refused(bad, "This photo could not be cut out.", "failed", error.says)
