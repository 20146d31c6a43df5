"""The way in: a photo arrives as the body of one request."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from inference.fitting import Fitting
from inference.recipe_file import MOST_BYTES
from inference.sniff import sniff
from inference.studio import Studio
from ui.api.answers import Unfit, account_of
from ui.api.inbox import Inbox
from ui.lane import Lane
from ui.names import shown_folder, shown_name

ROOM = 1_000
"""Bytes of a zip beside what is in it."""


@dataclass(frozen=True, slots=True)
class Uploads:
    fitting: Fitting
    lane: Lane
    inbox: Inbox

    @property
    def studio(self) -> Studio:
        return self.fitting.studio

    async def take(self, request: Request) -> Response:
        """Take a photo in, to be cut out and put on the workbench."""
        account = account_of(request)
        async with self._received(request, account.plan.max_bytes, sniff) as file:
            entry = await self.lane.run(
                self.studio.arrive,
                account,
                file,
                name=shown_name(request.query_params.get("name", "")),
                folder=shown_folder(request.query_params.get("folder", "")),
            )
        return JSONResponse({"id": entry.id}, HTTPStatus.CREATED)

    async def take_picture(self, request: Request) -> Response:
        """Take a picture in, to be laid behind subjects."""
        account = account_of(request)
        async with self._received(request, account.plan.max_bytes, sniff) as file:
            sha256 = await self.lane.run(self.studio.keep_picture, account, file)
        return JSONResponse({"sha256": sha256}, HTTPStatus.CREATED)

    async def take_preset(self, request: Request) -> Response:
        """Take in what somebody has shared, with its picture where it has one."""
        account, name = account_of(request), shown_name(request.path_params["name"])
        most = account.plan.max_bytes + MOST_BYTES + ROOM
        async with self._received(request, most, lambda _: None) as file:
            preset = await self.lane.run(self.fitting.take_in, account, file, name)
        told = {"name": preset.name, "title": preset.title}
        return JSONResponse(told, HTTPStatus.CREATED)

    @asynccontextmanager
    async def _received(
        self, request: Request, most: int, check: Callable[[bytes], object]
    ) -> AsyncIterator[Path]:
        """Write the body to a file, refusing as early as can be."""
        try:
            async with self.inbox.receive(request, self.lane, most, check) as file:
                yield file
        except ClientDisconnect as error:
            raise Unfit("The upload was broken off.", HTTPStatus.BAD_REQUEST) from error
