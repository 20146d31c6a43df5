"""Pictures by their address: from the open network and nowhere else, however it is asked."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpcore
import pytest
import trustme

from ui.api.fetcher import MOST_BYTES, Fetcher, NotFetched, is_open, resolved

OUTSIDE, OUTSIDE_6 = "93.184.216.34", "2606:2800:220:1::1"
HOST = "pictures.example.com"
Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]
AUTHORITY = trustme.CA()
TRUST, OWN = ssl.create_default_context(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
AUTHORITY.configure_trust(TRUST)
AUTHORITY.issue_cert(HOST).configure_cert(OWN)


@dataclass(slots=True)
class Server(httpcore.AsyncNetworkBackend):
    """Answers what it is told to, over TLS, as if it was somewhere outside."""

    answers: dict[str, bytes | Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)
    names: dict[str, list[list[str]]] = field(default_factory=lambda: {HOST: [[OUTSIDE]]})
    """The addresses of a name, for each time it is asked; the last ones stay."""
    deaf: set[str] = field(default_factory=set)
    """Addresses at which nobody is."""
    port: int = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        listening = await asyncio.start_server(self._answer, "127.0.0.1", 0, ssl=OWN)
        self.port = listening.sockets[0].getsockname()[1]
        async with listening:
            yield

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split()[1]
        self.asked.append(path)
        self.heads.append(head)
        answer = self.answers.get(path, b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
        try:
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(writer)
        except ConnectionError:
            return
        finally:
            writer.close()

    async def resolve(self, host: str) -> list[str]:
        times = self.names.get(host, [[]])
        return times.pop(0) if len(times) > 1 else times[0]

    async def connect_tcp(
        self, host: str, port: int, *given: Any, **more: Any
    ) -> httpcore.AsyncNetworkStream:
        self.connected.append(f"{host} {port}")
        if host in self.deaf:
            raise httpcore.ConnectError
        return await httpcore.AnyIOBackend().connect_tcp("127.0.0.1", self.port, *given, **more)

    async def fetch(self, url: str, file: Path, seconds: float = 10.0) -> bytes:
        async with self.open():
            await Fetcher(self.resolve, self, TRUST, seconds).fetch(url, file)
        return await asyncio.to_thread(file.read_bytes)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


def ok(body: bytes, more: str = "") -> bytes:
    return f"HTTP/1.1 200 OK\r\n{more}Content-Length: {len(body)}\r\n\r\n".encode() + body


def moved(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


async def refused(server: Server, url: str, file: Path, seconds: float = 10.0) -> str:
    with pytest.raises(NotFetched) as caught:
        await server.fetch(url, file, seconds)
    return caught.value.says


async def test_a_picture_is_fetched_from_the_address_that_was_looked_at(
    server: Server, file: Path
) -> None:
    server.answers = {"/a.jpg?size=2": moved("b.jpg"), "/b.jpg": ok(b"a picture")}

    assert await server.fetch(f"https://{HOST}/a.jpg?size=2", file) == b"a picture"
    assert server.asked == ["/a.jpg?size=2", "/b.jpg"]
    assert server.connected == [f"{OUTSIDE} 443"] * 2
    assert f"\r\nHost: {HOST}\r\n" in server.heads[0]


async def test_letters_that_belong_into_no_address_are_escaped(server: Server, file: Path) -> None:
    server.answers = {"/ein%20gro%C3%9Fer%20Stuhl.jpg?a=%26": ok(b"a picture")}

    assert await server.fetch(f"https://{HOST}/ein großer Stuhl.jpg?a=%26", file) == b"a picture"


async def test_of_several_addresses_the_first_that_answers_is_asked(
    server: Server, file: Path
) -> None:
    server.names = {HOST: [[OUTSIDE_6, OUTSIDE]]}
    server.deaf = {OUTSIDE_6}
    server.answers = {"/": ok(b"a picture")}

    assert await server.fetch(f"https://{HOST}", file) == b"a picture"
    assert server.connected == [f"{OUTSIDE_6} 443", f"{OUTSIDE} 443"]


@pytest.mark.parametrize(
    "url",
    [
        "http://pictures.example.com/a.jpg",
        "file:///etc/passwd",
        "gopher://pictures.example.com/",
        "https://pictures.example.com:8443/a.jpg",
        "https://ann:secret@pictures.example.com/a.jpg",
        "https://pictures.example.com\\@inside.example.com/a.jpg",
        "https://",
        "https://[::1",
        "https://[fe80::1%25eth0]/a.jpg",
        "https://pictures.example.com/\r\nHost: inside",
        "https://pictures.example.com:port/",
        "https://" + "a" * 64 + ".example.com/",
        "//pictures.example.com/a.jpg",
    ],
)
async def test_only_plain_addresses_of_https_are_asked(
    server: Server, file: Path, url: str
) -> None:
    assert "https://" in await refused(server, url, file)
    assert server.connected == []


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.8", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.1"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "192.0.0.9"),
        *("::1", "::", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1"),
        *("::ffff:10.0.0.1", "::7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::"),
        *("fd00:ec2::254", "2001:db8::1", "64:ff9b:1::a00:1", "3fff::1", "5f00::1"),
        "2606:2800:220:1::1%eth0",
    ],
)
async def test_a_name_that_leads_inside_is_not_asked(
    server: Server, file: Path, address: str
) -> None:
    for addresses in ([address], [OUTSIDE, address]):
        server.names = {HOST: [addresses]}
        assert "public server" in await refused(server, f"https://{HOST}/a.jpg", file)
    assert server.connected == []


@pytest.mark.parametrize(
    "host",
    *[
        [
            *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost"),
            *("[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]"),
        ]
    ],
)
async def test_an_address_in_another_spelling_is_the_same_address(
    server: Server, file: Path, host: str
) -> None:
    with pytest.raises(NotFetched, match="public server"):
        await Fetcher(resolved, server, TRUST).fetch(f"https://{host}/a.jpg", file)
    assert server.connected == []


def test_public_addresses_are_open() -> None:
    assert all(is_open(one) for one in (OUTSIDE, OUTSIDE_6))


async def test_a_name_that_leads_inside_the_second_time_is_asked_once(
    server: Server, file: Path
) -> None:
    server.names = {HOST: [[OUTSIDE], ["127.0.0.1"]]}
    server.answers = {"/a.jpg": ok(b"a picture")}
    await server.fetch(f"https://{HOST}/a.jpg", file)

    assert server.connected == [f"{OUTSIDE} 443"]


@pytest.mark.parametrize(
    "to",
    [
        "http://pictures.example.com/b.jpg",
        "https://inside.example.com/",
        "https://127.0.0.1/",
        "//inside.example.com/b.jpg",
        "file:///etc/passwd",
    ],
)
async def test_a_redirect_is_looked_at_as_an_address_is(
    server: Server, file: Path, to: str
) -> None:
    server.names |= {"inside.example.com": [["10.0.0.8"]], "127.0.0.1": [["127.0.0.1"]]}
    server.answers = {"/a.jpg": moved(to)}
    await refused(server, f"https://{HOST}/a.jpg", file)

    assert server.asked == ["/a.jpg"]
    assert server.connected == [f"{OUTSIDE} 443"]


async def test_a_name_that_moves_inside_between_two_redirects_is_not_followed(
    server: Server, file: Path
) -> None:
    server.names = {HOST: [[OUTSIDE], ["127.0.0.1"]]}
    server.answers = {"/a.jpg": moved("/b.jpg"), "/b.jpg": ok(b"a picture")}

    assert "public server" in await refused(server, f"https://{HOST}/a.jpg", file)
    assert server.asked == ["/a.jpg"]


async def test_a_ring_of_redirects_has_an_end(server: Server, file: Path) -> None:
    server.answers = {"/a.jpg": moved("/a.jpg")}

    assert "could not be fetched" in await refused(server, f"https://{HOST}/a.jpg", file)
    assert server.asked == ["/a.jpg"] * 4


async def test_a_server_that_cannot_show_who_it_is_is_not_believed(
    server: Server, file: Path
) -> None:
    server.names["evil.example.com"] = [[OUTSIDE]]
    server.answers = {"/a.jpg": ok(b"a picture")}
    await refused(server, "https://evil.example.com/a.jpg", file)

    assert server.asked == []


@pytest.mark.parametrize("length", ["", f"Content-Length: {MOST_BYTES + 1}\r\n"])
async def test_what_is_too_large_is_cut_off(server: Server, file: Path, length: str) -> None:
    head = f"HTTP/1.1 200 OK\r\n{length}\r\n".encode()
    server.answers = {"/a.jpg": head + bytes(MOST_BYTES + 1)}

    assert "20 MB" in await refused(server, f"https://{HOST}/a.jpg", file)
    assert sum(one.stat().st_size for one in file.parent.glob("file")) <= MOST_BYTES


async def test_what_is_packed_is_not_unpacked(server: Server, file: Path) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    server.answers = {"/a.jpg": ok(bomb, "Content-Encoding: gzip\r\n")}

    assert "could not be fetched" in await refused(server, f"https://{HOST}/a.jpg", file)


async def drip(writer: asyncio.StreamWriter) -> None:
    """Send a byte of a head now and then, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


