"""A stand-in for the way to api.remove.bg: it ends TLS here and leads to the program.

The clients stay as they are: their environment maps the name to this computer, and names the
throw-away certificate as one to trust.
"""

import asyncio
import re
import ssl
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme

HERE = Path(__file__).parent
NAME = "api.remove.bg"
HOST = re.compile(rb"\r\n(host|connection):[^\r]*", re.IGNORECASE)


@contextmanager
def elsewhere(folder: Path, address: str) -> Iterator[dict[str, str]]:
    """Yield what to set in the environment of a client so that it comes to `address`."""
    authority, certificate = trustme.CA(), folder / "authority.pem"
    authority.cert_pem.write_to_path(certificate)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(NAME).configure_cert(context)
    host = address.removeprefix("http://")

    async def lead(reader: StreamReader, writer: StreamWriter) -> None:
        head = HOST.sub(b"", await reader.readuntil(b"\r\n\r\n"))
        name, _, port = host.partition(":")
        back, forth = await asyncio.open_connection(name, int(port))
        own = f"\r\nHost: {host}\r\nConnection: close\r\n".encode()
        forth.write(head.replace(b"\r\n", own, 1))
        sending = asyncio.ensure_future(_pour(reader, forth))
        await _pour(back, writer)
        sending.cancel()
        writer.close()
        forth.close()

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(lead, "127.0.0.1", 0, ssl=context))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield {
            "MAPPED_NAME": NAME,
            "MAPPED_PORT": str(server.sockets[0].getsockname()[1]),
            "PYTHONPATH": str(HERE / "names"),
            "NODE_OPTIONS": f"--require={HERE / 'names' / 'names.js'}",
            "REQUESTS_CA_BUNDLE": str(certificate),
            "NODE_EXTRA_CA_CERTS": str(certificate),
        }
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.close()


async def _pour(source: StreamReader, sink: StreamWriter) -> None:
    while data := await source.read(1 << 16):
        sink.write(data)
        await sink.drain()
