"""A page looks for news as long as somebody is at it."""

import asyncio

from nicegui import ui
from nicegui.testing.user_simulation import user_simulation

from ui.components.watch import Watch

SOON = 0.01
PATIENCE = 10.0


async def test_nothing_is_looked_for_while_the_browser_is_away() -> None:
    looks, clock = Counter(), Counter()

    def page() -> None:
        Watch(SOON, looks.count)
        ui.timer(SOON, clock.count)

    async with user_simulation(page) as user:
        client = await user.open("/")
        await looks.reach(3)
        tab, [(socket, document)] = client.tab_id, [*client._socket_to_document_id.items()]  # noqa: SLF001 as a browser does
        client.handle_disconnect(socket)
        await clock.reach(clock.value + 2)  # one may be under way
        before = looks.value
        await clock.reach(clock.value + 5)
        assert looks.value == before

        await client.handle_handshake(socket, str(tab), None, document, None)
        await looks.reach(before + 2)


async def test_what_is_under_way_is_looked_at_though_nothing_rings() -> None:
    looks, clock, under_way = Counter(), Counter(), list[str]()

    def page() -> None:
        Watch(SOON, looks.count, lambda _: lambda: None, lambda: under_way)
        ui.timer(SOON, clock.count)

    async with user_simulation(page) as user:
        await user.open("/")
        await looks.reach(1)  # what was there when it came
        await clock.reach(clock.value + 5)
        assert looks.value == 1

        under_way.append("a deletion")
        await looks.reach(3)


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self._counted = asyncio.Condition()

    async def count(self) -> None:
        async with self._counted:
            self.value += 1
            self._counted.notify_all()

    async def reach(self, value: int) -> None:
        async with self._counted, asyncio.timeout(PATIENCE):
            await self._counted.wait_for(lambda: self.value >= value)
