"""The gateway on a port of this computer, for programs that are run beside the tests."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import uvicorn
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier, Literal, Placeholder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.gateway.auth import Auth
from tests.gateway.auth_answers import Settings
from tests.gateway.signing import Signing
from tests.program import free_port

TABLES = {"profiles", "plans"}


@dataclass(slots=True)
class Served:
    address: str
    auth: Auth


@contextmanager
def served(over: str, site: str) -> Iterator[Served]:
    """Serve the auth server of a database, and what of its tables signing in needs."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    issuer = f"{address}/auth/v1"
    auth = Auth(over, Signing(issuer), Settings(issuer=issuer, site=site))
    rest = Rest(over, auth)
    app = Starlette(routes=[*auth.routes, *rest.routes])
    config = uvicorn.Config(app, "127.0.0.1", port, log_level="warning", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    yield Served(address, auth)
    server.should_exit = True
    thread.join(30)
    auth.close()


@dataclass(slots=True)
class Rest:
    """Two tables as their owners may read them, and the functions of the server."""

    over: str
    auth: Auth

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/rest/v1/rpc/{function}", self.call, methods=["POST"]),
            Route("/rest/v1/{table}", self.read, methods=["GET"]),
        ]

    async def read(self, request: Request) -> Response:
        table = request.path_params["table"]
        if table not in TABLES:
            return JSONResponse({"message": f"The gateway has no {table}"}, 501)
        asked = dict(request.query_params)
        columns = [Identifier(one) for one in asked.pop("select").split(",")]
        where = [
            SQL("{}::text = {}").format(Identifier(name), Literal(value.removeprefix("eq.")))
            for name, value in asked.items()
        ]
        query = SQL("select {} from public.{}{}").format(
            SQL(", ").join(columns),
            Identifier(table),
            SQL(" where ") + SQL(" and ").join(where) if where else SQL(""),
        )
        with psycopg.connect(self.over, row_factory=dict_row) as rows:
            self._become(rows, request)
            found = rows.execute(query).fetchall()
        return Response(json.dumps(found, default=str), media_type="application/json")

    async def call(self, request: Request) -> Response:
        name, given = request.path_params["function"], await request.json()
        query = SQL("select public.{}({}) as answer").format(
            Identifier(name),
            SQL(", ").join(SQL("{} => {}").format(Identifier(k), Placeholder(k)) for k in given),
        )
        try:
            with psycopg.connect(self.over) as rows:
                self._become(rows, request)
                [many] = rows.execute(
                    "select bool_or(proretset) from pg_proc where proname = %s", [name]
                ).fetchone() or [False]
                found = [row[0] for row in rows.execute(query, given).fetchall()]
        except psycopg.Error as error:
            told = {"code": error.sqlstate, "message": error.diag.message_primary}
            return JSONResponse({**told, "details": None, "hint": None}, 400)
        answer = json.dumps(found if many else found[0], default=str)
        return Response(answer, media_type="application/json")

    def _become(self, rows: "psycopg.Connection[Any]", request: Request) -> None:
        """Take on the role of whoever asks."""
        token = request.headers["authorization"].removeprefix("Bearer ")
        server = token == self.auth.settings.secret
        claims = {"role": "service_role"} if server else self.auth.signer.read(token)
        rows.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps(claims)])
        rows.execute(SQL("set local role {}").format(Identifier(claims["role"])))
