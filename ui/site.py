"""Where browsers reach us, and through whom."""

from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
"""As Starlette has it, which a command that serves nothing does not wait for."""
Network = IPv4Network | IPv6Network
HTTP_PORT = 80
COOKIE = "coveshot"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
TOLD_BY_PROXIES = (b"forwarded", b"x-forwarded-", b"x-real-ip")


@dataclass(frozen=True, slots=True)
class Site:
    """The names we go by; with `hosted`, for everybody and behind a proxy."""

    hosts: frozenset[str]
    """What browsers may call us in their Host header."""
    origins: frozenset[str]
    secure: bool = False
    """Whether browsers reach us by https alone."""
    hosted: bool = False
    proxies: tuple[Network, ...] = ()
    """Whose word on who asks is believed."""
    name: str = COOKIE
    """Of our cookie: browsers show it to all ports of a host."""
    storage: str = ""
    """Where else browsers send photos, as `https://abc.supabase.co`."""

    def beside(self, url: str) -> "Site":
        """Return the same, whose browsers send photos to a project, too."""
        parts = urlsplit(url)
        return replace(self, storage=f"{parts.scheme}://{parts.netloc}")

    @property
    def cookie(self) -> str:
        """The name of our cookie; with the prefix, browsers keep other hosts from setting it."""
        return f"__Host-{self.name}" if self.secure else self.name

    def set_cookie(self, token: str) -> str:
        """Return a Set-Cookie header.

        A hosted page is opened from mails and from where people sign in, so its cookie goes along
        with a link that is followed; that of one's own computer goes along with nothing.
        """
        site = "Lax" if self.hosted else "Strict"
        age = f"; Max-Age={KEPT_SECONDS}" if self.hosted else ""
        secure = "; Secure" if self.secure else ""
        return f"{self.cookie}={token}; Path=/; HttpOnly; SameSite={site}{age}{secure}"

    def seen(self, scope: Scope) -> Scope:
        """Return a request as it was before proxies of ours had it; what others say is dropped."""
        address, port = scope.get("client") or ("", 0)
        scheme = scope.get("scheme", "http")  # ASGI lets it be left away
        if self._trusts(address):
            scheme = _scheme([*_values(scope, b"x-forwarded-proto")], scheme)
            told = [*_values(scope, b"x-forwarded-for")]
            while told and self._trusts(address):
                address, port = told.pop(), 0
        kept = [pair for pair in scope["headers"] if not pair[0].startswith(TOLD_BY_PROXIES)]
        return {**scope, "headers": kept, "client": (address, port), "scheme": scheme}

    def _trusts(self, address: str) -> bool:
        try:
            found = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        return any(found in network for network in self.proxies)


KEPT_SECONDS = 30 * 24 * 3600
"""How long a browser keeps the cookie of a hosted instance."""


def is_loopback(scope: Scope) -> bool:
    """Tell whether this computer itself asks, by its own name, and no proxy for somebody else.

    Of a request as it was `seen`.
    """
    named = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    host = named[0].rpartition(":")[0] or named[0] if len(named) == 1 else ""
    try:
        address = ip_address((scope.get("client") or ("", 0))[0].partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback and host in LOOPBACK


def _values(scope: Scope, name: bytes) -> Iterator[str]:
    """Yield what a header has between its commas, however many lines it comes in."""
    for each, value in scope["headers"]:
        if each == name:
            yield from (part.strip() for part in value.decode("latin-1").split(","))


def _scheme(told: list[str], scheme: str) -> str:
    last = told[-1].lower() if told else ""
    if last not in {"http", "https"}:
        return scheme
    return last.replace("http", "ws") if scheme.startswith("ws") else last


def loopback(port: int) -> Site:
    """Return what a browser on this computer may call us in its Host header."""
    names = LOOPBACK
    bare = names if port == HTTP_PORT else ()  # browsers leave the port of the scheme away
    hosts = frozenset({*bare, *(f"{name}:{port}" for name in names)})
    return Site(hosts, frozenset(f"http://{host}" for host in hosts))


def entrance(address: str, ticket: str) -> str:
    """Return where a browser comes in with a ticket."""
    return f"{address}/window/{ticket}"


def hosted(addresses: Iterable[str], proxies: Iterable[Network]) -> Site:
    """Return a site of addresses such as `https://cutouts.example.com`."""
    origins = frozenset(address.lower() for address in addresses)
    return Site(
        hosts=frozenset(origin.partition("://")[2] for origin in origins),
        origins=origins,
        secure=all(origin.startswith("https://") for origin in origins),
        hosted=True,
        proxies=tuple(proxies),
    )
