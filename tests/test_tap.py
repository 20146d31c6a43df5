"""A socket ends where more comes over it than a person can cause."""

from starlette.types import Message

from ui.tap import BYTES, MESSAGES, SECONDS, Tap


class Line:
    """Says the same, again and again, so many seconds apart."""

    def __init__(self, text: str, apart: float = 0.0) -> None:
        self.now = 0.0
        self._text, self._apart = text, apart

    async def receive(self) -> Message:
        self.now += self._apart
        return {"type": "websocket.receive", "text": self._text}

    def clock(self) -> float:
        return self.now


async def heard(line: Line, most: int) -> int:
    """How many messages come through before the end."""
    tap = Tap(line.receive, line.clock)
    for count in range(most):
        if (await tap())["type"] == "websocket.disconnect":
            return count
    return most


async def test_a_flood_of_messages_ends_it() -> None:
    assert await heard(Line("42"), 2 * MESSAGES) == MESSAGES


async def test_a_few_that_are_huge_end_it() -> None:
    assert await heard(Line("x" * (BYTES // 4)), 20) == 4


async def test_a_slider_that_is_dragged_for_ever_does_not() -> None:
    assert await heard(Line("x" * 300, SECONDS / MESSAGES * 1.01), 3 * MESSAGES) == 3 * MESSAGES