async def drip_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


async def silence(writer: asyncio.StreamWriter) -> None:
    await writer.drain()
    await asyncio.sleep(60)


@pytest.mark.parametrize("answer", [drip, drip_body, silence])
async def test_a_server_that_takes_for_ever_is_given_up(
    server: Server, file: Path, answer: Answer
) -> None:
    server.answers = {"/a.jpg": answer}

    assert "too long" in await refused(server, f"https://{HOST}/a.jpg", file, seconds=0.5)


async def test_a_name_that_nobody_tells_is_given_up(server: Server, file: Path) -> None:
    async def never(_: str) -> list[str]:
        return await asyncio.Future()

    with pytest.raises(NotFetched, match="too long"):
        await Fetcher(never, server, TRUST, seconds=0.05).fetch(f"https://{HOST}/a.jpg", file)


@pytest.mark.parametrize(
    "answer",
    [
        ok(b"x" * 99)[:-9],
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"no HTTP at all\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nX: " + bytes(200_000),
        b"HTTP/1.1 206 Partial\r\nContent-Length: 1\r\n\r\nx",
    ],
)
async def test_what_is_no_whole_answer_is_said(server: Server, file: Path, answer: bytes) -> None:
    server.answers = {"/a.jpg": answer}

    assert "could not be fetched" in await refused(server, f"https://{HOST}/a.jpg", file)


async def test_what_is_not_there_is_said(server: Server, file: Path) -> None:
    assert "could not be fetched" in await refused(server, f"https://{HOST}/none.jpg", file)
