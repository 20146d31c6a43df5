"""What PostgREST says when it says no."""

from dataclasses import dataclass

import psycopg
from starlette.responses import JSONResponse, Response

STATUSES = {
    "08": 503,
    "09": 500,
    "0L": 403,
    "0P": 403,
    "23503": 409,
    "23505": 409,
    "25": 500,
    "25006": 405,
    "28": 403,
    "2D": 500,
    "40": 500,
    "42883": 404,
    "42P01": 404,
    "42P17": 500,
    "42501": 403,
    "53": 503,
    "53400": 500,
    "54": 500,
    "55": 500,
    "57": 500,
    "57P01": 503,
    "58": 500,
    "P0": 500,
    "P0001": 400,
    "XX": 500,
}
"""Statuses by how a code of Postgres begins; the longest counts."""
ANYTHING = 400


@dataclass(slots=True, eq=False)
class Refusal(Exception):
    status: int
    code: str
    message: str
    details: str | None = None
    hint: str | None = None

    def answer(self) -> Response:
        body = {
            "code": self.code,
            "message": self.message,
            "details": self.details,
            "hint": self.hint,
        }
        more = {"WWW-Authenticate": "Bearer"} if self.status == 401 else None
        return JSONResponse(body, self.status, more)


def missing(what: str) -> Response:
    """The gateway does not know this, which says nothing of the real one."""
    return JSONResponse({"message": f"The gateway does not implement {what}"}, 501)


def of_database(error: psycopg.Error, role: str) -> Refusal:
    code, told = error.sqlstate or "", error.diag
    if not code:
        return Refusal(503, "PGRST000", "Database connection error. Retrying the connection.")
    if code.startswith("57P"):
        return Refusal(503, "PGRST001", "Database client error. Retrying the connection.")
    status = next((STATUSES[code[:n]] for n in (5, 2) if code[:n] in STATUSES), ANYTHING)
    if code == "42501" and role == "anon":
        status = 401
    if code.startswith("PT"):
        status = int(code[2:])
    message = told.message_primary or ""
    return Refusal(status, code, message, told.message_detail, told.message_hint)
