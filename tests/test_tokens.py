"""Tokens that are let in, and forgeries that are not."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from auth.errors import Expired, NotVerified, SignedOut, Unreachable
from auth.tokens import Keys, Tokens
from tests.gateway.entry import Clock
from tests.gateway.signing import Signing

ISSUER = "http://supabase.test/auth/v1"
USER = str(uuid4())


class Project:
    """What publishes its keys, and is asked for tokens that only it can read."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.signing = Signing(ISSUER, clock=self.clock)
        self.published: Any = self.signing.published()
        self.gone = False
        self.looks = 0
        self.asked: list[str] = []
        self.vouches = True
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        self.tokens = Tokens(ISSUER, Keys(ISSUER, http, self.clock), self._ask, self.clock)

    def token(self, **changes: Any) -> str:
        return self.signing.sign(self.claims(**changes))

    def claims(self, **changes: Any) -> Mapping[str, Any]:
        claims = {
            "iss": ISSUER,
            "aud": "authenticated",
            "role": "authenticated",
            "sub": USER,
            "email": "ann@example.com",
            "session_id": "s1",
            "is_anonymous": False,
            "iat": int(self.clock.now),
            "exp": int(self.clock.now) + 3600,
        }
        return {name: value for name, value in (claims | changes).items() if value is not ...}

    def _answer(self, _request: httpx.Request) -> httpx.Response:
        self.looks += 1
        return httpx.Response(503) if self.gone else httpx.Response(200, json=self.published)

    async def _ask(self, token: str) -> str:
        self.asked.append(token)
        if not self.vouches:
            raise SignedOut
        return USER


@pytest.fixture
def project() -> Project:
    return Project()


async def test_a_token_says_who_somebody_is(project: Project) -> None:
    claims = await project.tokens.verified(project.token())

    assert (claims.user_id, claims.email, claims.session_id) == (USER, "ann@example.com", "s1")
    assert claims.expires_at == project.clock.now + 3600
    await project.tokens.verified(project.token())
    assert project.looks == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "anon"},
        {"aud": ...},
        {"iss": "https://evil.example/auth/v1"},
        {"iss": ...},
        {"role": "anon"},
        {"role": "service_role"},
        {"role": ...},
        {"sub": "ann"},
        {"sub": 7},
        {"sub": ...},
        {"exp": ...},
        {"exp": "soon"},
        {"is_anonymous": True},
        {"is_anonymous": "false"},
    ],
    ids=str,
)
async def test_a_token_for_somebody_else_is_refused(
    project: Project, changes: dict[str, Any]
) -> None:
    with pytest.raises(NotVerified):
        await project.tokens.verified(project.token(**changes))


async def test_a_token_that_is_over_is_refused(project: Project) -> None:
    token = project.token()
    project.clock.now += 3606

    with pytest.raises(Expired):
        await project.tokens.verified(token)


def unsigned(project: Project) -> str:
    return jwt.encode(dict(project.claims()), "", "none", headers={"kid": "k1"})


def with_the_public_key(project: Project) -> str:
    """What HS256 makes of it where a verifier takes any algorithm: anybody can sign."""
    public = project.signing.key.public_key()
    secret = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    parts = [{"alg": "HS256", "typ": "JWT", "kid": "k1"}, dict(project.claims())]
    text = b".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts
    )
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signed = base64.urlsafe_b64encode(algorithm.sign(text, secret)).rstrip(b"=")
    return (text + b"." + signed).decode()


def with_another_key(project: Project) -> str:
    return Signing(ISSUER, clock=project.clock).sign(project.claims())


def with_an_unknown_key(project: Project) -> str:
    return Signing(ISSUER, "k9", clock=project.clock).sign(project.claims())


def without_a_name_of_a_key(project: Project) -> str:
    return jwt.encode(dict(project.claims()), project.signing.key, "ES256")


def as_another_algorithm(project: Project) -> str:
    key = generate_private_key(65537, 2048)
    return jwt.encode(dict(project.claims()), key, "RS256", headers={"kid": "k1"})


def cut_short(project: Project) -> str:
    return project.token()[:-4]


def nonsense(_project: Project) -> str:
    return "no.token.atall"


def far_too_long(project: Project) -> str:
    return project.token(user_metadata="x" * 20_000)


FORGERIES = [
    *(unsigned, with_the_public_key, with_another_key, with_an_unknown_key),
    *(without_a_name_of_a_key, as_another_algorithm, cut_short, nonsense, far_too_long),
]


@pytest.mark.parametrize("forge", FORGERIES)
async def test_a_forgery_is_refused_without_asking(
    project: Project, forge: Callable[[Project], str]
) -> None:
    with pytest.raises(NotVerified):
        await project.tokens.verified(forge(project))
    assert project.asked == []


async def test_a_new_key_is_looked_for_once_in_a_while(project: Project) -> None:
    await project.tokens.verified(project.token())
    newer = Signing(ISSUER, "k2", clock=project.clock)
    project.clock.now += 11
    for _ in range(50):  # anybody can name a key that is unknown
        with pytest.raises(NotVerified):
            await project.tokens.verified(newer.sign(project.claims()))
    assert project.looks == 2

    project.published = {"keys": project.published["keys"] + newer.published()["keys"]}
    project.clock.now += 11
    await project.tokens.verified(newer.sign(project.claims()))
    await project.tokens.verified(project.token())
    assert project.looks == 3


async def test_a_key_that_was_withdrawn_is_refused_after_a_while(project: Project) -> None:
    token = project.token()
    await project.tokens.verified(token)
    project.published = Signing(ISSUER, "k2").published()
    project.clock.now += 601

    with pytest.raises(NotVerified):
        await project.tokens.verified(token)


async def test_known_keys_go_on_without_the_service(project: Project) -> None:
    await project.tokens.verified(project.token())
    project.gone = True
    project.clock.now += 601

    await project.tokens.verified(project.token())


@pytest.mark.parametrize("answer", [None, [], {}, {"keys": 7}])
async def test_without_keys_nobody_is_let_in(project: Project, answer: Any) -> None:
    project.published = answer

    with pytest.raises(Unreachable):
        await project.tokens.verified(project.token())


async def test_keys_of_another_kind_are_passed_over(project: Project) -> None:
    key = generate_private_key(65537, 2048)
    rsa = {**json.loads(RSAAlgorithm.to_jwk(key.public_key())), "kid": "r1", "alg": "RS256"}
    strange = [{"kty": "oct", "kid": "k1", "k": "c2VjcmV0"}, {"kty": "EC", "kid": "x"}, 7, rsa]
    project.published = {"keys": [*strange, *project.published["keys"]]}

    await project.tokens.verified(project.token())
    token = jwt.encode(dict(project.claims()), key, "RS256", headers={"kid": "r1"})
    await project.tokens.verified(token)


async def test_a_project_of_the_old_kind_is_asked(project: Project) -> None:
    project.published = {"keys": []}
    secret = "s" * 32
    token = jwt.encode(dict(project.claims()), secret, "HS256")

    assert (await project.tokens.verified(token)).user_id == USER
    assert project.asked == [token]
    anonymous = jwt.encode(dict(project.claims(is_anonymous=True)), secret, "HS256")
    with pytest.raises(NotVerified):
        await project.tokens.verified(anonymous)
    project.vouches = False
    with pytest.raises(SignedOut):
        await project.tokens.verified(token)
