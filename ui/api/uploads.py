"""The way in: a photo arrives as the body of one request."""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

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
        """Write the body to a file, refusing as early as can be, and hand it to the Studio."""
        account = account_of(request)
        most = account.plan.max_bytes
        try:
            async with self.inbox.receive(request, self.lane, most, check=sniff) as file:
                entry = await self.lane.run(
                    self.studio.arrive,
                    account,
                    file,
                    name=shown_name(request.query_params.get("name", "")),
                    folder=shown_folder(request.query_params.get("folder", "")),
                )
        except ClientDisconnect as error:
            raise Unfit("The upload was broken off.", HTTPStatus.BAD_REQUEST) from error
        return JSONResponse({"id": entry.id}, HTTPStatus.CREATED)
