"""How the auth server answers: its settings, the shape of a user, refusals."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.responses import JSONResponse

from tests.gateway.people import Row

VERSION = {"X-Supabase-Api-Version": "2024-01-01"}


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.answer = JSONResponse(
            {"code": code, "message": message, **more},
            status,
            headers={**VERSION, **({"Retry-After": "52"} if status == 429 else {})},
        )


class Signer(Protocol):
    """Whose tokens these are; the other parts of the gateway believe the same one."""

    def sign(self, claims: Mapping[str, Any]) -> str: ...

    def read(self, token: str) -> dict[str, Any]:
        """Return the claims. Raises jwt.PyJWTError."""
        ...

    def published(self) -> dict[str, Any]:
        """The public keys, as /.well-known/jwks.json has them."""
        ...


@dataclass(slots=True, kw_only=True)
class Settings:
    """As the project has them; tests change them while it runs."""

    issuer: str
    site: str = "http://127.0.0.1:8080"
    redirects: tuple[str, ...] = ()
    """Addresses that may be led back to, beside the site: http://127.0.0.1:*/**"""
    confirms: bool = False
    """Whether an address is only good once its mail was answered."""
    least_password: int = 10
    token_seconds: float = 3600
    mail_seconds: float = 0
    """Between two mails to the same address."""
    providers: frozenset[str] = frozenset({"google", "github"})
    elsewhere: str = "somebody@elsewhere.example.com"
    """Who is signed in at the other site."""
    publishable: str = "sb_publishable_test"
    secret: str = "sb_secret_test"

    def allows(self, address: str) -> bool:
        """A star stands for anything without a dot or a slash, two for anything at all."""
        forms = (f"{self.site}/**", *self.redirects)
        patterns = (re.escape(one).replace(r"\*\*", ".*").replace(r"\*", "[^./]*") for one in forms)
        return any(re.fullmatch(one, address) for one in patterns)


def shape(user: Row, identities: list[Row]) -> dict[str, Any]:
    times = ("email_confirmed_at", "last_sign_in_at", "created_at", "updated_at")
    return {
        "id": str(user["id"]),
        "aud": user["aud"],
        "role": user["role"],
        "email": user["email"],
        "phone": "",
        "confirmed_at": _iso(user["email_confirmed_at"]),
        **{name: _iso(user[name]) for name in times},
        "app_metadata": user["raw_app_meta_data"],
        "user_metadata": user["raw_user_meta_data"],
        "identities": [_identity(one) for one in identities],
        "is_anonymous": user["is_anonymous"],
    }


def claims_of(user: Row, session_id: str, settings: Settings, now: float) -> dict[str, Any]:
    return {
        "iss": settings.issuer,
        "sub": str(user["id"]),
        "aud": "authenticated",
        "iat": int(now),
        "exp": int(now + settings.token_seconds),
        "email": user["email"],
        "phone": "",
        "app_metadata": user["raw_app_meta_data"],
        "user_metadata": user["raw_user_meta_data"],
        "role": "authenticated",
        "aal": "aal1",
        "amr": [{"method": "password", "timestamp": int(now)}],
        "session_id": session_id,
        "is_anonymous": user["is_anonymous"],
    }


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def with_query(address: str, **more: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), *more.items()])))


def _iso(time: Any) -> str | None:
    return time.isoformat() if time else None


def _identity(row: Row) -> dict[str, Any]:
    return {
        "identity_id": str(row["id"]),
        "id": row["provider_id"],
        "user_id": str(row["user_id"]),
        "identity_data": row["identity_data"],
        "provider": row["provider"],
        "created_at": "2026-01-01T00:00:00+00:00",
        "last_sign_in_at": "2026-01-01T00:00:00+00:00",
        "updated_at": "2026-01-01T00:00:00+00:00",
    }
