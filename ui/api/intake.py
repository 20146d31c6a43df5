"""Our own API: a photo is announced, sent, cut out and fetched, by programs and by pages."""

from asyncio import Semaphore
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth.account import Account
from inference.errors import PhotoRejected, Refusal
from inference.hints import Announced
from inference.reception import Expected, Reception
from inference.recipe import Recipe
from storage.dock import FolderDock
from storage.records import Invitation, Status, Task, Version
from ui.api.answers import Unfit, account_of
from ui.api.blobs import id_of
from ui.api.inbox import Inbox
from ui.api.spoken import read_body
from ui.lane import Lane
from ui.names import shown_folder, shown_name

READ_AT_ONCE = 4
"""Photos that have come and are looked at, at a time."""
LONGEST_TOKEN = 255
PIECE = 6 * 1024 * 1024
"""Of uploads in pieces, all but the last."""
STRICT = ConfigDict(extra="forbid", strict=True)
MOST_BYTES = 10**12
LONGEST_SIDE = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """The body of `POST /intake`."""

    __pydantic_config__ = STRICT

    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="Of the file's bytes.")]
    filename: Annotated[str, Field(min_length=1, max_length=255)]
    size: Annotated[int, Field(gt=0, le=MOST_BYTES, description="Bytes of the file.")]
    width: Annotated[int, Field(ge=0, le=LONGEST_SIDE)] = 0
    height: Annotated[int, Field(ge=0, le=LONGEST_SIDE)] = 0
    recipe: dict[str, Any] | None = None
    op_key: Annotated[str, Field(max_length=255)] = ""
    wants_persist: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """The body of `POST /outputs/promote`."""

    __pydantic_config__ = STRICT

    output_id: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


ANNOUNCEMENT, PROMOTION = TypeAdapter(Announcement), TypeAdapter(Promotion)


@dataclass(frozen=True, slots=True)
class Intakes:
    reception: Reception
    lane: Lane
    inbox: Inbox
    dock: FolderDock
    _reading: Semaphore = field(default_factory=lambda: Semaphore(READ_AT_ONCE), init=False)

    async def announce(self, request: Request) -> Response:
        """Answer `POST /intake`."""
        account = account_of(request)
        said = _announced(await read_body(request, ANNOUNCEMENT), request)
        made = await self.lane.run(self.reception.announce, account, said)
        if isinstance(made, Version):
            placed = await self._placed(request, account, made, said.name)
            return JSONResponse({"cached": True, **output(request, made.id, made.recipe), **placed})
        told = _awaited(request, made)
        if made.invitation is None and made.intake.job_id:
            task = await self.lane.run(self.reception.look, account, made.intake.id)
            told |= await self._placed(request, account, task, said.name)
        where = f"{request.base_url}jobs/{made.intake.id}"
        return JSONResponse(told, HTTPStatus.CREATED, headers={"Location": where})

    async def _placed(
        self, request: Request, account: Account, made: Version | Task, name: str
    ) -> dict[str, str]:
        """Put a photo on the workbench where a page wants that, and tell under which id."""
        folder = request.query_params.get("folder")
        if folder is None:
            return {}
        place = partial(self.reception.place, folder=shown_folder(folder))
        entry = await self.lane.run(place, account, made, name)
        return {"entry_id": entry.id} if entry else {}

    async def put(self, request: Request) -> Response:
        """Take the bytes of an announced photo, once, from whoever was told the address.

        They are counted here, and looked at when it is said that they have come.
        """
        name: str = request.path_params["name"]
        size = await self.lane.run(self.dock.expected, name)
        async with self.inbox.receive(request, self.lane, size) as file:
            if file.stat().st_size != size:
                raise PhotoRejected(
                    f"{size} bytes were announced. Send all of them, and no others.",
                    Refusal.BROKEN,
                )
            await self.lane.run(self.dock.land, name, file)
        return Response(status_code=HTTPStatus.CREATED)

    async def uploaded(self, request: Request) -> Response:
        """Answer `POST /jobs/{id}/uploaded`: look at what has come, and queue it."""
        account, task_id = account_of(request), id_of(request, "job_id")
        async with self._reading:
            file = await self.lane.run(self.inbox.open)
            try:
                task = await self.lane.run(self.reception.check_in, account, task_id, file)
            finally:
                with suppress(OSError):  # what cannot be removed now is swept at the next start
                    file.unlink()
        name = task.intake.name if task.intake else ""
        placed = await self._placed(request, account, task, name)
        return JSONResponse(await self.told(request, account, task) | placed)

    async def job(self, request: Request) -> Response:
        """Answer `GET /jobs/{id}`."""
        account = account_of(request)
        task = await self.lane.run(self.reception.look, account, id_of(request, "job_id"))
        told = await self.told(request, account, task)
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    async def cancel(self, request: Request) -> Response:
        """Answer `DELETE /jobs/{id}`."""
        account = account_of(request)
        task = await self.lane.run(self.reception.cancel, account, id_of(request, "job_id"))
        return JSONResponse(await self.told(request, account, task))

    async def promote(self, request: Request) -> Response:
        """Answer `POST /outputs/promote`."""
        account = account_of(request)
        wanted = await read_body(request, PROMOTION)
        version = await self.lane.run(self.reception.promote, account, wanted.output_id)
        return JSONResponse({"kept": True, **output(request, version.id, version.recipe)})

    async def cutout(self, request: Request) -> Response:
        """Answer `GET /outputs/{id}/cutout.png`: a version never changes."""
        account, version_id = account_of(request), id_of(request, "output_id")
        png = await self.lane.run(self.reception.cutout, account, version_id)
        headers = {"ETag": f'"{version_id}"', "Cache-Control": "private, max-age=31536000"}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(png, media_type="image/png", headers=headers)

    async def told(self, request: Request, account: Account, task: Task) -> dict[str, Any]:
        """Return a job as programs are told of it."""
        ahead = await self.lane.run(self.reception.ahead, account, task)
        job = {
            "id": task.id,
            "status": task.status.value,
            "op_key": task.op_key,
            "says": task.says,
            "ahead": ahead,
            "created_at": moment(task.created_at),
            "updated_at": moment(task.updated_at),
        }
        if task.job and task.job.version_id and task.status is Status.DONE:
            return job | output(request, task.job.version_id, task.job.recipe)
        return job | {"output_id": None, "output_urls": None, "most_pixels": None}


