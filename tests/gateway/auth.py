"""/auth/v1 as the auth server of Supabase answers, as far as its clients can tell.

What it keeps stands in Postgres (see people.py) but for codes in flight. 501 for all else.
"""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.gateway.auth_admin import admin
from tests.gateway.auth_answers import (
    VERSION,
    Refusal,
    Settings,
    Signer,
    challenge_of,
    claims_of,
    shape,
    with_query,
)
from tests.gateway.auth_mail import follow, otp, post, recover, resend, verify
from tests.gateway.mail import Letterbox
from tests.gateway.people import People, Row, matches

FLOW_SECONDS = 300
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(slots=True)
class Flow:
    user_id: str
    challenge: str
    begun_at: float


@dataclass(slots=True)
class Auth:
    """The server; `routes` hang it into an application."""

    over: str
    signer: Signer
    settings: Settings
    clock: Callable[[], float] = time.time
    calls: list[str] = field(default_factory=list)
    """Each request as `POST token?grant_type=password`."""
    letters: Letterbox = field(init=False)
    people: People = field(init=False)
    _flows: dict[str, Flow] = field(default_factory=dict)
    moving: dict[str, str] = field(default_factory=dict)
    """The addresses that users want to have."""

    def __post_init__(self) -> None:
        self.letters = Letterbox(self.settings.issuer)
        self.people = People(self.over, self._now)

    def close(self) -> None:
        self.people.close()

    def _now(self) -> float:
        return self.clock()

    @property
    def routes(self) -> list[Route]:
        return [Route("/auth/v1/{path:path}", self.answer, methods=METHODS)]

    async def answer(self, request: Request) -> Response:
        path = request.path_params["path"]
        grant = request.query_params.get("grant_type")
        self.calls.append(f"{request.method} {path}" + (f"?grant_type={grant}" if grant else ""))
        try:
            text = await request.body()
            body = json.loads(text) if text else {}
            return self._answer(request, f"{request.method} {path}", body)
        except Refusal as refusal:
            return refusal.answer

    def _answer(self, request: Request, call: str, body: Any) -> Response:
        open_to_all: dict[str, Callable[[], Response]] = {
            "GET .well-known/jwks.json": lambda: JSONResponse(self.signer.published()),
            "GET authorize": lambda: self._authorize(request),
            "GET verify": lambda: follow(self, request),
        }
        if call in open_to_all:
            return open_to_all[call]()
        self._check_key(request)
        back = self.back_to(request.query_params.get("redirect_to", ""))
        with_key: dict[str, Callable[[], Response]] = {
            "POST signup": lambda: self._sign_up(body, back),
            "POST token": lambda: self._token(request.query_params.get("grant_type", ""), body),
            "POST otp": lambda: otp(self, body, back),
            "POST verify": lambda: verify(self, body),
            "POST recover": lambda: recover(self, body, back),
            "POST resend": lambda: resend(self, body, back),
            "GET user": lambda: JSONResponse(self.shape(self._asks(request)[0]), headers=VERSION),
            "PUT user": lambda: self._change(request, body, back),
            "POST logout": lambda: self._log_out(request),
        }
        if call in with_key:
            return with_key[call]()
        if " admin/" in call:
            return admin(self, request, call, body, back)
        return JSONResponse({"message": f"The gateway has no {call}"}, 501)

    def _sign_up(self, body: Any, back: str) -> Response:
        if not body.get("email"):
            raise Refusal(422, "anonymous_provider_disabled", "Anonymous sign-ins are disabled")
        email = self.email_of(body)
        known = self.people.named(email)
        self.check_password(body.get("password", ""))
        if known and known["email_confirmed_at"] is None:
            return self._unconfirmed(known, body, back)
        if known and not self.settings.confirms:
            raise Refusal(422, "user_already_exists", "User already registered")
        if known:  # as if it were a new one: nobody learns who has an account
            return JSONResponse({**self.shape(known), "id": str(uuid4()), "identities": []})
        user = self.people.add(
            email,
            body["password"],
            data=body.get("data"),
            confirmed=not self.settings.confirms,
            provider="email",
        )
        return self._unconfirmed(user, body, back) if self.settings.confirms else self.enter(user)

    def _unconfirmed(self, user: Row, body: Any, back: str) -> Response:
        post(self, user, "signup", back, body)
        return JSONResponse(self.shape(user), headers=VERSION)

    def _token(self, grant: str, body: Any) -> Response:
        match grant:
            case "password":
                return self._by_password(body)
            case "refresh_token":
                return self._renew(body.get("refresh_token", ""))
            case "pkce":
                return self._exchange(body.get("auth_code"), body.get("code_verifier"))
            case _:
                return JSONResponse({"message": f"The gateway has no grant {grant}"}, 501)

    def _by_password(self, body: Any) -> Response:
        user = self.people.named(body.get("email", ""))
        if user is None or not matches(body.get("password", ""), user["encrypted_password"]):
            raise Refusal(400, "invalid_credentials", "Invalid login credentials")
        if user["email_confirmed_at"] is None:
            raise Refusal(400, "email_not_confirmed", "Email not confirmed")
        return self.enter(user)

    def _renew(self, token: str) -> Response:
        try:
            renewed = self.people.renew(token)
        except ValueError as error:
            says = "Invalid Refresh Token: Already Used"
            raise Refusal(400, "refresh_token_already_used", says) from error
        if renewed is None:
            says = "Invalid Refresh Token: Refresh Token Not Found"
            raise Refusal(400, "refresh_token_not_found", says)
        user_id, session_id, following = renewed
        user = self.people.find(user_id)
        assert user
        self._check_banned(user)
        return self._session(user, session_id, following)

    def _exchange(self, code: str | None, verifier: str | None) -> Response:
        if not code or not verifier:
            says = "invalid request: both auth code and code verifier should be non-empty"
            raise Refusal(400, "validation_failed", says)
        flow = self._flows.get(code)
        if flow is None:
            says = "invalid flow state, no valid flow state found"
            raise Refusal(404, "flow_state_not_found", says)
        if self.clock() > flow.begun_at + FLOW_SECONDS:
            says = "invalid flow state, flow state has expired"
            raise Refusal(403, "flow_state_expired", says)
        if challenge_of(verifier) != flow.challenge:
            says = "code challenge does not match previously saved code verifier"
            raise Refusal(400, "bad_code_verifier", says)
        del self._flows[code]
        user = self.people.find(flow.user_id)
        assert user
        return self.enter(user)

    def _authorize(self, request: Request) -> Response:
        """The other site is not asked: somebody is signed in there and agrees at once."""
        asked = request.query_params
        if asked.get("provider") not in self.settings.providers:
            says = "Unsupported provider: provider is not enabled"
            raise Refusal(400, "validation_failed", says)
        email = self.settings.elsewhere
        user = self.people.named(email) or self.people.add(
            email, confirmed=True, provider=asked["provider"]
        )
        code = self.flow(user, asked.get("code_challenge", ""))
        return RedirectResponse(
            with_query(self.back_to(asked.get("redirect_to", "")), code=code), 302
        )

    def _change(self, request: Request, body: Any, back: str) -> Response:
        user, _ = self._asks(request)
        if password := body.get("password"):
            if matches(password, user["encrypted_password"]):
                says = "New password should be different from the old password."
                raise Refusal(422, "same_password", says)
            self.check_password(password)
            self.people.set_password(user["id"], password)
        if email := body.get("email"):
            if self.people.named(email):
                says = "A user with this email address has already been registered"
                raise Refusal(422, "email_exists", says)
            self.moving[str(user["id"])] = self.email_of(body)
            for to in (user["email"], email):
                post(self, user, "email_change", back, body, to=to)
        changed = self.people.find(str(user["id"]))
        assert changed
        return JSONResponse(self.shape(changed), headers=VERSION)

    def _log_out(self, request: Request) -> Response:
        user, session_id = self._asks(request)
        match request.query_params.get("scope", "global"):
            case "local":
                self.people.end(session_id)
            case "others":
                self.people.end_all(user["id"], but=session_id)
            case _:
                self.people.end_all(user["id"])
        return Response(status_code=204, headers=VERSION)

    def enter(self, user: Row) -> Response:
        self._check_banned(user)
        session_id, token = self.people.begin(str(user["id"]))
        return self._session(user, session_id, token)

    def _session(self, user: Row, session_id: str, token: str) -> Response:
        claims = claims_of(user, session_id, self.settings, self.clock())
        return JSONResponse(
            {
                "access_token": self.signer.sign(claims),
                "token_type": "bearer",
                "expires_in": int(self.settings.token_seconds),
                "expires_at": claims["exp"],
                "refresh_token": token,
                "user": self.shape(user),
            },
            headers=VERSION,
        )

    def shape(self, user: Row) -> dict[str, Any]:
        return shape(user, self.people.identities(user["id"]))

    def flow(self, user: Row, challenge: str) -> str:
        code = str(uuid4())
        self._flows[code] = Flow(str(user["id"]), challenge, self.clock())
        return code

    def _asks(self, request: Request) -> tuple[Row, str]:
        """Whose token a request has, and of which session."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not token or token in {self.settings.publishable, self.settings.secret}:
            says = "This endpoint requires a valid Bearer token"
            raise Refusal(401, "no_authorization", says)
        try:
            claims = self.signer.read(token)
        except jwt.PyJWTError as error:
            says = f"invalid JWT: unable to parse or verify signature, {error}"
            raise Refusal(403, "bad_jwt", says) from error
        user = self.people.find(claims.get("sub", ""))
        if user is None:
            says = "User from sub claim in JWT does not exist"
            raise Refusal(403, "user_not_found", says)
        if not self.people.has_session(claims.get("session_id", "")):
            says = "Session from session_id claim in JWT does not exist"
            raise Refusal(403, "session_not_found", says)
        return user, claims["session_id"]

    def _check_key(self, request: Request) -> None:
        if request.headers.get("apikey") not in {self.settings.publishable, self.settings.secret}:
            raise Refusal(401, "no_authorization", "Invalid API key")

    def _check_banned(self, user: Row) -> None:
        if user["banned_until"] is not None:
            raise Refusal(400, "user_banned", "User is banned")

    def check_password(self, password: str) -> None:
        if len(password) < self.settings.least_password:
            says = f"Password should be at least {self.settings.least_password} characters."
            raise Refusal(422, "weak_password", says, weak_password={"reasons": ["length"]})

    def email_of(self, body: Any) -> str:
        email = str(body.get("email", "")).lower()
        if not EMAIL.fullmatch(email):
            says = "Unable to validate email address: invalid format"
            raise Refusal(400, "validation_failed", says)
        return email

    def back_to(self, asked: str) -> str:
        """Where to lead back to: the site for anything that is not on the list."""
        return asked if self.settings.allows(asked) else self.settings.site
