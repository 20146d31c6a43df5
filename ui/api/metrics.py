"""Who may read the numbers, and how: see ui/api/numbers.py."""

from collections.abc import Sequence
from http import HTTPStatus
from secrets import compare_digest
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from inference.studio import Studio
from storage.ports.records import Records
from ui.lane import Lane
from ui.site import is_loopback

if TYPE_CHECKING:
    from ui.api.numbers import Sheet

NOT_HERE = (
    "Numbers are read on this computer itself, at http://127.0.0.1, or with the token in "
    "COVESHOT_METRICS_TOKEN."
)
NO_CLIENT = "Numbers take one more package: pip install 'coveshot[cloud]'."


class Metrics:
    def __init__(
        self, lane: Lane, studio: Studio, libraries: Sequence[Records], token: str = ""
    ) -> None:
        """Show a token, or be on this computer where there is none."""
        self._lane = lane
        self._token = token
        self._parts = studio, libraries
        self._sheet: Sheet | None = None

    async def read(self, request: Request) -> Response:
        """Answer `GET /metrics`."""
        headers = {"Cache-Control": "no-store"}
        if not self._may_read(request):
            return PlainTextResponse(NOT_HERE, HTTPStatus.FORBIDDEN, headers)
        try:
            sheet = await self._lane.run(self._opened)
        except ImportError:
            return PlainTextResponse(NO_CLIENT, HTTPStatus.NOT_IMPLEMENTED, headers)
        text = await self._lane.run(sheet.write)
        return Response(text, headers=headers | {"Content-Type": sheet.mime})

    def _opened(self) -> "Sheet":
        if self._sheet is None:
            from ui.api.numbers import Sheet  # noqa: PLC0415 for those who are watched over alone

            self._sheet = Sheet(*self._parts)
        return self._sheet

    def _may_read(self, request: Request) -> bool:
        if not self._token:
            return is_loopback(request.scope)
        shown = request.headers.get("authorization", "").removeprefix("Bearer ")
        return compare_digest(shown.encode(), self._token.encode())
