"""What the secret key may ask of the auth server."""

import re
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.gateway.auth_answers import VERSION, Refusal

if TYPE_CHECKING:
    from tests.gateway.auth import Auth


def admin(auth: "Auth", request: Request, call: str, body: Any, back: str) -> Response:
    if request.headers.get("apikey") != auth.settings.secret:
        raise Refusal(403, "not_admin", "User not allowed")
    whole = {
        "GET admin/users": lambda: listed(auth, request),
        "POST admin/users": lambda: create(auth, body),
        "POST admin/generate_link": lambda: link(auth, body, back),
    }
    if call in whole:
        return whole[call]()
    if found := re.fullmatch(r"(GET|DELETE) admin/users/([^/]+)", call):
        user = auth.people.find(found[2])
        if user is None:
            raise Refusal(404, "user_not_found", "User not found")
        if found[1] == "GET":
            return JSONResponse(auth.shape(user), headers=VERSION)
        if not body.get("should_soft_delete"):
            auth.people.delete(found[2])
            return JSONResponse({}, headers=VERSION)
    return JSONResponse({"message": f"The gateway has no {call}"}, 501)


def listed(auth: "Auth", request: Request) -> Response:
    page = int(request.query_params.get("page") or 1)
    size = int(request.query_params.get("per_page") or 50)
    rows, count = auth.people.page(page, size)
    return JSONResponse(
        {"users": [auth.shape(row) for row in rows], "aud": "authenticated"},
        headers={**VERSION, "X-Total-Count": str(count)},
    )


def create(auth: "Auth", body: Any) -> Response:
    email = auth.email_of(body)
    if auth.people.named(email):
        says = "A user with this email address has already been registered"
        raise Refusal(422, "email_exists", says)
    confirmed = bool(body.get("email_confirm"))
    user = auth.people.add(email, body.get("password") or "", confirmed=confirmed, provider="email")
    return JSONResponse(auth.shape(user), headers=VERSION)


def link(auth: "Auth", body: Any, back: str) -> Response:
    user = auth.people.named(auth.email_of(body))
    if user is None or body.get("type") not in {"magiclink", "recovery"}:
        raise Refusal(404, "user_not_found", "User with this email not found")
    mail = auth.letters.send(
        user["email"], body["type"], str(user["id"]), back=back, challenge="", now=auth.clock()
    )
    properties = {
        "action_link": mail.link,
        "email_otp": mail.code,
        "hashed_token": mail.token_hash,
        "redirect_to": back,
        "verification_type": mail.kind,
    }
    return JSONResponse({**auth.shape(user), **properties}, headers=VERSION)
