"""Pictures that a program names by an address: fetched from the open network, and nowhere else.

A server asks from inside: an address may lead to what only it can reach. So a name is resolved
once, each address that it has must be of the open network, the connection goes to those addresses,
and each redirect is looked at anew (OWASP, Server-Side Request Forgery Prevention).
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from socket import IPPROTO_TCP
from urllib.parse import quote, urljoin, urlsplit

import httpcore

from ui.api.answers import Unfit
from ui.api.inbox import append

MOST_BYTES = 20_000_000
SECONDS = 10.0
"""All in all: names, handshakes, redirects and bytes."""
REDIRECTS = 3
HTTPS = 443
PIECE = 1 << 17
MOVED = {301, 302, 303, 307, 308}
AS_THEY_ARE = "%/:=&?~+!$,;'@()*[]"
"""Signs of a path and a query that are not escaped."""
OPEN = IPv6Network("2000::/3")
"""All of IPv6 that is given to anybody: what maps to IPv4, or is local, lies outside of it."""
CLOSED = tuple(
    IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
"""Within it: Teredo and other protocols, examples, and 6to4, which leads on to IPv4."""
CLOSED_4 = tuple(IPv4Network(text) for text in ("192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/3"))
"""What `is_global` takes for open, in some versions of Python."""
ONLY_HTTPS = "An address of a picture begins with https:// and has no port and no password."
NOT_OPEN = "This address does not lead to a public server. Send the picture itself."
NOT_THERE = "The picture could not be fetched. Look whether its address is right, or send it."
NOT_HERE = "Pictures are not fetched from elsewhere here. Send image_file or bg_image_file."
TOO_SLOW = "The server of the picture takes too long. Send the picture itself."
TOO_LARGE = f"The picture at this address is larger than {MOST_BYTES // 1_000_000} MB."
SAID = [("Accept", "image/*"), ("Accept-Encoding", "identity"), ("User-Agent", "Coveshot")]
BROKEN = (
    *(httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol),
    *(OSError, UnicodeError),
)
Resolve = Callable[[str], Awaitable[Iterable[str]]]
"""Returns the addresses of a name. Raises OSError."""


class NotFetched(Unfit):
    def __init__(self, says: str) -> None:
        super().__init__(says, HTTPStatus.BAD_REQUEST)


async def resolved(host: str) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, HTTPS, proto=IPPROTO_TCP)
    return [str(one[4][0]) for one in found]


@dataclass(frozen=True, slots=True)
class Place:
    host: str
    target: str
    """Path and query."""


class Pinned(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were looked at, whatever a name means by then."""

    def __init__(self, resolve: Resolve, network: httpcore.AsyncNetworkBackend) -> None:
        self._resolve = resolve
        self._network = network

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 of httpcore's protocol
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = [*await self._resolve(host)]
        if not addresses or not all(map(is_open, addresses)):
            raise NotFetched(NOT_OPEN)
        given = timeout, local_address, socket_options
        for address in addresses[:-1]:
            try:
                return await self._network.connect_tcp(address, port, *given)
            except httpcore.ConnectError:
                continue  # of two networks only one may be there
        return await self._network.connect_tcp(addresses[-1], port, *given)


class NoFetcher:
    """Of an instance that asks nobody."""

    async def fetch(self, url: str, file: Path) -> None:  # noqa: ARG002 neither is used
        raise NotFetched(NOT_HERE)


@dataclass(frozen=True, slots=True)
class Fetcher:
    resolve: Resolve = resolved
    network: httpcore.AsyncNetworkBackend = field(default_factory=httpcore.AnyIOBackend)
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = SECONDS

    async def fetch(self, url: str, file: Path) -> None:
        """Write what is at an address to a file. Raises NotFetched, DiskFull, NotWritable."""
        try:
            async with asyncio.timeout(self.seconds):
                await self._follow(url, file)
        except TimeoutError as error:
            raise NotFetched(TOO_SLOW) from error
        except BROKEN as error:
            raise NotFetched(NOT_THERE) from error

    async def _follow(self, url: str, file: Path) -> None:
        for _ in range(REDIRECTS + 1):
            async with self._asked(place_of(url)) as answer:
                if answer.status not in MOVED:
                    await _keep(answer, file)
                    return
                url = urljoin(url, _header(answer, b"location"))
        raise NotFetched(NOT_THERE)

    @asynccontextmanager
    async def _asked(self, place: Place) -> AsyncIterator[httpcore.Response]:
        at = httpcore.URL(scheme="https", host=place.host, target=place.target)
        through = Pinned(self.resolve, self.network)
        async with (
            httpcore.AsyncConnectionPool(self.trust, network_backend=through) as pool,
            pool.stream("GET", at, headers=SAID) as answer,
        ):
            yield answer


def is_open(text: str) -> bool:
    """Tell whether an address is one of the open network, and leads nowhere else."""
    if "%" in text:  # of a link
        return False
    address = ip_address(text)
    if address.version == 6:  # noqa: PLR2004 of IP
        return address in OPEN and not any(address in network for network in CLOSED)
    return address.is_global and not any(address in network for network in CLOSED_4)


def place_of(url: str) -> Place:
    """Raises NotFetched for an address that is not asked."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").encode("idna").decode()
    except ValueError as error:  # UnicodeError is one
        raise NotFetched(ONLY_HTTPS) from error
    plain = parts.scheme == "https" and host and "@" not in parts.netloc and "%" not in host
    if not (plain and url.isprintable()) or port not in {None, HTTPS}:
        raise NotFetched(ONLY_HTTPS)
    query = f"?{parts.query}" if parts.query else ""
    return Place(host, quote(f"{parts.path or '/'}{query}", safe=AS_THEY_ARE))


async def _keep(answer: httpcore.Response, file: Path) -> None:
    """Raises NotFetched for what is not there, is packed, or too large."""
    if answer.status != HTTPStatus.OK or _header(answer, b"content-encoding") not in {
        "",
        "identity",
    }:
        raise NotFetched(NOT_THERE)
    if int(_header(answer, b"content-length") or 0) > MOST_BYTES:
        raise NotFetched(TOO_LARGE)
    came, piece = 0, bytearray()
    async for some in answer.aiter_stream():
        came += len(some)
        if came > MOST_BYTES:
            raise NotFetched(TOO_LARGE)
        piece += some
        if len(piece) >= PIECE:
            await asyncio.to_thread(append, file, bytes(piece))
            piece.clear()
    await asyncio.to_thread(append, file, bytes(piece))


def _header(answer: httpcore.Response, name: bytes) -> str:
    found = (value for known, value in answer.headers if known.lower() == name)
    return next(found, b"").decode("latin-1")
