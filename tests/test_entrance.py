"""The routes that people sign in by, without a browser."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi import FastAPI, Request

from auth.account import GUEST_PLAN, Account
from auth.errors import NotAllowed
from storage.cloud.books import SupabaseBooks
from storage.cloud.project import Project
from tests.gateway.entry import ANN, PASSWORD, SITE, Entry, entry
from ui.api.entrance import add_entrance
from ui.components.entrance import by_now
from ui.guard import Guard
from ui.members import Members
from ui.site import hosted

if TYPE_CHECKING:
    from tests.ground.cluster import Cluster

pytestmark = pytest.mark.ground

GIVEN = {"email": ANN, "password": PASSWORD}
SITE_OF_OURS = hosted([SITE], [])


@dataclass(slots=True)
class Door:
    """One browser before an instance."""

    gate: Entry
    browser: httpx.AsyncClient
    adopted: list[tuple[str, str]] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    adopts: bool = True

    async def adopt(self, visit: str, user: str) -> None:
        if not self.adopts:
            raise NotAllowed("Not now.")
        self.adopted.append((visit, user))

    async def erase(self, user_id: str) -> None:
        self.erased.append(user_id)

    def takeout(self, account: Account, access: str) -> Iterator[bytes]:
        yield f"{account.scope} {access}".encode()
        yield b" and more"

    async def post(self, name: str, **said: Any) -> httpx.Response:
        return await self.browser.post(f"/entrance/{name}", json=said, headers={"Origin": SITE})

    async def who(self) -> str:
        return (await self.browser.get("/whoami")).text

    @property
    def cookie(self) -> str:
        return self.browser.cookies["coveshot"]


@pytest.fixture
async def door(cluster: "Cluster") -> AsyncIterator[Door]:
    address = cluster.ground()
    async with entry(cluster.over(address)) as gate:
        app = FastAPI()
        transport = httpx.ASGITransport(
            Guard(app, gate.accounts, SITE_OF_OURS), client=("10.0.0.1", 1)
        )
        async with httpx.AsyncClient(transport=transport, base_url=SITE) as browser:
            door = Door(gate, browser)
            members = Members(
                gate.accounts,
                ("google",),
                adopt=door.adopt,
                erase=door.erase,
                takeout=door.takeout,
                books=SupabaseBooks(Project("http://nowhere.test", "sb_publishable_x"), "x"),
                contact="",
                close=gate.http.aclose,
            )
            add_entrance(app, members, SITE_OF_OURS)

            @app.get("/whoami")
            def whoami(request: Request) -> str:
                return str(request.state.account.email or "a visitor")

            await door.who()  # the first page hands the cookie out
            yield door
    cluster.drop(address)


async def test_what_a_visitor_has_made_goes_along(door: Door) -> None:
    visit = await door.gate.accounts.who(door.cookie)
    assert visit
    answer = await door.post("sign-up", **GIVEN, leads_to="/library")

    assert answer.json() == {"goes_to": "/library"}
    account = await door.gate.accounts.who(door.cookie)
    assert account
    assert door.adopted == [(visit.scope, account.scope)]
    assert await door.who() == f'"{ANN}"'


async def test_where_that_fails_nobody_is_signed_in_and_nothing_is_lost(door: Door) -> None:
    visitor = door.cookie
    door.adopts = False
    answer = await door.post("sign-up", **GIVEN)

    assert answer.status_code == 422
    assert answer.json()["says"] == "Not now."
    assert door.cookie == visitor
    door.adopts = True
    assert (await door.post("sign-in", **GIVEN)).status_code == 200


async def test_a_cookie_keeps_off_scripts_and_other_sites(door: Door) -> None:
    answer = await door.post("sign-up", **GIVEN)

    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "said", "field"),
    [
        ("sign-in", {}, "email"),
        ("sign-in", {"email": "ann"}, "email"),
        ("sign-in", {"email": f"{'a' * 65}@example.com"}, "email"),
        ("sign-in", {"email": ANN}, "password"),
        ("sign-in", {"email": ANN, "password": "x" * 73}, "password"),
        ("sign-in", GIVEN, "password"),
        ("sign-up", {"email": ANN, "password": "short"}, "password"),
        ("link", {"email": ["ann"]}, "email"),
        ("code", {"email": ANN}, "code"),
        ("code", {"email": ANN, "code": "1"}, "code"),
        ("elsewhere", {"provider": "github"}, ""),
        ("leave", {"word": "no"}, "word"),
    ],
)
async def test_a_refusal_names_its_field(
    door: Door, name: str, said: dict[str, Any], field: str
) -> None:
    answer = await door.post(name, **said)

    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert answer.json()["says"].endswith(".")


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b"7", b'{"email": "' + b"x" * 5000])
async def test_nonsense_is_refused(door: Door, body: bytes) -> None:
    answer = await door.browser.post("/entrance/sign-in", content=body, headers={"Origin": SITE})

    assert answer.status_code == 422


async def test_another_site_cannot_sign_anybody_in_or_out(door: Door) -> None:
    await door.post("sign-up", **GIVEN)
    for name in ("sign-in", "sign-out", "leave"):
        answer = await door.browser.post(
            f"/entrance/{name}", json=GIVEN, headers={"Origin": "https://evil.example"}
        )
        assert answer.status_code == 403
    assert await door.who() == f'"{ANN}"'


async def test_without_a_cookie_nothing_is_asked_for(door: Door) -> None:
    door.browser.cookies.clear()

    assert (await door.post("link", email=ANN)).status_code == 403
    assert door.gate.auth.letters.mails == []


@pytest.mark.parametrize("address", ["https://evil.example", "//evil.example", "/\\evil.example"])
async def test_no_other_site_is_led_to(door: Door, address: str) -> None:
    await door.post("link", email=ANN, leads_to=address)
    back = await door.gate.follow(door.gate.auth.letters.mails[-1].link)
    answer = await door.browser.get("/auth/callback", params={**back, "leads_to": address})

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await door.post("sign-in", **GIVEN, leads_to=address)).status_code == 422


async def test_without_the_service_a_page_says_so_and_keeps_the_session(door: Door) -> None:
    await door.post("sign-up", **GIVEN)
    cookie = door.cookie
    door.gate.line.cut = True
    door.gate.clock.now += 4000
    page = await door.browser.get("/whoami", headers={"Accept": "text/html"})

    assert page.status_code == 503
    assert "Nothing is lost" in page.text
    assert door.cookie == cookie
    assert (await door.browser.get("/theme.css")).status_code == 404
    door.gate.line.cut = False
    door.gate.clock.now += 10
    assert await door.who() == f'"{ANN}"'


async def test_too_many_tries_are_told_when_to_come_back(door: Door) -> None:
    door.gate.auth.settings.mail_seconds = 60
    await door.post("link", email=ANN)
    answer = await door.post("link", email=ANN)

    assert answer.status_code == 429
    assert 50 <= int(answer.headers["retry-after"]) <= 60


async def test_an_account_is_deleted_by_who_is_still_signed_in_alone(door: Door) -> None:
    await door.post("sign-up", **GIVEN)
    account = await door.gate.accounts.who(door.cookie)
    assert account
    door.gate.auth.people.end_all(account.id)
    refused = await door.post("leave", word="delete")
    assert (refused.status_code, door.erased) == (409, [])

    await door.who()
    await door.post("sign-in", **GIVEN)
    assert (await door.post("leave", word=" Delete ")).json() == {"goes_to": "/"}
    assert door.erased == [account.id]
    assert await door.who() == '"a visitor"'


async def test_all_that_is_known_is_handed_to_its_owner_alone(door: Door) -> None:
    strange = await door.browser.get("/entrance/takeout.zip")
    assert strange.status_code == 422
    await door.post("sign-up", **GIVEN)
    account = await door.gate.accounts.who(door.cookie)
    assert account
    answer = await door.browser.get("/entrance/takeout.zip")

    assert answer.text == f"{account.id} {await door.gate.accounts.access(door.cookie)} and more"
    assert "coveshot.zip" in answer.headers["content-disposition"]


async def test_an_open_page_is_over_once_its_session_is_and_not_before(door: Door) -> None:
    await door.post("sign-up", **GIVEN)
    members, token = Members(door.gate.accounts, (), *6 * [door.adopt]), door.cookie  # type: ignore[arg-type]
    account = await by_now(members, token, Account("", "", GUEST_PLAN))
    assert account
    assert account.email
    door.gate.line.cut = True
    door.gate.clock.now += 4000
    assert await by_now(members, token, account) is account
    door.gate.line.cut = False
    door.gate.clock.now += 10
    await door.post("sign-out")

    assert await by_now(members, token, account) is None


async def test_whoever_signs_out_is_out_here_whatever_the_service_can_say(door: Door) -> None:
    await door.post("sign-up", **GIVEN)
    member = door.cookie
    door.gate.line.cut = True
    door.gate.clock.now += 4000
    answer = await door.post("sign-out")

    assert answer.json() == {"goes_to": "/"}
    assert door.cookie != member
    assert (await door.browser.get("/whoami")).is_success
    door.gate.line.cut = False
    assert await door.gate.accounts.who(member) is None
