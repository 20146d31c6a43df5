"""For workers elsewhere: they show a token, are handed jobs, and tell what became of them."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI
from pydantic import ConfigDict, Field, TypeAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from inference.errand import Ticket
from inference.foreman import LONGEST_SENTENCE, Foreman
from storage.records import Note
from ui.api.answers import Route
from ui.api.spoken import read_body, to_programs
from ui.lane import Lane
from ui.problem import problem

STRICT = ConfigDict(extra="forbid")
MOST_TICKETS = 200
NO_TOKEN = "Show this instance's worker token: Authorization: Bearer ..."  # noqa: S105 a sentence
Tickets = Annotated[list[Ticket], Field(max_length=MOST_TICKETS)]
Side = Annotated[int, Field(gt=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Jobs that somebody has in hand."""

    __pydantic_config__ = STRICT
    tickets: Tickets


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was put: a cutout and its thumbnail."""

    __pydantic_config__ = STRICT
    ticket: Ticket
    size: tuple[Side, Side]
    note: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Matted:
    __pydantic_config__ = STRICT
    ticket: Ticket
    note: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    __pydantic_config__ = STRICT
    ticket: Ticket
    says: Annotated[str, Field(min_length=1, max_length=LONGEST_SENTENCE)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    __pydantic_config__ = STRICT
    ticket: Ticket


HELD, MADE, MATTED = TypeAdapter(Held), TypeAdapter(Made), TypeAdapter(Matted)
FAILED, TOLD = TypeAdapter(Failed), TypeAdapter(Told)


@dataclass(frozen=True, slots=True)
class Work:
    foreman: Foreman
    lane: Lane
    wake: Callable[[], None]
    """Is called when a job has ended: pages look at once."""

    async def take(self, _: Request) -> Response:
        """Answer a job, or null where nothing waits."""
        errand = await self.lane.run(self.foreman.hand_out)
        return JSONResponse(asdict(errand) if errand else None)

    async def beat(self, request: Request) -> Response:
        told = await read_body(request, HELD)
        return JSONResponse({"held": await self.lane.run(self.foreman.beat, told.tickets)})

    async def release(self, request: Request) -> Response:
        told = await read_body(request, HELD)
        await self.lane.run(self.foreman.release, told.tickets)
        return JSONResponse({})

    async def anew(self, request: Request) -> Response:
        told = await read_body(request, TOLD)
        return JSONResponse(asdict(await self.lane.run(self.foreman.anew, told.ticket)))

    async def matte(self, request: Request) -> Response:
        told = await read_body(request, MATTED)
        await self.lane.run(self.foreman.matte, told.ticket, told.note)
        return JSONResponse({})

    async def finish(self, request: Request) -> Response:
        told = await read_body(request, MADE)
        return self._ended(
            await self.lane.run(self.foreman.finish, told.ticket, told.size, told.note)
        )

    async def fail(self, request: Request) -> Response:
        told = await read_body(request, FAILED)
        return self._ended(await self.lane.run(self.foreman.fail, told.ticket, told.says))

    def _ended(self, job: Any) -> Response:
        self.wake()
        return JSONResponse(asdict(job))


def add_work(app: FastAPI, foreman: Foreman, lane: Lane, wake: Callable[[], None]) -> None:
    """Add the routes. Their lane is their own: pages do not wait for workers."""
    work = Work(foreman, lane, wake)
    routes = (
        *(work.take, work.beat, work.release, work.anew),
        *(work.matte, work.finish, work.fail),
    )
    for route in routes:
        answer = to_programs(_for_workers(foreman, route))
        app.add_api_route(
            f"/work/{route.__name__}", answer, methods=["POST"], include_in_schema=False
        )


def _for_workers(foreman: Foreman, route: Route) -> Route:
    async def let_in(request: Request) -> Response:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not foreman.knows(token.strip()):
            return problem(HTTPStatus.UNAUTHORIZED, NO_TOKEN)
        return await route(request)

    return let_in
