"""What goes over a mail: links, codes, and those who come back with them."""

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tests.gateway.auth_answers import VERSION, Refusal, with_query
from tests.gateway.mail import Mail
from tests.gateway.people import Row

if TYPE_CHECKING:
    from tests.gateway.auth import Auth

HALF_WAY = "Confirmation link accepted. Please proceed to confirm link sent to the other email"
KINDS = {"email": {"signup", "magiclink"}, "magiclink": {"magiclink"}, "signup": {"signup"}}
KINDS |= {"recovery": {"recovery"}, "email_change": {"email_change"}}


def otp(auth: "Auth", body: Any, back: str) -> Response:
    email = auth.email_of(body)
    user = auth.people.named(email)
    if user is None and not body.get("create_user", True):
        raise Refusal(422, "otp_disabled", "Signups not allowed for otp")
    if user is None:
        user = auth.people.add(email, data=body.get("data"), confirmed=False, provider="email")
    kind = "magiclink" if user["email_confirmed_at"] else "signup"
    post(auth, user, kind, back, body)
    return JSONResponse({}, headers=VERSION)


def recover(auth: "Auth", body: Any, back: str) -> Response:
    if user := auth.people.named(auth.email_of(body)):
        post(auth, user, "recovery", back, body)
    return JSONResponse({}, headers=VERSION)


def resend(auth: "Auth", body: Any, back: str) -> Response:
    user = auth.people.named(auth.email_of(body))
    if user and body.get("type") == "signup" and user["email_confirmed_at"] is None:
        post(auth, user, "signup", back, body)
    return JSONResponse({}, headers=VERSION)


def verify(auth: "Auth", body: Any) -> Response:
    kinds = KINDS.get(body.get("type", ""), set())
    if token_hash := body.get("token_hash"):
        mail = auth.letters.take(kinds, auth.clock(), token_hash=token_hash)
    else:
        mail = auth.letters.take(
            kinds, auth.clock(), to=body.get("email", ""), code=body.get("token", "")
        )
    if mail is None:
        raise Refusal(403, "otp_expired", "Token has expired or is invalid")
    user = answered(auth, mail)
    if user is None:
        return JSONResponse({"code": "200", "msg": HALF_WAY}, headers=VERSION)
    return auth.enter(user)


def follow(auth: "Auth", request: Request) -> Response:
    """Somebody has followed the link of a mail."""
    asked = request.query_params
    back = auth.back_to(asked.get("redirect_to", ""))
    kinds = KINDS.get(asked.get("type", ""), set())
    mail = auth.letters.take(kinds, auth.clock(), token_hash=asked.get("token", "-"))
    if mail is None:
        return RedirectResponse(
            with_query(
                back,
                error="access_denied",
                error_code="otp_expired",
                error_description="Email link is invalid or has expired",
            ),
            303,
        )
    user = answered(auth, mail)
    if user is None:
        return RedirectResponse(with_query(back, message=HALF_WAY), 303)
    return RedirectResponse(with_query(back, code=auth.flow(user, mail.challenge)), 303)


def answered(auth: "Auth", mail: Mail) -> Row | None:
    """Do what a mail is for; None where another one has to be answered, too."""
    if mail.kind != "email_change":
        return auth.people.confirm(mail.user_id)
    if auth.letters.waits(mail.user_id, "email_change"):
        return None
    return auth.people.set_email(mail.user_id, auth.moving.pop(mail.user_id))


def post(auth: "Auth", user: Row, kind: str, back: str, body: Any, *, to: str = "") -> None:
    to = to or user["email"]
    last = auth.letters.last(to, kind)
    wait = last.sent_at + auth.settings.mail_seconds - auth.clock() if last else 0
    if wait > 0:
        says = f"For security purposes, you can only request this after {int(wait)} seconds."
        raise Refusal(429, "over_email_send_rate_limit", says)
    auth.letters.send(
        to,
        kind,
        str(user["id"]),
        back=back,
        challenge=body.get("code_challenge") or "",
        now=auth.clock(),
    )
