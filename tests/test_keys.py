"""The map of the keys, and the list that is drawn from it."""

from collections.abc import AsyncIterator

import pytest
from nicegui.elements.mixins.text_element import TextElement
from nicegui.testing import User
from nicegui.testing.user_simulation import user_simulation

from ui.components.keys import keys
from ui.keys import LIBRARY, WORKBENCH, keys_of


@pytest.fixture
async def user() -> AsyncIterator[User]:
    async with user_simulation(lambda: keys(WORKBENCH).open()) as user:
        yield user


async def test_a_key_of_several_and_a_plus_are_drawn_as_caps(user: User) -> None:
    await user.open("/")
    texts = user.find(kind=TextElement).elements
    caps = {element.text for element in texts if element.tag == "kbd"}

    assert {"Ctrl", "Shift", "+", "-", "?"} <= caps
    assert "" not in caps


def test_a_page_has_its_own_keys_and_those_of_all() -> None:
    for page in (WORKBENCH, LIBRARY):
        effects = [key.effect for keys in keys_of(page).values() for key in keys]
        assert "This list" in effects
