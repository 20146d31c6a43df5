"""What the routes for programs have in common: bodies that are read, and errors that are told."""

import json
from collections.abc import Mapping
from functools import wraps
from http import HTTPStatus
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from auth.keys import Key
from inference.errors import InferenceError, PhotoRejected, Refusal, TooSoon
from storage.errors import StorageError, TooMany
from ui.api.answers import Route, Unfit, status_of
from ui.problem import name_of, problem

MOST_BYTES = 64_000
RETRY_SECONDS = 5
PHOTOS = {
    Refusal.SIZE: "photo-too-large",
    Refusal.TYPE: "photo-of-another-type",
    Refusal.BROKEN: "photo-refused",
}
Body = TypeVar("Body")


class Malformed(Unfit):
    """A body that is not what it should be; `errors` tell where."""

    def __init__(self, says: str, errors: list[Mapping[str, str]]) -> None:
        super().__init__(says, HTTPStatus.UNPROCESSABLE_ENTITY)
        self.errors = errors


def to_programs(route: Route, right: str = "") -> Route:
    """Answer the typed errors of a route as problem details; so to a key without a right to it."""

    @wraps(route)
    async def answer(request: Request) -> Response:
        try:
            check_right(request, right)
            return await route(request)
        except (Unfit, InferenceError, StorageError) as error:
            return _told(error, request)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)

    return answer


def _told(error: Unfit | InferenceError | StorageError, request: Request) -> Response:
    headers: dict[str, str] = {}
    if request.method in {"POST", "PUT"}:
        headers["Connection"] = "close"  # else the server reads on to the end of the body
    status = status_of(error)
    match error:
        case TooSoon():
            headers["Retry-After"] = str(error.seconds)
        case _ if isinstance(error, TooMany) or status is HTTPStatus.SERVICE_UNAVAILABLE:
            headers["Retry-After"] = str(RETRY_SECONDS)
    name = PHOTOS[error.refusal] if isinstance(error, PhotoRejected) else name_of(error)
    if isinstance(error, Unfit):
        name = ""
    more = {"errors": error.errors} if isinstance(error, Malformed) else None
    return problem(status, error.says, name, headers=headers, more=more)


def check_right(request: Request, right: str) -> None:
    """Raises Unfit for a key that lacks a right; who is here in person has all of them."""
    key: Key | None = getattr(request.state, "key", None)
    if right and key and not key.has(right):
        raise Unfit(f"This key may not {right}. Make one that may.", HTTPStatus.FORBIDDEN)


async def read_body(request: Request, adapter: TypeAdapter[Body]) -> Body:
    """Read a body of JSON as a dataclass has it. Raises Unfit."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Unfit("Send JSON: application/json.", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    text = b""
    async for piece in request.stream():
        text += piece
        if len(text) > MOST_BYTES:
            raise Unfit("This body is too long.", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unfit("This body is not JSON.", HTTPStatus.BAD_REQUEST) from error
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        wrong: list[Mapping[str, str]] = [
            {"pointer": "".join(f"/{part}" for part in one["loc"]), "detail": one["msg"]}
            for one in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        first = wrong[0]
        where = first["pointer"].removeprefix("/") or "The body"
        raise Malformed(f"{where}: {first['detail']}.", wrong) from error
