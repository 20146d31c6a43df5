"""Errors as programs read them: problem details, RFC 9457."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse

from ui.words import t

PROGRAMS = ("/intake", "/jobs/", "/outputs/", "/hooks")
"""Our own API: answered to who shows a key, and to our own pages."""
PUTS = "/put/"
"""Addresses that are told once, each for one photo: they need nothing else."""
THEIRS = "/v1.0/"
"""remove.bg's API."""
CODES = {
    HTTPStatus.PAYMENT_REQUIRED: "insufficient_credits",
    HTTPStatus.FORBIDDEN: "auth_failed",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limit_exceeded",
}
"""What remove.bg calls them."""
MIME = "application/problem+json"
NAMES = {HTTPStatus.UNAUTHORIZED: "no-key", HTTPStatus.INTERNAL_SERVER_ERROR: "own-fault"}


def speaks_to_programs(path: str) -> bool:
    return path.startswith((*PROGRAMS, PUTS))


def problem(
    status: HTTPStatus,
    says: str,
    name: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> JSONResponse:
    """Answer with an error by its name, such as `out-of-credits`, and a sentence for people."""
    name = name or NAMES.get(status) or re.sub(r"[^a-z]+", "-", status.phrase.lower())
    body = {
        "type": f"urn:coveshot:{name}",
        "title": name.replace("-", " ").capitalize(),
        "status": status.value,
        "detail": t(says),
        **(more or {}),
    }
    known = {"Cache-Control": "no-store"}
    if status is HTTPStatus.UNAUTHORIZED:
        known["WWW-Authenticate"] = 'Bearer realm="coveshot"'
    return JSONResponse(body, status, media_type=MIME, headers={**known, **(headers or {})})


def error_list(
    status: HTTPStatus,
    title: str,
    *,
    code: str = "",
    detail: str = "",
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Answer with an error as remove.bg's clients know it; without a code, by its status."""
    code = code or CODES.get(status) or status.phrase.lower().replace(" ", "_")
    error = {"title": title, "code": code} | ({"detail": detail} if detail else {})
    return JSONResponse({"errors": [error]}, status, headers=dict(headers or {}))


def name_of(error: Exception) -> str:
    """Return what an error is called: that of OutOfCredits is `out-of-credits`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