def output(request: Request, version_id: str, recipe: str) -> dict[str, Any]:
    """Tell where a result is: whoever may ask for it shows a key there, too."""
    base = f"{request.base_url}outputs/{version_id}"
    urls = {"png": f"{base}/cutout.png", "thumbnail": f"{base}/thumb.webp"}
    most_pixels = Recipe.read(recipe).most_pixels or None
    return {"output_id": version_id, "output_urls": urls, "most_pixels": most_pixels}


def _announced(said: Announcement, request: Request) -> Announced:
    token = request.headers.get("idempotency-key", "")
    if len(token) > LONGEST_TOKEN or not (token.isprintable() and token.isascii()):
        raise Unfit(
            f"An Idempotency-Key has at most {LONGEST_TOKEN} letters and digits.",
            HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    if said.recipe is not None and said.op_key:
        raise Unfit("Send a recipe or an op_key, not both.", HTTPStatus.UNPROCESSABLE_ENTITY)
    if bool(said.width) != bool(said.height):
        raise Unfit("Send width and height, or none of them.", HTTPStatus.UNPROCESSABLE_ENTITY)
    return Announced(
        sha256=said.sha256,
        bytes=said.size,
        name=shown_name(said.filename),
        width=said.width,
        height=said.height,
        recipe=said.recipe,
        op_key=said.op_key,
        persists=said.wants_persist,
        token=token,
    )


def _awaited(request: Request, expected: Expected) -> dict[str, Any]:
    intake = expected.intake
    told: dict[str, Any] = {
        "cached": False,
        "job_id": intake.id,
        "status": intake.status.value,
        "expires_at": moment(intake.expires_at),
        "upload_url": None,
    }
    if expected.invitation:
        told |= _invited(request, expected.invitation)
    return told


def _invited(request: Request, invitation: Invitation) -> Mapping[str, Any]:
    """Tell where the bytes are put, and how they go there in pieces where they can."""
    url = invitation.url
    if url.startswith("/"):
        url = f"{str(request.base_url).rstrip('/')}{url}"
    resumable = None
    if invitation.resumable:
        resumable = {
            "url": invitation.resumable,
            "headers": {
                "x-signature": invitation.token,
                "Tus-Resumable": "1.0.0",
                "Upload-Metadata": invitation.label,
            },
            "piece": PIECE,
        }
    headers = {"Content-Type": invitation.mime}
    return {"upload_url": url, "upload_headers": headers, "resumable": resumable}


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
