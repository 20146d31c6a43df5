"""The way in for a window: a ticket in the address, good once, for a cookie."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from starlette.responses import RedirectResponse, Response

from auth.launch import LaunchGate
from ui.guard import NO_TICKET
from ui.refusal import Objection, answer
from ui.site import Site


def add_window(app: FastAPI, gate: LaunchGate, site: Site) -> None:
    """Add it, for the browsers that this start of the program opens itself."""

    @app.get("/window/{ticket}", include_in_schema=False)
    def enter(request: Request, ticket: str) -> Response:
        token = gate.redeem(ticket)
        if token is None:
            return answer(Objection(HTTPStatus.FORBIDDEN, NO_TICKET), request.headers)
        headers = {"Set-Cookie": site.set_cookie(token), "Cache-Control": "no-store"}
        return RedirectResponse("/", HTTPStatus.SEE_OTHER, headers=headers)
