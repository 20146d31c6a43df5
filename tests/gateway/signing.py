"""The key that a project signs its tokens with."""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from jwt.algorithms import ECAlgorithm


class Signing:
    """An ES256 key, made anew for each gateway."""

    def __init__(
        self, issuer: str, name: str = "k1", clock: Callable[[], float] = time.time
    ) -> None:
        self._issuer = issuer
        self._name = name
        self._clock = clock
        self.key = generate_private_key(SECP256R1())

    def sign(self, claims: Mapping[str, Any]) -> str:
        return jwt.encode(dict(claims), self.key, "ES256", headers={"kid": self._name})

    def keys(self) -> tuple[str, str]:
        """Keys as they were before: of visitors, and of the server."""
        secret = secrets.token_hex(32)
        told = {"iss": "supabase", "iat": 1_700_000_000, "exp": 2_000_000_000}
        anon, server = (
            jwt.encode({**told, "role": role}, secret, "HS256") for role in ("anon", "service_role")
        )
        return anon, server

    def read(self, token: str) -> dict[str, Any]:
        """Raises jwt.PyJWTError."""
        claims: dict[str, Any] = jwt.decode(
            token,
            self.key.public_key(),
            algorithms=["ES256"],
            audience="authenticated",
            issuer=self._issuer,
            options={"verify_exp": False, "verify_iat": False},  # by the clock
        )
        if claims["exp"] <= self._clock():
            raise jwt.ExpiredSignatureError("token is expired")
        return claims

    def published(self) -> dict[str, Any]:
        jwk = json.loads(ECAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**jwk, "kid": self._name, "alg": "ES256", "use": "sig"}]}
