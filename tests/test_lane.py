"""The way from the event loop to threads."""

import asyncio
import threading

import pytest

from ui.lane import Lane


async def test_a_function_runs_in_a_thread_of_its_own() -> None:
    lane = Lane()

    assert await lane.run(threading.current_thread) is not threading.current_thread()
    lane.close()


async def test_what_a_function_raises_comes_out() -> None:
    lane = Lane()

    with pytest.raises(ValueError, match="invalid literal"):
        await lane.run(int, "no number")
    lane.close()


async def test_after_the_end_nothing_is_begun_and_nobody_gets_nothing_silently() -> None:
    lane = Lane()
    lane.close()

    with pytest.raises(asyncio.CancelledError):
        await lane.run(threading.current_thread)
