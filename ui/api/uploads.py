"""The way in: a photo arrives as the body of one request."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from auth.account import Account
from inference.jobs import Studio
from inference.sniff import sniff
from ui.api.answers import Unfit, account_of
from ui.api.inbox import Inbox
from ui.lane import Lane
from ui.names import shown_folder, shown_name


@dataclass(frozen=True, slots=True)
class Uploads:
    studio: Studio
    lane: Lane
    inbox: Inbox

    async def take(self, request: Request) -> Response:
        """Take a photo in, to be cut out and put on the workbench."""
        account = account_of(request)
        async with self._received(request, account) as file:
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
        async with self._received(request, account) as file:
            sha256 = await self.lane.run(self.studio.keep_picture, account, file)
        return JSONResponse({"sha256": sha256}, HTTPStatus.CREATED)

    @asynccontextmanager
    async def _received(self, request: Request, account: Account) -> AsyncIterator[Path]:
        """Write the body to a file, refusing as early as can be."""
        most = account.plan.max_bytes
        try:
            async with self.inbox.receive(request, self.lane, most, check=sniff) as file:
                yield file
        except ClientDisconnect as error:
            raise Unfit("The upload was broken off.", HTTPStatus.BAD_REQUEST) from error
