"""Tokens of the sign-in service, verified here: who issued them, for whom, until when."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import jwt
from jwt import PyJWK, PyJWTError

from auth.errors import Expired, NotVerified, Unreachable

ALGORITHMS = ("ES256", "RS256")
AUDIENCE = ROLE = "authenticated"
"""Of a person who is signed in; that of the server's own key is another one."""
LEEWAY = 5.0
"""Seconds that two clocks may differ by."""
FRESH_SECONDS = 600.0
"""As long, keys are used without a look for newer ones."""
PATIENCE = 10.0
"""Between two looks for a key that is unknown, in seconds: anybody can name one."""
MOST_BYTES = 100_000
MOST_KEYS = 20
LONGEST = 16_000
"""Of a token, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a token says, once it is known to be true."""

    user_id: str
    email: str
    session_id: str
    expires_at: float


class Keys:
    """The public keys of a sign-in service, as it publishes them."""

    def __init__(
        self, url: str, http: httpx.AsyncClient, clock: Callable[[], float] = time.time
    ) -> None:
        self._url = f"{url}/.well-known/jwks.json"
        self._http = http
        self._clock = clock
        self._keys: dict[str, PyJWK] = {}
        self._fetched_at = 0.0
        self._fetching = asyncio.Lock()

    async def any(self) -> bool:
        """Tell whether there are keys at all; a project of the old kind has none."""
        await self._look(FRESH_SECONDS)
        return bool(self._keys)

    async def named(self, name: str) -> PyJWK | None:
        """Return a key, if need be after a look for newer ones. Raises Unreachable."""
        await self._look(FRESH_SECONDS)
        if name not in self._keys:
            await self._look(PATIENCE)
        return self._keys.get(name)

    async def _look(self, old: float) -> None:
        """Fetch the keys if they are so old; without an answer the known ones go on."""
        async with self._fetching:
            if self._clock() - self._fetched_at < old:
                return
            try:
                self._keys = _read(await self._fetch())
            except (httpx.HTTPError, ValueError, PyJWTError) as error:
                if not self._keys:
                    raise Unreachable from error
            self._fetched_at = self._clock()

    async def _fetch(self) -> Any:
        answer = await self._http.get(self._url)
        answer.raise_for_status()
        if len(answer.content) > MOST_BYTES:
            raise ValueError("far too many keys")
        return answer.json()


class Tokens:
    """Tells whose a token is, mostly without asking anybody.

    `ask` is for projects that sign with a secret of their own: only the service knows it, and
    refuses what it has not signed. Who has signed out is known to it alone, too.
    """

    def __init__(
        self,
        url: str,
        keys: Keys,
        ask: Callable[[str], Awaitable[object]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._issuer = url
        self._keys = keys
        self._ask = ask
        self._clock = clock

    async def verified(self, token: str) -> Claims:
        """Return what a token says. Raises NotVerified, Expired, Unreachable."""
        try:
            claims = await self._read(token)
            return self._checked(claims)
        except (PyJWTError, ValueError, TypeError, KeyError) as error:
            raise NotVerified from error

    async def _read(self, token: str) -> Mapping[str, Any]:
        if len(token) > LONGEST:
            raise NotVerified
        header = jwt.get_unverified_header(token)
        algorithm, name = header.get("alg"), header.get("kid")
        if algorithm == "HS256" and not await self._keys.any():
            await self._ask(token)
            return self._decoded(token, None)
        if algorithm not in ALGORITHMS or not isinstance(name, str):
            raise NotVerified
        key = await self._keys.named(name)
        if key is None or key.algorithm_name != algorithm:
            raise NotVerified
        return self._decoded(token, key)

    def _decoded(self, token: str, key: PyJWK | None) -> Mapping[str, Any]:
        """Check the signature unless the service has vouched for it, and for whom a token is."""
        claims: Mapping[str, Any] = jwt.decode(
            token,
            key or "",
            algorithms=[*ALGORITHMS],
            audience=AUDIENCE,
            issuer=self._issuer,
            options={
                "verify_signature": key is not None,
                "verify_aud": True,
                "verify_iss": True,
                "verify_exp": False,  # below, by our own clock
                "verify_iat": False,
                "require": ["exp", "sub", "aud", "iss"],
            },
        )
        return claims

    def _checked(self, claims: Mapping[str, Any]) -> Claims:
        if claims.get("role") != ROLE or claims.get("is_anonymous", False) is not False:
            raise NotVerified
        ends = float(claims["exp"])
        if ends + LEEWAY <= self._clock():
            raise Expired
        return Claims(
            user_id=str(UUID(str(claims["sub"]))),
            email=str(claims.get("email") or ""),
            session_id=str(claims.get("session_id") or ""),
            expires_at=ends,
        )


def _read(answer: Any) -> dict[str, PyJWK]:
    """Return the keys that we can verify with, by name."""
    listed = answer.get("keys") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        raise ValueError("not a set of keys")  # noqa: TRY004 what came is wrong, not a call
    found = {}
    for one in listed[:MOST_KEYS]:
        if isinstance(one, dict) and one.get("kid"):
            with suppress(PyJWTError):  # of a kind that we do not know
                key = PyJWK.from_dict(one)
                if key.algorithm_name in ALGORITHMS:  # none of a secret that everybody can read
                    found[str(one["kid"])] = key
    return found
