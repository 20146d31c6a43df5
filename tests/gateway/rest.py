"""/rest/v1 as PostgREST answers: functions by name, and rows of one table. 501 for all else."""

import json
import tomllib
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.gateway.crossing import Crossing, Unknown
from tests.gateway.filters import RESERVED, Missing, Unreadable, question
from tests.gateway.functions import Functions
from tests.gateway.refusal import Refusal, missing, of_database
from tests.gateway.statements import KEYS, Target
from tests.ground.parts import ROOT

SETTINGS = tomllib.loads((ROOT / "supabase" / "config.toml").read_text())["api"]
"""Of the project: the schemas that are reached, and how many rows are given at most."""
READS = {"GET", "HEAD"}
ONE = "application/vnd.pgrst.object+json"
KINDS = {"", "*/*", "application/json", ONE}
PREFERENCES = {
    "return=minimal",
    "return=representation",
    "resolution=merge-duplicates",
    "resolution=ignore-duplicates",
    "count=exact",
}


@dataclass(frozen=True, slots=True)
class Call:
    """A request, read whole."""

    method: str
    name: str
    asked: list[tuple[str, str]]
    body: Any
    prefers: frozenset[str]
    one: bool
    """Whether the answer is to be one object and not a list."""

    @property
    def shown(self) -> bool:
        return "return=representation" in self.prefers

    @property
    def counted(self) -> bool:
        return "count=exact" in self.prefers

    @property
    def conflict(self) -> str:
        found = [one for one in self.prefers if one.startswith("resolution=")]
        return found[0].partition("=")[2] if found else ""


@dataclass(slots=True)
class Rest:
    crossing: Crossing
    most: int = SETTINGS["max_rows"]
    """Rows of one answer; the rest is left out and nothing says so."""
    _functions: Functions = field(default_factory=Functions)

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/rest/v1/rpc/{name}", self.rpc, methods=["GET", "POST"]),
            Route("/rest/v1/{name}", self.rows, methods=["GET", "POST", "PATCH", "DELETE"]),
            Route(
                "/rest/v1/{rest:path}",
                self.nothing,
                methods=["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"],
            ),
        ]

    async def nothing(self, request: Request) -> Response:
        return missing(f"{request.method} {request.url.path}")

    async def rows(self, request: Request) -> Response:
        return await self._answered(request, self._rows)

    async def rpc(self, request: Request) -> Response:
        return await self._answered(request, self._rpc)

    async def _answered(self, request: Request, answer: Any) -> Response:
        """Ask in one transaction, whose end an answer that is no success undoes."""
        role = ""
        try:
            claims = self.crossing.claims(request.headers)
            role = str(claims["role"])
            call = read(request, await request.body())

            def ask() -> Response:
                with self.crossing.transaction(claims, request.headers) as connection:
                    if call.method in READS:
                        connection.execute("set transaction read only")
                    answered: Response = answer(call, connection)
                    return answered

            return await run_in_threadpool(ask)
        except Unknown as error:
            return Refusal(401, "PGRST301", str(error)).answer()
        except Missing as error:
            return missing(str(error))
        except Unreadable as error:
            says = f'"failed to parse filter ({error})"'
            return Refusal(400, "PGRST100", says).answer()
        except Refusal as refusal:
            return refusal.answer()
        except psycopg.Error as error:
            return of_database(error, role).answer()

    def _rows(self, call: Call, connection: Connection[DictRow]) -> Response:
        target = Target(call.name, question(call.asked))
        self._check(connection, call.name)
        if call.method in READS:
            return self._selected(call, target, connection)
        if call.counted:
            raise Missing("a count of changes")
        if call.method == "POST":
            return self._inserted(call, target, connection)
        if call.conflict:
            raise Missing("a resolution without an insert")
        if call.method == "PATCH":
            statement = target.update(call.body, shown=call.shown)
        else:
            statement = target.delete(shown=call.shown)
        cursor = connection.execute(statement)
        if not call.shown:
            return Response(status_code=204)
        return shaped(call, [row["answer"] for row in cursor.fetchall()], 200)

    def _selected(self, call: Call, target: Target, rows: Connection[DictRow]) -> Response:
        found = [row["answer"] for row in rows.execute(target.select(self.most)).fetchall()]
        number = None
        if call.counted:
            counted = rows.execute(target.count()).fetchone()
            assert counted
            number = counted["number"]
        first = target.question.offset
        if number is not None and first > number:
            says = f"An offset of {first} was requested, but there are only {number} rows."
            raise Refusal(416, "PGRST103", "Requested range not satisfiable", says)
        here = f"{first}-{first + len(found) - 1}" if found else "*"
        part = number is not None and len(found) < number
        answer = shaped(call, found, 206 if part else 200)
        answer.headers["Content-Range"] = f"{here}/{'*' if number is None else number}"
        return answer

    def _inserted(self, call: Call, target: Target, connection: Connection[DictRow]) -> Response:
        if set(call.asked) and not {name for name, _ in call.asked} <= RESERVED:
            raise Missing("a filter of an insert")
        merges = call.conflict == "merge-duplicates"
        if merges and not call.shown:
            raise Missing("an upsert that shows nothing")
        found = connection.execute(KEYS, [f'public."{call.name}"']).fetchone()
        keys = found["names"] if found else []
        statement = target.insert(call.body, call.conflict, keys, shown=call.shown)
        cursor = connection.execute(statement)
        if not call.shown:
            return Response(status_code=201)
        rows = [row["answer"] for row in cursor.fetchall()]
        fresh = [row.pop("coveshot_new", True) for row in rows]
        return shaped(call, rows, 201 if any(fresh) or not merges else 200)

    def _check(self, connection: Connection[DictRow], table: str) -> None:
        """Raises Refusal for a table that is not there."""
        found = connection.execute(
            "select from pg_class where relnamespace = 'public'::regnamespace"
            " and relname = %s and relkind in ('r', 'v', 'm', 'p')",
            [table],
        ).fetchone()
        if found is None:
            says = f"Could not find the table 'public.{table}' in the schema cache"
            raise Refusal(404, "PGRST205", says)

    def _rpc(self, call: Call, connection: Connection[DictRow]) -> Response:
        if call.prefers:
            raise Missing("preferences of a function")
        if call.method not in READS and call.asked:
            raise Missing("a question to the answer of a function")
        given = dict(call.asked) if call.method in READS else call.body or {}
        function = self._functions.find(connection, call.name, given)
        if function is None:
            names = ", ".join(sorted(given))
            says = f"Could not find the function public.{call.name}"
            says += f"({names}) in the schema cache" if given else " in the schema cache"
            raise Refusal(404, "PGRST202", says)
        rows = connection.execute(function.call(given, self.most)).fetchall()
        if function.silent:
            return Response(status_code=204)
        answers = [row["answer"] for row in rows]
        if function.many:
            return shaped(call, answers, 200)
        return JSONResponse(answers[0])


