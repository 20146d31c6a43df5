"""/rest/v1 as PostgREST answers: functions by name, and rows of one table. 501 for all else."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.sql import SQL, Composable, Composed, Identifier
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.gateway.crossing import Crossing, Unknown

FUNCTIONS = """
select p.proretset as many, p.prorettype = 'void'::regtype as silent,
  coalesce(p.proargnames, '{}') as names, p.pronargdefaults as defaults,
  array(select format_type(t, null) from unnest(p.proargtypes) with ordinality a(t, at) order by at)
    as types
from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname = %s
"""
PLAIN = {
    "select": r"\*|\w+(, ?\w+)*",
    "order": r"\w+(\.(asc|desc))?",
    "limit": r"\d+",
    "offset": r"\d+",
}
"""What may be asked of a table beside columns that equal a value."""
STATUSES = {"42501": 403, "23505": 409, "23503": 409, "42P01": 404, "42883": 404}
KINDS = {"53": 503, "40": 500, "57": 500, "54": 500, "08": 503}


@dataclass(frozen=True, slots=True)
class Function:
    many: bool
    silent: bool
    types: dict[str, str]
    least: set[str]
    """What has to be given."""


@dataclass(slots=True)
class Rest:
    crossing: Crossing
    _known: dict[str, list[Function]] = field(default_factory=dict)

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/rest/v1/rpc/{name}", self.call, methods=["POST"]),
            Route("/rest/v1/{table}", self.rows, methods=["GET"]),
            Route("/rest/v1/{rest:path}", self.nothing, methods=["GET", "POST", "PATCH", "DELETE"]),
        ]

    async def nothing(self, request: Request) -> Response:
        return JSONResponse({"message": f"The gateway has no {request.url.path}"}, 501)

    async def rows(self, request: Request) -> Response:
        asked = [(name, value) for name, value in request.query_params.multi_items()]
        plain = all(
            re.fullmatch(PLAIN.get(name, r"eq\..*"), value) and name.isidentifier()
            for name, value in asked
        )
        if not plain or "count" in request.headers.get("prefer", ""):
            return await self.nothing(request)
        return await run_in_threadpool(self._rows, request, dict(asked))

    async def call(self, request: Request) -> Response:
        text = await request.body()
        given = json.loads(text) if text else {}
        return await run_in_threadpool(self._call, request, request.path_params["name"], given)

    def _rows(self, request: Request, asked: dict[str, str]) -> Response:
        try:
            claims = self.crossing.claims(request.headers)
        except Unknown as error:
            return refused(401, "PGRST301", str(error))
        statement, values = selected(request.path_params["table"], asked)
        try:
            with self.crossing.transaction(claims, request.headers) as connection:
                rows = connection.execute(statement, values).fetchall()
        except psycopg.Error as error:
            return of_database(error, str(claims["role"]))
        return JSONResponse([row["answer"] for row in rows])

    def _call(self, request: Request, name: str, given: dict[str, Any]) -> Response:
        try:
            claims = self.crossing.claims(request.headers)
        except Unknown as error:
            return refused(401, "PGRST301", str(error))
        try:
            with self.crossing.transaction(claims, request.headers) as connection:
                function = self._function(connection, name, given)
                if function is None:
                    says = f"Could not find the function public.{name}({', '.join(given)})"
                    return refused(404, "PGRST202", says)
                statement = called(name, function, given)
                rows = connection.execute(statement, [json.dumps(given)]).fetchall()
        except psycopg.Error as error:
            return of_database(error, str(claims["role"]))
        if function.silent:
            return Response(status_code=204)
        answers = [row["answer"] for row in rows]
        return JSONResponse(answers if function.many else answers[0])

    def _function(
        self, connection: psycopg.Connection[Any], name: str, given: dict[str, Any]
    ) -> Function | None:
        if not (known := self._known.get(name)):
            known = [described(row) for row in connection.execute(FUNCTIONS, [name]).fetchall()]
            self._known[name] = known
        fits = (one for one in known if one.least <= given.keys() <= one.types.keys())
        return next(fits, None)


def described(row: dict[str, Any]) -> Function:
    names = row["names"][: len(row["types"])]
    least = names[: len(names) - row["defaults"]]
    types = dict(zip(names, row["types"], strict=True))
    return Function(row["many"], row["silent"], types, set(least))


def called(name: str, function: Function, given: dict[str, Any]) -> Composed:
    call = SQL("public.{}({})").format(
        Identifier(name),
        SQL(", ").join(SQL("{0} => given.{0}").format(Identifier(one)) for one in given),
    )
    if not given:
        return SQL("select to_json(answer) as answer from {} answer where %s::text <> ''").format(
            call
        )
    columns = SQL(", ").join(
        SQL("{} {}").format(Identifier(one), SQL(function.types[one])) for one in given
    )
    return SQL(
        "select to_json(answer) as answer"
        " from json_to_record(%s::json) given({}), lateral {} answer"
    ).format(columns, call)


def selected(table: str, asked: dict[str, str]) -> tuple[Composed, list[str]]:
    equal = {name: value.removeprefix("eq.") for name, value in asked.items() if name not in PLAIN}
    columns = [one.strip() for one in asked.get("select", "*").split(",")]
    parts: list[Composable] = [
        SQL("select {} from public.{}").format(
            SQL(", ").join(SQL("*") if one == "*" else Identifier(one) for one in columns),
            Identifier(table),
        )
    ]
    if equal:
        wanted = (SQL("{}::text = %s").format(Identifier(name)) for name in equal)
        parts.append(SQL("where {}").format(SQL(" and ").join(wanted)))
    if order := asked.get("order"):
        name, _, way = order.partition(".")
        parts.append(SQL("order by {} {}").format(Identifier(name), SQL(way or "asc")))
    bounds = [word for word in ("limit", "offset") if word in asked]
    parts += [SQL("{} {}").format(SQL(word), int(asked[word])) for word in bounds]
    whole = SQL("select to_json(found) as answer from ({}) found").format(SQL(" ").join(parts))
    return whole, [*equal.values()]


def refused(status: int, code: str, says: str, **more: str | None) -> Response:
    body = {"code": code, "message": says, "details": None, "hint": None, **more}
    return JSONResponse(body, status)


def of_database(error: psycopg.Error, role: str) -> Response:
    code, told = error.sqlstate or "", error.diag
    if not code or code.startswith("57P"):
        return refused(503, "PGRST001", "Database client error. Retrying the connection.")
    status = STATUSES.get(code, KINDS.get(code[:2], 400))
    if code == "42501" and role == "anon":
        status = 401
    if code.startswith("PT"):
        status = int(code[2:])
    says = told.message_primary or ""
    return refused(status, code, says, details=told.message_detail, hint=told.message_hint)
