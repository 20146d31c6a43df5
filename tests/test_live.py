r"""What the gate relies on, of the gateway and, by hand, of a real project.

COVESHOT_LIVE_URL=https://abcdefghij.supabase.co COVESHOT_LIVE_PUBLISHABLE=sb_publishable_... \
    COVESHOT_LIVE_SECRET=sb_secret_... pytest -m live tests/test_live.py
"""

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

import httpx
import pytest
from supabase_auth import AsyncGoTrueClient

from auth.cloud import AuthServer
from auth.errors import LinkExpired, SamePassword, SignedOut, WrongPassword
from auth.session import Session
from auth.tokens import Keys, Tokens

if TYPE_CHECKING:
    from tests.ground.cluster import Cluster

PASSWORD = "a long password of 3 kinds, Ann!"


@dataclass(frozen=True, slots=True)
class Project:
    url: str
    publishable: str
    secret: str


@dataclass(slots=True)
class Somebody:
    """A user of the project, and everything that asks for one."""

    email: str
    server: AuthServer
    tokens: Tokens
    admin: AsyncGoTrueClient

    async def sign_in(self, password: str = PASSWORD) -> Session:
        return await self.server.sign_in(self.email, password)


@pytest.fixture(
    params=[
        pytest.param("gateway", marks=pytest.mark.ground),
        pytest.param("live", marks=pytest.mark.live),
    ]
)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    if request.param == "live":
        names = ("COVESHOT_LIVE_URL", "COVESHOT_LIVE_PUBLISHABLE", "COVESHOT_LIVE_SECRET")
        given = [os.environ.get(name, "") for name in names]
        if not all(given):
            pytest.skip(f"needs a project: {', '.join(names)}")
        yield Project(*given)
        return
    from tests.gateway.server import Gateway  # noqa: PLC0415 needs psycopg

    cluster: Cluster = request.getfixturevalue("cluster")
    ground = cluster.ground()
    gateway = Gateway(ground, cluster.over(ground), tmp_path)
    yield Project(gateway.url, gateway.publishable, gateway.secret)
    gateway.close()
    cluster.drop(ground)


@pytest.fixture
async def somebody(project: Project) -> AsyncIterator[Somebody]:
    async with httpx.AsyncClient(timeout=30) as http:
        server = AuthServer(project.url, project.publishable, http)
        tokens = Tokens(server.url, Keys(server.url, http), server.ask)
        headers = {"apikey": project.secret, "Authorization": f"Bearer {project.secret}"}
        admin = AsyncGoTrueClient(
            url=server.url, headers=headers, http_client=http, auto_refresh_token=False
        )
        email = f"coveshot-{token_hex(8)}@example.com"
        made = await admin.admin.create_user(
            {"email": email, "password": PASSWORD, "email_confirm": True}
        )
        yield Somebody(email, server, tokens, admin)
        await admin.admin.delete_user(made.user.id)


async def test_its_tokens_are_verified_by_its_published_keys(somebody: Somebody) -> None:
    session = await somebody.sign_in()
    claims = await somebody.tokens.verified(session.access)

    assert (claims.user_id, claims.email) == (session.user_id, somebody.email)
    assert claims.expires_at == session.expires_at
    assert await somebody.server.ask(session.access) == session.user_id


async def test_a_token_renews_and_is_forgiven_to_be_used_twice_at_once(somebody: Somebody) -> None:
    first = await somebody.sign_in()
    second = await somebody.server.refresh(first)
    third = await somebody.server.refresh(first)

    assert first.refresh not in {second.refresh, third.refresh}
    for session in (second, third):
        assert (await somebody.tokens.verified(session.access)).user_id == first.user_id


async def test_signing_out_is_seen_by_asking_and_by_renewing(somebody: Somebody) -> None:
    here, there = await somebody.sign_in(), await somebody.sign_in()
    await somebody.server.sign_out(here, "local")
    assert await somebody.server.ask(there.access) == there.user_id
    for refused in (somebody.server.ask(here.access), somebody.server.refresh(here)):
        with pytest.raises(SignedOut):
            await refused

    await somebody.server.sign_out(there, "global")
    with pytest.raises(SignedOut):
        await somebody.server.refresh(there)


async def test_its_refusals_are_known(somebody: Somebody) -> None:
    session = await somebody.sign_in()
    with pytest.raises(WrongPassword):
        await somebody.sign_in("something else")
    with pytest.raises(SamePassword):
        await somebody.server.change_password(session, PASSWORD)
    for refused in (
        somebody.server.enter_code(somebody.email, "000000", "email"),
        somebody.server.exchange("00000000-0000-4000-8000-000000000000", "v" * 64),
    ):
        with pytest.raises(LinkExpired):
            await refused


async def test_a_code_that_was_mailed_signs_in_once(somebody: Somebody) -> None:
    link = await somebody.admin.admin.generate_link({"type": "magiclink", "email": somebody.email})
    code = link.properties.email_otp

    session = await somebody.server.enter_code(somebody.email, code, "email")
    assert session.email == somebody.email
    with pytest.raises(LinkExpired):
        await somebody.server.enter_code(somebody.email, code, "email")