def read(request: Request, text: bytes) -> Call:
    """Raises Missing, Refusal."""
    reads = request.method in READS
    profile = "accept-profile" if reads else "content-profile"
    schema = request.headers.get(profile, "public")
    if schema not in SETTINGS["schemas"]:
        hint = f"Only the following schemas are exposed: {', '.join(SETTINGS['schemas'])}"
        raise Refusal(406, "PGRST106", f"Invalid schema: {schema}", hint=hint)
    accept = request.headers.get("accept", "")
    if accept not in KINDS or "range" in request.headers:
        raise Missing(f"an answer as {accept}, or in ranges")
    prefers = frozenset(filter(None, request.headers.get("prefer", "").replace(" ", "").split(",")))
    if not prefers <= PREFERENCES:
        raise Missing(f"Prefer: {', '.join(sorted(prefers - PREFERENCES))}")
    try:
        body = json.loads(text) if text else None
    except ValueError as error:
        raise Refusal(400, "PGRST102", "Empty or invalid json") from error
    asked = request.query_params.multi_items()
    name = request.path_params["name"]
    return Call(request.method, name, asked, body, prefers, accept == ONE)


def shaped(call: Call, rows: list[Any], status: int) -> Response:
    """Raises Refusal where one was asked for and there is not exactly one."""
    if not call.one:
        return JSONResponse(rows, status)
    if len(rows) != 1:
        says = "Cannot coerce the result to a single JSON object"
        raise Refusal(406, "PGRST116", says, f"The result contains {len(rows)} rows")
    return JSONResponse(rows[0], status, media_type=ONE)
