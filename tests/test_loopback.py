"""Coming back from the browser to a program."""

import asyncio
from contextlib import suppress

import httpx
import pytest

from auth.errors import LinkExpired
from auth.loopback import listening

PAGE = "<p>Go back to Coveshot.</p>"


async def test_a_browser_brings_a_code_back_once() -> None:
    async with listening(PAGE) as here, httpx.AsyncClient() as browser:
        address = f"{here.callback}?flow=f&code=c"
        for strange in (
            browser.get(here.callback),
            browser.get(f"{here.callback}/other?flow=f"),
            browser.post(address),
            browser.get(address, headers={"Host": "evil.example"}),
        ):
            assert (await strange).status_code == 404
        first = await browser.get(address)
        second = await browser.get(f"{here.callback}?flow=f&code=other")

        assert (first.status_code, first.text) == (200, PAGE)
        assert second.status_code == 404
        assert await here.came_back(1) == {"flow": "f", "code": "c"}


async def test_nonsense_and_silence_keep_nobody_waiting() -> None:
    async with listening(PAGE) as here, httpx.AsyncClient() as browser:
        port = httpx.URL(here.callback).port
        silent = await asyncio.open_connection("127.0.0.1", port)
        for nonsense in (b"\x16\x03\x01\r\n\r\n", b"GET\r\n\r\n", b"G" * 70_000):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(nonsense)
            writer.write_eof()
            with suppress(ConnectionError):
                await reader.read()
            writer.close()

        assert (await browser.get(f"{here.callback}?flow=f&code=c")).status_code == 200
        silent[1].close()
        await silent[1].wait_closed()


async def test_who_does_not_come_back_is_not_waited_for_forever() -> None:
    async with listening(PAGE) as here:
        with pytest.raises(LinkExpired):
            await here.came_back(0)
