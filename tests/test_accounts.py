"""Signing in, and staying so, against the auth server of the gateway."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from auth.accounts import own_path
from auth.errors import (
    EmailTaken,
    LinkExpired,
    NotConfirmed,
    NotVerified,
    OtherBrowser,
    SamePassword,
    SignedOut,
    TooManyTries,
    Unreachable,
    WeakPassword,
    WrongClock,
    WrongPassword,
)
from auth.sealed import SealedSessions
from tests.gateway.entry import ANN, PASSWORD, Clock, Entry, entry
from tests.gateway.signing import Signing

if TYPE_CHECKING:
    from tests.ground.cluster import Cluster

pytestmark = pytest.mark.ground


@pytest.fixture
async def gate(cluster: "Cluster", tmp_path: Path) -> AsyncIterator[Entry]:
    address = cluster.ground()
    stores: list[SealedSessions] = []

    def sealed(clock: Clock) -> SealedSessions:
        stores.append(SealedSessions(tmp_path / "sessions.sqlite", b"k" * 32, clock=clock))
        return stores[0]

    async with entry(cluster.over(address), sealed) as gate:
        yield gate
    stores[0].close()
    cluster.drop(address)


async def signed_up(gate: Entry) -> str:
    token = await gate.accounts.sign_up(ANN, PASSWORD, gate.way(gate.visitor()))
    assert token
    return token


async def test_who_signs_up_is_known_by_a_new_cookie(gate: Entry) -> None:
    visitor = gate.visitor()
    token = await gate.accounts.sign_up(ANN, PASSWORD, gate.way(visitor))

    assert token
    assert token != visitor
    account = await gate.accounts.who(token)
    assert account
    assert account.email == ANN
    assert account.scope == account.id
    guest = await gate.accounts.who(visitor)
    assert guest
    assert not guest.email


async def test_a_password_signs_in(gate: Entry) -> None:
    await signed_up(gate)

    assert await gate.accounts.who(await gate.accounts.sign_in(ANN.upper(), PASSWORD))
    for email, password in ((ANN, "another one"), ("bob@example.com", PASSWORD)):
        with pytest.raises(WrongPassword):
            await gate.accounts.sign_in(email, password)


async def test_what_is_wrong_with_a_new_account_is_said(gate: Entry) -> None:
    with pytest.raises(WeakPassword) as weak:
        await gate.accounts.sign_up(ANN, "short", gate.way("v"))
    assert weak.value.says == "Take a longer password."

    await signed_up(gate)
    with pytest.raises(EmailTaken):
        await gate.accounts.sign_up(ANN, PASSWORD, gate.way("v"))


async def test_where_addresses_are_confirmed_the_mail_lets_in(gate: Entry) -> None:
    gate.auth.settings.confirms = True
    visitor = gate.visitor()

    assert await gate.accounts.sign_up(ANN, PASSWORD, gate.way(visitor, "/library")) is None
    with pytest.raises(NotConfirmed):
        await gate.accounts.sign_in(ANN, PASSWORD)
    back = await gate.follow(gate.auth.letters.mails[-1].link)
    arrival = await gate.accounts.arrive(back["flow"], back["code"], visitor)

    assert arrival.leads_to == "/library"
    assert await gate.accounts.who(arrival.token)
    assert await gate.accounts.sign_up(ANN, PASSWORD, gate.way(visitor)) is None
    assert len(gate.auth.letters.mails) == 1


async def test_a_link_by_mail_lets_in_the_browser_that_asked_once(gate: Entry) -> None:
    visitor = gate.visitor()
    await gate.accounts.send_link(ANN, gate.way(visitor))
    back = await gate.follow(gate.auth.letters.mails[-1].link)

    with pytest.raises(OtherBrowser):
        await gate.accounts.arrive(back["flow"], back["code"], gate.visitor())
    arrival = await gate.accounts.arrive(back["flow"], back["code"], visitor)
    assert await gate.accounts.who(arrival.token)
    with pytest.raises(OtherBrowser):
        await gate.accounts.arrive(back["flow"], back["code"], visitor)
    again = await gate.follow(gate.auth.letters.mails[-1].link)
    assert again["error_code"] == "otp_expired"


async def test_a_link_that_the_service_did_not_hear_of_can_be_followed_again(gate: Entry) -> None:
    visitor = gate.visitor()
    await gate.accounts.send_link(ANN, gate.way(visitor))
    back = await gate.follow(gate.auth.letters.mails[-1].link)
    gate.line.cut = True
    with pytest.raises(Unreachable):
        await gate.accounts.arrive(back["flow"], back["code"], visitor)
    gate.line.cut = False

    assert (await gate.accounts.arrive(back["flow"], back["code"], visitor)).token


async def test_a_code_that_another_flow_opened_is_refused(gate: Entry) -> None:
    """Somebody hands out the code of an account of his own: nobody else gets into it."""
    attacker, visitor = gate.visitor(), gate.visitor()
    await gate.accounts.send_link("mallory@example.com", gate.way(attacker))
    code = (await gate.follow(gate.auth.letters.mails[-1].link))["code"]
    await gate.accounts.send_link(ANN, gate.way(visitor))
    flow = (await gate.follow(gate.auth.letters.mails[-1].link))["flow"]

    with pytest.raises(LinkExpired):
        await gate.accounts.arrive(flow, code, visitor)


async def test_a_code_can_be_typed_in_another_browser_once(gate: Entry) -> None:
    await gate.accounts.send_link(ANN, gate.way(gate.visitor()))
    code = gate.auth.letters.mails[-1].code

    with pytest.raises(LinkExpired):
        await gate.accounts.enter_code(ANN, "000000" if code != "000000" else "1", "email")
    assert await gate.accounts.who(await gate.accounts.enter_code(ANN, code))
    with pytest.raises(LinkExpired):
        await gate.accounts.enter_code(ANN, code)


async def test_a_link_is_good_for_an_hour(gate: Entry) -> None:
    await gate.accounts.send_link(ANN, gate.way(gate.visitor()))
    gate.clock.now += 3601

    with pytest.raises(LinkExpired):
        await gate.accounts.enter_code(ANN, gate.auth.letters.mails[-1].code)


async def test_an_account_of_another_site_lets_in(gate: Entry) -> None:
    visitor = gate.visitor()
    back = await gate.follow(await gate.accounts.elsewhere("google", gate.way(visitor)))

    with pytest.raises(OtherBrowser):
        await gate.accounts.arrive(back["flow"], back["code"], gate.visitor())
    arrival = await gate.accounts.arrive(back["flow"], back["code"], visitor)
    account = await gate.accounts.who(arrival.token)
    assert account
    assert account.email == gate.auth.settings.elsewhere


async def test_a_code_from_elsewhere_is_good_for_five_minutes(gate: Entry) -> None:
    visitor = gate.visitor()
    back = await gate.follow(await gate.accounts.elsewhere("google", gate.way(visitor)))
    gate.clock.now += 301

    with pytest.raises(LinkExpired):
        await gate.accounts.arrive(back["flow"], back["code"], visitor)


async def test_two_tabs_renew_a_token_once(gate: Entry) -> None:
    token = await signed_up(gate)
    first = await gate.accounts.access(token)
    gate.clock.now += 3570

    fresh = await asyncio.gather(*(gate.accounts.access(token) for _ in range(20)))

    assert gate.count("POST token?grant_type=refresh_token") == 1
    assert len(set(fresh)) == 1
    assert fresh[0] != first
    gate.clock.now += 3600
    assert await gate.accounts.access(token) != fresh[0]


async def test_who_leaves_while_a_token_is_renewed_does_not_stop_it(gate: Entry) -> None:
    token = await signed_up(gate)
    gate.clock.now += 4000
    gate.line.asked.clear()
    leaving = asyncio.ensure_future(gate.accounts.access(token))
    await gate.line.asked.wait()
    leaving.cancel()

    assert await gate.accounts.access(token)
    gate.clock.now += 4000
    assert await gate.accounts.access(token)
    assert gate.count("POST token?grant_type=refresh_token") == 2


async def test_long_work_is_handed_a_token_that_lasts(gate: Entry) -> None:
    gate.auth.settings.token_seconds = 300
    token = await signed_up(gate)

    for _ in range(100):
        claims = await gate.tokens.verified(await gate.accounts.access(token))
        assert claims.expires_at - gate.clock.now >= 60
        gate.clock.now += 30
    assert 8 <= gate.count("POST token?grant_type=refresh_token") <= 14


async def test_without_the_service_people_stay_until_their_token_ends(gate: Entry) -> None:
    token = await signed_up(gate)
    gate.line.cut = True
    gate.clock.now += 3590

    assert await gate.accounts.who(token)
    assert await gate.accounts.access(token)
    gate.clock.now += 20
    with pytest.raises(Unreachable) as gone:
        await gate.accounts.who(token)
    assert "Nothing is lost" in gone.value.says
    gate.line.cut = False
    gate.clock.now += 10
    assert await gate.accounts.who(token)


async def test_a_restart_signs_nobody_out(gate: Entry) -> None:
    token = await signed_up(gate)
    visitor = gate.visitor()
    await gate.accounts.send_link(ANN, gate.way(visitor))
    gate.restart()

    assert await gate.accounts.who(token)
    back = await gate.follow(gate.auth.letters.mails[-1].link)
    assert (await gate.accounts.arrive(back["flow"], back["code"], visitor)).token


async def test_who_signs_out_is_a_stranger(gate: Entry) -> None:
    token = await signed_up(gate)
    other = await gate.accounts.sign_in(ANN, PASSWORD)
    await gate.accounts.sign_out(token)

    assert await gate.accounts.who(token) is None
    account = await gate.accounts.who(other)
    assert account
    assert gate.auth.people.sessions(account.id) == 1


async def test_signing_out_works_without_the_service(gate: Entry) -> None:
    token = await signed_up(gate)
    gate.line.cut = True
    await gate.accounts.sign_out(token)

    assert await gate.accounts.who(token) is None


async def test_signing_out_everywhere_bites_here_at_once(gate: Entry) -> None:
    token = await signed_up(gate)
    other = await gate.accounts.sign_in(ANN, PASSWORD)
    await gate.accounts.sign_out_everywhere(token)

    assert await gate.accounts.who(token) is None
    assert await gate.accounts.who(other) is None


async def test_signed_out_elsewhere_nothing_is_destroyed_and_the_token_ends(gate: Entry) -> None:
    """By another server of the same project: ours learns of it when it asks."""
    token, other = await signed_up(gate), await gate.accounts.sign_in(ANN, PASSWORD)
    account = await gate.accounts.who(token)
    assert account
    assert await gate.accounts.sure(token) == account.id
    gate.auth.people.end_all(account.id)

    assert await gate.accounts.who(other)
    with pytest.raises(SignedOut):
        await gate.accounts.sure(token)
    assert await gate.accounts.who(token) is None
    gate.clock.now += 3601
    assert await gate.accounts.who(other) is None


async def test_a_stolen_token_that_renews_ends_the_session(gate: Entry) -> None:
    token = await signed_up(gate)
    account = await gate.accounts.who(token)
    assert account
    stolen = gate.sessions.find(token)
    assert stolen
    gate.clock.now += 3600
    await gate.accounts.access(token)
    gate.clock.now += 11
    with pytest.raises(SignedOut):
        await gate.server.refresh(stolen)

    gate.clock.now += 3600
    assert await gate.accounts.who(token) is None


async def test_a_closed_account_is_out_when_its_token_ends(gate: Entry) -> None:
    token = await signed_up(gate)
    account = await gate.accounts.who(token)
    assert account
    gate.auth.people.ban(account.id)
    gate.clock.now += 3601

    assert await gate.accounts.who(token) is None
    with pytest.raises(SignedOut) as closed:
        await gate.accounts.sign_in(ANN, PASSWORD)
    assert closed.value.says.startswith("This account is closed.")


async def test_a_key_that_was_withdrawn_signs_nobody_out(gate: Entry) -> None:
    token = await signed_up(gate)
    gate.auth.signer = Signing(gate.server.url, "k2", gate.clock)
    gate.restart()

    assert await gate.accounts.who(token)
    assert gate.count("POST token?grant_type=refresh_token") == 1


async def test_where_no_token_can_be_verified_nobody_stays_in_between(gate: Entry) -> None:
    """Such as after the project was given another address."""
    token = await signed_up(gate)
    gate.auth.settings.issuer = "http://elsewhere.test/auth/v1"
    gate.clock.now += 4000

    assert await gate.accounts.who(token) is None
    with pytest.raises(NotVerified):
        await gate.accounts.sign_in(ANN, PASSWORD)


async def test_a_clock_that_is_wrong_is_said(gate: Entry) -> None:
    await signed_up(gate)
    gate.auth.settings.token_seconds = -4000

    with pytest.raises(WrongClock):
        await gate.accounts.sign_in(ANN, PASSWORD)


async def test_a_forgotten_password_is_set_anew(gate: Entry) -> None:
    await signed_up(gate)
    visitor = gate.visitor()
    await gate.accounts.send_reset(ANN, gate.way(visitor))
    back = await gate.follow(gate.auth.letters.mails[-1].link)
    arrival = await gate.accounts.arrive(back["flow"], back["code"], visitor)

    assert arrival.recovers
    with pytest.raises(SamePassword):
        await gate.accounts.change_password(arrival.token, PASSWORD)
    await gate.accounts.change_password(arrival.token, "a longer password")
    assert await gate.accounts.sign_in(ANN, "a longer password")


async def test_a_new_password_signs_other_devices_out(gate: Entry) -> None:
    token = await signed_up(gate)
    other = await gate.accounts.sign_in(ANN, PASSWORD)
    await gate.accounts.change_password(token, "a longer password")
    gate.clock.now += 3601

    assert await gate.accounts.who(token)
    assert await gate.accounts.who(other) is None


async def test_nobody_learns_who_has_an_account_by_a_reset(gate: Entry) -> None:
    await gate.accounts.send_reset(ANN, gate.way(gate.visitor()))

    assert gate.auth.letters.mails == []


async def test_a_new_address_counts_once_both_mails_are_answered(gate: Entry) -> None:
    token = await signed_up(gate)
    await gate.accounts.change_email(token, "new@example.com", gate.way(token))
    old, new = gate.auth.letters.mails
    assert (old.to, new.to) == (ANN, "new@example.com")

    assert "message" in await gate.follow(old.link)
    back = await gate.follow(new.link)
    arrival = await gate.accounts.arrive(back["flow"], back["code"], token)
    account = await gate.accounts.who(arrival.token)
    assert account
    assert account.email == "new@example.com"


async def test_too_many_mails_are_refused_with_how_long_to_wait(gate: Entry) -> None:
    gate.auth.settings.mail_seconds = 60
    await gate.accounts.send_link(ANN, gate.way(gate.visitor()))
    gate.clock.now += 8

    with pytest.raises(TooManyTries) as many:
        await gate.accounts.send_link(ANN, gate.way(gate.visitor()))
    assert many.value.seconds == 52
    assert "52 seconds" in many.value.says


@pytest.mark.parametrize("path", ["/", "/library?q=a", "/account"])
def test_a_page_of_ours_may_be_led_to(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        *("https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example"),
        *("javascript:alert(1)", "", "library", "/\t/evil.example", "/\n/evil.example"),
        *("http://127.0.0.1:8080@evil.example/", " /library", "///evil.example"),
    ],
)
def test_no_other_site_is_led_to(path: str) -> None:
    assert own_path(path) == "/"
