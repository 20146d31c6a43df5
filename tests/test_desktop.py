"""Signing in on one's own computer, with its browser and its place for secrets."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx
import pytest
from keyring.errors import KeyringError

from auth.accounts import Accounts, Way
from auth.desktop import DESKTOP, sign_in_by_browser
from auth.errors import LinkExpired, SignedOut
from auth.keychain import Keychain
from auth.local import LocalGate
from auth.presence import Presence
from tests.gateway.entry import ANN, PASSWORD, Entry, entry
from tests.test_keychain import Vault

if TYPE_CHECKING:
    from tests.ground.cluster import Cluster

pytestmark = pytest.mark.ground

PAGE = "<p>Go back to Coveshot.</p>"


@pytest.fixture
async def gate(cluster: "Cluster") -> AsyncIterator[Entry]:
    address = cluster.ground()
    async with entry(cluster.over(address)) as gate:
        gate.auth.settings.redirects = ("http://127.0.0.1:*/**",)
        yield gate
    cluster.drop(address)


def started(gate: Entry, vault: Vault) -> Accounts:
    """The program, after a start."""
    sessions = Keychain("Coveshot", vault, (KeyringError,))
    presence = Presence(sessions, gate.tokens, gate.server, gate.clock)
    local = LocalGate(b"s" * 32)
    return Accounts(gate.server, presence, sessions, local, gate.plan_of, name=lambda: DESKTOP)


async def test_two_programs_on_one_computer_do_not_sign_each_other_out(gate: Entry) -> None:
    vault = Vault()
    one, other = started(gate, vault), started(gate, vault)
    await one.sign_up(ANN, PASSWORD, gate.way(DESKTOP))
    assert await other.access(DESKTOP)
    for program in (one, other, one):  # each renews what the one before has used up
        gate.clock.now += 4000
        assert await program.access(DESKTOP)
    assert await other.who(DESKTOP)

    await one.sign_out(DESKTOP)
    gate.clock.now += 4000
    with pytest.raises(SignedOut):
        await other.access(DESKTOP)


async def browse(gate: Entry, address: str) -> httpx.Response:
    """What the browser of this computer does with an address."""
    led = (await gate.http.get(address)).headers["location"]
    async with httpx.AsyncClient() as browser:
        return await browser.get(led)


async def test_the_browser_signs_the_program_in_and_it_stays_so(gate: Entry) -> None:
    vault, opened = Vault(), asyncio.Queue[str]()
    loop = asyncio.get_running_loop()
    accounts = started(gate, vault)
    signing_in = asyncio.ensure_future(
        sign_in_by_browser(
            accounts,
            lambda way: accounts.elsewhere("google", way),
            PAGE,
            show=lambda address: loop.call_soon_threadsafe(opened.put_nowait, address),
        )
    )
    shown = await browse(gate, await opened.get())

    assert shown.text == PAGE
    assert await signing_in == DESKTOP
    again = started(gate, vault)
    access = await again.access(DESKTOP)
    assert (await gate.tokens.verified(access)).email == gate.auth.settings.elsewhere
    await again.sign_out(DESKTOP)
    with pytest.raises(SignedOut):
        await started(gate, vault).access(DESKTOP)


async def test_a_link_in_a_mail_does_so_as_well(gate: Entry) -> None:
    accounts = started(gate, Vault())
    sent = asyncio.Event()

    async def send(way: Way) -> str:
        await accounts.send_link(ANN, way)
        sent.set()
        return ""

    signing_in = asyncio.ensure_future(sign_in_by_browser(accounts, send, PAGE))
    await sent.wait()
    await browse(gate, gate.auth.letters.mails[-1].link)

    assert await signing_in == DESKTOP
    account = await accounts.who(DESKTOP)
    assert account
    assert account.email == ANN


async def test_who_does_not_agree_there_is_not_waited_for(gate: Entry) -> None:
    accounts = started(gate, Vault())

    async def refuse(way: Way) -> str:
        async with httpx.AsyncClient() as browser:
            await browser.get(f"{way.callback}?flow=f&error=access_denied")
        return ""

    with pytest.raises(LinkExpired):
        await sign_in_by_browser(accounts, refuse, PAGE)
