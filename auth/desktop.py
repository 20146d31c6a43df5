"""Signing in on one's own computer: in its browser, which comes back to a port of ours."""

import asyncio
import threading
import webbrowser
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from auth.accounts import Accounts, Way
from auth.errors import GateError, LinkExpired, Unreachable
from auth.loopback import listening
from auth.session import PREFIX, Sessions

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")

DESKTOP = f"{PREFIX}desktop"
"""What the one session of this computer is called; it is no cookie, and opens no page."""
PATIENCE = 600.0
"""Seconds that a browser is waited for."""

Leads = Callable[[Way], Awaitable[str]]
"""Begins a way in and returns where to send the browser; empty where a mail leads there."""


@dataclass(frozen=True, slots=True)
class Doorway:
    """The gate of a project as one computer has it."""

    accounts: Accounts
    sessions: Sessions
    close: Callable[[], Awaitable[None]]


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


class Desktop:
    """Who is signed in on this computer, if anybody is.

    Owns a thread with a loop of its own: pages ask for it, and so does what works beside them, and
    tokens must be renewed in one place.
    """

    def __init__(
        self,
        opened: Callable[[], Doorway],
        *,
        on_change: Callable[[], object] = lambda: None,
        show: Callable[[str], object] = webbrowser.open,
    ) -> None:
        """`opened` is called when somebody may be signed in; `on_change` when another one is."""
        self._opened = opened
        self._on_change = on_change
        self._show = show
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="desktop", daemon=True)
        self._gateway: Doorway | None = None
        self._waiting: asyncio.Task[str] | None = None
        self.email = ""
        self.user_id = ""
        """Of whoever is signed in; empty for nobody."""
        self.trouble = ""
        """Why somebody who came back is not signed in, in a sentence."""

    def start(self) -> None:
        """Look for somebody who has been signed in before. Asks nobody outside."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._look(), self._loop)

    async def ask(self, call: Callable[[Accounts], Awaitable[T]]) -> T:
        """Ask from a page. Raises GateError."""
        return await asyncio.wrap_future(self._handed(call))

    def asked(self, call: Callable[[Accounts], Awaitable[T]], seconds: float = 60.0) -> T:
        """Ask from a thread, and wait for it. Raises GateError."""
        waiting = self._handed(call)
        try:
            return waiting.result(seconds)
        except TimeoutError as error:
            waiting.cancel()
            raise Unreachable from error

    async def lead(self, begin: Callable[[Accounts, Way], Awaitable[str]], page: str) -> None:
        """Begin a way in that leads over a browser or a mail; who comes back is signed in.

        Raises GateError where it cannot be begun.
        """
        await self.ask(lambda accounts: self._led(accounts, begin, page))

    def close(self) -> None:
        """Wait for nobody any more; who is signed in stays so."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._ended(), self._loop).result(PATIENCE)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()

    def _handed(self, call: Callable[[Accounts], Awaitable[T]]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(self._told(call), self._loop)

    async def _told(self, call: Callable[[Accounts], Awaitable[T]]) -> T:
        try:
            return await call((await self._joined()).accounts)
        finally:
            await self._look()

    async def _joined(self) -> Doorway:
        if self._gateway is None:
            self._gateway = self._opened()
        return self._gateway

    async def _look(self) -> None:
        """See who is signed in by now, and tell where that is somebody else."""
        session = await asyncio.to_thread((await self._joined()).sessions.find, DESKTOP)
        user_id = session.user_id if session else ""
        self.email = session.email if session else ""
        if user_id != self.user_id:
            self.user_id = user_id
            if user_id and self._waiting:  # one way in is enough
                self._waiting.cancel()
            self._on_change()

    async def _led(
        self, accounts: Accounts, begin: Callable[[Accounts, Way], Awaitable[str]], page: str
    ) -> None:
        if self._waiting:  # another way was chosen
            self._waiting.cancel()
        begun = asyncio.Event()
        self.trouble = ""

        async def told(way: Way) -> str:
            address = await begin(accounts, way)
            begun.set()
            return address

        arriving = asyncio.ensure_future(sign_in_by_browser(accounts, told, page, show=self._show))
        arriving.add_done_callback(self._arrived)
        self._waiting = arriving
        first = asyncio.ensure_future(begun.wait())
        await asyncio.wait({arriving, first}, return_when=asyncio.FIRST_COMPLETED)
        first.cancel()
        if not begun.is_set():
            await arriving

    def _arrived(self, done: "asyncio.Task[str]") -> None:
        if done.cancelled():
            return
        error = done.exception()
        if isinstance(error, GateError) and not self.email:
            self.trouble = error.says
        self._looking = asyncio.ensure_future(self._look())

    async def _ended(self) -> None:
        if self._waiting:
            self._waiting.cancel()
            await asyncio.gather(self._waiting, return_exceptions=True)
        if self._gateway:
            await self._gateway.close()
