"""Links to one object for whoever has them, signed by a key that nobody else knows."""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import jwt

from tests.gateway.objects import Refused

UPLOAD_SECONDS = 7200
"""The project's alone: no request can ask for more or less."""


@dataclass(slots=True)
class Links:
    _key: str = field(default_factory=lambda: secrets.token_hex(32))

    def download(self, bucket: str, path: str, seconds: str | float) -> str:
        token = self.signed(f"{bucket}/{path}", float(seconds), scope="download")
        return f"/object/sign/{bucket}/{path}?token={token}"

    def upload(self, bucket: str, path: str, owner: str | None, *, upsert: bool) -> tuple[str, str]:
        """Return a link and the token in it."""
        more = {"owner": owner} if owner else {}
        url = f"{bucket}/{path}"
        token = self.signed(url, UPLOAD_SECONDS, scope="upload", upsert=upsert, **more)
        return f"/object/upload/sign/{url}?token={token}", token

    def read(self, token: str, bucket: str, path: str, scope: str) -> dict[str, Any]:
        """Raises Refused for what was not signed, for something else, or is over."""
        try:
            told: dict[str, Any] = jwt.decode(token, self._key, algorithms=["HS256"])
        except jwt.ExpiredSignatureError as error:
            raise _invalid('"exp" claim timestamp check failed') from error
        except jwt.PyJWTError as error:
            raise _invalid("signature verification failed") from error
        if (told["url"], told["scope"]) != (f"{bucket}/{path}", scope):
            raise Refused(400, "InvalidSignature", "Invalid signature", "InvalidSignature")
        return told

    def signed(self, url: str, seconds: float, **more: Any) -> str:
        """A token for an object and nothing else."""
        now = int(time.time())
        claims = {"url": url, **more, "iat": now, "exp": now + int(seconds)}
        return jwt.encode(claims, self._key, "HS256")


def _invalid(says: str) -> Refused:
    return Refused(400, "InvalidJWT", says, "InvalidJWT")
