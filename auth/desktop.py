"""Signing in on one's own computer: in its browser, which comes back to a port of ours."""

import asyncio
import webbrowser
from collections.abc import Awaitable, Callable

from auth.accounts import Accounts, Way
from auth.errors import LinkExpired
from auth.loopback import listening
from auth.session import PREFIX

DESKTOP = f"{PREFIX}desktop"
"""What the one session of this computer is called; it is no cookie, and opens no page."""
PATIENCE = 600.0
"""Seconds that a browser is waited for."""

Leads = Callable[[Way], Awaitable[str]]
"""Begins a way in and returns where to send the browser; empty where a mail leads there."""


async def sign_in_by_browser(
    accounts: Accounts,
    begin: Leads,
    page: str,
    *,
    show: Callable[[str], object] = webbrowser.open,
    patience: float = PATIENCE,
) -> str:
    """Let somebody sign in outside, show `page` at the end, and return the name of the session.

    Raises GateError; LinkExpired where nobody came back in time, or not with a code.
    """
    async with listening(page) as here:
        address = await begin(Way(callback=here.callback, visitor=DESKTOP))
        if address:
            await asyncio.to_thread(show, address)
        back = await here.came_back(patience)
    if not back.get("code"):
        raise LinkExpired
    return (await accounts.arrive(back["flow"], back["code"], DESKTOP)).token
