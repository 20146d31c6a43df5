"""Messages to addresses that programs name: to the open network, and nowhere else."""

import pytest

from tests.test_fetcher import HOST, OUTSIDE, TRUST, Server, moved
from ui.courier import NotSent
from ui.post import NOT_OPEN, NOT_THERE, TOO_SLOW, Post

HEADERS = {"webhook-id": "msg_1", "Content-Type": "application/json"}
TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


async def sent(server: Server, url: str = f"https://{HOST}/hook", seconds: float = 10.0) -> int:
    async with server.open():
        return await Post(server.resolve, server, TRUST, seconds).post(url, HEADERS, b"{}")


async def test_a_message_goes_to_the_address_that_was_looked_at() -> None:
    server = Server({"/hook": TAKEN})

    assert await sent(server) == 204
    assert server.connected == [f"{OUTSIDE} 443"]
    assert server.heads[0].startswith("POST /hook HTTP/1.1\r\n")
    assert "webhook-id: msg_1" in server.heads[0]


async def test_where_it_is_told_to_go_on_it_does_not() -> None:
    server = Server({"/hook": moved("https://elsewhere.example/")})

    assert await sent(server) == 302
    assert server.asked == ["/hook"]


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"]
)
async def test_nothing_is_sent_into_a_network_of_ours(address: str) -> None:
    server = Server(names={HOST: [[address]]})
    with pytest.raises(NotSent) as refused:
        await sent(server)

    assert refused.value.says == NOT_OPEN
    assert server.connected == []


async def test_whoever_is_not_there_or_never_answers_is_told_as_such() -> None:
    away = Server(deaf={OUTSIDE})
    with pytest.raises(NotSent) as refused:
        await sent(away)
    assert refused.value.says == NOT_THERE
    with pytest.raises(NotSent) as late:
        await sent(Server({"/hook": TAKEN}), seconds=0.0)
    assert late.value.says == TOO_SLOW
