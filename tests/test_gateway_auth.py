"""The auth server of the gateway, asked by the client that others wrote."""

import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from supabase_auth import AsyncGoTrueClient
from supabase_auth.errors import AuthApiError

from tests.gateway.entry import ANN, CALLBACK, PASSWORD, URL, Entry, entry

if TYPE_CHECKING:
    from tests.ground.cluster import Cluster

pytestmark = pytest.mark.ground

SECURITY = {"gotrue_meta_security": {"captcha_token": None}}
CHALLENGE = {"code_challenge": ..., "code_challenge_method": "s256"}
BACK = f"redirect_to={CALLBACK}".replace(":", "%3A").replace("/", "%2F")
RECORDED: list[tuple[str, str, dict[str, Any] | None]] = [
    (
        "sign_up",
        f"POST signup?{BACK}",
        {"email": ANN, "password": PASSWORD, "data": {}, **SECURITY, **CHALLENGE},
    ),
    (
        "sign_in",
        "POST token?grant_type=password",
        {"email": ANN, "password": PASSWORD, "data": {}, **SECURITY},
    ),
    (
        "send_link",
        f"POST otp?{BACK}",
        {"email": ANN, "data": None, "create_user": True, **SECURITY, **CHALLENGE},
    ),
    ("enter_code", "POST verify", {**SECURITY, "email": ANN, "token": "123456", "type": "email"}),
    ("exchange", "POST token?grant_type=pkce", {"auth_code": "CODE", "code_verifier": "V"}),
    ("refresh", "POST token?grant_type=refresh_token", {"refresh_token": ...}),
    ("ask", "GET user", None),
    ("send_reset", f"POST recover?{BACK}", {"email": ANN, **SECURITY, **CHALLENGE}),
    ("change_password", "PUT user", {"password": "another password"}),
    ("sign_out", "POST logout?scope=local", None),
]
"""What version 2.34.1 of the client sends, as it was recorded; `...` is another one each time."""


@pytest.fixture
async def gate(cluster: "Cluster") -> AsyncIterator[Entry]:
    address = cluster.ground()
    async with entry(cluster.over(address)) as gate:
        yield gate
    cluster.drop(address)


@pytest.fixture
def admin(gate: Entry) -> AsyncGoTrueClient:
    key = gate.auth.settings.secret
    headers = {"apikey": key, "Authorization": f"Bearer {key}"}
    return AsyncGoTrueClient(
        url=f"{URL}/auth/v1", headers=headers, http_client=gate.http, auto_refresh_token=False
    )


async def test_the_client_sends_what_was_recorded(gate: Entry) -> None:
    await gate.server.sign_up(ANN, PASSWORD, CALLBACK)
    session = await gate.server.sign_in(ANN, PASSWORD)
    await gate.server.send_link(ANN, CALLBACK)
    for refused in (
        gate.server.enter_code(ANN, "123456", "email"),
        gate.server.exchange("CODE", "V"),
    ):
        with pytest.raises(Exception):  # noqa: B017, PT011 either way it was sent
            await refused
    session = await gate.server.refresh(session)
    await gate.server.ask(session.access)
    await gate.server.send_reset(ANN, CALLBACK)
    await gate.server.change_password(session, "another password")
    await gate.server.sign_out(session, "local")

    sent = {_call(one): one for one in gate.line.requests}
    for name, call, body in RECORDED:
        assert call in sent, f"{name}: {[*sent]}"
        assert _like(json.loads(sent[call].content or "null"), body), name
    for request in gate.line.requests:
        assert request.headers["apikey"] == gate.auth.settings.publishable
        assert request.headers["x-supabase-api-version"] == "2024-01-01"
        assert request.headers["content-type"] == "application/json;charset=UTF-8"
        assert request.headers["authorization"].startswith("Bearer ")


def _call(request: httpx.Request) -> str:
    path = str(request.url).removeprefix(f"{URL}/auth/v1/")
    return f"{request.method} {path}"


def _like(sent: Any, recorded: dict[str, Any] | None) -> bool:
    if recorded is None:
        return sent is None
    same = {name: value for name, value in recorded.items() if value is not ...}
    return set(sent) == set(recorded) and {name: sent[name] for name in same} == same


async def test_the_way_elsewhere_is_the_recorded_one(gate: Entry) -> None:
    begun = await gate.server.elsewhere("google", CALLBACK)

    address = httpx.URL(begun.url)
    assert str(address).startswith(f"{URL}/auth/v1/authorize?")
    assert [*address.params] == [
        *("redirect_to", "code_challenge", "code_challenge_method", "provider")
    ]


async def test_the_secret_key_lists_finds_and_deletes_users(
    gate: Entry, admin: AsyncGoTrueClient
) -> None:
    session = (await gate.server.sign_up(ANN, PASSWORD, CALLBACK)).session
    assert session
    [user] = await admin.admin.list_users()
    assert (user.id, user.email) == (session.user_id, ANN)
    found = await admin.admin.get_user_by_id(user.id)
    assert found.user.email == ANN

    await admin.admin.delete_user(user.id)
    assert await admin.admin.list_users() == []
    with pytest.raises(AuthApiError) as gone:
        await admin.admin.delete_user(user.id)
    assert (gone.value.status, gone.value.code) == (404, "user_not_found")
    with pytest.raises(AuthApiError) as over:
        await admin.get_user(session.access)
    assert (over.value.status, over.value.code) == (403, "user_not_found")


async def test_a_link_of_the_operator_signs_in(gate: Entry, admin: AsyncGoTrueClient) -> None:
    await gate.server.sign_up(ANN, PASSWORD, CALLBACK)
    link = await admin.admin.generate_link({"type": "magiclink", "email": ANN})
    answer = await admin.verify_otp(
        {"token_hash": link.properties.hashed_token, "type": "magiclink"}
    )

    assert answer.user
    assert answer.user.email == ANN


async def test_other_keys_administer_nothing(gate: Entry) -> None:
    answers = {
        key: await gate.http.get(f"{URL}/auth/v1/admin/users", headers={"apikey": key})
        for key in ("", "sb_publishable_other", gate.auth.settings.publishable)
    }

    assert [one.status_code for one in answers.values()] == [401, 401, 403]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", "settings"), ("POST", "sso"), ("POST", "factors"), ("POST", "invite")),
        *(("GET", "reauthenticate"), ("POST", "token?grant_type=id_token"), ("GET", "nothing")),
        *(("PUT", "admin/users/1"), ("POST", "admin/audit")),
    ],
)
async def test_what_it_does_not_have_it_says(gate: Entry, method: str, path: str) -> None:
    key = {"apikey": gate.auth.settings.secret}
    answer = await gate.http.request(method, f"{URL}/auth/v1/{path}", headers=key, json={})

    assert answer.status_code == 501


async def test_an_address_that_is_not_on_the_list_is_not_led_to(gate: Entry) -> None:
    begun = await gate.server.elsewhere("google", "https://evil.example/callback")
    answer = await gate.http.get(begun.url)

    assert answer.headers["location"].startswith(f"{gate.auth.settings.site}?code=")


async def test_a_token_is_good_for_ten_seconds_after_it_was_used(gate: Entry) -> None:
    session = (await gate.server.sign_up(ANN, PASSWORD, CALLBACK)).session
    assert session
    await gate.server.refresh(session)
    gate.clock.now += 9
    await gate.server.refresh(session)

    assert gate.auth.people.sessions(session.user_id) == 1
