"""What a hosted instance needs before it starts, read from its settings."""

import base64
import binascii
import re
import zlib
from ipaddress import ip_network
from pathlib import Path

from ui.cli.console import Misused
from ui.site import Network, Site, hosted

LEAST_BYTES = 32
LEAST_KINDS = 20
"""Different bytes of a secret: 32 random ones have 30, and fewer than 20 never."""
MAKE_ONE = "Make one with: openssl rand -hex 32"
EXAMPLES = re.compile(r"secret|change|example|default|passw|coveshot|replace|your", re.IGNORECASE)
NAME = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?|\[[0-9a-f:]+\](:\d{1,5})?")
EMAIL = re.compile(r"[^\s@:/?]+@[^\s@:/?]+\.[^\s@:/?]+")
LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")


def secret_of(text: str, file: Path | None) -> bytes:
    """Return the secret of a hosted instance. Raises Misused."""
    if not text and file is not None:
        try:
            text = file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Misused(f"COVESHOT_SECRET_FILE={file} cannot be read.") from error
    if not text:
        raise Misused(f"Hosted mode needs COVESHOT_SECRET, or COVESHOT_SECRET_FILE. {MAKE_ONE}")
    secret = _bytes(text)
    if len(secret) < LEAST_BYTES:
        raise Misused(
            f"COVESHOT_SECRET has to be {LEAST_BYTES} random bytes, in hex or Base64. {MAKE_ONE}"
        )
    dull = len(set(secret)) < LEAST_KINDS or len(zlib.compress(secret)) < len(secret)
    if dull or EXAMPLES.search(text):
        raise Misused(f"COVESHOT_SECRET is not random. {MAKE_ONE}")
    return secret


def token_of(text: str) -> str:
    """Return what workers show to an instance. Raises Misused."""
    token = _bytes(text)
    if len(token) < LEAST_BYTES or len(set(token)) < LEAST_KINDS:
        raise Misused(
            f"COVESHOT_WORKER_TOKEN has to be {LEAST_BYTES} random bytes, in hex or Base64, the "
            f"same at the instance and at its workers. {MAKE_ONE}"
        )
    return text


def instance_at(address: str) -> str:
    """Return where an instance is that somebody works for. Raises Misused."""
    loopback = re.fullmatch(rf"http://({LOOPBACK.pattern})/?", address)
    if not loopback and not re.fullmatch(rf"https://({NAME.pattern})/?", address):
        raise Misused(
            "COVESHOT_INSTANCE has to be the address of an instance, such as "
            "COVESHOT_INSTANCE=https://cutouts.example.com"
        )
    return address.rstrip("/")


def endpoint_of(address: str) -> str:
    """Return where workers are woken: a key is shown there. Raises Misused."""
    loopback = re.fullmatch(rf"http://({LOOPBACK.pattern})(/[\w./-]*)?", address)
    if not loopback and not re.fullmatch(rf"https://({NAME.pattern})(/[\w./-]*)?", address):
        raise Misused("COVESHOT_WAKE_URL has to be the https address of an endpoint.")
    return address


def site_of(hosts: str, proxies: str) -> Site:
    """Return how a hosted instance is reached. Raises Misused."""
    addresses = [_address(one) for one in re.split(r"[,\s]+", hosts.lower()) if one]
    if not addresses:
        raise Misused(
            "Hosted mode needs COVESHOT_HOSTS: the names that browsers reach it by, such as "
            "COVESHOT_HOSTS=cutouts.example.com"
        )
    return hosted(addresses, [_network(one) for one in re.split(r"[,\s]+", proxies) if one])


def contact_of(text: str) -> str:
    """Return the address of a link to those who run it; "" for none. Raises Misused."""
    if EMAIL.fullmatch(text):
        return f"mailto:{text}"
    if text and not re.fullmatch(r"https://[\w.-]+(/[\w./~#-]*)?", text):
        raise Misused(
            f"COVESHOT_CONTACT={text} cannot be used: it takes an e-mail address, or a page such "
            "as https://example.com/help"
        )
    return text


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        pass
    try:
        plain = text.replace("-", "+").replace("_", "/")
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        return b""


def _address(entry: str) -> str:
    """Return the origin of an entry; what is reached without https is this computer alone."""
    scheme, _, name = entry.rpartition("://")
    if not NAME.fullmatch(name) or scheme not in {"", "https", "http"}:
        raise Misused(
            f"COVESHOT_HOSTS cannot have {entry!r}: it takes whole names, such as "
            "cutouts.example.com, and no *"
        )
    if scheme == "http" and not LOOPBACK.fullmatch(name):
        raise Misused(
            f"COVESHOT_HOSTS cannot have {entry}: browsers must come by https. "
            "Put a proxy with a certificate before Coveshot: see docs/hosting.md"
        )
    return f"{scheme or 'https'}://{name}"


def _network(entry: str) -> Network:
    try:
        network = ip_network(entry, strict=False)
    except ValueError as error:
        raise Misused(
            f"COVESHOT_PROXIES cannot have {entry!r}: it takes addresses such as 127.0.0.1 or "
            "10.0.0.0/8"
        ) from error
    if network.prefixlen == 0:
        raise Misused(
            "COVESHOT_PROXIES cannot be everybody: anybody could then claim any address. "
            "Name the addresses of the proxies."
        )
    return network
